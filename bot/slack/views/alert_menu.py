"""The alert's menu, and the forms behind it: give to someone else, junk, take up again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import InputBlock, OverflowMenu, PlainTextInput, StaticSelectMenu

from bot.db.queries.leads import LeadCard
from bot.db.queries.people import Responder
from bot.domain.errors import Gone
from bot.domain.terms import Channel, Outcome
from bot.slack.blocks import OPTION_TEXT, context, cut, esc, modal, option, plain, section
from bot.slack.choices import AlertMore
from bot.slack.ids import Action, Block, Callback

REASON_LENGTH = 200


def more(card: LeadCard) -> OverflowMenu:
    """What can be done with a lead besides the buttons, as its state allows."""
    value = f"{card.lead_id}|{card.round}"
    labels = {AlertMore.DETAILS: "Show everything"}
    if card.closed_at is None:
        labels |= {
            AlertMore.HAND_OFF: "Hand off…",
            AlertMore.REASSIGN: "Give to someone else…",
            AlertMore.JUNK: "Junk…",
        }
        if card.claimed_by is not None or card.first_response_at is not None:
            labels |= {AlertMore.GIVE_BACK: "Give back…"}
    else:
        labels |= {AlertMore.REOPEN: "Take it up again…"}
    return OverflowMenu(Action.ALERT_MORE, [option(label, f"{choice}|{value}") for choice, label in labels.items()])


def reassign_form(
    card: LeadCard, people: Sequence[Responder], absences: Mapping[UUID, str] | None = None
) -> dict[str, object]:
    """Who gets it, and why; ``absences`` says of whom does not work now how long."""
    others = [person for person in people if card.owner is None or person.id != card.owner.id]
    blocks: list[SlackBlock] = [section(_about(card))]
    if others:
        blocks.append(
            InputBlock(
                plain("Who gets it?", 150),
                StaticSelectMenu(
                    Action.REASSIGN_TO,
                    [option(_responder(person, absences or {}), str(person.id)) for person in others[:100]],
                    placeholder=plain("Pick a person", 150),
                ),
                block_id=Block.REASSIGN_TO,
            )
        )
        blocks.append(_reason("Why?", "They know the company"))
    else:
        blocks.append(context("There is nobody else to give it to. An admin can add people."))
    return _form("Give to someone else", card, blocks, Callback.REASSIGN_FORM, "Give it" if others else None)


def _responder(person: Responder, absences: Mapping[UUID, str]) -> str:
    """Name and roles; whoever does not work now says so, before a name that is too long is cut."""
    said = ", ".join([*person.roles, absences.get(person.id, "")]).rstrip(", ")
    return f"{cut(person.name, max(OPTION_TEXT - len(said) - 3, 20))} ({said})"


def junk_form(card: LeadCard, reasons: Sequence[str]) -> dict[str, object]:
    """Why this is junk: one of the playbook's ``reasons``, and a word of one's own."""
    menu = StaticSelectMenu(
        Action.REASON,
        [option(reason, reason) for reason in reasons[:100]],
        placeholder=plain("Pick a reason", 150),
    )
    remark = PlainTextInput(Action.REMARK, max_length=REASON_LENGTH, placeholder=plain("A thesis on castings", 150))
    blocks: list[SlackBlock] = [
        section(_about(card)),
        InputBlock(plain("Why is it junk?", 150), menu, block_id=Block.REASON),
        InputBlock(plain("Anything to add?", 150), remark, block_id=Block.REMARK, optional=True),
        context("The reason is kept with the lead. You can take it up again later."),
    ]
    return _form("Junk", card, blocks, Callback.JUNK_FORM, "Junk it")


def reopen_form(card: LeadCard) -> dict[str, object]:
    """Why it is taken up again."""
    blocks: list[SlackBlock] = [section(_about(card)), _reason("Why take it up again?", "They wrote once more")]
    return _form("Take it up again", card, blocks, Callback.REOPEN_FORM, "Take it up")


def _form(
    title: str, card: LeadCard, blocks: list[SlackBlock], callback: Callback, submit: str | None
) -> dict[str, object]:
    metadata = json.dumps({"lead_id": str(card.lead_id)})
    return modal(title, blocks, callback=callback, submit=submit, metadata=metadata)


def _about(card: LeadCard) -> str:
    return f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")


def _reason(label: str, example: str) -> InputBlock:
    return InputBlock(
        plain(label, 150),
        PlainTextInput(Action.REASON, max_length=REASON_LENGTH, placeholder=plain(example, 150)),
        block_id=Block.REASON,
    )


@dataclass(frozen=True, slots=True)
class Clicked:
    """An outcome button: the lead, what came of it (None: something else), and the lead's version on the card.

    Cards from before versions stood on buttons have none.
    """

    lead_id: UUID
    outcome: tuple[Channel, Outcome] | None
    version: int | None


def outcome_of(value: str) -> Clicked:
    """Read an outcome button. Raises ``Gone``."""
    lead_id, _, rest = value.partition("|")
    channel, _, rest = rest.partition("|")
    outcome, _, version = rest.partition("|")
    try:
        said = (Channel(channel), Outcome(outcome)) if outcome else None
        return Clicked(UUID(lead_id), said, int(version) if version else None)
    except ValueError:
        raise Gone("This button is too old. Log it with /touch.") from None
