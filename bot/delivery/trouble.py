"""When a message cannot reach its place: tell those who can mend it, and reach a lead's owner another way.

What must stay true: a hot lead, or a handoff, is never silent because a channel or a card is wrong; the warning goes
out once an hour for a place.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Handoff, Lead, LivingMessage, OutboxItem, Person, PersonRole
from bot.domain.notices import Address, Notice, NoticeKind, Priority, To, View
from bot.domain.terms import Role
from bot.outbox.claims import Claimed
from bot.outbox.enqueue import show, tell


def tell_of_trouble(session: Session, item: Claimed, error: str, *, given_up: bool = False) -> None:
    """Warn the admins of what keeps ``item`` from its place, or kept it for good; give a lead's card to its owner."""
    if item.lane.startswith(f"{To.PERSON}:"):
        return
    hour = protocol_now().strftime("%Y-%m-%dT%H")
    admins = session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.ADMIN, Person.active.is_(True), Person.slack_user_id.is_not(None))
    ).all()
    for admin in admins:
        tell(
            session,
            Notice(
                kind=NoticeKind.ADMIN_WARNING,
                to=Address.person(admin),
                key=f"trouble:{item.lane}:{hour}:{admin}",
                subject_id=str(admin),
                priority=Priority.PERSON,
                facts={"where": item.lane, "error": error, "given_up": given_up},
            ),
        )
    if item.kind == View.LEAD_ALERT and item.living_id is not None:
        _reach_owner(session, item.living_id)
    if item.kind == View.HANDOFF and item.living_id is not None:
        _reach_executive(session, item.living_id)


def _reach_owner(session: Session, living_id: UUID) -> None:
    subject_id = session.scalar(select(LivingMessage.subject_id).where(LivingMessage.id == living_id))
    lead = (
        session.execute(
            select(Lead.owner_id, Lead.round).where(Lead.id == UUID(subject_id), Lead.closed_at.is_(None))
        ).first()
        if subject_id
        else None
    )
    if lead is None or lead.owner_id is None or subject_id is None:
        return
    place = f"dm:{lead.owner_id}:{lead.round}"
    standing = session.scalar(
        select(LivingMessage.id).where(LivingMessage.subject_id == subject_id, LivingMessage.place == place)
    )
    if standing is None:
        show(session, View.LEAD_ALERT, subject_id, Address.person(lead.owner_id), place, Priority.HOT)


def _reach_executive(session: Session, living_id: UUID) -> None:
    """A handoff's post, with its calendar file, to the executive themselves where their channel does not take it."""
    subject_id = session.scalar(select(LivingMessage.subject_id).where(LivingMessage.id == living_id))
    ae_id = session.scalar(select(Handoff.ae_id).where(Handoff.id == UUID(subject_id))) if subject_id else None
    if ae_id is None or subject_id is None:
        return
    place = "dm"
    standing = session.scalar(
        select(LivingMessage.id).where(LivingMessage.subject_id == subject_id, LivingMessage.place == place)
    )
    if standing is not None:
        return
    card = show(session, View.HANDOFF, subject_id, Address.person(ae_id), place, Priority.PERSON)
    files = select(OutboxItem.key, OutboxItem.notice).where(
        OutboxItem.lane == str(Address.under(living_id)), OutboxItem.kind == NoticeKind.CALENDAR_FILE
    )
    for file in session.execute(files).all():
        facts, to = file.notice["facts"], Address.under(card)
        tell(session, Notice(NoticeKind.CALENDAR_FILE, to, f"{file.key}:{place}"[:255], subject_id, facts=facts))
