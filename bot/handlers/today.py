"""``/today`` and the buttons of the list: its pages, a line's menu, tomorrow's drafts.

What must stay true: a click changes the list's state and nothing else; the message follows by itself, and only where
the list was shown to one person alone it is shown anew at once.
"""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.contact_card import contact_card
from bot.db.queries.touch_item import item_card
from bot.db.queries.touch_list import list_state
from bot.domain.commands import Actor
from bot.domain.errors import Gone, NotFound, UserError
from bot.handlers import next_item
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, FieldErrors, Nothing, Request, Say, ShowView
from bot.handlers.touch_form import open_touch_form
from bot.service.context import playbook
from bot.service.touch_items import still_waits, take_line, turn_page
from bot.service.touch_list_days import todays_list
from bot.service.touch_list_drafts import approve_ahead, drafts_ahead
from bot.service.touch_list_refused import drop_refused
from bot.service.touch_list_state import drop_settled
from bot.slack.blocks import Post
from bot.slack.choices import LineMore
from bot.slack.ids import Action, Block, Callback, Command
from bot.slack.views.contact_card import contact_post
from bot.slack.views.home_list import list_modal
from bot.slack.views.mail_draft import ahead_done, ahead_form, ahead_too_early
from bot.slack.views.touch_item import Just, item_modal, put_off_modal
from bot.slack.views.touch_list import help_post, touch_list_post

ANY_PAGE = re.compile(rf"^{Action.LIST_PAGE}_")
NEXT, AHEAD = frozenset({"next", "start", "go"}), frozenset({"tomorrow", "drafts", "prepare"})


def register(edge: Edge) -> None:
    """Register ``/today`` and what its message needs."""
    edge.command(Command.TODAY, on_today)
    edge.action(ANY_PAGE, on_page)
    edge.action(Action.LIST_LINE, on_line)
    edge.action(Action.LIST_AHEAD, on_ahead)
    edge.action(Action.DRAFT_LEAVE, on_leave)
    edge.view(Callback.DRAFT_AHEAD, on_approve)


async def on_today(request: Request) -> Answer:
    """The list as it stands, one person at a time, or tomorrow's drafts."""
    word = request.text.lower()
    if word in NEXT:
        await request.open_view(await request.perform(_first))
        return Nothing()
    if word in AHEAD:
        return await on_ahead(request)
    if word:
        return Say(help_post())
    return Say(await request.perform(todays_post))


def _first(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
    return next_item.following(session, actor, todays_list(session, actor, now), 0, now)


def todays_post(session: Session, actor: Actor, now: datetime) -> Post:
    """Today's list as it stands, without what was settled elsewhere."""
    list_id = todays_list(session, actor, now)
    drop_refused(session, list_id, now)
    drop_settled(session, actor.person_id, list_id, now)
    return _shown(session, list_id, now)


def _shown(session: Session, list_id: UUID, now: datetime) -> Post:
    state = list_state(session, list_id, now)
    if state is None:
        raise NotFound("That list is gone. /today shows today's.")
    return touch_list_post(state)


async def on_page(request: Request) -> Answer:
    """Turn the page."""
    list_id, _, number = request.value.partition("|")
    page = int(number) if number.isdecimal() else 0

    def work(session: Session, actor: Actor, now: datetime) -> Post:
        turn_page(session, actor, _id(list_id), page, now)
        return _shown(session, _id(list_id), now)

    shown = await request.perform(work)
    if request.view.get("type") == "modal":  # opened from App Home
        await request.update_view(str(request.view["id"]), list_modal(shown))
        return Nothing()
    ephemeral = (request.body.get("container") or {}).get("is_ephemeral")
    return Say(shown, replace=True) if ephemeral else Nothing()


async def on_line(request: Request) -> Answer:
    """A line's menu: open it, log it, put it off, skip it, everything about the person."""
    choice, _, value = request.value.partition("|")
    item_id = _id(value)
    match LineMore(choice):
        case LineMore.OPEN:
            return await next_item.show(
                request,
                await request.perform(lambda session, actor, now: _line(session, actor, item_id, now)),
            )
        case LineMore.DONE:
            contact_id = await request.perform(lambda session, actor, _: take_line(session, actor, item_id).contact_id)
            return await open_touch_form(request, contact_id=contact_id)
        case LineMore.DETAILS:
            return Say(await request.perform(lambda session, actor, now: _details(session, actor, item_id, now)))
        case LineMore.SNOOZE | LineMore.SKIP as which:
            skip = which is LineMore.SKIP
            view = await request.perform(lambda session, actor, now: _put_off(session, actor, item_id, now, skip=skip))
            return await next_item.show(request, view)


def _line(session: Session, actor: Actor, item_id: UUID, now: datetime) -> dict[str, Any]:
    line = still_waits(session, actor, item_id, now)
    if not line.open:
        return next_item.ending(session, line.list_id, now, Just(f"{line.name} was settled already."))
    return item_modal(item_card(session, item_id, now), playbook(session))


def _details(session: Session, actor: Actor, item_id: UUID, now: datetime) -> Post:
    return contact_post(contact_card(session, take_line(session, actor, item_id).contact_id, now))


def _put_off(session: Session, actor: Actor, item_id: UUID, now: datetime, *, skip: bool) -> dict[str, Any]:
    line = still_waits(session, actor, item_id, now)
    if not line.open:
        return next_item.ending(session, line.list_id, now, Just(f"{line.name} was settled already."))
    return put_off_modal(item_card(session, item_id, now), playbook(session), skip=skip)


async def on_ahead(request: Request) -> Answer:
    """Tomorrow's drafts, from the first."""
    view = await request.read(lambda session, actor, now: _ahead(session, actor, 1, now))
    await request.open_view(view)
    return Nothing()


async def on_leave(request: Request) -> Answer:
    """Leave a draft as it is; the next one."""
    number = int(request.value) if request.value.isdecimal() else 0
    view = await request.read(lambda session, actor, now: _ahead(session, actor, number + 1, now))
    return await next_item.show(request, view)


async def on_approve(request: Request) -> Answer:
    """This text goes out tomorrow; the next one."""
    facts = request.metadata
    subject, body = (str(request.state.get(name) or "") for name in (Action.DRAFT_SUBJECT, Action.DRAFT_BODY))
    request.typed = body
    enrolment_id = _id(str(facts.get("plan", "")))

    def work(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        approve_ahead(session, actor, enrolment_id, subject, body, now)
        return _ahead(session, actor, int(facts["number"]) + 1, now)

    try:
        return ShowView(await request.perform(work))
    except UserError as error:
        field = error.field if error.field in (Block.SUBJECT, Block.BODY) else Block.BODY
        return FieldErrors({f"{field}:{enrolment_id}": error.sentence})


def _ahead(session: Session, actor: Actor, number: int, now: datetime) -> dict[str, Any]:
    ahead = drafts_ahead(session, actor, number, now)
    if ahead.opens_at is not None:
        return ahead_too_early(ahead.opens_at)
    if ahead.one is None:
        return ahead_done(ahead.total, ahead.approved)
    return ahead_form(ahead.one, json.dumps({"plan": str(ahead.one.enrolment_id), "number": ahead.one.number}))


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This is too old. /today shows your list.") from None
