"""When an unanswered handoff is reminded of, as due times (process §7).

What must stay true: a handoff has one due time at most; each slot is of one occurrence, so that a ladder that begins
anew is not taken for the old one.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import DueTime, Handoff
from bot.domain.intro_call import MANAGER, REMIND, ladder_times
from bot.service.context import playbook
from bot.service.due import fall_due, forget_due
from bot.service.executives import executive

HANDOFF_LADDER = "handoff_ladder"
FIRST = 1


def begin_handoff_ladder(session: Session, handoff: Handoff, starts_at: datetime | None, now: datetime) -> None:
    """Set the next step that is still to come; times count from the handoff, in the executive's working time."""
    at = step_times(session, handoff, starts_at, handoff.created_at, now)
    step = REMIND if at[REMIND] > now or now == handoff.created_at else MANAGER
    arm(session, handoff, step, FIRST, max(at[step], now))


def move_handoff_ladder(session: Session, handoff: Handoff, starts_at: datetime, now: datetime) -> None:
    """The call has another time, and so has the step that is still to come; nobody is asked twice for that."""
    pending = session.execute(
        select(DueTime.slot, DueTime.due_at).where(DueTime.job == HANDOFF_LADDER, DueTime.subject_id == str(handoff.id))
    ).first()
    if pending is None:
        return
    if asked_before(pending.slot):  # the manager said to wait: so long, but not past the call
        latest = starts_at - min(playbook(session).handoff.intro_call.remind_before)
        at = min(pending.due_at, latest) if latest > now else pending.due_at
        arm(session, handoff, MANAGER, handoff.version, at)
        return
    begin_handoff_ladder(session, handoff, starts_at, now)


def asked_before(slot: str) -> bool:
    """Whether the manager was asked before the step of ``slot``."""
    return int(slot.split(":")[1]) > FIRST


def step_times(
    session: Session, handoff: Handoff, starts_at: datetime | None, since: datetime, now: datetime
) -> dict[str, datetime]:
    """The steps' times, counted from ``since``; at once where nobody holds it any more."""
    one = executive(session, handoff.ae_id, now) if handoff.ae_id else None
    if one is None:
        return {REMIND: now, MANAGER: now}
    return dict(ladder_times(one.week, since, starts_at, playbook(session)))


def arm(session: Session, handoff: Handoff, step: str, count: int, at: datetime) -> None:
    """Have a step happen at ``at``; ``count`` says how often the manager was asked with it."""
    fall_due(session, HANDOFF_LADDER, str(handoff.id), f"{step}:{count}:{handoff.version}", at)


def end_ladder(session: Session, handoff: Handoff) -> None:
    """It was answered."""
    forget_due(session, HANDOFF_LADDER, str(handoff.id))
