"""Changing plans: ended, made to wait, taken up again, a step left out; and the ends that come by time (process §4).

What must stay true: a plan is changed by its rep, who covers, a manager or an admin; a plan that ends by time without
a conversation rests, and its lead is recycled with it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Contact, Enrolment
from bot.db.queries.due_work import desk_of
from bot.db.queries.plan_days import days_of_reps
from bot.domain.cadence import (
    Course,
    Ended,
    EndReason,
    Step,
    planned_anew,
    resumed,
    settled,
    skipped,
    waiting,
)
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.stages import check_move
from bot.domain.terms import LeadState, Role
from bot.service.audit import record
from bot.service.context import playbook
from bot.service.enrolment_courses import Effect, Plan, keep, plan_by_id, plan_of_row
from bot.service.lead_changes import change, disarm, get_lead, manages, note_move
from bot.service.touch_list_state import plan_changed


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What somebody wants of a plan. ``until``: the rep's local date, for a pause."""

    actor: Actor
    enrolment_id: UUID
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed plan: ``course`` is None when it ended; ``effect`` puts it back (``enrolment_courses.put_back``)."""

    causation_id: UUID
    effect: Effect | None
    course: Course | None


def end_enrolment(session: Session, command: ChangePlan, now: datetime, why: EndReason = EndReason.BY_HAND) -> Changed:
    """End a plan. Raises ``Gone`` if it is over already, ``NotAllowed`` for somebody else's."""
    plan = _may_change(session, command, now)
    return _changed(session, command, plan, Ended(why), "end_enrolment", now)


def pause(session: Session, command: ChangePlan, now: datetime) -> Changed:
    """Make a plan wait until a date, which is a day ahead at least. Raises ``UserError`` with the field otherwise."""
    plan = _may_change(session, command, now)
    today = _today(command, now)
    if command.until is None or command.until <= today:
        raise UserError("Until when? Choose a day ahead.", field="until")
    course = waiting(plan.shape, plan.days, plan.course, today, command.until)
    return _changed(session, command, plan, course, "pause_enrolment", now)


def resume(session: Session, command: ChangePlan, now: datetime) -> Changed:
    """Take a waiting plan up again, from today on."""
    plan = _may_change(session, command, now)
    course = resumed(plan.shape, plan.days, plan.course, _today(command, now))
    return _changed(session, command, plan, course, "resume_enrolment", now)


def skip_step(session: Session, command: ChangePlan, now: datetime) -> Changed:
    """Leave out the step that is due, with the reason; the next one is planned from tomorrow on."""
    plan = _may_change(session, command, now)
    course = skipped(plan.shape, plan.days, plan.course, _today(command, now))
    return _changed(session, command, plan, course, "skip_step", now)


def _may_change(session: Session, command: ChangePlan, now: datetime) -> Plan:
    plan = plan_by_id(session, command.enrolment_id)
    if plan is None:
        raise Gone("That plan is over already.")
    actor = command.actor
    whose = plan.row.person_id
    if whose == actor.person_id or actor.has(Role.ADMIN) or manages(session, actor, whose):
        return plan
    if plan.row.person_id not in desk_of(session, actor.person_id, _today(command, now)).reps:
        raise NotAllowed("That plan is a colleague's. They, their manager or an admin can change it.")
    return plan


def _today(command: ChangePlan, now: datetime) -> date:
    return now.astimezone(ZoneInfo(command.actor.timezone)).date()


def _changed(
    session: Session, command: ChangePlan, plan: Plan, result: Course | Ended, name: str, now: datetime
) -> Changed:
    subject = str(plan.row.id)
    effect = keep(session, plan, result, now)
    plan_changed(session, command.enrolment_id, now)
    undo = {"effects": [effect]} if effect is not None else None
    causation_id = record(session, name, command.actor, now, subject, {"reason": command.reason}, undo)
    return Changed(causation_id, effect, result if isinstance(result, Course) else None)


def close_finished(session: Session, person_id: UUID, local_date: date, now: datetime) -> int:
    """End the plans on a rep's desk whose last day is past, and let overdue calls give way to the next e-mail.

    Without a conversation they rest, and their leads are recycled (process §2, §4). Returns how many ended. To be
    called before the rep's list is built; a second call changes nothing.
    """
    rules = playbook(session)
    desk = desk_of(session, person_id, local_date)
    shortest = min(rules.cadence.window_days, rules.inbound.follow_up.working_days)
    rows = session.execute(
        select(Enrolment, Contact.country)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(
            Enrolment.person_id.in_(desk.reps),
            Enrolment.ended_at.is_(None),
            Enrolment.next_due_on <= local_date,
            or_(
                Enrolment.step == Step.CLOSE.value,
                and_(Enrolment.step == Step.CALL.value, Enrolment.next_due_on < local_date),
                Enrolment.started_on <= local_date - timedelta(days=shortest - 1),
            ),
        )
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return 0
    since = min(row.started_on for row, _ in rows)
    reps = days_of_reps(session, {row.person_id for row, _ in rows}, since)
    ended = 0
    for row, country in rows:
        plan = plan_of_row(session, row, country, reps)
        result = settled(plan.shape, plan.days, plan.course, local_date)
        lead_id, touches = row.lead_id, plan.shape.cycles
        keep(session, plan, result, now)
        if isinstance(result, Ended):
            ended += 1
            if lead_id is not None:
                _recycle(session, lead_id, touches, now)
    return ended


def _recycle(session: Session, lead_id: UUID, touches: int, now: datetime) -> None:
    """A lead that never answered is nurtured: recycled, with the reason (process §2)."""
    lead = get_lead(session, lead_id)
    if lead.closed_at is not None:
        return
    reason = f"no answer to {counted(touches, 'touch', 'touches')}"
    check_move(lead.state, LeadState.RECYCLED, reason)
    note_move(session, lead_id, lead.state, LeadState.RECYCLED, now, reason=reason)
    change(session, lead, state=LeadState.RECYCLED, closed_at=now, close_reason=reason)
    disarm(session, lead_id)


def replan(session: Session, person_id: UUID, now: datetime) -> int:
    """Plan the next steps of a rep's live plans anew: their hours or absences changed. Returns how many moved."""
    rows = session.execute(
        select(Enrolment, Contact.country)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Enrolment.person_id == person_id, Enrolment.ended_at.is_(None))
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return 0
    reps = days_of_reps(session, [person_id], min(row.started_on for row, _ in rows))
    today = now.astimezone(ZoneInfo(reps[person_id].timezone)).date()
    moved = 0
    for row, country in rows:
        plan = plan_of_row(session, row, country, reps)
        if plan.course.due_on >= today:
            moved += keep(session, plan, planned_anew(plan.shape, plan.days, plan.course), now) is not None
    return moved
