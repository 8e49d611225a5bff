"""When an intro call can be, and when an unanswered handoff, or a missing verdict, is reminded of (process §7).

What must stay true: a slot lies wholly in one shift of the account executive, meets no other call of theirs, and is
never in the past; the ladder counts their working time and never waits past the call itself. Instants are aware;
answers are UTC.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.business_time import (
    NoWorkingTimeError,
    Shift,
    WorkWeek,
    add_working,
    add_working_days,
    day_shifts,
    next_shift_start,
    shift_at,
)
from bot.playbook.schema import Playbook
from bot.playbook.schema.base import WEEKDAYS

REMIND, MANAGER = "remind", "manager"
"""The steps of the ladder."""
LOOK_AHEAD = 400
"""Shifts that are looked through for free slots: more than half a year of working days, then there are none."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When the buyer may be called: local times of day, half-open, on these weekdays (0 is Monday)."""

    zones: tuple[str, ...]
    begins: time
    ends: time
    weekdays: frozenset[int]

    def hold(self, start: datetime, end: datetime) -> bool:
        """Whether a call lies in these hours, wherever of ``zones`` they are."""
        return all(self._hold_in(ZoneInfo(zone), start, end) for zone in self.zones)

    def _hold_in(self, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
        first, last = start.astimezone(zone), end.astimezone(zone)
        return (
            first.date() == last.date()
            and first.weekday() in self.weekdays
            and self.begins <= first.time()
            and last.time() <= self.ends
        )


def calling_hours(zones: tuple[str, ...], rules: Playbook) -> Hours | None:
    """The buyer's usual hours (process §10); None where nobody knows where they are."""
    calls = rules.compliance.calls
    days = frozenset(WEEKDAYS.index(day) for day in calls.days)
    return Hours(zones, calls.default_from, calls.default_until, days) if zones else None


Span = tuple[datetime, datetime]
"""A meeting from when to when, half-open."""


def soonest(now: datetime, rules: Playbook) -> datetime:
    """The earliest an intro call may begin: its last reminder still goes out before it."""
    return now + min(rules.handoff.intro_call.remind_before)


def free_slots(
    week: WorkWeek, busy: Collection[Span], after: datetime, minutes: int, count: int, theirs: Hours | None = None
) -> list[datetime]:
    """The next ``count`` starts (UTC) of ``minutes`` of free working time, from ``after`` on.

    On the grid of each shift. Those in the buyer's own hours come before all others; there may be fewer, or none.
    """
    length = timedelta(minutes=minutes)
    found: list[datetime] = []
    otherwise: list[datetime] = []
    for start in _grid(week, after, length):
        if not is_free(busy, start, start + length):
            continue
        if theirs is None or theirs.hold(start, start + length):
            found.append(start)
        elif len(otherwise) < count:
            otherwise.append(start)
        if len(found) == count:
            break
    return found or otherwise


def _grid(week: WorkWeek, after: datetime, length: timedelta) -> Iterator[datetime]:
    for shift in _shifts(week, after):
        start = shift.start
        while start + length <= shift.end:
            if start >= after:
                yield start
            start += length


def _shifts(week: WorkWeek, after: datetime) -> Iterator[Shift]:
    current = shift_at(week, after)
    if current is not None:
        yield current
    moment = current.end if current else after
    for _ in range(LOOK_AHEAD):
        begins = next_shift_start(week, moment)
        shift = shift_at(week, begins) if begins is not None else None
        if shift is None:
            return
        yield shift
        moment = shift.end


def is_free(busy: Collection[Span], start: datetime, end: datetime) -> bool:
    """Whether no meeting falls into this span."""
    return all(ends <= start or begins >= end for begins, ends in busy)


def why_not_then(week: WorkWeek, busy: Collection[Span], start: datetime, minutes: int, now: datetime) -> str | None:
    """Why the account executive cannot have a call at ``start``, as the end of a sentence; None if they can."""
    end = start + timedelta(minutes=minutes)
    if start <= now:
        return "that is in the past"
    shift = shift_at(week, start)
    if shift is None or end > shift.end:
        return "that is outside their working hours"
    if not is_free(busy, start, end):
        return "they have another call then"
    return None


def ladder_times(
    week: WorkWeek, created_at: datetime, starts_at: datetime | None, rules: Playbook
) -> Mapping[str, datetime]:
    """When an unanswered handoff is reminded of and when the manager decides, in the account executive's working time.

    Never later than the last reminder before the call: a buyer must not meet nobody. Where there is no working time
    ahead, the wall clock counts.
    """
    handoff = rules.handoff
    latest = starts_at - min(handoff.intro_call.remind_before) if starts_at is not None else None
    found: dict[str, datetime] = {}
    for step, length in ((REMIND, handoff.remind_after), (MANAGER, handoff.manager_after)):
        at = _working(week, created_at, length)
        found[step] = max(created_at, min(at, latest)) if latest is not None else at
    return found


def verdict_time(week: WorkWeek, since: datetime, length: timedelta) -> datetime:
    """When a verdict has been missing for ``length`` (process §7), in UTC: whole days are the executive's working days.

    It falls on the same time of that day; where they are not on shift then, at the beginning of the day's next shift,
    or of its last one. What is less than a day counts as working time. Without any work ahead the wall clock counts.
    """
    days, rest = divmod(length, _DAY)
    at = since
    try:
        if days:
            here = since.astimezone(ZoneInfo(week.timezone))
            day = add_working_days(week, here.date(), days)
            at = datetime.combine(day, here.time(), tzinfo=here.tzinfo).astimezone(UTC)
            at = _on_shift(day_shifts(week, day), at)
        return add_working(week, at, rest)
    except NoWorkingTimeError:
        return since + length


def _on_shift(shifts: Sequence[Shift], at: datetime) -> datetime:
    if not shifts or any(shift.start <= at < shift.end for shift in shifts):
        return at
    return next((shift.start for shift in shifts if shift.start > at), shifts[-1].start)


def _working(week: WorkWeek, start: datetime, length: timedelta) -> datetime:
    try:
        return add_working(week, start, length)
    except NoWorkingTimeError:
        return start + length
