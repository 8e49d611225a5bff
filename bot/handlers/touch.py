"""``/touch``: a line is logged within the ack, or becomes one question; Change, Undo and one-click outcomes.

What must stay true: nobody's line is lost: it is logged, kept under a draft, or said back.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_of_lead
from bot.domain.commands import Actor, LogTouch, Undo
from bot.domain.errors import Gone, NotFound
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_answers import answered
from bot.domain.touch_pending import Ask, PendingTouch
from bot.handlers import touch_form
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Request, Say
from bot.service.drafts import load_draft
from bot.service.touch_lines import Asked, EmptyForm, Help, choose_person, go_on, touch_by_line
from bot.service.touches import NEEDS_TIME, Logged, log_touch
from bot.service.undo import Undone, undo, undo_last
from bot.slack.ids import Action, Command
from bot.slack.views.touch import asked_post, help_post, logged_post, undone_modal, undone_post

ANY_ANSWER = re.compile(rf"^{Action.TOUCH_CHOOSE}_\d+$")
open_touch_form = touch_form.open_touch_form


def register(edge: Edge) -> None:
    """Register ``/touch``, its buttons and its form."""
    edge.command(Command.TOUCH, on_touch)
    edge.action(ANY_ANSWER, on_answer)
    edge.action(Action.TOUCH_UNDO, on_undo)
    touch_form.register(edge)


async def on_touch(request: Request) -> Answer:
    """Log the line, ask the one thing that is unclear, or open the form."""
    line = request.text
    if line.strip().casefold() == "undo":
        undone = await request.perform(undo_last)
        return Say(undone_post(undone.sentence, undone.typed))

    def work(session: Session, actor: Actor, now: datetime) -> tuple[Logged | Asked | Help | EmptyForm, str]:
        return touch_by_line(session, actor, line, now), actor.timezone

    result, zone = await request.perform(work)
    if isinstance(result, Help):
        return Say(help_post())
    if isinstance(result, EmptyForm):
        return await touch_form.open_empty(request)
    return await answer(request, result, zone, replace=False)


async def answer(request: Request, result: Logged | Asked, zone: str, *, replace: bool) -> Answer:
    """The echo of what was logged, the question, or the form for what buttons cannot answer."""
    if isinstance(result, Logged):
        return Say(logged_post(result, zone, request.now), replace=replace)
    if result.kind is Ask.FORM:
        # The message stays as the way back to the form: closing it must not lose the line.
        with suppress(SlackApiError, TimeoutError, OSError):
            await touch_form.open_draft(request, result)
    return Say(asked_post(result), replace=replace)


async def on_answer(request: Request) -> Answer:
    """One of the offered answers, or "something else": the form."""
    draft, kind, value = read_answer(request.value)
    if kind is Ask.FORM:
        return await touch_form.open_kept(request, draft)

    def work(session: Session, actor: Actor, now: datetime) -> tuple[Logged | Asked, str]:
        pending = _with_answer(session, actor, load_draft(session, draft, actor), kind, value)
        return go_on(session, actor, pending, now), actor.timezone

    result, zone = await request.perform(work)
    return await answer(request, result, zone, replace=True)


def read_answer(value: str) -> tuple[str, Ask, str]:
    """A button's draft, question and answer. Raises ``Gone`` for a button this version does not know."""
    draft, _, rest = value.partition("|")
    kind, _, chosen = rest.partition("|")
    try:
        return draft, Ask(kind), chosen
    except ValueError:
        raise Gone("This button is too old. Please type the touch again.") from None


def _with_answer(session: Session, actor: Actor, pending: PendingTouch, kind: Ask, value: str) -> PendingTouch:
    try:
        if kind is Ask.WHO:
            return choose_person(session, actor, pending, UUID(value))
        return answered(pending, kind, value)
    except ValueError:
        raise Gone("This button is too old. Please type the touch again.") from None


async def on_undo(request: Request) -> Answer:
    """Take a touch back, with all it caused."""
    try:
        causation_id = UUID(request.value)
    except ValueError:
        raise Gone("This button is too old.") from None

    def work(session: Session, actor: Actor, now: datetime) -> Undone:
        return undo(session, Undo(actor, causation_id), now)

    undone = await request.perform(work)
    if request.view:
        await request.update_view(str(request.view["id"]), undone_modal(undone.sentence, undone.typed))
        return Nothing()
    return Say(undone_post(undone.sentence, undone.typed), replace=True)


async def log_quick(request: Request, lead_id: UUID, outcome: tuple[Channel, Outcome], version: int | None) -> Answer:
    """Log a one-click outcome on a lead's card; the card changes by itself, the echo offers Change and Undo.

    What needs a time opens the form. ``version``: the lead's on the card that was clicked; the same card clicked
    twice is one touch.
    """
    if outcome[1] in NEEDS_TIME:
        return await open_touch_form(request, lead_id=lead_id, said=outcome)
    result, zone = await request.perform(quick(lead_id, outcome, version))
    return Say(logged_post(result, zone, request.now))


def quick(
    lead_id: UUID, outcome: tuple[Channel, Outcome], version: int | None
) -> Callable[[Session, Actor, datetime], tuple[Logged, str]]:
    """The work of a one-click outcome."""

    def work(session: Session, actor: Actor, now: datetime) -> tuple[Logged, str]:
        contact_id = contact_of_lead(session, lead_id)
        if contact_id is None:
            raise NotFound("That lead is not there any more.")
        key = None if version is None else f"quick:{lead_id}:{version}:{outcome[1]}:{actor.person_id}"
        command = LogTouch(actor, contact_id, *outcome, happened_at=now, request_key=key)
        return log_touch(session, command, now), actor.timezone

    return work
