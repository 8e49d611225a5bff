"""Periods in words: "this week", "last month", "q2 2026", "1 mar to 15 mar", "last 30 days" (process §9).

What must stay true: a period is whole local days of whoever asks; it never begins in the future; the days are always
shown, so that a reading is seen. The period before is the same stretch one unit earlier.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.time_days import DAY, Day, read_day

DAY_LONG: Final = timedelta(days=1)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_DAYS: Final = 3660
"""About ten years: more is a slip."""
_AHEAD_DAYS: Final = 92
"""So many days from its beginning, about a quarter, an end without a year may lie in the coming year."""


class Span(StrEnum):
    """Which unit a period belongs to; ``days``: any number of days."""

    WEEK = "w"
    MONTH = "m"
    QUARTER = "q"
    YEAR = "y"
    DAYS = "d"


_MONTHS_OF: Final = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}
_UNITS: Final = {"week": Span.WEEK, "month": Span.MONTH, "quarter": Span.QUARTER, "year": Span.YEAR}
_NAMES: Final = {Span.WEEK: "week", Span.MONTH: "month", Span.QUARTER: "quarter", Span.YEAR: "year"}


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to ``last``, both of them included."""

    first: date
    last: date
    span: Span = Span.DAYS

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """When it begins and when it is over (the first moment after it), UTC, for somebody in ``zone``."""
        begins = datetime.combine(self.first, time(), ZoneInfo(zone))
        return begins.astimezone(UTC), datetime.combine(self.last + DAY_LONG, time(), ZoneInfo(zone)).astimezone(UTC)

    def before(self) -> "Period":
        """The period to compare with: the unit before, as many of its days where this one is not whole yet."""
        if self.span in (Span.DAYS, Span.WEEK):
            shift = timedelta(days=7 if self.span is Span.WEEK else self.days)
            return Period(self.first - shift, self.last - shift, self.span)
        first = _months_later(self.first, -_MONTHS_OF[self.span])
        end = self.first - DAY_LONG
        whole = self.last == _end_of(self.span, self.first)
        return Period(first, end if whole else min(first + (self.last - self.first), end), self.span)

    def before_words(self) -> str:
        """What it is compared with: "the week before", "the 15 days before"."""
        if self.span is Span.DAYS:
            return "the day before" if self.days == 1 else f"the {self.days:,} days before"
        whole = self.last == _end_of(self.span, self.first)
        return f"the {'' if whole else 'same days of the '}{_NAMES[self.span]} before"

    def words(self) -> str:
        """ "1 to 15 Mar 2027"."""
        first, last = self.first, self.last
        if first == last:
            return _said(first, year=True)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} to {_said(last, year=True)}"
        return f"{_said(first, year=first.year != last.year)} to {_said(last, year=True)}"

    def short(self) -> str:
        """Within 20 characters, for a chart's legend: "1 to 15 Mar 27"."""
        first, last, year = self.first, self.last, f"{self.last.year % 100:02}"
        if first.year != last.year:
            return f"{first.day}.{first.month}.{first.year % 100:02} to {last.day}.{last.month}.{year}"
        if first == last:
            return f"{_said(last, year=False)} {year}"
        begins = str(first.day) if first.month == last.month else _said(first, year=False)
        return f"{begins} to {_said(last, year=False)} {year}"

    def encode(self) -> str:
        """As buttons carry it."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}-{self.span}"

    @classmethod
    def decode(cls, text: str) -> "Period":
        """Read what ``encode`` wrote. Raises ``ValueError``."""
        first, last, span = text.split("-")
        period = cls(date.fromisoformat(first), date.fromisoformat(last), Span(span))
        if period.last < period.first or period.days > _LONGEST_DAYS:
            raise ValueError("no such period")
        return period


def unit_of(span: Span, today: date, ago: int = 0) -> Period:
    """The unit that ``today`` lies in, up to today; or the whole one ``ago`` units earlier."""
    if span is Span.WEEK:
        monday = today - timedelta(days=today.weekday() + 7 * ago)
        return Period(monday, monday + timedelta(days=6) if ago else today, span)
    size = _MONTHS_OF[span]
    first = today.replace(month=(today.month - 1) // size * size + 1, day=1)
    first = _months_later(first, -size * ago)
    return Period(first, _end_of(span, first) if ago else today, span)


def read_period(text: str, today: date) -> Period | None:
    """The period that ``text`` says and nothing but it, for somebody whose calendar shows ``today``; else None."""
    period = _read(text, today)
    return period if period is not None and _sound(period, today) else None


def ends_first(text: str, today: date) -> bool:
    """Whether ``text`` says days of which the last comes before the first: "10 oct to 5 oct"."""
    period = _read(text, today)
    return period is not None and period.last < period.first


def no_such_day(text: str) -> str | None:
    """The words in ``text`` that name a day no calendar has ("31 feb"), if there are any."""
    for match in _DAY_AND_MONTH.finditer(text.casefold()):
        month, year = _MONTHS.index(match["month"][:3]) + 1, int(match["year"] or 2000)  # 2000 had a 29 February
        if not 1 <= int(match["n"]) <= calendar.monthrange(year, month)[1]:
            return match[0]
    return None


def _read(text: str, today: date) -> Period | None:
    words = " ".join(text.casefold().replace("–", "-").replace("—", "-").split()).strip(" ,;:!?")
    for expression, read in _GRAMMAR:
        match = expression.fullmatch(words)
        if match is not None:
            try:
                return read(match, today)
            except (ValueError, OverflowError):
                return None
    return None


def _sound(period: Period, today: date) -> bool:
    return period.first <= min(today, period.last) and period.days <= _LONGEST_DAYS


def _relative(match: re.Match[str], today: date) -> Period:
    which = match["which"] or "this"
    return unit_of(_UNITS[match["unit"]], today, 0 if which in ("this", "current") else 1)


def _to_date(match: re.Match[str], today: date) -> Period:
    return unit_of(Span(match["u"]), today)


def _day(match: re.Match[str], today: date) -> Period:
    day = today - (DAY_LONG if match["day"] == "yesterday" else timedelta())
    return Period(day, day)


def _last_many(match: re.Match[str], today: date) -> Period | None:
    count, unit = int(match["n"]), match["unit"]
    if count == 0:
        return None
    if unit.startswith(("d", "w")):
        return Period(today - timedelta(days=count * (7 if unit[0] == "w" else 1) - 1), today)
    months = count * {"m": 1, "q": 3, "y": 12}[unit[0]]
    return Period(_months_later(today, -months) + DAY_LONG, today)


def _month(match: re.Match[str], today: date) -> Period:
    month = _MONTHS.index(match["month"][:3]) + 1
    year = int(match["year"]) if match["year"] else today.year - (month > today.month)
    return _up_to_today(Span.MONTH, date(year, month, 1), today)


def _quarter(match: re.Match[str], today: date) -> Period:
    quarter, year = int(match["q"]), match["year"] or match["year2"]
    first = date(int(year or today.year), 3 * quarter - 2, 1)
    if not year and first > today:
        first = first.replace(year=first.year - 1)
    return _up_to_today(Span.QUARTER, first, today)


def _year(match: re.Match[str], today: date) -> Period:
    return _up_to_today(Span.YEAR, date(int(match["year"]), 1, 1), today)


def _up_to_today(span: Span, first: date, today: date) -> Period:
    end = _end_of(span, first)
    return Period(first, min(end, today) if first <= today else end, span)


def _days_of_month(match: re.Match[str], today: date) -> Period | None:
    """ "1-15 mar", "1 to 15 march 2026"."""
    return _between(f"{match['a']} {match['rest']}", f"{match['b']} {match['rest']}", today)


def _range(match: re.Match[str], today: date) -> Period | None:
    return _between(match["first"], match["last"], today)


def _between(begins: str, ends: str, today: date) -> Period | None:
    """From a day to a day; days without a year are the last ones, and the end may lie a little ahead of today."""
    last = _date(ends, today)
    first = _date(begins, today)
    if last is None or first is None or first <= last:
        return None if last is None or first is None else Period(first, last)
    if re.search(r"20\d\d", ends):
        before = _date(begins, last)  # without a year: the last one before the end
        if before is None:
            return None
        # The same month of the year before is a slip, not a year's stretch: an end before its beginning.
        return Period(first if (before.month, before.year) == (last.month, last.year - 1) else before, last)
    ahead = _months_later(last, 12)
    return Period(first, ahead if (ahead - first).days <= _AHEAD_DAYS else last)


def _since(match: re.Match[str], today: date) -> Period | None:
    first = _date(match["first"], today)
    return None if first is None else Period(first, today)


def _single(match: re.Match[str], today: date) -> Period | None:
    day = _date(match[0], today)
    return None if day is None else Period(day, day)


def _date(text: str, latest: date) -> date | None:
    """A calendar day as people write it; without a year the last one up to ``latest``."""
    if text in ("today", "now"):
        return latest
    match = DAY.fullmatch(text.strip())
    if match is None or not any(match.groupdict().get(name) for name in ("iso", "dm", "md", "num", "dot")):
        return None
    year_ago = datetime.combine(_months_later(latest, -12) + DAY_LONG, time(), UTC)
    day: Day | None = read_day(match, year_ago)
    return day.on if day is not None else None


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end_of(span: Span, first: date) -> date:
    """The last day of the unit that begins on ``first``."""
    if span is Span.WEEK:
        return first + timedelta(days=6)
    return _months_later(first, _MONTHS_OF[span]) - DAY_LONG


def _said(day: date, *, year: bool) -> str:
    return f"{day.day} {_MONTHS[day.month - 1].title()}" + (f" {day.year}" if year else "")


_MONTH_NAME = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAYS_OF_MONTH = (
    r"(?:from )?(?P<a>\d{1,2})(?:st|nd|rd|th)?(?: ?- ?| to )"
    r"(?P<b>\d{1,2}(?:st|nd|rd|th)?) (?P<rest>[a-z]{3,9}\.?(?:,? 20\d\d)?)"
)
_PATTERNS: Final[tuple[tuple[str, Callable[[re.Match[str], date], Period | None]], ...]] = (
    (
        r"(?:(?P<which>this|current|last|previous|past) )?(?P<unit>week|month|quarter|year)(?: so far| to date)?",
        _relative,
    ),
    (r"(?P<u>[wmqy])td", _to_date),
    (r"(?P<day>today|yesterday)", _day),
    (
        r"(?:in |over )?(?:the )?(?:last|past|previous) (?P<n>\d{1,4}) (?P<unit>days?|weeks?|months?|quarters?|years?)",
        _last_many,
    ),
    (rf"{_MONTH_NAME}\.?,?(?: (?P<year>20\d\d))?", _month),
    (r"(?:(?P<year2>20\d\d)[ -]?)?q(?P<q>[1-4])(?:[ /-]?(?P<year>20\d\d))?", _quarter),
    (r"(?P<year>20\d\d)", _year),
    (
        _DAYS_OF_MONTH,
        _days_of_month,
    ),
    (r"(?:from |between )?(?P<first>.{3,20}?)(?: - | to | until | till | and |\.\.)(?P<last>.{3,20})", _range),
    (r"(?P<first>20\d\d-\d\d-\d\d)-(?P<last>20\d\d-\d\d-\d\d)", _range),
    (r"(?:since|from) (?P<first>.{3,20})", _since),
    (r".{3,20}", _single),
)
_DAY_AND_MONTH: Final = re.compile(rf"\b(?P<n>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH_NAME}\b\.?(?:,? (?P<year>20\d\d))?")
_GRAMMAR: Final = tuple((re.compile(pattern), read) for pattern, read in _PATTERNS)
