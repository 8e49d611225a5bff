"""What a message says of a touch: whom it is about, and its words as the note.

What must stay true: a guess only fills the form in; the person confirms it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_by_email, contact_of_card
from bot.domain.touch_text import plain

_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")


def note_and_contact(session: Session, message: Mapping[str, Any], channel: str | None) -> tuple[str, UUID | None]:
    """The message's text without Slack's markup, and the contact it is about, if that can be told."""
    text = plain(str(message.get("text") or "")).strip()
    named = [found for text_id in list(_ids_in(message.get("blocks") or []))[:40] if (found := _uuid(text_id))]
    contact_id = contact_of_card(session, channel, str(message.get("ts")), named)
    if contact_id is not None:
        return "", contact_id
    for address in _EMAIL.findall(text)[:10]:
        contact_id = contact_by_email(session, address)
        if contact_id is not None:
            break
    return text, contact_id


def _ids_in(part: Any) -> Iterator[str]:
    """What the values of buttons and menus begin with."""
    if isinstance(part, Mapping):
        if isinstance(part.get("value"), str):
            yield from part["value"].split("|")
        for inner in part.values():
            yield from _ids_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _ids_in(inner)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
