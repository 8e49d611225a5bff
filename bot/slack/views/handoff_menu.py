"""The small forms of a handoff: decline, move or cancel the call, take back, give to somebody else; every touch (§7).

What must stay true: each says whom it is about; a reason is asked for wherever somebody else has to act on it.
"""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import InputBlock, PlainTextInput, StaticSelectMenu

from bot.db.queries.handoff_facts import CardMeeting, HandoffCard
from bot.db.queries.handoffs import TOUCH_PAGE
from bot.db.queries.lead_facts import CardTouch
from bot.domain.handoff import Executive, Slots
from bot.slack.blocks import at, button, buttons, clean, context, cut, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.handoff import short, touch_line
from bot.slack.views.handoff_form import MENU, HandoffInput, time_blocks

REASON_LENGTH = 200


def decline_form(card: HandoffCard, reasons: Sequence[str]) -> dict[str, Any]:
    """Why not: one of the playbook's reasons, and a word of one's own."""
    menu = StaticSelectMenu(
        Action.REASON, [option(reason, reason) for reason in reasons[:MENU]], placeholder=plain("Pick a reason", 150)
    )
    blocks: list[SlackBlock] = [
        section(short(card)),
        InputBlock(plain("Why not?", 150), menu, block_id=Block.REASON),
        _words("Anything to add?", Action.REMARK, Block.REMARK, optional=True),
        context(f"{esc(card.rep.name)} gets the lead back with your reason. A booked call is cancelled."),
    ]
    return _form("Decline", card, blocks, Callback.HANDOFF_DECLINE_FORM, "Decline")


def move_form(card: HandoffCard, slots: Slots, chosen: Executive) -> dict[str, Any]:
    """Another time for the call, or the first one."""
    booked = card.meeting is not None and card.meeting.state == "booked"
    when = f" It is {_on(card.meeting)} now." if card.meeting is not None and booked else ""
    blocks: list[SlackBlock] = [
        section(f"{short(card)}.{when}"),
        *time_blocks(slots, HandoffInput(), live=False, chosen=chosen),
        _words("Why? Everybody in it reads this.", Action.REMARK, Block.REMARK, optional=True),
    ]
    title = "Move the intro call" if booked else "Book the intro call"
    return _form(title, card, blocks, Callback.HANDOFF_MOVE_FORM, "Move it" if booked else "Book it")


def cancel_form(card: HandoffCard) -> dict[str, Any]:
    """Take the call out of the calendars; the handoff stays."""
    when = f" on {_on(card.meeting)}" if card.meeting is not None else ""
    blocks: list[SlackBlock] = [
        section(f"The intro call with {short(card)}{when} goes out of the calendars. The handoff itself stays."),
        _words("Why?", Action.REASON, Block.REASON),
    ]
    return _form("Cancel the call", card, blocks, Callback.HANDOFF_CANCEL_FORM, "Cancel the call", close="Keep it")


def back_form(card: HandoffCard) -> dict[str, Any]:
    """Take it back before the answer, and why."""
    name = esc(card.ae.name) if card.ae else "nobody"
    blocks: list[SlackBlock] = [
        section(f"{short(card)} comes back to {esc(card.rep.name)}; {name} no longer has to answer."),
        _words("Why do you take it back?", Action.REASON, Block.REASON),
        context("A booked call is cancelled."),
    ]
    return _form("Take it back", card, blocks, Callback.HANDOFF_BACK_FORM, "Take it back")


def give_form(
    card: HandoffCard, people: Sequence[Executive], chosen: Executive | None, slots: Slots | None, typed: HandoffInput
) -> dict[str, Any]:
    """The manager gives it to another executive; the call goes along, at its time or another."""
    blocks: list[SlackBlock] = [section(short(card))]
    if not people:
        blocks.append(context("There is nobody else who could take it now."))
        return _form("Give it to another", card, blocks, Callback.HANDOFF_GIVE_FORM, None)
    options = [option(cut(clean(one.name), 70), str(one.id)) for one in people[:MENU]]
    first = next((one for one in options if chosen is not None and one.value == str(chosen.id)), None)
    menu = StaticSelectMenu(Action.HANDOFF_GIVE_TO, options, initial_option=first, placeholder=plain("Pick one", 150))
    blocks.append(InputBlock(plain("Who gets it?", 150), menu, block_id=Block.AE, dispatch_action=True))
    if card.meeting is not None and card.meeting.state == "booked":
        blocks.append(context(f"The call stays on {_on(card.meeting)} unless you pick another time."))
    if chosen is not None:
        blocks += time_blocks(slots, typed, live=False, chosen=chosen, needed=False)
    blocks.append(_words("Why?", Action.REASON, Block.REASON))
    return _form("Give it to another", card, blocks, Callback.HANDOFF_GIVE_FORM, "Give it")


def touches_modal(name: str, contact_id: UUID, touches: Sequence[CardTouch], offset: int, total: int) -> dict[str, Any]:
    """Every earlier touch, a page at a time."""
    blocks: list[SlackBlock] = [section(f"*{esc(name)}*")]
    blocks += [section(touch_line(touch)) for touch in touches]
    if not total:
        blocks.append(context("No touches were logged."))
    else:
        blocks.append(context(f"{offset + 1:,} to {offset + len(touches):,} of {total:,}, newest first"))
    newer = f"{contact_id}|{max(offset - TOUCH_PAGE, 0)}" if offset else None
    older = f"{contact_id}|{offset + len(touches)}" if offset + len(touches) < total else None
    turns = [
        button("◀ Newer", f"{Action.HANDOFF_TOUCHES}_back", newer) if newer else None,
        button("Earlier ▶", f"{Action.HANDOFF_TOUCHES}_more", older) if older else None,
    ]
    if any(turns):
        blocks.append(buttons(*turns))
    return modal("Every earlier touch", blocks, callback=Callback.HANDOFF_TOUCHES, close="Close")


def _on(meeting: CardMeeting) -> str:
    return at(meeting.starts_at, "{date_short} at {time}")  # within a sentence: "Today" would stand with a capital


def _words(label: str, action: str, block_id: str, *, optional: bool = False) -> InputBlock:
    text = PlainTextInput(action, max_length=REASON_LENGTH)
    return InputBlock(plain(label, 150), text, block_id=block_id, optional=optional)


def _form(
    title: str,
    card: HandoffCard,
    blocks: list[SlackBlock],
    callback: Callback,
    submit: str | None,
    *,
    close: str = "Cancel",
) -> dict[str, Any]:
    metadata = json.dumps({"handoff_id": str(card.handoff_id)})
    return modal(title, blocks, callback=callback, submit=submit, metadata=metadata, close=close)
