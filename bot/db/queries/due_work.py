"""Steps of plans that are due to a rep: their own, and those of colleagues they cover for (process §4, §5).

What must stay true: two statements a rep, however many are due, both by index; a person stands on one rep's list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Enrolment, Person, TimeOff
from bot.db.queries.plan_days import days_from, rules_of
from bot.db.rows import run
from bot.domain.cadence import PlanKind, Shape, Step, shape_of
from bot.domain.cadence_days import Absence, Days
from bot.domain.touch_list import DueItem, ItemKind
from bot.playbook.schema import Playbook

_REACH_BACK = timedelta(days=366)
"""Absences that ended longer ago lie before every live plan."""
_KINDS: Mapping[str, ItemKind] = {
    Step.EMAIL.value: ItemKind.EMAIL,
    Step.CALL.value: ItemKind.CALL,
    Step.SOCIAL.value: ItemKind.TASK,
}
_ME: BindParameter[UUID] = bindparam("me")
_REPS: BindParameter[UUID] = bindparam("reps", expanding=True)

# Built once: putting a statement together costs more than running it.
_DESK = (
    select(
        Person.hours,
        Person.timezone,
        Person.country,
        TimeOff.person_id,
        TimeOff.starts_on,
        TimeOff.ends_on,
        TimeOff.cover_id,
    )
    .outerjoin(
        TimeOff,
        and_(
            or_(TimeOff.person_id == Person.id, TimeOff.cover_id == Person.id),
            TimeOff.ends_on >= bindparam("since"),
        ),
    )
    .where(Person.id == _ME)
)
_DUE = (
    select(
        Enrolment.id,
        Enrolment.contact_id,
        Enrolment.lead_id,
        Enrolment.kind,
        Enrolment.step,
        Enrolment.cycle,
        Enrolment.started_on,
        Enrolment.next_due_on,
        Enrolment.reason,
        Enrolment.state,
    )
    .where(
        Enrolment.person_id.in_(_REPS),
        Enrolment.ended_at.is_(None),
        Enrolment.next_due_on <= bindparam("today"),
        Enrolment.step != Step.CLOSE.value,
    )
    .order_by(Enrolment.next_due_on, Enrolment.id)
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose plans one rep works on a day, and the rep's own days. Empty while a cover works them."""

    reps: tuple[UUID, ...]
    days: Days | None


def due_enrolments(session: Session, person_id: UUID, local_date: date, now: datetime) -> Sequence[DueItem]:
    """Steps due to a rep on their ``local_date`` or before, longest due first.

    Steps of leads' follow-up plans carry the lead. Neither the gate nor the recipient's hours are asked here, and
    plans whose last day is past are for ``close_finished`` to end first.
    """
    desk = desk_of(session, person_id, local_date)
    if not desk.reps or desk.days is None:
        return []
    rules = rules_of(session)
    shapes: dict[tuple[str, int], Shape] = {}
    return [
        DueItem(
            kind=_KINDS[row.step],
            contact_id=row.contact_id,
            why=row.reason,
            step=_step(row, _shape(shapes, row, rules), desk.days, local_date),
            enrolment_id=row.id,
            lead_id=row.lead_id,
            overdue_days=(local_date - row.next_due_on).days,
        )
        for row in run(session, _DUE, reps=list(desk.reps), today=local_date)
    ]


def desk_of(session: Session, person_id: UUID, local_date: date) -> Desk:
    """Whose plans ``person_id`` works on a day: their own, and of colleagues on a longer absence whom they cover.

    Whom a colleague on a longer absence covers for comes along to the one who covers for the colleague.
    """
    since = local_date - _REACH_BACK
    rows = run(session, _DESK, me=person_id, since=since).all()
    if not rows:
        return Desk((), None)
    rules = rules_of(session)
    shift = rules.cadence.absence_shift_days
    mine = [_absence(row) for row in rows if row.person_id == person_id]
    days = days_from(rows[0], mine, rules)
    if any(one.covered and _is_long(one, local_date, shift) for one in mine):
        return Desk((), days)
    reps, waiting = {person_id}, [row for row in rows if row.starts_on is not None]
    while waiting:
        row = waiting.pop()
        if row.person_id not in reps and _is_long(_absence(row), local_date, shift):
            reps.add(row.person_id)
            others = run(session, _DESK, me=row.person_id, since=since)
            waiting += [one for one in others if one.starts_on is not None]
    return Desk(tuple(sorted(reps)), days)


def _absence(row: Any) -> Absence:
    return Absence(row.starts_on, row.ends_on, row.cover_id is not None)


def _is_long(absence: Absence, today: date, shift: int) -> bool:
    """Whether it is one of those days, and plans do not just shift by them (process §4)."""
    return absence.first <= today <= absence.last and absence.length > shift


def _shape(known: dict[tuple[str, int], Shape], row: Any, rules: Playbook) -> Shape:
    key = (row.kind, int((row.state or {}).get("turn", 0)))
    if key not in known:
        known[key] = shape_of(rules, PlanKind(row.kind), key[1])
    return known[key]


def _step(row: Any, shape: Shape, days: Days, today: date) -> str:
    """Where in the plan, like "cycle 2 of 4, day 6 of 21"."""
    pauses = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in (row.state or {}).get("pauses", ())]
    number = max(days.number(row.started_on, today, pauses, working=shape.working), 1)
    unit, day = ("touch", "working day") if shape.working else ("cycle", "day")
    return f"{unit} {row.cycle} of {shape.cycles}, {day} {min(number, shape.window)} of {shape.window}"
