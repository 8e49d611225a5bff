"""Ends of plans that come from elsewhere: a raised hand, a lead that closes or gets another owner (process §2, §4).

What must stay true: one statement each, and nothing for people who are in no plan.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.models import Enrolment
from bot.domain.cadence import EndReason


def end_for_contact(session: Session, contact_id: UUID, reason: EndReason, now: datetime) -> None:
    """End whatever plan somebody is in, at once: they raised a hand, for example."""
    end_for_contacts(session, [contact_id], reason, now)


def end_for_contacts(session: Session, contact_ids: Collection[UUID], reason: EndReason, now: datetime) -> None:
    """The same for many people in one statement; nothing for none."""
    if contact_ids:
        session.execute(
            update(Enrolment)
            .where(Enrolment.contact_id.in_(contact_ids), Enrolment.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason.value, next_due_on=None, version=Enrolment.version + 1)
            .execution_options(synchronize_session=False)
        )


def end_with_lead(session: Session, contact_id: UUID, lead_id: UUID, now: datetime) -> None:
    """End the follow-up plan of a lead that was closed or handed over."""
    session.execute(
        update(Enrolment)
        .where(Enrolment.contact_id == contact_id, Enrolment.lead_id == lead_id, Enrolment.ended_at.is_(None))
        .values(ended_at=now, end_reason=EndReason.LEAD_CLOSED.value, next_due_on=None, version=Enrolment.version + 1)
        .execution_options(synchronize_session=False)
    )


def move_with_lead(session: Session, contact_id: UUID, lead_id: UUID, owner_id: UUID) -> None:
    """A lead got another owner: its follow-up plan goes along."""
    session.execute(
        update(Enrolment)
        .where(Enrolment.contact_id == contact_id, Enrolment.lead_id == lead_id, Enrolment.ended_at.is_(None))
        .values(person_id=owner_id, version=Enrolment.version + 1)
        .execution_options(synchronize_session=False)
    )
