"""One person at a time: the draft or the call card, what came of it, and the next (process §5).

What must stay true: each line has inputs of its own, so that nothing typed for one person stands under the next; what
was just done is said, with Undo; the last view says what is left.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import (
    DateTimePicker,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInput,
    StaticMultiSelectMenu,
    StaticSelectMenu,
)

from bot.db.queries.touch_item import ItemCard
from bot.db.queries.touch_list import ListState
from bot.db.queries.touch_list_walk import Someone
from bot.db.queries.touch_mail import EarlierTouch
from bot.domain.counting import counted
from bot.domain.terms import CALL_OUTCOMES, EMAIL_OUTCOMES, SOCIAL_OUTCOMES, Channel, Outcome
from bot.domain.touch_draft import say as word
from bot.domain.touch_list import ItemKind
from bot.playbook.schema import Playbook
from bot.slack.blocks import (
    at,
    bullet,
    button,
    buttons,
    context,
    divider,
    esc,
    link,
    modal,
    option,
    plain,
    quote,
    section,
)
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.call_card import call_blocks, gate_line
from bot.slack.views.mail_draft import mail_blocks
from bot.slack.views.touch_list import closing, finished, who
from bot.slack.views.words import local_times, spoken

OUTCOME, LATER, SKIP = "o", "s", "k"
"""The first part of a choice's value: an outcome, putting off, skipping."""
SOON, TOMORROW, ON_DATE = "soon", "tomorrow", "date"
NOTE = 3000
FACT = 500
PIECES, LINKS = 100, 8
"""Pieces of the library in the menu, and those whose links stand under it."""
_REPLIES = tuple(one for one in EMAIL_OUTCOMES if one is not Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Just:
    """What was just done: a sentence, and what takes it back. ``position``: where the line stands that it was."""

    sentence: str
    causation_id: UUID | None = None
    position: int = 0


def item_modal(card: ItemCard, rules: Playbook, just: Just | None = None) -> dict[str, Any]:
    """One line, to be worked."""
    blocks = _just(just)
    blocks += _person(card)
    blocks += _work(card, rules)
    blocks.append(divider())
    if card.wants_fact:
        blocks.append(_fact(card, rules))
    blocks += _inputs(card, rules)
    metadata = json.dumps({"list": str(card.list_id), "item": str(card.item_id), "at": card.position})
    title = f"{card.place} of {card.progress.total}"
    return modal(title, blocks, callback=Callback.NEXT_ITEM, submit="Next", close="Stop", metadata=metadata)


def _just(just: Just | None) -> list[SlackBlock]:
    if just is None:
        return []
    if just.causation_id is None:
        return [context(esc(just.sentence, 300) or "Done.")]
    undo = button("Undo", Action.ITEM_UNDO, f"{just.causation_id}|{just.position}", describe="Take the last step back")
    return [context(esc(just.sentence, 300) or "Done."), buttons(undo)]


def _person(card: ItemCard) -> list[SlackBlock]:
    there = f"{local_times(card.timezones, card.now)} there" if card.timezones else "place unknown"
    about = " · ".join(part for part in (esc(card.step), there) if part)
    blocks: list[SlackBlock] = [section(f"{who(card.name, card.title, card.company)}\n{about}\n{esc(card.why, 600)}")]
    if card.message:
        blocks.append(quote(card.message, 1000))
    noted = f"*Noted* {esc(card.fact, FACT)}" if card.fact else ""
    earlier = " · ".join(_touch(one) for one in card.earlier)
    blocks.append(context(noted, f"*Earlier* {earlier}" if earlier else "Nobody has touched them before."))
    return blocks


def _touch(one: EarlierTouch) -> str:
    note = f" “{esc(one.note, 80)}”" if one.note else ""
    return f"{at(one.at, '{date_short}')} {esc(one.by)}: {spoken(one.channel, one.outcome)}{note}"


def _work(card: ItemCard, rules: Playbook) -> list[SlackBlock]:
    match card.kind:
        case ItemKind.EMAIL:
            return mail_blocks(card)
        case ItemKind.REPLY:
            return [section("They replied to your e-mail. What did they say?")]
        case ItemKind.TASK:
            lines = (gate_line(card.may_call, "call"), gate_line(card.may_write, "write"))
            return [context(line) for line in lines if line]
        case _:
            return call_blocks(card, rules)


def _fact(card: ItemCard, rules: Playbook) -> SlackBlock:
    field = PlainTextInput(Action.ITEM_FACT, max_length=FACT, placeholder=plain("What they do, said or changed", 150))
    hint = "Nobody noted one yet. Look at: " + " ".join(rules.texts.research_checklist)
    return InputBlock(
        plain("One fact about them, before the first touch", 150),
        field,
        block_id=f"{Block.FACT}:{card.item_id}",
        hint=plain(hint, 2000),
        optional=True,
    )


def _inputs(card: ItemCard, rules: Playbook) -> list[SlackBlock]:
    key = card.item_id
    menu = StaticSelectMenu(
        Action.ITEM_CHOICE, option_groups=_choices(card, rules), placeholder=plain("Nothing yet: go on", 150)
    )
    note = PlainTextInput(Action.ITEM_NOTE, multiline=True, max_length=NOTE)
    return [
        InputBlock(plain("What came of it?", 150), menu, block_id=f"{Block.CHOICE}:{key}", optional=True),
        InputBlock(
            plain("When? For a callback, a meeting, or putting it off", 150),
            DateTimePicker(Action.ITEM_WHEN),
            block_id=f"{Block.FOLLOW_UP}:{key}",
            optional=True,
        ),
        InputBlock(plain("Note", 150), note, block_id=f"{Block.NOTE}:{key}", optional=True),
        *_library(card, rules),
    ]


def _library(card: ItemCard, rules: Playbook) -> list[SlackBlock]:
    """The playbook's pieces by topic, to send along and to log with the touch; nothing where it has none."""
    pieces = rules.library.pieces[:PIECES]
    if not pieces:
        return []
    topics = {piece.topic: None for piece in pieces}
    groups = [
        OptionGroup(plain(topic, 75), [option(one.title, one.title) for one in pieces if one.topic == topic])
        for topic in topics
    ]
    menu = StaticSelectMenu(Action.ITEM_PIECE, option_groups=groups, placeholder=plain("Nothing", 150))
    links = " · ".join(link(piece.url, piece.title) for piece in pieces[:LINKS])
    return [
        InputBlock(
            plain("Something to read that you sent along", 150),
            menu,
            block_id=f"{Block.PIECE}:{card.item_id}",
            optional=True,
        ),
        context(links),
    ]


def _choices(card: ItemCard, rules: Playbook) -> list[OptionGroup]:
    return [
        OptionGroup(
            plain("What came of it", 75), [_outcome(*one) for one in outcomes_for(card.kind, phone=bool(card.phone))]
        ),
        OptionGroup(plain("Put it off", 75), _put_off_options()),
        OptionGroup(plain("Skip it", 75), _skip_options(rules)),
    ]


def _put_off_options() -> list[Option]:
    """Until when a line can be put off."""
    return [
        option("Later today", f"{LATER}|{SOON}"),
        option("Until the next working day", f"{LATER}|{TOMORROW}"),
        option("Until the date below", f"{LATER}|{ON_DATE}"),
    ]


def _skip_options(rules: Playbook) -> list[Option]:
    """Why a line can be skipped."""
    return [option(reason, f"{SKIP}|{place}") for place, reason in enumerate(rules.touch_list.skip_reasons[:50])]


def outcomes_for(kind: ItemKind, *, phone: bool = True) -> tuple[tuple[Channel, Outcome], ...]:
    """What can come of a line, likeliest first."""
    calls = tuple((Channel.CALL, one) for one in CALL_OUTCOMES)
    sent = ((Channel.EMAIL, Outcome.SENT),)
    replies = tuple((Channel.EMAIL, one) for one in _REPLIES)
    if kind is ItemKind.EMAIL:
        return (*sent, *replies)
    if kind is ItemKind.REPLY:
        return replies
    if kind is ItemKind.CALL:
        return calls if phone else (*sent, *calls)
    social = tuple((Channel.SOCIAL, one) for one in SOCIAL_OUTCOMES)
    return (*social, *sent, *calls) if kind is ItemKind.TASK else (*calls, *sent)


def _outcome(channel: Channel, outcome: Outcome) -> Option:
    said = word(outcome)
    label = f"{channel.value.replace('email', 'e-mail')}, {said}" if outcome is Outcome.SENT else said
    return option(label.capitalize(), f"{OUTCOME}|{channel}|{outcome}")


def end_modal(state: ListState, just: Just | None = None, *, passed: bool = False) -> dict[str, Any]:
    """The end of the list: all done, or what is left. ``passed``: the rep went through all of it."""
    far, value = state.progress, str(state.list_id)
    blocks = _just(just)
    if finished(state):
        blocks.append(section(f"*{closing(state)}*" if far.total else "Nothing is due today."))
        return _end(blocks, state)
    later = sum(line.later is not None for line in state.lines)
    left = [
        f"{counted(far.open, 'line')} open" if far.open else "",
        f"{counted(far.opened, 'draft')} opened and not marked sent" if far.opened else "",
        f"{counted(far.asked, 'person', 'people')} of whom we do not know whether they replied" if far.asked else "",
    ]
    words = "That was the end of the list. " if passed else ""
    blocks.append(section(f"{words}Still there: {'; '.join(part for part in left if part)}."))
    row = [
        button(f"Mark {far.opened} sent", Action.LIST_SENT, value, style="primary") if far.opened else None,
        button("Who replied?", Action.LIST_REPLIES, value) if far.asked else None,
        button("Go through what is open", Action.LIST_START, value) if far.open > later else None,
        button("Take what comes later", Action.ITEM_LATER, value) if later else None,
    ]
    if any(row):
        blocks.append(buttons(*row))
    if later:
        coming = [f"{at(line.later, '{time}')} {esc(line.name)}" for line in state.lines if line.later is not None]
        blocks.append(context("Later:\n" + bullet(coming[:10])))
    return _end(blocks, state)


def _end(blocks: list[SlackBlock], state: ListState) -> dict[str, Any]:
    metadata = json.dumps({"list": str(state.list_id)})
    return modal("Touch list", blocks, callback=Callback.LIST_END, close="Close", metadata=metadata)


def replies_modal(list_id: UUID, people: Sequence[Someone]) -> dict[str, Any]:
    """Who replied? So that no reply is known, not guessed (process §5)."""
    blocks: list[SlackBlock] = [
        section(f"You wrote to {counted(len(people), 'person', 'people')} since the last list. Look into your inbox.")
    ]
    if people:
        menu = StaticMultiSelectMenu(
            Action.ITEM_REPLIED, [_someone(one) for one in people[:100]], placeholder=plain("Nobody", 150)
        )
        label = plain("Who replied? Leave it empty if nobody did.", 150)
        blocks.append(InputBlock(label, menu, block_id=Block.REPLIED, optional=True))
    metadata = json.dumps({"list": str(list_id)})
    return modal("Who replied?", blocks, callback=Callback.WHO_REPLIED, submit="That's all", metadata=metadata)


def batch_modal(list_id: UUID, people: Sequence[Someone]) -> dict[str, Any]:
    """One confirmation for the drafts that were opened; those not sent are taken out."""
    if not people:
        blocks: list[SlackBlock] = [section("No draft waits to be marked sent.")]
        return modal("Mark sent", blocks, callback=Callback.LIST_END, close="Close")
    options = [_someone(one) for one in people[:100]]
    menu = StaticMultiSelectMenu(Action.ITEM_SENT, options, initial_options=options)
    blocks = [
        section(f"You opened {counted(len(people), 'draft')}. Take out what you did not send."),
        InputBlock(plain("Sent", 150), menu, block_id=Block.SENT),
    ]
    metadata = json.dumps({"list": str(list_id)})
    return modal("Mark sent", blocks, callback=Callback.BATCH_SENT, submit="Mark sent", metadata=metadata)


def _someone(one: Someone) -> Option:
    return option(", ".join(part for part in (one.name, one.company) if part), str(one.item_id))


def put_off_modal(card: ItemCard, rules: Playbook, *, skip: bool) -> dict[str, Any]:
    """From the list itself: until when one line is put off, or why it is skipped."""
    options = _skip_options(rules) if skip else _put_off_options()
    menu = StaticSelectMenu(Action.ITEM_CHOICE, options, placeholder=plain("Choose", 150))
    label = "Why?" if skip else "Until when?"
    blocks: list[SlackBlock] = [
        section(who(card.name, card.title, card.company)),
        InputBlock(plain(label, 150), menu, block_id=f"{Block.CHOICE}:{card.item_id}"),
    ]
    if not skip:
        picker = DateTimePicker(Action.ITEM_WHEN)
        blocks.append(
            InputBlock(plain("The date", 150), picker, block_id=f"{Block.FOLLOW_UP}:{card.item_id}", optional=True)
        )
    metadata = json.dumps({"list": str(card.list_id), "item": str(card.item_id), "at": card.position})
    title = "Skip it" if skip else "Put it off"
    return modal(title, blocks, callback=Callback.PUT_OFF, submit=title, metadata=metadata)
