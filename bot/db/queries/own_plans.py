"""How many people a rep has in plans, how it goes on, and where one person stands."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Enrolment, Person
from bot.db.queries.plan_days import rules_of
from bot.domain.cadence import EndReason, PlanKind, shape_of


@dataclass(frozen=True, slots=True)
class OwnPlans:
    """People in the cadence and in follow-up plans, and the day of the next step (the rep's local date)."""

    cadence: int
    follow_up: int
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class PlanOnCard:
    """Somebody's newest plan. Dates are the rep's; ``end_reason`` is None while it goes on.

    ``waits_until``: it was made to wait, or they are away, until that day; None where it goes on.
    """

    enrolment_id: UUID
    rep: str
    kind: str
    step: str | None
    cycle: int
    cycles: int
    round: int
    next_due_on: date | None
    waits_until: date | None
    rests_until: date | None
    end_reason: str | None


def plan_on_card(session: Session, contact_id: UUID, now: datetime) -> PlanOnCard | None:
    """Where somebody stands in a plan, or how the last one ended; None if there was none."""
    row = session.execute(
        select(Enrolment, Person.name, Person.timezone)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.contact_id == contact_id,
            or_(Enrolment.end_reason.is_(None), Enrolment.end_reason != EndReason.TAKEN_BACK.value),
        )
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    plan: Enrolment = row[0]
    today = now.astimezone(ZoneInfo(row[2])).date()
    waits = plan.paused_until is not None and plan.paused_until > today
    return PlanOnCard(
        enrolment_id=plan.id,
        rep=row[1],
        kind=plan.kind,
        step=plan.step,
        cycle=plan.cycle,
        cycles=shape_of(rules_of(session), PlanKind(plan.kind)).cycles,
        round=plan.round,
        next_due_on=plan.next_due_on,
        waits_until=plan.paused_until if waits else None,
        rests_until=plan.rests_until,
        end_reason=plan.end_reason,
    )


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
