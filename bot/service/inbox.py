"""The inbox: every event that came in by the web, kept whole, with what became of it (process §2, intake path).

What must stay true: the same event of a sender is kept once; what became of an event is written beside it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import InboxEvent
from bot.db.rows import put_once, run
from bot.domain.commands import RawEvent
from bot.service.contact_text import clean
from bot.service.context import playbook


def content_key(session: Session, sender: str, digest: str, now: datetime) -> str:
    """The event key of a form without a nonce: the same content within the playbook's time is the same event."""
    within = playbook(session).matching.repeat_within
    bucket = int(now.timestamp() // within.total_seconds())
    keys = [f"content:{digest}:{number}" for number in (bucket - 1, bucket)]
    before = session.scalar(
        select(InboxEvent.event_key).where(
            InboxEvent.sender == sender, InboxEvent.event_key == keys[0], InboxEvent.received_at > now - within
        )
    )
    return before or keys[1]


def store_raw(session: Session, raw: RawEvent, now: datetime, refused: str | None = None) -> UUID | None:
    """Keep an event whole; its id, or None if the same one is there. ``refused``: why it cannot be used."""
    inbox_id = new_id()
    stored = put_once(
        session,
        InboxEvent,
        id=inbox_id,
        sender=raw.sender,
        event_key=clean(raw.event_key),
        received_at=now,
        body=raw.body,
        content_type=clean(raw.content_type),
        result="refused" if refused else "lead",
        explanation=clean(refused, 2000),
    )
    return inbox_id if stored else None


def lead_of(session: Session, raw: RawEvent) -> UUID | None:
    """The lead that an event made or joined when it came in before."""
    return session.scalar(
        select(InboxEvent.lead_id).where(InboxEvent.sender == raw.sender, InboxEvent.event_key == clean(raw.event_key))
    )


def note_result(session: Session, inbox_id: UUID, result: str, explanation: str, lead_id: UUID | None) -> None:
    """Write beside an event what became of it."""
    run(session, _NOTING, which=inbox_id, new_result=result, new_explanation=explanation, new_lead_id=lead_id)


_NOTING = (
    update(InboxEvent)
    .where(InboxEvent.id == bindparam("which"))
    .values({name: bindparam(f"new_{name}") for name in ("result", "explanation", "lead_id")})
)
