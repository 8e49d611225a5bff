"""What a logged touch does to the plan of whom it touched (process §2, §4).

What must stay true: every effect leaves its record, so that an undo puts the plan back exactly; somebody in no plan
costs no statement here.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account, Enrolment, Lead
from bot.db.queries.plan_days import days_of_reps
from bot.db.rows import put_once
from bot.domain.cadence import (
    Course,
    Ended,
    EndReason,
    PlanKind,
    Shape,
    Step,
    begin,
    follow_up_shape,
    last_day,
    turn_after,
)
from bot.domain.cadence_days import DAY
from bot.domain.cadence_outcomes import UNANSWERED, Happened, react
from bot.domain.drafts_mail import segment_of, variant_of
from bot.domain.enrolling import NotEnrolled
from bot.domain.errors import UserError
from bot.domain.terms import Channel
from bot.service.context import playbook, playbook_number
from bot.service.enrolment_courses import BEGUN, columns, keep, live_plan
from bot.service.enrolments import enrol_named
from bot.service.touch_effects import TouchInHand
from bot.service.touch_list_state import plan_changed

STEPS = {Step.EMAIL: "an e-mail", Step.CALL: "a call", Step.SOCIAL: "something on social media"}


def move_plan(touch: TouchInHand, own_no: bool) -> EndReason | None:
    """Let the plan answer the touch; why it ended, if it did. ``own_no``: a no is the person's own."""
    plan = live_plan(touch.session, touch.them.contact_id)
    if plan is None:
        return None
    command, zone = touch.command, ZoneInfo(touch.command.actor.timezone)

    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment is not None else None

    on = command.happened_at.astimezone(zone).date()
    until, promised = day(command.follow_up_at), day(command.callback_at)
    happened = Happened(command.outcome, on, until, own_no, promised, by_phone=bool(touch.them.phone))
    result = react(plan.shape, plan.days, plan.course, happened, touch.now.astimezone(zone).date())
    enrolment_id = plan.row.id
    effect = keep(touch.session, plan, result, touch.now)
    if effect is None:
        return None
    plan_changed(touch.session, enrolment_id, touch.now, but=command.actor.person_id)
    touch.effects.records.append(effect)
    if isinstance(result, Ended):
        which = "cadence" if plan.shape.kind is PlanKind.CADENCE else "follow-up plan"
        touch.effects.sentences.append(f"Their {which} ends here.")
        return result.reason
    touch.effects.sentences.append(where_it_stands(plan.shape, result, last_day(plan.shape, plan.days, result)))
    return None


def where_it_stands(shape: Shape, course: Course, last: date) -> str:
    """A plan's next step in a sentence."""
    if course.step is Step.CLOSE:
        return f"That was the plan's last step; it waits for an answer until {last:%-d %b}."
    unit = "cycle" if shape.kind is PlanKind.CADENCE else "touch"
    where = f"{unit} {course.cycle} of {shape.cycles}"
    return f"Next in their plan: {STEPS[course.step]} on {course.due_on:%a %-d %b} ({where})."


def follow_up_after(touch: TouchInHand) -> None:
    """Begin the lead's follow-up plan after a first response that was not answered (process §2)."""
    command, lead_id = touch.command, touch.them.lead_id
    if command.outcome not in UNANSWERED or touch.them.enrolled or lead_id is None:
        return
    lead = touch.session.get(Lead, lead_id)
    if lead is None or lead.closed_at is not None:
        return
    on = command.happened_at.astimezone(ZoneInfo(command.actor.timezone)).date()
    begun = begin_follow_up(touch.session, lead, command.channel, on, touch.now)
    if begun is None:
        return
    enrolment_id, shape, course = begun
    sentence = (
        f"If they do not answer: {shape.cycles} more touches, {STEPS[course.step]} on {course.due_on:%a %-d %b} first."
    )
    touch.note(BEGUN, sentence, enrolment=enrolment_id)
    touch.effects.records[-1]["version"] = 1


def begin_follow_up(
    session: Session, lead: Lead, response: Channel, on: date, now: datetime
) -> tuple[UUID, Shape, Course] | None:
    """Put a lead into its owner's follow-up plan, from the working day after the response on ``on``.

    None if nobody owns the lead, its owner never works, or somebody has the contact in a plan already.
    """
    rep = days_of_reps(session, [lead.owner_id], on).get(lead.owner_id) if lead.owner_id else None
    start = rep.days.first_allowed(on + DAY) if rep is not None else None
    if rep is None or start is None:
        return None
    rules = playbook(session)
    turn = turn_after(rules, response)
    shape = follow_up_shape(rules, turn)
    course = begin(shape, rep.days, start)
    enrolment_id = new_id()
    account = session.get(Account, lead.account_id) if lead.account_id else None
    segment = segment_of(rules, account.industry, account.employees, account.country) if account else None
    put = put_once(
        session,
        Enrolment,
        id=enrolment_id,
        contact_id=lead.contact_id,
        person_id=rep.person_id,
        account_id=lead.account_id,
        lead_id=lead.id,
        kind=PlanKind.FOLLOW_UP.value,
        reason=f"raised a hand: {lead.intent.value.replace('_', ' ')}, no answer yet",
        fact="",
        segment=segment,
        variant=variant_of(rules, lead.contact_id, segment, follow_up=True),
        round=1,
        version=1,
        playbook_version=playbook_number(session),
        **columns(course, turn),
    )
    return (enrolment_id, shape, course) if put else None


def named_by(touch: TouchInHand, contact_id: UUID, name: str) -> bool:
    """Start whom a person in a plan named, in place of them; whether that was possible (process §4)."""
    rep_id = touch.session.scalar(
        select(Enrolment.person_id)
        .where(Enrolment.contact_id == touch.them.contact_id, Enrolment.kind == PlanKind.CADENCE.value)
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
    if rep_id is None:
        return False
    try:
        begun = enrol_named(touch.session, rep_id, contact_id, f"{touch.them.name} named them", touch.now)
    except UserError:
        return False
    if isinstance(begun, NotEnrolled):
        return False
    touch.note(BEGUN, f"{name} starts on {begun.starts_on:%a %-d %b} in their place.", enrolment=begun.enrolment_id)
    touch.effects.records[-1]["version"] = 1
    return True
