"""Ends of plans that come from elsewhere: a raised hand, a lead that closes or gets another owner (process §2, §4).

What must stay true: one statement each for people who are in no plan; for those who are, no list goes on asking for
a touch that is not due any more.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from bot.db.models import Enrolment
from bot.domain.cadence import EndReason
from bot.service.touch_list_state import plan_changed


def end_for_contact(session: Session, contact_id: UUID, reason: EndReason, now: datetime) -> None:
    """End whatever plan somebody is in, at once: they raised a hand, for example."""
    end_for_contacts(session, [contact_id], reason, now)


def end_for_contacts(session: Session, contact_ids: Collection[UUID], reason: EndReason, now: datetime) -> None:
    """The same for many people in one statement; nothing for none."""
    if contact_ids:
        _end(session, update(Enrolment).where(Enrolment.contact_id.in_(contact_ids)), reason, now)


def end_with_lead(session: Session, contact_id: UUID, lead_id: UUID, now: datetime) -> None:
    """End the follow-up plan of a lead that was closed or handed over."""
    _end(session, _of_lead(contact_id, lead_id), EndReason.LEAD_CLOSED, now)


def move_with_lead(session: Session, contact_id: UUID, lead_id: UUID, owner_id: UUID) -> None:
    """A lead got another owner: its follow-up plan goes along, and stands on their next list."""
    _change(session, _of_lead(contact_id, lead_id), person_id=owner_id)


def _of_lead(contact_id: UUID, lead_id: UUID) -> Update:
    return update(Enrolment).where(Enrolment.contact_id == contact_id, Enrolment.lead_id == lead_id)


def _end(session: Session, which: Update, reason: EndReason, now: datetime) -> None:
    for enrolment_id in _change(session, which, ended_at=now, end_reason=reason.value, next_due_on=None):
        plan_changed(session, enrolment_id, now)


def _change(session: Session, which: Update, **values: Any) -> list[UUID]:
    changing = (
        which.where(Enrolment.ended_at.is_(None))
        .values(version=Enrolment.version + 1, **values)
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(changing))
