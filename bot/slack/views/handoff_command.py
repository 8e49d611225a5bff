"""What ``/handoff`` answers besides its form: help, a choice of people, nobody found (process §7).

What must stay true: whatever was typed leads somewhere: to the form, a choice, or a way to pick somebody.
"""

from collections.abc import Sequence
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import Button

from bot.db.queries.own_leads import OwnLeads
from bot.domain.names import Candidate
from bot.slack.blocks import Post, button, buttons, cut, esc, post, section
from bot.slack.ids import Action
from bot.slack.views.touch import person_labels

HELP = (
    ("/handoff jane doe", "the form for Jane: the contract, who takes it, when"),
    ("/handoff acme", "the people at Acme"),
    ("/handoff", "your own open leads to choose from"),
)
AFTER = (
    "I propose the account executive and say why, then their next free times. They accept or decline in their channel, "
    "and I tell you each step. Until they answer you can take it back."
)


def handoff_help_post() -> Post:
    """How to hand somebody over, by example."""
    lines = [f"`{line}` – {text}" for line, text in HELP]
    plain = "; ".join(f"{line}: {said}" for line, said in HELP)
    said = "Hand a lead over to an account executive"
    return post(f"{said}. {plain}. {AFTER}", [section(f"*{said}*\n" + "\n".join(lines)), section(AFTER)])


def handoff_choice_post(typed: str, people: Sequence[Candidate], *, more: bool) -> Post:
    """Several may be meant."""
    labels = person_labels(list(people))
    said = f"Whom do you hand over? “{esc(typed)}” may be one of these." + (
        " There are more; a company or an address tells them apart." if more else ""
    )
    answers = [
        button(label, f"{Action.HANDOFF_OPEN}_{place}", str(one.id))
        for place, (one, label) in enumerate(zip(people, labels, strict=True))
    ]
    return post(f"{said} {esc(', '.join(labels), 900)}", [section(said), buttons(*answers, _somebody_else())])


def handoff_own_leads_post(leads: OwnLeads) -> Post:
    """Nothing was typed: own open leads, or a way to pick anybody."""
    if not leads.leads:
        said = "You have no open leads. Whom do you hand over?"
        return post(said, [section(said), buttons(_somebody_else())])
    names = [one.name + (f", {one.company}" if one.company else "") for one in leads.leads]
    said = "Whom do you hand over?"
    answers = [
        button(cut(name, 70), f"{Action.HANDOFF_OPEN}_{place}", str(one.contact_id))
        for place, (one, name) in enumerate(zip(leads.leads, names, strict=True))
    ]
    blocks: list[SlackBlock] = [section(said), buttons(*answers, _somebody_else())]
    return post(f"{said} {esc('; '.join(names), 1500)}", blocks)


def handoff_nobody_post(typed: str) -> Post:
    """Nobody fits what was typed."""
    said = f"I know nobody called “{esc(typed)}”. Try the company or the e-mail address, or pick somebody:"
    return post(said, [section(said), buttons(_somebody_else())])


def accepted_post(handoff_id: UUID) -> Post:
    """It is theirs; a click too fast can be taken back."""
    said = "It's yours. The rep knows."
    return post(said, [section(said), buttons(button("Undo", Action.HANDOFF_UNDO, str(handoff_id)))])


def _somebody_else() -> Button:
    return button("Pick somebody…", f"{Action.HANDOFF_OPEN}_anybody", "anybody")
