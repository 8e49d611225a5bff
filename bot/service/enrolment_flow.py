"""A rep's flow of e-mails as it stands, and the day from which more may begin (process §3).

What must stay true: what is due already and what today brought count as well; nothing begins on a day whose list is
made, where nobody would see it before it is overdue.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.db.models import Enrolment, Lead, TouchList
from bot.db.queries.plan_days import RepDays
from bot.domain.business_time import is_working, next_shift_start
from bot.domain.cadence import Course, PlanKind, Step, ahead, cadence_shape, settled
from bot.domain.cadence_days import DAY
from bot.domain.counting import counted
from bot.domain.errors import UserError
from bot.domain.flow import Flow
from bot.domain.touch_list_order import Wave
from bot.service.context import playbook
from bot.service.enrolment_courses import course_of


def check_leads_first(session: Session, rep: RepDays, now: datetime) -> None:
    """Leads before cold: while a rep's own leads are overdue, no cold contacts are added (process §3)."""
    overdue = session.scalar(
        select(func.count())
        .select_from(Lead)
        .where(
            Lead.owner_id == rep.person_id,
            Lead.closed_at.is_(None),
            Lead.first_response_at.is_(None),
            Lead.response_due_at < now,
        )
    )
    if overdue:
        leads = counted(overdue, "lead is", "leads are")
        raise UserError(f"{leads} overdue on {rep.name}'s list. Those come first; then enroll new people.")


def first_day(rep: RepDays, now: datetime) -> date:
    """Day 1 at the earliest: today while the rep's working day is not over, else the next working day."""
    today = now.astimezone(ZoneInfo(rep.timezone)).date()
    week = rep.days.week
    following = next_shift_start(week, now)
    later_today = following is not None and following.astimezone(ZoneInfo(rep.timezone)).date() == today
    start = rep.days.first_allowed(today if is_working(week, now) or later_today else today + DAY)
    if start is None:
        raise UserError(f"{rep.name} has no working days ahead. Set working hours first.", field="rep")
    return start


def _opens(session: Session, rep: RepDays, first: date) -> date:
    """The first day on which one more may begin: the next one where the list of ``first`` is made already."""
    made = exists().where(
        TouchList.person_id == rep.person_id, TouchList.local_date == first, TouchList.wave == Wave.MORNING.value
    )
    if not session.scalar(select(made)):
        return first
    return rep.days.first_allowed(first + DAY) or first


def flow_of(session: Session, rep: RepDays, now: datetime) -> Flow:
    """The rep's e-mails in the days ahead, from every live cadence of theirs."""
    rules = playbook(session)
    shape = cadence_shape(rules)
    first = first_day(rep, now)
    flow = Flow(shape, rep.days, rules, rep.mailbox_began_on, first, _opens(session, rep, first))
    rows = session.execute(
        select(
            Enrolment.started_on,
            Enrolment.step,
            Enrolment.cycle,
            Enrolment.next_due_on,
            Enrolment.last_email_on,
            Enrolment.paused_until,
            Enrolment.state,
        ).where(
            Enrolment.person_id == rep.person_id, Enrolment.ended_at.is_(None), Enrolment.kind == PlanKind.CADENCE.value
        )
    )
    for row in rows:
        course = settled(shape, rep.days, course_of(row), first)
        emails = [first] if row.last_email_on == first else []
        if isinstance(course, Course):
            emails += [max(day, first) for step, _, day in ahead(shape, rep.days, course) if step is Step.EMAIL]
        flow.expects(row.started_on, emails)
    return flow
