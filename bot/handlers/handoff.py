"""``/handoff``: from a name to the form, and from the form to the handoff (process §7).

What must stay true: the form stays open with a sentence beside the field until it is saved, and keeps what was typed;
an unclear name becomes a choice.
"""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_of_lead, find_contacts, suggest_contacts
from bot.db.queries.handoff_form import handoff_start
from bot.db.queries.own_leads import own_leads
from bot.db.session import NotBegun
from bot.domain.commands import Actor, HandOff
from bot.domain.errors import AlreadyTaken, Gone, NotFound, SeveralWrong, UserError
from bot.domain.handoff_stages import INTRO_CALL, TRANSFER
from bot.domain.names import Candidate, Match, decide, rank
from bot.domain.names import Nothing as Nobody
from bot.domain.touch_text import plain
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, FieldErrors, Nothing, Options, Request, Say, ShowView
from bot.service.access import may_read_contacts
from bot.service.context import playbook
from bot.service.executives import propose, slots_for
from bot.service.handoff_leads import handed_off_already
from bot.service.handoffs import HandedOff, hand_off
from bot.slack.blocks import Post, esc, say
from bot.slack.ids import Action, Block, Callback, Command
from bot.slack.views.handoff_command import (
    handoff_choice_post,
    handoff_help_post,
    handoff_nobody_post,
    handoff_own_leads_post,
)
from bot.slack.views.handoff_form import HandoffInput, handoff_form, person_form
from bot.slack.views.touch_form import person_options

OPENS = re.compile(rf"^{Action.HANDOFF_OPEN}(_\w+)?$")
TAKER = re.compile(r"(?:(?:^|\s)(?:to|for))?\s*<[@!]|(?:^|\s)(?:to|for)\s+@\w", re.IGNORECASE)
"""Where a colleague is mentioned after the person."""
HELP = frozenset({"help", "?", "-h", "--help"})
SHOWN = 8
SUGGESTED = 20
ANYBODY = "anybody"


def register(edge: Edge) -> None:
    """Register ``/handoff``, the form, and what opens it."""
    edge.command(Command.HANDOFF, on_handoff)
    edge.action(OPENS, on_open)
    edge.action(Action.HANDOFF_PERSON, on_person)
    edge.action(Action.HANDOFF_AE, on_executive)
    edge.options(Action.HANDOFF_PERSON, on_typeahead)
    edge.view(Callback.HANDOFF_FORM, on_submit)


async def on_handoff(request: Request) -> Answer:
    """The form for whom the words mean; a choice; own open leads where nothing was typed."""
    typed = plain(request.text).strip()
    if typed.casefold() in HELP:
        return Say(handoff_help_post())
    if TAKER.search(typed):
        name = esc(TAKER.split(typed, maxsplit=1)[0].strip(), 80) or "jane doe"
        return Say(say(f"Write only whom it is about: `/handoff {name}`. Who takes it and when are in the form."))

    def look_up(session: Session, actor: Actor, now: datetime) -> UUID | Post:
        may_read_contacts(actor)
        if not typed:
            return handoff_own_leads_post(own_leads(session, actor.person_id))
        decision = decide(rank(typed, find_contacts(session, typed, actor.person_id, 2 * SHOWN)))
        if isinstance(decision, Nobody):
            return handoff_nobody_post(typed)
        if isinstance(decision, Match):
            return UUID(str(decision.ranked.candidate.id))
        people = [one.candidate for one in decision.options]
        return handoff_choice_post(typed, people[:SHOWN], more=len(people) > SHOWN)

    found = await request.read(look_up)
    return Say(found) if isinstance(found, Post) else await open_handoff_form(request, found)


async def on_open(request: Request) -> Answer:
    """Somebody was chosen from a list, or nobody yet."""
    if request.value == ANYBODY:
        await request.read(lambda _session, actor, _now: may_read_contacts(actor))
        await request.open_view(person_form())
        return Nothing()
    return await open_handoff_form(request, _id(request.value))


async def open_handoff_form(request: Request, contact_id: UUID) -> Answer:
    """The form for one person, filled in with what is known. Raises ``AlreadyTaken`` where they are handed off."""
    view = await request.read(lambda session, actor, now: _form(session, actor, contact_id, HandoffInput(), now))
    try:
        await request.open_view(view)
    except (SlackApiError, TimeoutError, OSError):
        return Say(say("Slack did not open the form in time. Please try again; nothing is lost."))
    return Nothing()


async def open_for_lead(request: Request, lead_id: UUID) -> Answer:
    """The form for the person of a lead. Raises ``NotFound``."""
    contact_id = await request.read(lambda session, _, __: contact_of_lead(session, lead_id))
    if contact_id is None:
        raise NotFound("That lead is not there any more.")
    return await open_handoff_form(request, contact_id)


def _form(
    session: Session, actor: Actor, contact_id: UUID, typed: HandoffInput, now: datetime, offered: str = ""
) -> dict[str, Any]:
    """The form as of now. ``offered``: whom it proposed when it was opened."""
    may_read_contacts(actor)
    if said := handed_off_already(session, contact_id, actor, now):
        raise AlreadyTaken(said)
    proposal = propose(session, actor.person_id, contact_id, now)
    wanted = typed.ae_id or proposal.choice.ae_id
    chosen = next((one for one in proposal.executives if one.id == wanted), None)
    slots = slots_for(session, chosen, contact_id, now) if chosen is not None else None
    first = offered or (str(proposal.choice.ae_id) if proposal.choice.ae_id else "")
    start, rules = handoff_start(session, contact_id, now), playbook(session).handoff
    filled_in = str(int(start.booked_at.timestamp())) if start.booked_at else ""
    metadata = json.dumps({"contact_id": str(contact_id), "offered_id": first, "filled_in": filled_in})
    return handoff_form(start, rules, proposal, slots, typed, metadata)


async def on_person(request: Request) -> Answer:
    """Whom to hand over is known now: the rest of the form."""
    contact_id = _id(request.value)
    try:
        view = await request.read(lambda session, actor, now: _form(session, actor, contact_id, HandoffInput(), now))
    except UserError as error:
        view = person_form(error.sentence)
    return await _redraw(request, view)


async def on_executive(request: Request) -> Answer:
    """Another executive has other times: the form anew, with all that was typed."""
    facts = request.metadata
    typed = replace(HandoffInput.read(request.state), slot="")
    contact_id = UUID(facts["contact_id"])
    view = await request.read(
        lambda session, actor, now: _form(session, actor, contact_id, typed, now, facts.get("offered_id", ""))
    )
    return await _redraw(request, view)


async def _redraw(request: Request, view: dict[str, Any]) -> Answer:
    try:
        await request.update_view(str(request.view["id"]), view)
    except SlackApiError as error:
        if error.response.get("error") not in ("not_found", "hash_conflict"):  # the form was closed meanwhile
            raise
    return Nothing()


async def on_typeahead(request: Request) -> Answer:
    """People as they are typed."""
    typed = request.query

    def find(session: Session, actor: Actor, now: datetime) -> list[Candidate]:
        may_read_contacts(actor)
        return suggest_contacts(session, typed, actor.person_id, SUGGESTED)

    return Options(person_options(await request.read(find), ""))


async def on_submit(request: Request) -> Answer:
    """Hand over what the form holds; errors stand beside their fields and the form stays open."""
    facts = request.metadata
    given = HandoffInput.read(request.state).beside(str(facts.get("filled_in") or ""))
    if "contact_id" not in facts:
        return await _person_picked(request, given.contact_id)
    request.typed = "\n".join(text for text in given.answers.values() if text)
    offered = facts.get("offered_id")

    def work(session: Session, actor: Actor, now: datetime) -> HandedOff:
        command = HandOff(
            actor=actor,
            contact_id=UUID(facts["contact_id"]),
            contract=dict(given.answers),
            ae_id=given.ae_id,
            offered_id=UUID(offered) if offered else None,
            ae_reason=given.ae_reason,
            kind=TRANSFER if given.live else INTRO_CALL,
            starts_at=given.starts_at,
        )
        return hand_off(session, command, now)

    try:
        await request.perform(work)
    except NotBegun:
        return beside(request, None, "Not saved: I am very busy right now. Please press the button again.")
    except SeveralWrong as error:
        several = [beside(request, field, sentence).errors for field, sentence in error.sentences.items()]
        return FieldErrors({field: sentence for one in reversed(several) for field, sentence in one.items()})
    except UserError as error:
        return beside(request, error.field, error.sentence)
    return CloseAll()


async def _person_picked(request: Request, contact_id: UUID | None) -> Answer:
    """ "Next" of the form that asks only for the person."""
    if contact_id is None:
        return FieldErrors({Block.CONTACT: "Pick whom you hand over."})
    wanted: UUID = contact_id
    return ShowView(await request.read(lambda session, actor, now: _form(session, actor, wanted, HandoffInput(), now)))


def beside(request: Request, field: str | None, sentence: str) -> FieldErrors:
    """A sentence beside its field; a time's beside whichever of the two fields was used, others' beside the first."""
    shown = [str(block["block_id"]) for block in request.view.get("blocks") or [] if block.get("type") == "input"]
    if field == Block.STARTS_AT and not request.state.get(Action.HANDOFF_AT):
        field = next((one for one in shown if one.startswith(Block.SLOT)), field)
    return FieldErrors({field if field in shown and field is not None else shown[0]: sentence})


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Hand them over with /handoff.") from None
