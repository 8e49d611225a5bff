"""A raised hand comes in (process §2): stored, matched, scored, kept or junked, owned, alerted, in one transaction.

What must stay true: the same event twice is one; a contact has one open lead at most, a second event joins it and
resets no clock; a row of a bought list is a lead nowhere; whatever becomes of an event is written beside it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Consent, HandRaise, Lead
from bot.db.rows import put, put_once
from bot.domain.cadence import EndReason
from bot.domain.commands import RaiseHand, RefuseEvent
from bot.domain.response_clock import is_hot, response_due
from bot.domain.scoring import ScoreFacts, ScoreLine, behaviour_lines, is_junk, profile_lines
from bot.domain.stages import raised as raised_stage
from bot.domain.terms import LeadState, Source
from bot.service.alerts import FIRST_CAUSE, begin_ladder, begin_quietly
from bot.service.asked_again import lead_handed_over
from bot.service.contact_text import clean, clean_data, clean_lines
from bot.service.contacts import ContactFacts, find_contact, save_contact
from bot.service.context import playbook, playbook_number
from bot.service.enrolment_ends import end_for_contact
from bot.service.inbox import lead_of, note_result, store_raw
from bot.service.joining import join
from bot.service.lead_changes import DueAt, arm, note_move
from bot.service.ledger import new_lines, profile_before, write_lines
from bot.service.routing import Candidates, choose, load_candidates, standing, store_assignment
from bot.service.sla import first_slot
from bot.service.turns import wait_for_shift

Result = Literal["lead", "joined", "junk", "prospect", "repeated", "refused"]


@dataclass(frozen=True, slots=True)
class Raised:
    """What became of an event, with a sentence for the admin's list."""

    result: Result
    lead_id: UUID | None
    explanation: str


def raise_hand(session: Session, command: RaiseHand, now: datetime) -> Raised:
    """Take one event in. ``now`` is when it was received; its own time, if it has one, is when the hand was raised."""
    inbox_id = store_raw(session, command.raw, now)
    if inbox_id is None:
        return Raised("repeated", lead_of(session, command.raw), "This event came in before; nothing changed.")
    raised = _take_in(session, command, inbox_id, now)
    note_result(session, inbox_id, raised.result, raised.explanation, raised.lead_id)
    return raised


def refuse_event(session: Session, command: RefuseEvent, now: datetime) -> Raised:
    """Keep an event that cannot be used, with the reason; the same one is kept once."""
    store_raw(session, command.raw, now, command.reason)
    return Raised("refused", None, command.reason)


@dataclass(frozen=True, slots=True)
class _Event:
    """One event on its way through: the command, and what was worked out so far."""

    command: RaiseHand
    inbox_id: UUID
    contact: ContactFacts
    lines: list[ScoreLine]
    raised_at: datetime
    now: datetime
    quiet: bool


def _take_in(session: Session, command: RaiseHand, inbox_id: UUID, now: datetime) -> Raised:
    rules = playbook(session)
    quiet = command.intent.value in rules.inbound.quiet_intents or command.source is Source.LIST
    contact = _find(session, command, now)
    lines, junk = _score(session, command, contact)
    if not _save(session, contact, lines, quiet or junk is not None):
        contact = _find(session, command, now)
        lines, junk = _score(session, command, contact)
        _save(session, contact, lines, quiet or junk is not None)
    raised_at = min(command.occurred_at or now, now)
    event = _Event(command, inbox_id, contact, lines, raised_at, now, quiet)
    theirs = contact.open_lead_id or (None if contact.new else lead_handed_over(session, contact.id))
    if theirs is not None:
        return _joined(session, event, theirs)
    if junk is not None:
        return _junk(session, event, junk)
    if quiet:
        return _prospect(session, event)
    return _new_lead(session, event)


def _find(session: Session, command: RaiseHand, now: datetime) -> ContactFacts:
    return find_contact(session, command.person, command.company, command.source, now, proven=command.proven)


def _score(session: Session, command: RaiseHand, contact: ContactFacts) -> tuple[list[ScoreLine], str | None]:
    """The lines this event adds to the ledger, and why the lead is junk, if it is."""
    account, given = contact.account, command.company
    facts = ScoreFacts(
        email=contact.email,
        title=contact.title,
        company_name=account.name if account else given.name,
        company_domain=account.domain if account else given.domain,
        industry=account.industry if account else given.industry,
        employees=account.employees if account else given.employees,
        country=contact.country or (account.country if account else None),
        intent=command.intent,
        source=command.source,
    )
    rules = playbook(session)
    before = [] if contact.new else profile_before(session, contact.id)
    profile, behaviour = profile_lines(facts, rules), behaviour_lines(facts, rules)
    junk = is_junk(facts, [*profile, *behaviour], rules)
    return new_lines(before, profile, behaviour), junk


def _save(session: Session, contact: ContactFacts, lines: list[ScoreLine], stays: bool) -> bool:
    stage = contact.stage if stays else raised_stage(contact.stage)
    total = sum(line.points for line in lines)
    return save_contact(session, contact, stage=stage, score=contact.score + total)


def _finish(session: Session, event: _Event, lead_id: UUID | None) -> None:
    """What every event leaves behind: its place in the lead's history, its ledger lines, its consent."""
    command = event.command
    if lead_id is not None:
        put(
            session,
            HandRaise,
            lead_id=lead_id,
            inbox_id=event.inbox_id,
            intent=command.intent,
            source=command.source,
            message=clean_lines(command.message),
            raised_at=event.raised_at,
            extra=_extra(event),
        )
    write_lines(session, event.contact.id, lead_id, event.lines, event.now)
    _note_consent(session, event)


def _extra(event: _Event) -> dict[str, Any]:
    """What came along, what we could not read of it, and what differs from what we have (``said``)."""
    person, extra = event.command.person, dict(event.command.extra)
    if person.phone and event.contact.phone is None:
        extra["phone"] = person.phone
    if person.email and event.contact.email is None:
        extra["email"] = person.email
    if event.contact.said:
        extra["said"] = dict(event.contact.said)
    kept: dict[str, Any] = clean_data(extra)
    return kept


def _note_consent(session: Session, event: _Event) -> None:
    """Keep the ground they gave; a raised hand implies one for a while (process §10)."""
    basis = clean(event.command.consent_basis)
    if not basis and event.quiet:
        return
    days = playbook(session).compliance.implied_consent_days
    put(
        session,
        Consent,
        contact_id=event.contact.id,
        basis=basis or "raised_hand",
        text=clean_lines(event.command.consent_text),
        given_at=event.raised_at,
        expires_at=None if basis else event.raised_at + timedelta(days=days),
    )


def _joined(session: Session, event: _Event, lead_id: UUID) -> Raised:
    explanation = join(session, lead_id, event.command, event.raised_at, event.now, quiet=event.quiet)
    end_for_contact(session, event.contact.id, EndReason.RAISED_HAND, event.now)
    _finish(session, event, lead_id)
    return Raised("joined", lead_id, explanation)


def _prospect(session: Session, event: _Event) -> Raised:
    _finish(session, event, None)
    why = "from a bought list" if event.command.source is Source.LIST else f"asked for {event.command.intent.value}"
    return Raised("prospect", None, f"Kept as a prospect: {why.replace('_', ' ')}. {event.contact.why}")


def _junk(session: Session, event: _Event, why: str) -> Raised:
    lead = _blank(session, event, LeadState.JUNK)
    lead.closed_at, lead.close_reason = event.now, why[:255]
    _insert(session, lead)
    note_move(session, lead.id, None, LeadState.JUNK, event.now, reason=why)
    _finish(session, event, lead.id)
    return Raised("junk", lead.id, f"Junk: {why}")


def _blank(session: Session, event: _Event, state: LeadState) -> Lead:
    command, contact = event.command, event.contact
    return Lead(
        id=new_id(),
        contact_id=contact.id,
        account_id=contact.account.id if contact.account else None,
        state=state,
        intent=command.intent,
        hot=is_hot(command.intent, playbook(session)),
        source=command.source,
        message=clean_lines(command.message),
        owner_id=None,
        owner_reason=[],
        raised_at=event.raised_at,
        received_at=event.now,
        owned_at=None,
        shift_held=False,
        response_due_at=None,
        seen_at=None,
        claimed_at=None,
        claimed_by_id=None,
        first_response_at=None,
        breached_at=None,
        round=0,
        version=1,
        closed_at=None,
        close_reason=None,
        playbook_version=playbook_number(session),
    )


_COLUMNS = tuple(column.key for column in Lead.__table__.columns)


def _insert(session: Session, lead: Lead) -> bool:
    """Write ``lead``; False if another event opened one for the same contact meanwhile."""
    values = {name: value for name in _COLUMNS if (value := getattr(lead, name)) is not None}
    return put_once(session, Lead, **values)


def _new_lead(session: Session, event: _Event) -> Raised:
    now, contact = event.now, event.contact
    account = contact.account
    means = (
        standing(account.name, account.stage, account.owner_id, account.csm_id)
        if account
        else standing("", contact.stage, None, None)
    )
    candidates = load_candidates(session, now, [means.owner_id, means.csm_id])
    lead = _blank(session, event, LeadState.OPEN)
    choice = choose(candidates, means, lead.hot)
    due = response_due(event.raised_at, lead.hot, candidates.answering(choice.person_id), playbook(session))
    lead.response_due_at = due.due_at
    lead.owner_id, lead.owner_reason = choice.person_id, list(choice.reason)
    lead.shift_held, lead.round = choice.person_id is None, int(choice.person_id is not None)
    lead.owned_at = now if choice.person_id else None
    if not _insert(session, lead):
        open_lead = session.scalars(
            select(Lead.id).where(Lead.contact_id == contact.id, Lead.closed_at.is_(None))
        ).one()
        return _joined(session, event, open_lead)
    note_move(session, lead.id, None, LeadState.OPEN, now)
    if not contact.new:
        end_for_contact(session, contact.id, EndReason.RAISED_HAND, now)
    _finish(session, event, lead.id)
    store_assignment(session, lead.id, choice, now)
    _tell(session, lead, candidates, first_slot(session, lead, due), now)
    return Raised("lead", lead.id, " ".join(dict.fromkeys((*_kind(lead), contact.why, *choice.reason))))


def _tell(session: Session, lead: Lead, candidates: Candidates, sla: DueAt, now: datetime) -> None:
    if lead.owner_id is not None and lead.hot:
        begin_ladder(session, lead, now, team_id=candidates.teams.get(lead.owner_id), also=[sla])
        return
    arm(session, lead.id, [sla])
    if lead.owner_id is not None:
        begin_quietly(session, lead, now, FIRST_CAUSE)
    else:
        wait_for_shift(session, lead, candidates, now)


def _kind(lead: Lead) -> tuple[str]:
    return ("A hot lead.",) if lead.hot else ("A lead.",)
