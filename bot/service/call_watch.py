"""What falls due around an intro call: reminders before it, the question after it, the verdict that is missing (§7).

What must stay true: what is set follows from the handoff's state alone (``watch_handoff``); a reminder for a time that
was moved, or of a handoff that went on, tells nobody.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Handoff, JobTick, Meeting
from bot.domain.commands import Due
from bot.domain.handoff_stages import ACCEPTED, BEFORE_CALL, HELD
from bot.domain.intro_call import verdict_time
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.enqueue import refresh, tell
from bot.service.context import playbook
from bot.service.cover import cover_of
from bot.service.due import fall_due, forget_due
from bot.service.executives import BOOKED, executive
from bot.service.lead_changes import managers_of

INTRO_CALL_DUE = "intro_call"
VERDICT_DUE = "verdict"
BEFORE, ENDED, REMIND, MANAGER = "before", "ended", "remind", "manager"
Next = tuple[str, datetime]
"""Slot, and when."""


def watch_handoff(session: Session, handoff_id: UUID, now: datetime) -> None:
    """Set what falls due next for a handoff as it stands now; forgets what was set for another state or time."""
    session.flush()
    handoff = session.get(Handoff, handoff_id)
    if handoff is None:
        return
    meeting = booked_call(session, handoff_id)
    call = _next_of_call(session, meeting, now) if handoff.state in BEFORE_CALL and meeting is not None else None
    verdict = _next_of_verdict(session, handoff, meeting, now) if call is None else None
    for job, following in ((INTRO_CALL_DUE, call), (VERDICT_DUE, verdict)):
        if following is None:
            forget_due(session, job, str(handoff_id))
        else:
            fall_due(session, job, str(handoff_id), *following)


def booked_call(session: Session, handoff_id: UUID, *, lock: bool = False) -> Meeting | None:
    """The intro call of a handoff that is booked, the newest first."""
    booked = (
        select(Meeting)
        .where(Meeting.handoff_id == handoff_id, Meeting.state == BOOKED)
        .order_by(Meeting.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return session.scalars(booked.with_for_update() if lock else booked).first()


def _locked(session: Session, due: Due) -> Handoff | None:
    """The handoff of a due time, which nobody moves meanwhile: else the next due time would be of the old call."""
    return session.get(Handoff, UUID(due.subject_id), with_for_update={"key_share": True}, populate_existing=True)


def step_intro_call(session: Session, due: Due, now: datetime) -> None:
    """Remind the account executive and the rep of the intro call; after it, ask what became of it."""
    handoff = _locked(session, due)
    if handoff is None or handoff.state not in BEFORE_CALL:
        return
    meeting = booked_call(session, handoff.id)
    start, _, step = due.slot.partition(":")
    if meeting is not None and start == _stamp(meeting.starts_at):
        if step == ENDED:
            for person_id in _holders(session, handoff, now):
                _tell(session, handoff, NoticeKind.VERDICT_WANTED, person_id, due.slot, ENDED)
            refresh(session, str(handoff.id))  # its buttons ask now
        elif meeting.starts_at > now:
            for person_id in dict.fromkeys([*_holders(session, handoff, now), handoff.rep_id]):
                _tell(session, handoff, NoticeKind.INTRO_CALL_SOON, person_id, due.slot, step)
    watch_handoff(session, handoff.id, now)


def step_verdict(session: Session, due: Due, now: datetime) -> None:
    """Remind the account executive of a verdict that is missing; then their managers."""
    handoff = _locked(session, due)
    if handoff is None or handoff.ended_at is not None:
        return
    since, _, step = due.slot.partition(":")
    base = _verdict_since(handoff, booked_call(session, handoff.id))
    if base is not None and since == _stamp(base):
        people = _holders(session, handoff, now) if step == REMIND else list(managers_of(session, handoff.ae_id))
        for person_id in people:
            _tell(session, handoff, NoticeKind.VERDICT_WANTED, person_id, due.slot, step)
    watch_handoff(session, handoff.id, now)


def _holders(session: Session, handoff: Handoff, now: datetime) -> list[UUID]:
    """Whose call it is: the account executive's, and that of who covers while they are away."""
    covering = cover_of(session, handoff.ae_id, now) if handoff.ae_id else None
    return [one for one in (handoff.ae_id, covering.cover_id if covering else None) if one is not None]


def _tell(session: Session, handoff: Handoff, kind: NoticeKind, person_id: UUID | None, slot: str, step: str) -> None:
    if person_id is None:
        return
    key = f"{kind}:{handoff.id}:{slot}:{person_id}"
    facts: dict[str, str | int | float | bool | None] = {"step": step, "to_id": str(person_id)}
    tell(session, Notice(kind, Address.person(person_id), key, str(handoff.id), Priority.PERSON, facts))


def _next_of_call(session: Session, meeting: Meeting, now: datetime) -> Next | None:
    """The earliest reminder to come, else the end of the call; None once that is past."""
    before = sorted(playbook(session).handoff.intro_call.remind_before, reverse=True)
    steps = [(f"{BEFORE}:{int(span.total_seconds())}", meeting.starts_at - span) for span in before]
    for step, at in (*steps, (ENDED, meeting.ends_at)):
        if at > now:
            return f"{_stamp(meeting.starts_at)}:{step}", at
    return None


def _next_of_verdict(session: Session, handoff: Handoff, meeting: Meeting | None, now: datetime) -> Next | None:
    base = _verdict_since(handoff, meeting)
    if base is None:
        return None
    rules = playbook(session).handoff
    spans = ((REMIND, rules.requalify_remind_after), (MANAGER, rules.requalify_manager_after))
    done = select(JobTick.slot).where(JobTick.job == VERDICT_DUE, JobTick.subject_id == str(handoff.id))
    told = set(session.scalars(done))  # a leave that came since may put off what was said already
    times = ((_after_work(session, handoff.ae_id, base, span, now), f"{_stamp(base)}:{step}") for step, span in spans)
    return next(((slot, at) for at, slot in sorted(times) if at > now and slot not in told), None)


def _after_work(session: Session, ae_id: UUID | None, base: datetime, span: timedelta, now: datetime) -> datetime:
    """``span`` after ``base`` in the executive's working days; a leave counts as work while somebody covers."""
    one = executive(session, ae_id, now) if ae_id is not None else None
    if one is None:
        return base + span
    usual = verdict_time(replace(one.week, days_off=()), base, span)
    return usual if cover_of(session, one.id, usual) is not None else verdict_time(one.week, base, span)


def _verdict_since(handoff: Handoff, meeting: Meeting | None) -> datetime | None:
    """Since when a word of the account executive is missing: the call held, the call's end, a transfer taken."""
    if handoff.state == HELD:
        return handoff.held_at
    if handoff.state in BEFORE_CALL and meeting is not None:
        return meeting.ends_at
    return handoff.answered_at if handoff.state == ACCEPTED else None


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))
