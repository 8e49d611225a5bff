"""What somebody says of themselves now, where it differs from what we have (process §2, intake path).

What must stay true: it is shown, never taken over: anybody can fill in a form in somebody's name.
"""

from collections.abc import Mapping

from slackblocks import Block as SlackBlock

from bot.db.queries.leads import LeadCard
from bot.domain.compliance import Refused
from bot.slack.blocks import context, esc
from bot.slack.views.words import dialled

WORDS = {"phone": "phone", "title": "title", "first_name": "first name", "last_name": "last name"}


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
