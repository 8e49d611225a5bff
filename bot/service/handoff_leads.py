"""The lead's side of a handoff: who may hand it over, how it goes and how it comes back (process §1, §7).

What must stay true: whoever is handed over has a lead; a lead that comes back keeps its clocks and its history, and
never stands beside another open one of the same person.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Handoff, Lead, Person, Touch
from bot.db.rows import put_once
from bot.domain.cadence import EndReason
from bot.domain.commands import Actor
from bot.domain.errors import AlreadyTaken, NotAllowed, NotFound
from bot.domain.handoff_stages import ACCEPTED, HELD, WAITING
from bot.domain.stages import check_move, raised
from bot.domain.terms import Intent, LeadState, Role
from bot.service.claims import clock
from bot.service.context import playbook_number
from bot.service.enrolment_ends import end_for_contact
from bot.service.ladder import begin_claimed
from bot.service.lead_changes import change, disarm, get_lead, manages, name_of, note_move
from bot.service.routing import keep_assignment
from bot.service.sla import watch_breach

MAY_HAND_OFF = (Role.MRR, Role.SDR, Role.AE, Role.CSM, Role.MANAGER, Role.ADMIN)


def lead_to_hand_off(session: Session, contact_id: UUID, actor: Actor, now: datetime) -> Lead:
    """The contact's open lead, locked; a new one where there is none (process §1: an answer makes a lead).

    Raises ``NotAllowed`` for who neither owns nor touched them, ``AlreadyTaken`` where they are handed off already.
    """
    open_id = _open_lead(session, contact_id)
    if open_id is None:
        # Two people at once: without a lead to lock, the contact is what makes the second one wait.
        session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update(key_share=True))
        _not_twice(session, contact_id, actor, now)
        _may(session, contact_id, None, actor)
        return _new_lead(session, contact_id, actor, now)
    lead = get_lead(session, open_id)
    _not_twice(session, contact_id, actor, now)
    _may(session, contact_id, lead, actor)
    return lead


def _open_lead(session: Session, contact_id: UUID) -> UUID | None:
    return session.scalar(select(Lead.id).where(Lead.contact_id == contact_id, Lead.closed_at.is_(None)))


def _not_twice(session: Session, contact_id: UUID, actor: Actor, now: datetime) -> None:
    if said := handed_off_already(session, contact_id, actor, now):
        raise AlreadyTaken(said)


def handed_off_already(session: Session, contact_id: UUID, actor: Actor, now: datetime) -> str | None:
    """Who handed them to whom, and when, in a sentence; None if nobody did."""
    row = session.execute(
        select(Handoff.rep_id, Handoff.ae_id, Handoff.created_at, Handoff.state)
        .where(Handoff.contact_id == contact_id, Handoff.ended_at.is_(None))
        .limit(1)
    ).first()
    if row is None:
        return None
    rep = "You" if row.rep_id == actor.person_id else name_of(session, row.rep_id)
    to, when = name_of(session, row.ae_id), clock(row.created_at, actor, now)
    stands = _STANDS.get(row.state, "")
    return f"{rep} handed them to {to} at {when} already.{stands}"


_STANDS = {
    WAITING: " It is not answered yet.",
    ACCEPTED: " It was accepted.",
    HELD: " The call was held; the verdict is to come.",
}


def _may(session: Session, contact_id: UUID, lead: Lead | None, actor: Actor) -> None:
    if not actor.has(*MAY_HAND_OFF):
        raise NotAllowed("Leads are handed over by reps, their managers and admins.")
    owner_id = lead.owner_id if lead is not None else None
    has_it = lead is not None and actor.person_id in (lead.owner_id, lead.claimed_by_id)
    if has_it or actor.has(Role.ADMIN) or (owner_id is not None and manages(session, actor, owner_id)):
        return
    touched = exists().where(
        Touch.contact_id == contact_id, Touch.person_id == actor.person_id, Touch.undone_at.is_(None)
    )
    owned = exists().where(Contact.id == contact_id, Contact.owner_id == actor.person_id)
    if not session.scalar(select(or_(touched, owned))):
        whose = f"This lead is {name_of(session, owner_id)}'s. " if owner_id else ""
        raise NotAllowed(f"{whose}Hand over whom you spoke with: log it with /touch first.")


def _new_lead(session: Session, contact_id: UUID, actor: Actor, now: datetime) -> Lead:
    contact = session.get(Contact, contact_id, populate_existing=True)
    if contact is None:
        raise NotFound("That person is not in the database any more.", field="contact")
    lead_id = new_id()
    made = put_once(
        session,
        Lead,
        id=lead_id,
        contact_id=contact_id,
        account_id=contact.account_id,
        state=LeadState.OPEN,
        intent=Intent.OTHER,
        hot=False,
        source=contact.source,
        message="",
        owner_id=actor.person_id,
        owner_reason=[f"{actor.name} spoke with them."],
        raised_at=now,
        received_at=now,
        owned_at=now,
        round=1,
        playbook_version=playbook_number(session),
    )
    if not made:  # they raised a hand at this very moment
        return lead_to_hand_off(session, contact_id, actor, now)
    contact.stage = raised(contact.stage)
    session.flush()
    note_move(session, lead_id, None, LeadState.OPEN, now, actor.person_id, "ready to be handed over")
    keep_assignment(session, lead_id, actor.person_id, "handoff", [f"{actor.name} spoke with them."], now)
    return get_lead(session, lead_id)


def close_lead(session: Session, lead: Lead, to: str, actor: Actor, now: datetime, causation_id: UUID) -> None:
    """The lead is handed off: its steps end, and so does any plan of touches. Raises ``UserError`` if it cannot."""
    before = lead.state
    check_move(before, LeadState.HANDED_OFF)
    change(session, lead, state=LeadState.HANDED_OFF, closed_at=now, close_reason=f"to {to}"[:255], shift_held=False)
    disarm(session, lead.id)
    note_move(session, lead.id, before, LeadState.HANDED_OFF, now, actor.person_id, f"to {to}", causation_id)
    end_for_contact(session, lead.contact_id, EndReason.MEETING, now)


def give_back(
    session: Session, handoff: Handoff, actor_id: UUID | None, now: datetime, reason: str, causation_id: UUID | None
) -> bool:
    """The lead is the rep's again, with the reason; False where they have another open lead by now, which goes on."""
    lead = get_lead(session, handoff.lead_id)
    if lead.state is not LeadState.HANDED_OFF:
        return lead.closed_at is None
    after = LeadState.RESPONDED if lead.first_response_at else LeadState.CLAIMED
    values = _returned(session, lead, handoff.rep_id, after, now, reason)
    check_move(lead.state, after, reason)
    try:
        with session.begin_nested():
            change(session, lead, **values)
    except IntegrityError:
        session.refresh(lead)
        closed = f"{reason} They asked again meanwhile."[:255]
        check_move(lead.state, LeadState.CLOSED, closed)
        note_move(session, lead.id, lead.state, LeadState.CLOSED, now, actor_id, closed, causation_id)
        change(session, lead, state=LeadState.CLOSED, close_reason=closed)
        return False
    note_move(session, lead.id, LeadState.HANDED_OFF, after, now, actor_id, reason, causation_id)
    keep_assignment(session, lead.id, lead.owner_id, "handoff_back", [reason], now, actor_id)
    if after is LeadState.CLAIMED:
        begin_claimed(session, lead, now)
        watch_breach(session, lead)
    return True


def _returned(
    session: Session, lead: Lead, rep_id: UUID, after: LeadState, now: datetime, reason: str
) -> dict[str, Any]:
    stays = session.scalar(select(Person.active).where(Person.id == rep_id))
    owner_id = rep_id if stays else lead.owner_id
    values: dict[str, Any] = {"state": after, "closed_at": None, "close_reason": None}
    values |= {"owner_id": owner_id, "owner_reason": [reason], "owned_at": now}
    if after is LeadState.CLAIMED:
        values |= {"claimed_at": now, "claimed_by_id": owner_id or rep_id}
    return values
