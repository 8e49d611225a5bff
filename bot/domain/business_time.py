"""Working time: who is on shift when, and how much of a span was on shift (process, opening; §2; §7).

What must stay true: instants are aware and answers are UTC; shifts are half-open, ``start <= t < end``; local
hours become instants by the zone's rules of that day, so a shift on the day the clocks change is as long as it
really was. Public holidays and days off have no shifts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.playbook.schema.hours import HoursError, Shifts, format_hours, parse_hours

__all__ = [
    "HoursError",
    "NoWorkingTimeError",
    "Shift",
    "WorkWeek",
    "add_working",
    "add_working_days",
    "day_shifts",
    "format_hours",
    "is_holiday",
    "is_working",
    "is_working_day",
    "next_shift_start",
    "parse_hours",
    "shift_at",
    "work_week",
    "working_days_between",
    "working_seconds_between",
    "zone",
]

_HORIZON_DAYS = 800  # how far ahead a next shift is looked for before it is said that there is none
_DAY = timedelta(days=1)


class NoWorkingTimeError(ValueError):
    """The week has no shifts in the years ahead, so that a moment cannot be found."""


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """When somebody works: hours per weekday in their zone, without public holidays and days off.

    ``days_off`` are inclusive date ranges in the person's zone; ``country`` is an ISO 3166 code, or None for a
    week without public holidays.
    """

    hours: Shifts
    timezone: str
    country: str | None = None
    days_off: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """A span of work, half-open, in UTC."""

    start: datetime
    end: datetime


def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; raises `HoursError` with the nearest name that exists."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from rapidfuzz import process

        nearest = process.extractOne(name, sorted(available_timezones()), score_cutoff=60)
        hint = f" Did you mean {nearest[0]}?" if nearest else " Use a name like Europe/Berlin."
        raise HoursError(f"“{name}” is not a timezone.{hint}") from None


def work_week(
    hours: str, timezone: str, country: str | None = None, days_off: tuple[tuple[date, date], ...] = ()
) -> WorkWeek:
    """Build a week from the text of people.csv; raises `HoursError` with a sentence for whoever wrote it."""
    zone(timezone)
    return WorkWeek(parse_hours(hours), timezone, country.upper() if country else None, tuple(sorted(days_off)))


def is_holiday(country: str | None, day: date) -> bool:
    """Whether ``day`` is a national public holiday; False for a country that is unknown."""
    return bool(country) and day in _holidays(str(country).upper(), day.year)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # loaded on first need: it is large

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_working_day(week: WorkWeek, day: date) -> bool:
    """Whether the person works at all on ``day``, a date in their own zone."""
    return (
        bool(week.hours[day.weekday()])
        and not any(first <= day <= last for first, last in week.days_off)
        and not is_holiday(week.country, day)
    )


def add_working_days(week: WorkWeek, day: date, count: int) -> date:
    """Return the ``count``-th working day after ``day``; 0 gives ``day`` or the first working day after it.

    Raises `NoWorkingTimeError` for a week without work.
    """
    current, left = day, count
    if count == 0 and is_working_day(week, day):
        return day
    for _ in range(_HORIZON_DAYS + 7 * count):
        current += _DAY
        if is_working_day(week, current):
            left -= 1
            if left <= 0:
                return current
    raise NoWorkingTimeError("there is no working day ahead")


def working_days_between(week: WorkWeek, first: date, last: date) -> int:
    """Count the working days after ``first`` up to and including ``last``."""
    return sum(is_working_day(week, first + _DAY * step) for step in range(1, (last - first).days + 1))


def is_working(week: WorkWeek, at: datetime) -> bool:
    """Whether the person is on shift at ``at`` (aware)."""
    return shift_at(week, at) is not None


def shift_at(week: WorkWeek, at: datetime) -> Shift | None:
    """Return the shift that ``at`` (aware) falls in."""
    day = _local_day(week, at)
    # The day before too: when clocks go back over midnight, its last shift can reach into this date.
    for shift in (*_shifts(week, day - _DAY), *_shifts(week, day)):
        if shift.start <= at < shift.end:
            return shift
    return None


def next_shift_start(week: WorkWeek, after: datetime) -> datetime | None:
    """Return when the first shift begins at or after ``after`` (aware); None if none does in the years ahead."""
    for shift in _shifts_from(week, after):
        if shift.start >= after:
            return shift.start
    return None


def working_seconds_between(week: WorkWeek, start: datetime, end: datetime) -> int:
    """Return how many seconds between two aware instants were on shift; 0 if ``end`` is not later."""
    total = timedelta()
    if end > start:
        for shift in _shifts_from(week, start):
            if shift.start >= end:
                break
            total += max(min(shift.end, end) - max(shift.start, start), timedelta())
    return int(total.total_seconds())


def add_working(week: WorkWeek, start: datetime, length: timedelta) -> datetime:
    """Return the first instant by which ``length`` of working time after ``start`` has passed.

    A zero length gives ``start`` itself. Raises `NoWorkingTimeError` if there is not so much work ahead.
    """
    left = length
    if left <= timedelta():
        return start.astimezone(UTC)
    for shift in _shifts_from(week, start):
        begin = max(shift.start, start)
        if shift.end - begin >= left:
            return (begin + left).astimezone(UTC)
        left -= max(shift.end - begin, timedelta())
    raise NoWorkingTimeError("there is not so much working time in the years ahead")


def _local_day(week: WorkWeek, at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return at.astimezone(ZoneInfo(week.timezone)).date()


def day_shifts(week: WorkWeek, day: date) -> tuple[Shift, ...]:
    """Return the shifts of ``day``, a date in the person's own zone; none on a day off."""
    return _shifts(week, day)


def _shifts_from(week: WorkWeek, at: datetime) -> Iterator[Shift]:
    """Yield shifts that end after ``at``, in order, as far as the horizon."""
    if not any(week.hours):
        return
    day = _local_day(week, at) - _DAY
    for step in range(_HORIZON_DAYS):
        for shift in _shifts(week, day + _DAY * step):
            if shift.end > at:
                yield shift


@lru_cache(maxsize=8192)
def _shifts(week: WorkWeek, day: date) -> tuple[Shift, ...]:
    """Return the shifts of a local date as instants, sorted, without overlap."""
    if not is_working_day(week, day):
        return ()
    found: list[Shift] = []
    for start, end in week.hours[day.weekday()]:
        shift = Shift(_instant(week, day, start), _instant(week, day, end))
        if found and shift.start < found[-1].end:
            # Local times that the clock jumps over land on the hour after; two shifts can then meet.
            shift = Shift(found[-1].end, max(shift.end, found[-1].end))
        if shift.end > shift.start:
            found.append(shift)
    return tuple(found)


def _instant(week: WorkWeek, day: date, minutes: int) -> datetime:
    days, minutes = divmod(minutes, 24 * 60)
    local = datetime.combine(day + _DAY * days, time(minutes // 60, minutes % 60), ZoneInfo(week.timezone))
    return local.astimezone(UTC)
