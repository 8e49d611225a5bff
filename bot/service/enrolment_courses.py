"""Enrolments as rows and as courses of a plan: reading, keeping, putting back (process §4).

What must stay true: every change of a plan counts its version up and leaves a record with what it takes to put it
back exactly; it is put back only while nobody has moved it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.db.models import Contact, Enrolment
from bot.db.queries.plan_days import RepDays, days_of_reps
from bot.domain.cadence import Course, Ended, PlanKind, Shape, Step, shape_of
from bot.domain.cadence_days import Days
from bot.service.context import playbook

Effect = dict[str, Any]

MOVED = "enrolment_moved"
BEGUN = "enrolment_begun"

_FACTS = (
    "person_id",
    "started_on",
    "cycle",
    "step",
    "next_due_on",
    "last_email_on",
    "paused_until",
    "rests_until",
    "state",
    "ended_at",
    "end_reason",
)
"""Columns that a step, an outcome or a person may change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A live enrolment, locked, with everything it takes to move it."""

    row: Enrolment
    shape: Shape
    days: Days
    course: Course


def columns(course: Course, turn: int) -> dict[str, Any]:
    """A course as its row holds it."""
    return {
        "started_on": course.started_on,
        "cycle": course.cycle,
        "step": course.step.value,
        "next_due_on": course.due_on,
        "last_email_on": course.last_email_on,
        "paused_until": course.not_before,
        "state": {
            "turn": turn,
            "last_step_on": course.last_step_on.isoformat() if course.last_step_on else None,
            "pauses": [[first.isoformat(), last.isoformat()] for first, last in course.pauses],
        },
    }


def course_of(row: Any) -> Course:
    """The course that a row holds; also of a row without a step, which begins."""
    state: Mapping[str, Any] = row.state or {}
    last = state.get("last_step_on")
    pauses = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in state.get("pauses", ()))
    return Course(
        started_on=row.started_on,
        step=Step(row.step) if row.step else Step.EMAIL,
        cycle=row.cycle,
        due_on=row.next_due_on or row.started_on,
        last_email_on=row.last_email_on,
        last_step_on=date.fromisoformat(last) if last else None,
        pauses=pauses,
        not_before=row.paused_until,
    )


def turn_of(row: Any) -> int:
    """Which channel a follow-up plan began with."""
    return int((row.state or {}).get("turn", 0))


def live_plan(session: Session, contact_id: UUID) -> Plan | None:
    """The plan a contact is in, locked until the commit."""
    return _plan(session, _live().where(Enrolment.contact_id == contact_id))


def plan_by_id(session: Session, enrolment_id: UUID) -> Plan | None:
    """A live plan by its enrolment, locked until the commit."""
    return _plan(session, _live().where(Enrolment.id == enrolment_id))


def _live() -> Select[Enrolment, str | None]:
    return (
        select(Enrolment, Contact.country)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Enrolment.ended_at.is_(None))
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    )


def _plan(session: Session, statement: Select[Enrolment, str | None]) -> Plan | None:
    found = session.execute(statement).first()
    if found is None:
        return None
    row, country = found
    return plan_of_row(session, row, country, days_of_reps(session, [row.person_id], row.started_on))


def plan_of_row(session: Session, row: Enrolment, country: str | None, reps: Mapping[UUID, RepDays]) -> Plan:
    """A live row as a plan; ``country``: the recipient's, ``reps``: the days of its rep among others."""
    shape = shape_of(playbook(session), PlanKind(row.kind), turn_of(row))
    return Plan(row, shape, replace(reps[row.person_id].days, country=country), course_of(row))


def keep(session: Session, plan: Plan, result: Course | Ended, now: datetime) -> Effect | None:
    """Write where a plan stands now; the record that puts it back, or None if nothing changed."""
    if result == plan.course:
        return None
    if isinstance(result, Ended):
        values: dict[str, Any] = {
            "ended_at": now,
            "end_reason": result.reason.value,
            "rests_until": result.rests_until,
            "next_due_on": None,
        }
    else:
        values = columns(result, turn_of(plan.row))
        draft = (plan.row.state or {}).get("draft")
        if draft is not None and (result.step, result.cycle) == (plan.course.step, plan.course.cycle):
            values["state"]["draft"] = draft  # approved for this step, whatever its day
    return write(session, plan.row, **values)


def write(session: Session, row: Enrolment, **values: Any) -> Effect:
    """Change an enrolment in hand; the record that puts it back."""
    was = facts(row)
    version = row.version + 1
    session.execute(
        update(Enrolment)
        .where(Enrolment.id == row.id)
        .values(version=version, **values)
        .execution_options(synchronize_session=False)
    )
    session.expire(row)
    return {"kind": MOVED, "enrolment": str(row.id), "was": was, "version": version}


def facts(row: Enrolment) -> dict[str, Any]:
    """What of a row may change, as JSON holds it."""
    return {name: _packed(getattr(row, name)) for name in _FACTS}


def moved_on(session: Session, effect: Effect) -> str | None:
    """Why a change of a plan cannot be put back any more; None if it can, and then it is locked."""
    which = UUID(effect["enrolment"])
    row = session.execute(
        select(Enrolment.version, Enrolment.contact_id).where(Enrolment.id == which).with_for_update()
    ).first()
    if row is None:
        return None
    again = session.scalar(
        select(Enrolment.id).where(
            Enrolment.contact_id == row.contact_id, Enrolment.ended_at.is_(None), Enrolment.id != which
        )
    )
    if again is not None:
        return "They are on a new plan since."
    return "Their plan has moved on since." if row.version != effect["version"] else None


def put_back(session: Session, effect: Effect) -> None:
    """Put a plan back as it was before a change that nobody acted on."""
    values = {name: _unpacked(name, value) for name, value in effect["was"].items()}
    _change(session, effect, {**values, "version": Enrolment.version + 1})


def take_away(session: Session, effect: Effect, now: datetime) -> None:
    """End a plan that should not have begun; it stays in the history, marked."""
    values = {"ended_at": now, "end_reason": "taken_back", "next_due_on": None, "version": Enrolment.version + 1}
    _change(session, effect, values)


def _change(session: Session, effect: Effect, values: dict[str, Any]) -> None:
    session.execute(
        update(Enrolment)
        .where(Enrolment.id == UUID(effect["enrolment"]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _packed(value: Any) -> Any:
    if isinstance(value, date):  # an instant is a date, too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _unpacked(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "ended_at":
        return datetime.fromisoformat(value)
    if name.endswith(("_on", "_until")):
        return date.fromisoformat(value)
    return UUID(value) if name == "person_id" else value
