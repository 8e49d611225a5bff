"""When a rep's lists come: the morning list at its time of their local working day, the evening list after it.

What must stay true: every active rep with a role that works from a list is armed for their next morning; a morning
that was missed comes late, once; a list that somebody missed by moving to another zone comes as soon as it is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from bot.db.models import DueTime, Person, TimeOff, TouchList
from bot.db.queries.touch_list_sources import REP_COLUMNS, WORKS_LISTS, Rep, rep_of, working_week
from bot.domain.business_time import NoWorkingTimeError, add_working_days, is_working_day
from bot.domain.touch_list_order import Wave
from bot.domain.touch_list_windows import local_moment, working_spans
from bot.playbook.schema import Playbook
from bot.service.context import playbook
from bot.service.due import fall_due_together

MORNING_JOB = "daily_list"
EVENING_JOB = "evening_list"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """The next list of somebody: the local date it is for, and when it is due (aware UTC)."""

    day: date
    at: datetime

    @property
    def slot(self) -> str:
        """Which occurrence it is: the same day in another zone is another one."""
        return f"{self.day.isoformat()}@{self.at.isoformat()}"


def local_date(rep: Rep, now: datetime) -> date:
    """What day it is for a rep."""
    return now.astimezone(ZoneInfo(rep.timezone)).date()


def morning_of(rep: Rep, day: date, rules: Playbook) -> datetime:
    """When the morning list of a local date comes."""
    return local_moment(rep.timezone, day, rules.touch_list.morning_at)


def evening_of(rep: Rep, day: date, rules: Playbook) -> datetime | None:
    """When the evening list of a local date comes; None where it would lie outside the working hours (process §5)."""
    at = local_moment(rep.timezone, day, rules.touch_list.email_after)
    works = working_spans(working_week(rep, rules), day)
    if works and (rep.evening_wave or any(start <= at < end for start, end in works)):
        return at
    return None


def next_working_day(rep: Rep, after: date, rules: Playbook) -> date | None:
    """The first working day after ``after``; None for somebody who never works."""
    try:
        return add_working_days(working_week(rep, rules), after, 1)
    except NoWorkingTimeError:
        return None


def next_morning(rep: Rep, now: datetime, rules: Playbook) -> Coming | None:
    """The first morning list after ``now``; None for somebody who never works."""
    today = local_date(rep, now)
    if is_working_day(working_week(rep, rules), today) and (at := morning_of(rep, today, rules)) > now:
        return Coming(today, at)
    day = next_working_day(rep, today, rules)
    return Coming(day, morning_of(rep, day, rules)) if day else None


def arm_lists(session: Session, now: datetime, person_ids: Sequence[UUID] | None = None) -> int:
    """See to it that every rep's next morning list is set, at its time in their zone and hours; how many were not.

    ``person_ids``: of these alone. Call it when people, hours, zones or days off change; a sweep does it besides.
    """
    rules = playbook(session)
    pending = {
        row.subject_id: row
        for row in session.execute(
            select(DueTime.subject_id, DueTime.slot, DueTime.due_at).where(DueTime.job == MORNING_JOB)
        )
    }
    changed = []
    for rep in _reps(session, now, person_ids):
        coming = _coming(rep, pending.get(str(rep.id)), now, rules)
        if coming is not None and coming.at <= now and _is_made(session, rep.id, coming.day):
            coming = next_morning(rep, now, rules)  # moved there and back: its tick is taken, and would set no other
        if coming is not None:
            changed.append((MORNING_JOB, str(rep.id), coming.slot, coming.at))
    fall_due_together(session, changed)
    return len(changed)


def _coming(rep: Rep, row: object | None, now: datetime, rules: Playbook) -> Coming | None:
    """What is to be set for a rep; None where it is set already, or the worker has it in hand."""
    following = next_morning(rep, now, rules)
    if row is None:
        return following
    slot, due_at = str(row.slot), row.due_at  # type: ignore[attr-defined]
    if due_at <= now:
        return None
    day = date.fromisoformat(slot.partition("@")[0])
    if is_working_day(working_week(rep, rules), day) and (following is None or day <= following.day):
        following = Coming(day, morning_of(rep, day, rules))
    return None if following is None or following.slot == slot else following


def _is_made(session: Session, rep_id: UUID, day: date) -> bool:
    made = exists().where(
        TouchList.person_id == rep_id, TouchList.local_date == day, TouchList.wave == Wave.MORNING.value
    )
    return bool(session.scalar(select(made)))


def _reps(session: Session, now: datetime, person_ids: Sequence[UUID] | None) -> Iterable[Rep]:
    lately = (now - 2 * _DAY).date()
    statement = (
        select(*REP_COLUMNS, WORKS_LISTS.label("works_lists"), TimeOff.starts_on, TimeOff.ends_on)
        .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= lately))
        .where(Person.active.is_(True), WORKS_LISTS)
        .order_by(Person.id, TimeOff.starts_on)
    )
    if person_ids is not None:
        statement = statement.where(Person.id.in_(person_ids))
    rows: dict[UUID, list[object]] = {}
    for row in session.execute(statement):
        rows.setdefault(row.id, []).append(row)
    for found in rows.values():
        off = tuple((one.starts_on, one.ends_on) for one in found if one.starts_on is not None)  # type: ignore[attr-defined]
        yield rep_of(found[0], off)
