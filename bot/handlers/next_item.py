"""One person at a time in a modal: the draft or the call card, what came of it, the next.

What must stay true: a submitted line is answered by the acknowledgement itself, with the next one; a note is never
lost; what opened the modal and what happens in it costs the same for the last line as for the first.
"""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.touch_item import ItemCard, item_card
from bot.db.queries.touch_list import list_state
from bot.db.queries.touch_list_walk import asked_about, later_line, next_line, opened_drafts
from bot.domain.commands import Actor, Undo
from bot.domain.compliance import Refused
from bot.domain.errors import NotFound, UserError
from bot.domain.terms import Outcome
from bot.handlers.edge import Edge
from bot.handlers.line_outcome import Given, id_of, referral_form, settle
from bot.handlers.requests import Answer, FieldErrors, Nothing, Request, ShowView
from bot.service.context import playbook
from bot.service.touch_batch import mark_sent
from bot.service.touch_items import keep_draft_of, open_draft, own_list, take_line, who_replied
from bot.service.touch_list_drafts import note_fact
from bot.service.touch_list_refused import drop_refused
from bot.service.touch_list_state import drop_settled
from bot.service.touch_list_undo import take_back
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.mail_draft import draft_form
from bot.slack.views.touch_item import OUTCOME, Just, batch_modal, end_modal, item_modal, replies_modal

OPENERS = re.compile(rf"^{Action.ITEM_OPEN}_")
View = dict[str, Any]


def register(edge: Edge) -> None:
    """Register the modals of a list."""
    edge.view(Callback.NEXT_ITEM, on_next)
    edge.view(Callback.PUT_OFF, on_put_off)
    edge.view(Callback.WHO_REPLIED, on_replied)
    edge.view(Callback.BATCH_SENT, on_batch)
    edge.view(Callback.DRAFT_FORM, on_draft)
    edge.action(OPENERS, on_opened)
    edge.action(Action.ITEM_EDIT, on_edit)
    edge.action(Action.ITEM_UNDO, on_undo)
    edge.action(Action.ITEM_LATER, on_later)
    edge.action(Action.LIST_START, on_start)
    edge.action(Action.LIST_REPLIES, on_replies)
    edge.action(Action.LIST_SENT, on_sent)


def following(
    session: Session, actor: Actor, list_id: UUID, after: int, now: datetime, just: Just | None = None
) -> View:
    """The next view of a list: who replied, the next line after a position, or the end."""
    own_list(session, actor, list_id)
    if after == 0:
        drop_refused(session, list_id, now)
    drop_settled(session, actor.person_id, list_id, now)
    if after == 0 and (people := asked_about(session, list_id)):
        return replies_modal(list_id, people)
    card = _next_card(session, list_id, after, now)
    if card is not None:
        return item_modal(card, playbook(session), just)
    return ending(session, list_id, now, just, passed=True)


def _next_card(session: Session, list_id: UUID, after: int, now: datetime) -> ItemCard | None:
    """The card of the next line; the list is cleared of those who may not be touched where its person is one."""
    item_id = next_line(session, list_id, after, now)
    card = item_card(session, item_id, now) if item_id is not None else None
    if card is None or not any(isinstance(one, Refused) and one.for_good for one in (card.may_call, card.may_write)):
        return card
    drop_refused(session, list_id, now)
    left = next_line(session, list_id, after, now)
    if left == card.item_id:
        return card
    return item_card(session, left, now) if left is not None else None


def ending(session: Session, list_id: UUID, now: datetime, just: Just | None = None, *, passed: bool = False) -> View:
    """The last view of a list. Raises ``NotFound``."""
    state = list_state(session, list_id, now)
    if state is None:
        raise NotFound("That list is gone. /today shows today's.")
    return end_modal(state, just, passed=passed)


async def show(request: Request, view: View) -> Answer:
    """Open a view, or put it into the place of the one that was clicked in."""
    if request.view.get("type") != "modal":  # a message, or the App Home
        await request.open_view(view)
        return Nothing()
    try:
        await request.update_view(str(request.view["id"]), view, str(request.view.get("hash") or "") or None)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):  # closed, or clicked on meanwhile
            raise
    return Nothing()


async def on_start(request: Request) -> Answer:
    """Begin, or go on with what is open."""
    list_id = id_of(request.value)
    return await show(
        request, await request.perform(lambda session, actor, now: following(session, actor, list_id, 0, now))
    )


async def on_later(request: Request) -> Answer:
    """Take what comes later, now."""
    list_id = id_of(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> View:
        own_list(session, actor, list_id)
        item_id = later_line(session, list_id, now)
        if item_id is None:
            return following(session, actor, list_id, 0, now)
        return item_modal(item_card(session, item_id, now), playbook(session))

    return await show(request, await request.perform(work))


async def on_next(request: Request) -> Answer:
    """What came of a line, and the next one; the acknowledgement shows it."""
    given = Given.read(request.metadata, request.state)
    request.typed = given.note

    def work(session: Session, actor: Actor, now: datetime) -> ShowView:
        noted = given.fact.strip() and note_fact(session, actor, given.item_id, given.fact, now)
        if not given.choice:
            if given.note.strip() or given.piece:
                raise UserError("What came of it? Your note is kept with it.", field=Block.CHOICE)
            if noted:
                return ShowView(item_modal(item_card(session, given.item_id, now), playbook(session), Just("Noted.")))
            return ShowView(following(session, actor, given.list_id, given.position, now))
        kind, _, rest = given.choice.partition("|")
        if kind == OUTCOME and rest.endswith(f"|{Outcome.REFERRAL}"):
            return ShowView(referral_form(session, actor, given, now), push=True)
        just = settle(session, actor, given, now)
        return ShowView(following(session, actor, given.list_id, given.position, now, just))

    return await _at_its_field(request, given, work)


async def on_put_off(request: Request) -> Answer:
    """From the list: one line put off or skipped."""
    given = Given.read(request.metadata, request.state)

    def work(session: Session, actor: Actor, now: datetime) -> ShowView:
        just = settle(session, actor, given, now)
        return ShowView(ending(session, given.list_id, now, just))

    return await _at_its_field(request, given, work)


async def _at_its_field(request: Request, given: Given, work: Any) -> Answer:
    """A refusal stands beside the field of this very line."""
    try:
        answer: Answer = await request.perform(work)
    except UserError as error:
        field = error.field or Block.CHOICE
        blocks = {str(block.get("block_id")) for block in request.view.get("blocks") or []}
        shown = f"{field}:{given.item_id}"
        return FieldErrors({shown if shown in blocks else f"{Block.CHOICE}:{given.item_id}": error.sentence})
    return answer


async def on_opened(request: Request) -> Answer:
    """The draft was opened in the rep's mail."""
    item_id = id_of(request.value)
    await request.perform(lambda session, actor, now: open_draft(session, actor, item_id, now))
    return Nothing()


async def on_edit(request: Request) -> Answer:
    """Change the text of a draft."""
    item_id = id_of(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> View:
        take_line(session, actor, item_id)
        card = item_card(session, item_id, now)
        where = {"list": str(card.list_id), "item": str(item_id), "at": card.position}
        return draft_form(card, json.dumps(where))

    return await show(request, await request.perform(work))


async def on_draft(request: Request) -> Answer:
    """The text as the rep wants it; back to the line."""
    given = Given.read(request.metadata, request.state)
    subject, body = (str(request.state.get(name) or "") for name in (Action.DRAFT_SUBJECT, Action.DRAFT_BODY))
    request.typed = body

    def work(session: Session, actor: Actor, now: datetime) -> ShowView:
        keep_draft_of(session, actor, given.item_id, subject, body, now)
        card: ItemCard = item_card(session, given.item_id, now)
        return ShowView(item_modal(card, playbook(session), Just("Your text is kept.")))

    try:
        return await request.perform(work)
    except UserError as error:
        field = error.field if error.field in (Block.SUBJECT, Block.BODY) else Block.BODY
        return FieldErrors({f"{field}:{given.item_id}": error.sentence})


async def on_undo(request: Request) -> Answer:
    """Take the last step back, and show the line it was about again."""
    causation, _, position = request.value.partition("|")
    causation_id, at = id_of(causation), int(position) if position.isdecimal() else 0
    list_id = id_of(str(request.metadata.get("list", ""))) if "list" in request.metadata else None

    def work(session: Session, actor: Actor, now: datetime) -> View | None:
        just = Just(take_back(session, Undo(actor, causation_id), now))
        if list_id is None:
            return None
        return following(session, actor, list_id, max(0, at - 1), now, just)

    view = await request.perform(work)
    return await show(request, view) if view is not None else Nothing()


async def on_replies(request: Request) -> Answer:
    """Who replied?"""
    list_id = id_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> View:
        own_list(session, actor, list_id)
        return replies_modal(list_id, asked_about(session, list_id))

    return await show(request, await request.read(look))


async def on_replied(request: Request) -> Answer:
    """These replied, nobody else did; go on with the first of them, or with the list."""
    list_id = id_of(str(request.metadata.get("list", "")))
    replied = [id_of(one) for one in request.state.get(Action.ITEM_REPLIED) or []]

    def work(session: Session, actor: Actor, now: datetime) -> View:
        done = who_replied(session, actor, list_id, replied, now)
        return following(session, actor, list_id, 0, now, Just(done.sentence, done.causation_id))

    return ShowView(await request.perform(work))


async def on_sent(request: Request) -> Answer:
    """Which of the opened drafts were sent?"""
    list_id = id_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> View:
        own_list(session, actor, list_id, over=True)
        drop_settled(session, actor.person_id, list_id, now)
        return batch_modal(list_id, opened_drafts(session, list_id))

    return await show(request, await request.perform(look))


async def on_batch(request: Request) -> Answer:
    """One confirmation for all of them."""
    list_id = id_of(str(request.metadata.get("list", "")))
    lines = [id_of(one) for one in request.state.get(Action.ITEM_SENT) or []]

    def work(session: Session, actor: Actor, now: datetime) -> View:
        done = mark_sent(session, actor, list_id, lines, now)
        return ending(session, list_id, now, Just(done.sentence, done.causation_id))

    return ShowView(await request.perform(work))
