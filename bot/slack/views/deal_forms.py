"""The forms of verdicts and deals: another time, an opportunity, not qualified, proposal, won, lost, change, reopen.

What must stay true: a field's block id is the name of the fact, so that errors find it; metadata holds ids and the
version that was looked at, nothing else.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from slackblocks import Block as SlackBlock
from slackblocks import CheckboxGroup, DatePicker, DateTimePicker, Element, InputBlock, PlainTextInput, StaticSelectMenu

from bot.db.queries.deals import DealCard
from bot.db.queries.handoff_facts import HandoffCard
from bot.domain.money import say_money
from bot.domain.opportunities import GUARD_WORDS, DealState
from bot.slack.blocks import context, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback

TEXT = 2000
REASON = 200
NO_CSM = "Nobody of customer success is set for them yet, so nobody is told what was promised."
KINDS: Mapping[str, str] = {"new": "New business", "add_on": "Add-on", "renewal": "Renewal"}


def reschedule_form(card: HandoffCard) -> dict[str, Any]:
    """When the intro call is now."""
    blocks: list[SlackBlock] = [
        section(_about(card.name, card.company)),
        input_block("When is it now?", DateTimePicker(Action.CALL_AT), Block.STARTS_AT),
        words_input("Why?", Action.REASON, Block.REASON, optional=True, length=REASON),
        context("Everybody gets the changed calendar entry."),
    ]
    return _of_handoff("Another time", card, blocks, Callback.RESCHEDULE_FORM, "Move it")


def qualify_form(card: HandoffCard, types: Sequence[str], currency: str) -> dict[str, Any]:
    """An opportunity: type, amount, expected close. ``currency``: taken where the amount names none."""
    asked = dict(card.contract)
    blocks: list[SlackBlock] = [section(_about(card.name, card.company))]
    blocks += [kind_input(types, types[0] if types else ""), amount_input("", currency), close_on_input(None)]
    blocks.append(words_input("Next step", Action.DEAL_NEXT_STEP, Block.NEXT_STEP, optional=True))
    if asked:
        blocks.append(context(*(f"*{esc(label)}* {esc(said, 300)}" for label, said in list(asked.items())[:5])))
    return _of_handoff("An opportunity", card, blocks, Callback.QUALIFY_FORM, "It is one")


def not_qualified_form(card: HandoffCard, reasons: Sequence[str]) -> dict[str, Any]:
    """Why it is no opportunity: one of the playbook's ``reasons``, and words of one's own."""
    blocks: list[SlackBlock] = [
        section(_about(card.name, card.company)),
        _reasons("Why is it not an opportunity?", reasons),
        words_input("Anything to add?", Action.REMARK, Block.REMARK, optional=True, length=REASON),
        context(f"It goes back to {esc(card.rep.name)} with the reason; marketing sees it by source."),
    ]
    return _of_handoff("Not qualified", card, blocks, Callback.NOT_QUALIFIED_FORM, "Give it back")


def propose_form(card: DealCard) -> dict[str, Any]:
    """What is confirmed before the proposal; what is not needs a reason."""
    return _of_deal("Proposal", card, [section(_deal(card)), *_guard(card)], Callback.PROPOSE_FORM, "It is out")


def win_form(card: DealCard, types: Sequence[str]) -> dict[str, Any]:
    """Type, amount, and what was promised. Without a proposal yet, its guard too."""
    blocks: list[SlackBlock] = [section(_deal(card))]
    blocks += [kind_input(types, card.kind), amount_input(_money(card), card.money.currency)]
    said = card.promised or card.next_step
    blocks.append(
        words_input("What did we promise them?", Action.DEAL_PROMISED, Block.PROMISED, optional=True, initial=said)
    )
    if card.state is DealState.QUALIFIED:
        blocks += _guard(card)
    told = f"{esc(card.csm.name)} of customer success is told what was promised." if card.csm else NO_CSM
    blocks.append(context(told))
    return _of_deal("Won", card, blocks, Callback.WIN_FORM, "Won")


def lose_form(card: DealCard, reasons: Sequence[str]) -> dict[str, Any]:
    """Why it is lost: one of the playbook's ``reasons``, and words of one's own."""
    blocks: list[SlackBlock] = [
        section(_deal(card)),
        _reasons("Why is it lost?", reasons),
        words_input("Anything to add?", Action.REMARK, Block.REMARK, optional=True, length=REASON),
        context("You can take it up again later, with a reason."),
    ]
    return _of_deal("Lost", card, blocks, Callback.LOSE_FORM, "Lost")


def change_form(card: DealCard, types: Sequence[str]) -> dict[str, Any]:
    """Correct what the deal says."""
    blocks: list[SlackBlock] = [section(_deal(card))]
    blocks += [kind_input(types, card.kind), amount_input(_money(card), card.money.currency)]
    blocks.append(close_on_input(card.expected_close_on, optional=True))
    blocks.append(
        words_input("Next step", Action.DEAL_NEXT_STEP, Block.NEXT_STEP, optional=True, initial=card.next_step)
    )
    return _of_deal("Change the deal", card, blocks, Callback.CHANGE_DEAL_FORM, "Change")


def reopen_form(card: DealCard) -> dict[str, Any]:
    """Why a closed deal goes on, or a proposal is taken back."""
    title, label, submit = ("Take it up again", "Why does it go on?", "Take it up")
    if card.open:
        title, label, submit = ("Take the proposal back", "Why is it taken back?", "Take it back")
    blocks: list[SlackBlock] = [section(_deal(card)), words_input(label, Action.REASON, Block.REASON, length=REASON)]
    return _of_deal(title, card, blocks, Callback.REOPEN_DEAL_FORM, submit)


def _about(name: str, company: str | None) -> str:
    return f"*{esc(name)}*" + (f", {esc(company)}" if company else "")


def _deal(card: DealCard) -> str:
    person = f", {esc(card.contact)}" if card.company and card.contact else ""
    return f"*{esc(card.name)}*{person}: {esc(str(card.money))}"


def _money(card: DealCard) -> str:
    return say_money(card.money.cents, card.money.currency)


def _of_handoff(
    title: str, card: HandoffCard, blocks: list[SlackBlock], callback: Callback, submit: str
) -> dict[str, Any]:
    metadata = json.dumps({"handoff_id": str(card.handoff_id)})
    return modal(title, blocks, callback=callback, submit=submit, metadata=metadata)


def _of_deal(title: str, card: DealCard, blocks: list[SlackBlock], callback: Callback, submit: str) -> dict[str, Any]:
    metadata = json.dumps({"deal_id": str(card.deal_id), "version": card.version})
    return modal(title, blocks, callback=callback, submit=submit, metadata=metadata)


def input_block(label: str, element: Element, block_id: str, *, optional: bool = False, hint: str = "") -> InputBlock:
    """One input of a form."""
    return InputBlock(
        plain(label, 150), element, block_id=block_id, optional=optional, hint=plain(hint, 150) if hint else None
    )


def words_input(
    label: str, action: str, block_id: str, *, optional: bool = False, initial: str = "", length: int = TEXT
) -> InputBlock:
    """Words of one's own; several lines where more than a reason's length fits."""
    shown = plain(initial, length).text if initial.strip() else None
    field = PlainTextInput(action, initial_value=shown, multiline=length > REASON, max_length=length)
    return input_block(label, field, block_id, optional=optional)


def kind_input(types: Sequence[str], chosen: str) -> InputBlock:
    """The type of business, of the playbook's ``types``."""
    options = [option(KINDS.get(kind, kind), kind) for kind in types[:100]]
    initial = option(KINDS.get(chosen, chosen), chosen) if chosen in types else None
    menu = StaticSelectMenu(Action.DEAL_KIND, options, initial_option=initial, placeholder=plain("Pick a type", 150))
    return input_block("What kind of business?", menu, Block.KIND)


def amount_input(initial: str, currency: str) -> InputBlock:
    """An amount as people type it; ``currency``: taken where it names none."""
    field = PlainTextInput(
        Action.DEAL_AMOUNT, initial_value=initial[:60] or None, max_length=60, placeholder=plain("12,500", 150)
    )
    hint = f"In {currency[:3]}, unless you name another: €12k, 12.500 EUR, 12.5k USD."
    return input_block("How much?", field, Block.AMOUNT, hint=hint)


def close_on_input(chosen: date | None, *, optional: bool = False) -> InputBlock:
    """The day a deal is expected to close."""
    picker = DatePicker(Action.DEAL_CLOSE_ON, initial_date=chosen.isoformat() if chosen else None)
    return input_block("When do you expect to close it?", picker, Block.CLOSE_ON, optional=optional)


def _reasons(label: str, reasons: Sequence[str]) -> InputBlock:
    menu = StaticSelectMenu(
        Action.REASON, [option(reason, reason) for reason in reasons[:100]], placeholder=plain("Pick a reason", 150)
    )
    return input_block(label, menu, Block.REASON)


def _guard(card: DealCard) -> list[SlackBlock]:
    wanted = [fact for fact in card.wanted if fact in GUARD_WORDS]
    if not wanted:
        return []
    options = {fact: option(GUARD_WORDS[fact].capitalize(), fact) for fact in wanted}
    chosen = [options[fact] for fact in card.guard.confirmed if fact in options] or None
    boxes = CheckboxGroup(Action.DEAL_GUARD, list(options.values()), initial_options=chosen)
    why = words_input(
        "If something is not confirmed: why does it go on anyway?",
        Action.DEAL_OVERRIDE,
        Block.OVERRIDE,
        optional=True,
        length=REASON,
    )
    return [input_block("What is confirmed?", boxes, Block.GUARD, optional=True), why]


def given_day(value: Any) -> date | None:
    """A date picker's value."""
    return date.fromisoformat(str(value)) if value else None


def given_moment(value: Any) -> datetime | None:
    """A date-time picker's value; aware UTC."""
    return datetime.fromtimestamp(int(value), UTC) if value else None
