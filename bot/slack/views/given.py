"""What somebody says of themselves now, where it differs from what we have or cannot be read (process §2).

What must stay true: it is shown, never taken over: anybody can fill in a form in somebody's name.
"""

from collections.abc import Mapping

from slackblocks import Block as SlackBlock

from bot.db.queries.leads import LeadCard
from bot.domain.compliance import Refused
from bot.slack.blocks import context, esc
from bot.slack.views.words import dialled

WORDS = {"phone": "phone", "title": "title", "first_name": "first name", "last_name": "last name"}


UNREAD = {"email": "e-mail address", "phone": "phone number"}


def unread(card: LeadCard) -> str:
    """What was typed where a way to reach them belongs, and is none; empty where all could be read."""
    typed = next((one.extra for one in card.raises if any(one.extra.get(name) for name in UNREAD)), {})
    quoted = [f"{word} “{esc(str(typed[name]), 80)}”" for name, word in UNREAD.items() if typed.get(name)]
    return f"Typed by them, and I cannot read it: {', '.join(quoted)}." if quoted else ""


def given_now(card: LeadCard) -> list[SlackBlock]:
    """A line with the phone, title and name that this hand raise gave; no number where calls are refused."""
    differing = (one.extra.get("said") for one in card.raises)
    said: Mapping[str, object] = next((one for one in differing if isinstance(one, Mapping)), {})
    shown = [
        f"{word} {esc(dialled(str(said[name])) if name == 'phone' else str(said[name]), 80)}"
        for name, word in WORDS.items()
        if said.get(name) and not (name == "phone" and isinstance(card.may_call, Refused))
    ]
    return [context(f"*Given now, unlike what we have:* {', '.join(shown)}")] if shown else []
