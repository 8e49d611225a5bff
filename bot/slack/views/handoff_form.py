"""The form of a handoff: the contract, the executive, the time; shown, redrawn, and read back in one place (§7).

What must stay true: redrawing and refusing loses nothing that was typed; a field's block id is the name of the fact,
so that errors find it; times are said in the executive's zone and in the buyer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from slackblocks import Block as SlackBlock
from slackblocks import DateTimePicker, Element, ExternalSelectMenu, InputBlock, PlainTextInput, StaticSelectMenu

from bot.db.queries.handoff_form import HandoffStart
from bot.domain.counting import counted
from bot.domain.handoff import Executive, Proposal, Slots
from bot.domain.handoff_stages import TRANSFER
from bot.playbook.schema.money import ContractField, Handoff
from bot.slack.blocks import clean, context, cut, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback

ANSWER_MAX = 3000
REASON_MAX = 200
MENU = 100
EITHER = "Pick one of these, or another time below: one of the two is needed."


@dataclass(frozen=True, slots=True)
class HandoffInput:
    """What the form holds. ``slot``: a moment, or ``transfer``; ``at``: another time, which counts if it is given."""

    contact_id: UUID | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    ae_id: UUID | None = None
    ae_reason: str = ""
    slot: str = ""
    at: datetime | None = None

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> "HandoffInput":
        """From a view's inputs by action id."""
        prefix = f"{Action.HANDOFF_ANSWER}_"
        answers = {
            name.removeprefix(prefix): str(said or "") for name, said in state.items() if name.startswith(prefix)
        }
        given = state.get(Action.HANDOFF_AT)
        return cls(
            contact_id=_id(state.get(Action.HANDOFF_PERSON)),
            answers=answers,
            ae_id=_id(state.get(Action.HANDOFF_AE) or state.get(Action.HANDOFF_GIVE_TO)),
            ae_reason=str(state.get(Action.HANDOFF_AE_REASON) or ""),
            slot=str(state.get(Action.HANDOFF_SLOT) or ""),
            at=datetime.fromtimestamp(int(given), UTC) if given else None,
        )

    def beside(self, filled_in: str) -> "HandoffInput":
        """With what was picked, where the other time is only the one that was ``filled_in`` (Unix seconds)."""
        untouched = self.at is not None and str(int(self.at.timestamp())) == filled_in
        return replace(self, at=None) if self.slot and untouched else self

    @property
    def live(self) -> bool:
        """Whether they are on the line."""
        return self.at is None and self.slot == TRANSFER

    @property
    def starts_at(self) -> datetime | None:
        """The time that was picked, in whichever field."""
        if self.at is not None or self.slot in ("", TRANSFER):
            return self.at
        return datetime.fromtimestamp(int(self.slot), UTC)


def _id(given: Any) -> UUID | None:
    try:
        return UUID(str(given)) if given else None
    except ValueError:
        return None


def person_form(sentence: str = "") -> dict[str, Any]:
    """Whom to hand over; the rest of the form follows once that is known."""
    menu = ExternalSelectMenu(
        Action.HANDOFF_PERSON, min_query_length=0, placeholder=plain("Type a name, a company or an e-mail address", 150)
    )
    blocks: list[SlackBlock] = [section(sentence)] if sentence else []
    blocks.append(_input("Whom do you hand over?", menu, Block.CONTACT, redraws=True))
    return modal("Hand off", blocks, callback=Callback.HANDOFF_FORM, submit="Next")


def handoff_form(
    start: HandoffStart,
    rules: Handoff,
    proposal: Proposal,
    slots: Slots | None,
    typed: HandoffInput,
    metadata: str,
) -> dict[str, Any]:
    """The form for one person. ``typed``: what stands in it already, else what is known fills it in."""
    chosen = next((one for one in proposal.executives if one.id == (typed.ae_id or proposal.choice.ae_id)), None)
    blocks: list[SlackBlock] = [section(_about(start))]
    if start.notes:
        blocks.append(context("*Last notes* " + " · ".join(esc(note, 300) for note in start.notes)))
    if not proposal.executives:
        blocks.append(section(f"*{esc(proposal.choice.said, 600)}*"))
        return modal("Hand off", blocks, callback=Callback.HANDOFF_FORM, metadata=metadata, close="Close")
    blocks += [_answer(one, start, typed) for one in rules.contract]
    blocks += _who_takes_it(proposal, chosen, typed)
    blocks += _when(start, chosen, slots, typed)
    return modal("Hand off", blocks, callback=Callback.HANDOFF_FORM, submit="Hand off", metadata=metadata)


def _about(start: HandoffStart) -> str:
    title = f", {esc(start.title, 80)}" if start.title else ""
    company = f" at *{esc(start.company)}*" if start.company else ""
    return f"*{esc(start.name)}*{title}{company}"


def _answer(one: ContractField, start: HandoffStart, typed: HandoffInput) -> InputBlock:
    known = typed.answers.get(one.key) if one.key in typed.answers else start.answers.get(one.key, "")
    text = PlainTextInput(
        f"{Action.HANDOFF_ANSWER}_{one.key}",
        initial_value=clean(known or "", ANSWER_MAX, lines=True) or None,
        multiline=one.key == "problem",
        max_length=ANSWER_MAX,
    )
    return _input(one.label, text, one.key, hint=one.hint, optional=not one.required)


def _who_takes_it(proposal: Proposal, chosen: Executive | None, typed: HandoffInput) -> list[SlackBlock]:
    offered = [one for one in proposal.executives if one.reachable and one.away_until is None][:MENU]
    blocks: list[SlackBlock] = []
    if offered:
        options = [option(_label(one, proposal), str(one.id)) for one in offered]
        first = next((one for one in options if chosen is not None and one.value == str(chosen.id)), None)
        menu = StaticSelectMenu(Action.HANDOFF_AE, options, initial_option=first, placeholder=plain("Pick one", 150))
        blocks.append(_input("Who takes it?", menu, Block.AE, redraws=True))
    if because := _because(proposal):
        blocks.append(context(because))
    if offered:
        reason = PlainTextInput(
            Action.HANDOFF_AE_REASON, initial_value=cut(typed.ae_reason, REASON_MAX) or None, max_length=REASON_MAX
        )
        blocks.append(_input("If you pick somebody else: why?", reason, Block.AE_REASON, optional=True))
    return blocks


def _because(proposal: Proposal) -> str:
    said = esc(proposal.choice.said, 900)
    return f"Why this proposal: {said}" if proposal.choice.ae_id is not None else said


def _label(one: Executive, proposal: Proposal) -> str:
    if one.id == proposal.choice.ae_id:
        return f"{cut(clean(one.name), 50)} – first choice"
    open_ones = f"{one.open_handoffs} open" if one.open_handoffs else "none open"
    return f"{cut(clean(one.name), 50)} – {open_ones}" + ("" if one.aligned else ", not aligned")


def _when(start: HandoffStart, chosen: Executive | None, slots: Slots | None, typed: HandoffInput) -> list[SlackBlock]:
    return [*time_blocks(slots, typed, start.booked_at if not typed.answers else None, live=True, chosen=chosen)]


def time_blocks(
    slots: Slots | None,
    typed: HandoffInput,
    known: datetime | None = None,
    *,
    live: bool,
    chosen: Executive | None = None,
    needed: bool = True,
) -> list[SlackBlock]:
    """The executive's next free slots, and a picker for another time.

    ``known``: a time that was agreed already. ``needed``: the form is not complete without a time.
    """
    blocks: list[SlackBlock] = []
    options = [option(slot_label(at, slots), str(int(at.timestamp()))) for at in slots.starts] if slots else []
    if live:
        options.append(option("Now: they are on the line", TRANSFER))
    if options:
        first = next((one for one in options if one.value == typed.slot), None)
        menu = StaticSelectMenu(
            Action.HANDOFF_SLOT, options[:MENU], initial_option=first, placeholder=plain("Pick a time", 150)
        )
        name = chosen.name if chosen is not None else "the account executive"
        blocks.append(
            _input(
                f"When? Free for {cut(clean(name), 60)}",
                menu,
                slot_block(chosen),
                optional=True,
                hint=EITHER if needed else "",
            )
        )
    at = typed.at or known
    picker = DateTimePicker(Action.HANDOFF_AT, int(at.timestamp()) if at else None)
    label = "Or another time you agreed on" if options else "When?"
    hint = "In your own time zone." + ("" if options else " I found no free slot in the months ahead.")
    blocks.append(_input(label, picker, Block.STARTS_AT, optional=True, hint=hint))
    return blocks


def slot_block(chosen: Executive | None) -> str:
    """The id of the slots' input: another executive's slots are another choice, which Slack must not carry over."""
    return f"{Block.SLOT}_{chosen.id}" if chosen is not None else Block.SLOT


def slot_label(at: datetime, slots: Slots) -> str:
    """ "Tue 3 Mar 14:00 Berlin · 08:00 New York": the executive's time and the buyer's."""
    own = at.astimezone(ZoneInfo(slots.zone))
    said = f"{own:%a %-d %b %H:%M} {_city(slots.zone)}"
    for zone in slots.theirs[:1]:
        theirs = at.astimezone(ZoneInfo(zone))
        if theirs.utcoffset() != own.utcoffset():
            day = f"{theirs:%a} " if theirs.date() != own.date() else ""
            more = f" (or {counted(len(slots.theirs) - 1, 'other zone')})" if len(slots.theirs) > 1 else ""
            said += f" · {day}{theirs:%H:%M} {_city(zone)}{more}"
    return cut(said, 75)


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _input(
    label: str, element: Element, block_id: str, *, optional: bool = False, redraws: bool = False, hint: str = ""
) -> InputBlock:
    return InputBlock(
        plain(label, 150),
        element,
        dispatch_action=redraws,
        block_id=block_id,
        hint=plain(hint, 150) if hint else None,
        optional=optional,
    )
