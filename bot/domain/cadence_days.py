"""The days of a plan: on which a step may fall, and how days are counted (process §4).

What must stay true: dates are the rep's local dates. A step falls only on a day when the rep works and no public
holiday is where the recipient lives. Days on which a plan is paused do not count; short absences shift a plan,
longer ones pause it unless a cover does the work.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.business_time import WorkWeek, is_holiday, is_working_day

DAY = timedelta(days=1)
_HORIZON_DAYS = 800
"""How far ahead a day is looked for before it is said that there is none."""

Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Days somebody is away, both included; ``covered``: a colleague works from their list meanwhile."""

    first: date
    last: date
    covered: bool = False

    @property
    def length(self) -> int:
        """How many calendar days it lasts."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Days:
    """A rep's days as a plan counts them. Build it with `days_of`.

    ``week`` has no days off; ``away`` are the spans without work; ``pauses`` those of them that are too long to shift.
    """

    week: WorkWeek
    away: tuple[Span, ...] = ()
    shifts: tuple[Span, ...] = ()
    pauses: tuple[Span, ...] = ()
    country: str | None = None
    """Where the recipient lives; None leaves out their public holidays."""

    def allowed(self, day: date) -> bool:
        """Whether a step may fall on ``day``."""
        return is_working_day(self.week, day) and not _within(day, self.away) and not is_holiday(self.country, day)

    def first_allowed(self, day: date, last: date | None = None) -> date | None:
        """The first allowed day at or after ``day`` and up to ``last``; None if there is none."""
        end = last if last is not None else day + _HORIZON_DAYS * DAY
        while day <= end:
            if self.allowed(day):
                return day
            day += DAY
        return None

    def allowed_after(self, day: date, count: int, last: date) -> date | None:
        """The ``count``-th allowed day after ``day`` and up to ``last``; None if there is none."""
        while day < last:
            day += DAY
            if self.allowed(day):
                count -= 1
                if count <= 0:
                    return day
        return None

    def counted(self, start: date, number: int, pauses: Iterable[Span], *, working: bool) -> date:
        """The date of a plan's day ``number``, from 1 on ``start``; paused days do not count.

        ``working``: only allowed days count.
        """
        spans = (*self.pauses, *pauses)
        if not working and not spans:
            return start + (number - 1) * DAY
        day, left = start, number
        for _ in range(_HORIZON_DAYS):
            if not _within(day, spans) and (not working or self.allowed(day)):
                left -= 1
                if left <= 0:
                    return day
            day += DAY
        return day

    def number(self, start: date, on: date, pauses: Iterable[Span], *, working: bool) -> int:
        """Which day of a plan ``on`` is, from 1 on ``start``; a day that does not count has the number before it."""
        spans = (*self.pauses, *pauses)
        if not working and not spans:
            return max((on - start).days + 1, 0)
        days = (start + step * DAY for step in range((on - start).days + 1))
        return sum(not _within(day, spans) and (not working or self.allowed(day)) for day in days)

    def shifted(self, day: date, start: date) -> date:
        """Where a nominal ``day`` of a plan begun on ``start`` lies after the short absences before it."""
        for first, last in self.shifts:
            if last >= start and first <= day:
                day += (last - max(first, start)) + DAY
        return day


def days_of(week: WorkWeek, absences: Iterable[Absence], shift_days: int, country: str | None = None) -> Days:
    """Build the days of a rep: absences of at most ``shift_days`` calendar days shift, longer ones pause (process §4).

    A longer one that is covered does neither: its days are worked.
    """
    away: list[Span] = []
    shifts: list[Span] = []
    pauses: list[Span] = []
    for absence in _joined(absences):
        span = (absence.first, absence.last)
        if absence.length > shift_days and absence.covered:
            continue
        away.append(span)
        (shifts if absence.length <= shift_days else pauses).append(span)
    return Days(week, tuple(away), tuple(shifts), tuple(pauses), country)


def _joined(absences: Iterable[Absence]) -> list[Absence]:
    """Absences in order; those that touch each other and are covered alike are one."""
    joined: list[Absence] = []
    for one in sorted(absences, key=lambda absence: (absence.first, absence.last)):
        before = joined[-1] if joined else None
        if before is not None and before.covered == one.covered and one.first <= before.last + DAY:
            joined[-1] = Absence(before.first, max(before.last, one.last), one.covered)
        else:
            joined.append(one)
    return joined


def _within(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)
