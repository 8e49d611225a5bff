"""How many people a rep has in plans, and how it goes on."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Enrolment
from bot.domain.cadence import PlanKind


@dataclass(frozen=True, slots=True)
class OwnPlans:
    """People in the cadence and in follow-up plans, and the day of the next step (the rep's local date)."""

    cadence: int
    follow_up: int
    next_due_on: date | None


def own_plans(session: Session, person_id: UUID) -> OwnPlans:
    """A rep's live plans, counted."""
    rows = session.execute(
        select(Enrolment.kind, func.count(), func.min(Enrolment.next_due_on))
        .where(Enrolment.person_id == person_id, Enrolment.ended_at.is_(None))
        .group_by(Enrolment.kind)
    ).all()
    counts = {kind: count for kind, count, _ in rows}
    days = [day for _, _, day in rows if day is not None]
    return OwnPlans(
        counts.get(PlanKind.CADENCE.value, 0), counts.get(PlanKind.FOLLOW_UP.value, 0), min(days, default=None)
    )
