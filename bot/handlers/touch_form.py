"""The form of a touch: opened empty, from a draft, from a logged touch, a lead or a message; redrawn; saved.

What must stay true: the form stays open with a sentence beside the field until it is saved; what stands in its
metadata is a key, never the note.
"""

import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_candidate, contact_of_lead, suggest_contacts
from bot.db.session import NotBegun
from bot.domain.commands import Actor
from bot.domain.errors import Gone, NotFound, UserError
from bot.domain.names import Candidate
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_pending import PendingTouch
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, FieldErrors, Nothing, Options, Request, Say, ShowView
from bot.handlers.touch_message import note_and_contact
from bot.service.access import may_read_contacts
from bot.service.drafts import keep_draft, load_draft, touch_as_draft
from bot.service.touch_lines import Asked, save_form
from bot.service.touches import Logged
from bot.slack.blocks import say
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.touch import logged_modal, question
from bot.slack.views.touch_form import person_options, touch_form
from bot.slack.views.touch_form_input import NOTE_MAX, FormInput

REDRAWS = re.compile(rf"^({Action.TOUCH_PERSON}|{Action.TOUCH_CHANNEL}|{Action.TOUCH_OUTCOME}_\w+)$")
SUGGESTED = 20
FIELDS = frozenset(Block)


def register(edge: Edge) -> None:
    """Register the form, its typeahead, and what opens it."""
    edge.action(Action.TOUCH_CHANGE, on_change)
    edge.action(Action.LEAD_LOG, on_log)
    edge.action(REDRAWS, on_redraw)
    edge.options(Action.TOUCH_PERSON, on_typeahead)
    edge.view(Callback.TOUCH_FORM, on_submit)
    edge.shortcut(Callback.LOG_TOUCH_SHORTCUT, on_shortcut)


async def open_empty(request: Request) -> Answer:
    """``/touch`` alone."""
    return await _open(request, PendingTouch(), {})


async def open_touch_form(
    request: Request,
    *,
    lead_id: UUID | None = None,
    contact_id: UUID | None = None,
    said: tuple[Channel, Outcome] | None = None,
) -> Answer:
    """The form for the person of a lead, or for a contact, with what is known of the touch. Raises ``NotFound``."""
    if lead_id is not None:
        contact_id = await request.read(lambda session, _, __: contact_of_lead(session, lead_id))
        if contact_id is None:
            raise NotFound("That lead is not there any more.")
    channel, outcome = said or (None, None)
    return await _open(request, PendingTouch(contact_id=contact_id, channel=channel, outcome=outcome), {})


async def open_draft(request: Request, asked: Asked) -> None:
    """The form with what a line said. Raises what ``views.open`` raises."""
    person = await request.read(lambda session, actor, _: _person(session, actor, asked.pending))
    metadata = json.dumps({"draft": asked.draft})
    await request.open_view(touch_form(asked.pending, person, request.now, metadata=metadata, sentence=question(asked)))


async def open_kept(request: Request, draft: str) -> Answer:
    """The form for a draft that waits."""
    pending = await request.read(lambda session, actor, _: load_draft(session, draft, actor))
    return await _open(request, pending, {"draft": draft})


async def on_change(request: Request) -> Answer:
    """Change a logged touch."""
    touch_id = _id(request.value)
    pending = await request.read(lambda session, actor, _: touch_as_draft(session, touch_id, actor))
    facts = {"touch": str(touch_id), "version": pending.version}
    if request.view:
        person = await request.read(lambda session, actor, _: _person(session, actor, pending))
        view = touch_form(pending, person, request.now, metadata=json.dumps(facts))
        await request.update_view(str(request.view["id"]), view)
        return Nothing()
    return await _open(request, pending, facts)


async def on_log(request: Request) -> Answer:
    """ "Log a touch" on somebody's card."""
    return await open_touch_form(request, contact_id=_id(request.value))


async def on_shortcut(request: Request) -> Answer:
    """ "Log a touch" on a message: the person guessed from it, its text as the note."""
    message, channel = request.message, request.channel

    def guess(session: Session, actor: Actor, now: datetime) -> tuple[str, UUID | None]:
        may_read_contacts(actor)
        return note_and_contact(session, message, channel)

    note, contact_id = await request.read(guess)
    pending = PendingTouch(contact_id=contact_id, note=note)
    facts: dict[str, Any] = {}
    if len(note) > NOTE_MAX:
        facts["draft"] = await request.perform(lambda session, actor, _: keep_draft(session, pending, actor))
    return await _open(request, pending, facts)


async def on_typeahead(request: Request) -> Answer:
    """People as they are typed."""
    typed = request.query

    def find(session: Session, actor: Actor, now: datetime) -> list[Candidate]:
        may_read_contacts(actor)
        return suggest_contacts(session, typed, actor.person_id, SUGGESTED)

    return Options(person_options(await request.read(find), typed))


async def on_redraw(request: Request) -> Answer:
    """A choice that changes which fields there are: the form anew, with all that was typed."""
    given, facts = FormInput.read(request.state), request.metadata

    def work(session: Session, actor: Actor, now: datetime) -> tuple[PendingTouch, Candidate | None]:
        pending = given.on(_base(session, actor, facts))
        return pending, _person(session, actor, pending)

    pending, person = await request.read(work)
    view = touch_form(pending, person, request.now, metadata=json.dumps(facts), typed_note=given.note)
    try:
        await request.update_view(str(request.view["id"]), view)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):  # the form was closed meanwhile
            raise
    return Nothing()


async def on_submit(request: Request) -> Answer:
    """Log or change what the form holds; errors stand beside their fields and the form stays open."""
    given, facts = FormInput.read(request.state), request.metadata
    request.typed = given.note

    def work(session: Session, actor: Actor, now: datetime) -> tuple[Logged, str]:
        return save_form(session, actor, given.on(_base(session, actor, facts)), now), actor.timezone

    try:
        logged, zone = await request.perform(work)
    except NotBegun:
        return FieldErrors({Block.NOTE: "Not saved: I am very busy right now. Please press the button again."})
    except UserError as error:
        return FieldErrors({_shown_field(request, error.field): error.sentence})
    return ShowView(logged_modal(logged, zone, request.now))


def _shown_field(request: Request, field: str | None) -> str:
    """The block an error can stand beside: its own if the form shows it, else the note's."""
    shown = {str(block.get("block_id")) for block in request.view.get("blocks", [])}
    return field if field in shown and field is not None else Block.NOTE


def _base(session: Session, actor: Actor, facts: dict[str, Any]) -> PendingTouch:
    """What the form was opened with; where it said no time, to the second when it was opened: the picker knows no
    seconds, and what is logged in the minute of a raised hand answers it."""
    base = _held(session, actor, facts)
    if base.happened_at is None and "opened" in facts:
        return base.with_(happened_at=datetime.fromisoformat(facts["opened"]))
    return base


def _held(session: Session, actor: Actor, facts: dict[str, Any]) -> PendingTouch:
    """A draft, a logged touch, or nothing."""
    if "draft" in facts:
        return load_draft(session, facts["draft"], actor)
    if "touch" in facts:
        return touch_as_draft(session, UUID(facts["touch"]), actor).with_(version=facts["version"])
    return PendingTouch()


async def _open(request: Request, pending: PendingTouch, facts: dict[str, Any]) -> Answer:
    person = await request.read(lambda session, actor, _: _person(session, actor, pending))
    metadata = json.dumps(facts | {"opened": request.now.isoformat()})
    try:
        await request.open_view(touch_form(pending, person, request.now, metadata=metadata))
    except (SlackApiError, TimeoutError, OSError):
        return Say(say("Slack did not open the form in time. Please try again; nothing is lost."))
    return Nothing()


def _person(session: Session, actor: Actor, pending: PendingTouch) -> Candidate | None:
    may_read_contacts(actor)
    return contact_candidate(session, pending.contact_id) if pending.contact_id else None


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Look the person up with /lead.") from None
