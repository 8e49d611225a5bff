"""Cover during time off: whose work somebody does on a day, and the notes about it (process, opening; §4).

What must stay true: while somebody is away with a cover, their leads, promises and calls are the cover's, and only the
cover's; the cover is told at the start what comes to them, and whoever was away what happened, once each. Plans of
touches shift for short absences and move for longer ones (``due_work.desk_of``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.db.models import JobTick, Person, TimeOff
from bot.db.rows import run
from bot.domain.business_time import NoWorkingTimeError, add_working_days, is_working_day
from bot.domain.commands import Due
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.touch_list_windows import local_moment
from bot.outbox.enqueue import tell
from bot.service.context import playbook
from bot.service.due import fall_due_together
from bot.service.routing import week_of

BEGINS, ENDS = "cover_begins", "cover_ends"
"""Due jobs: the note to the cover, and to whoever is back; the subject is the time off."""
_DAY = timedelta(days=1)
_AHEAD = timedelta(days=40)
"""How far ahead notes are set; the sweep comes round long before."""
_DESK = (
    select(TimeOff.person_id, TimeOff.cover_id, Person.name, Person.active)
    .join(Person, Person.id == TimeOff.person_id)
    .where(
        or_(TimeOff.person_id == bindparam("me"), TimeOff.cover_id == bindparam("me")),
        TimeOff.starts_on <= bindparam("day"),
        TimeOff.ends_on >= bindparam("day"),
        TimeOff.cover_id.is_not(None),
    )
    .order_by(TimeOff.starts_on, TimeOff.id)
)


def desk_for(session: Session, person_id: UUID, local_date: date) -> Mapping[UUID, str]:
    """Whose work ``person_id`` does on their ``local_date``: their own, unless somebody covers for them, and others'.

    With the names of the colleagues covered for; one's own is empty.
    Whom somebody covers for who is away themself comes along to the one who covers for them.
    """
    waiting = list(run(session, _DESK, me=person_id, day=local_date))
    if any(row.person_id == person_id for row in waiting):
        return {}
    found = {person_id: ""}
    while waiting:
        row = waiting.pop(0)
        if row.active and row.person_id not in found:
            found[row.person_id] = row.name
            waiting += run(session, _DESK, me=row.person_id, day=local_date)
    return found


@dataclass(frozen=True, slots=True)
class Covering:
    """Who does somebody's work now, and for whom."""

    cover_id: UUID
    away: str


def cover_of(session: Session, person_id: UUID, now: datetime) -> Covering | None:
    """Who covers for somebody at ``now``: the first who is here and in Slack, from cover to cover; None for nobody."""
    asked: list[UUID] = []
    name = ""
    while person_id not in asked:
        person = session.execute(
            select(Person.name, Person.timezone, Person.active, Person.slack_user_id).where(Person.id == person_id)
        ).first()
        if person is None or (asked and not (person.active and person.slack_user_id)):
            return None
        today = now.astimezone(ZoneInfo(person.timezone)).date()
        away = session.execute(
            select(TimeOff.cover_id)
            .where(TimeOff.person_id == person_id, TimeOff.starts_on <= today, TimeOff.ends_on >= today)
            .order_by(TimeOff.starts_on.desc(), TimeOff.id)
            .limit(1)
        ).first()
        if away is None:
            return Covering(person_id, name) if asked else None
        if away.cover_id is None:
            return None
        asked.append(person_id)
        name = name or person.name
        person_id = away.cover_id
    return None


def arm_covers(session: Session, now: datetime) -> int:
    """See to it that both notes of every coming time off with a cover are set; how many there are.

    Call it when time off is entered or removed; a sweep does it besides. Replaces what was set before.
    """
    rows = session.scalars(
        select(TimeOff).where(
            TimeOff.cover_id.is_not(None),
            TimeOff.starts_on <= (now + _AHEAD).date(),
            TimeOff.ends_on >= (now - _DAY).date(),
        )
    ).all()
    if not rows:
        return 0
    people = _people(session, {one for row in rows for one in (row.person_id, row.cover_id) if one})
    dues = []
    for row in rows:
        assert row.cover_id is not None
        cover, back = people[row.cover_id], people[row.person_id]
        first = _working_day(session, cover, row.starts_on)
        if first is not None and first <= row.ends_on and (begins := _morning(session, cover, first)) > now - _DAY:
            dues.append((BEGINS, str(row.id), f"{row.cover_id}:{row.starts_on}", begins))
        again = _working_day(session, back, row.ends_on + _DAY)
        if again is not None:
            dues.append((ENDS, str(row.id), f"{row.person_id}:{row.ends_on}", _morning(session, back, again)))
    done = _done(session, dues)
    fall_due_together(session, [due for due in dues if due[:3] not in done])
    return len(dues)


def _done(session: Session, dues: Sequence[tuple[str, str, str, datetime]]) -> set[tuple[str, str, str]]:
    """What was told already."""
    rows = session.execute(
        select(JobTick.job, JobTick.subject_id, JobTick.slot).where(
            JobTick.job.in_((BEGINS, ENDS)), JobTick.subject_id.in_({due[1] for due in dues})
        )
    )
    return {(row.job, row.subject_id, row.slot) for row in rows}


def _people(session: Session, ids: set[UUID]) -> dict[UUID, Any]:
    columns = (Person.id, Person.hours, Person.timezone, Person.country)
    return {row.id: row for row in session.execute(select(*columns).where(Person.id.in_(ids)))}


def _working_day(session: Session, person: Any, day: date) -> date | None:
    """The first day at or after ``day`` on which somebody works; None for somebody who never does."""
    week = week_of(person, (), playbook(session))
    try:
        return day if is_working_day(week, day) else add_working_days(week, day, 1)
    except NoWorkingTimeError:
        return None


def _morning(session: Session, person: Any, day: date) -> datetime:
    return local_moment(person.timezone, day, playbook(session).touch_list.morning_at)


def tell_cover(session: Session, due: Due, now: datetime) -> None:
    """The note at the start, to the cover."""
    _tell(session, due, NoticeKind.COVER_BEGINS, now)


def tell_back(session: Session, due: Due, now: datetime) -> None:
    """The note to whoever is back."""
    _tell(session, due, NoticeKind.COVER_ENDS, now)


def _tell(session: Session, due: Due, kind: NoticeKind, now: datetime) -> None:
    off = session.get(TimeOff, UUID(due.subject_id))
    if off is None or off.cover_id is None:
        return
    to_id, day = (off.cover_id, off.starts_on) if kind is NoticeKind.COVER_BEGINS else (off.person_id, off.ends_on)
    if due.slot != f"{to_id}:{day}":
        return  # the days or the cover were changed since
    to = session.get(Person, to_id)
    if to is None or not to.active or to.slack_user_id is None:
        return
    key = f"{kind.value}:{off.id}:{due.slot}"
    tell(session, Notice(kind, Address.person(to_id), key, str(off.id), Priority.PERSON))
