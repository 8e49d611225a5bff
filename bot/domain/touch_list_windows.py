"""When an e-mail or a call belongs into somebody's day, seen from the rep's day (process §5).

What must stay true: spans are half-open and UTC; an unknown place counts as all its candidates at once; a day of the
recipient has the length it really has, also when their clocks change.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.business_time import WorkWeek, day_shifts
from bot.playbook.schema import Playbook
from bot.playbook.schema.base import WEEKDAYS

Span = tuple[datetime, datetime]
Spans = tuple[Span, ...]

_DAY = timedelta(days=1)


def local_moment(timezone: str, day: date, at: time) -> datetime:
    """A time of a local day as UTC; one that the clocks jump over is the moment they jump to."""
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)


def local_day(timezone: str, day: date) -> Span:
    """A local date from midnight to midnight."""
    return local_moment(timezone, day, time()), local_moment(timezone, day + _DAY, time())


def working_spans(week: WorkWeek, day: date) -> Spans:
    """When somebody works on a local date of theirs; empty on a day off."""
    return tuple((shift.start, shift.end) for shift in day_shifts(week, day))


def mail_spans(zones: tuple[str, ...], within: Span, rules: Playbook) -> Spans:
    """When e-mail belongs: early and late in the recipient's day, as far as it lies in ``within``."""
    book = rules.touch_list
    return _theirs(zones, within, ((time(), book.email_before), (book.email_after, None)), None)


def call_spans(zones: tuple[str, ...], within: Span, rules: Playbook) -> Spans:
    """When calls belong: the business hours of the person called, as far as they lie in ``within``."""
    calls = rules.compliance.calls
    return _theirs(zones, within, ((calls.default_from, calls.default_until),), tuple(calls.days))


def common(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """What lies in both."""
    others = list(other)
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in others if max(a, c) < min(b, d)]
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def _theirs(
    zones: tuple[str, ...], within: Span, parts: tuple[tuple[time, time | None], ...], weekdays: tuple[str, ...] | None
) -> Spans:
    """The ``parts`` of each local day that lie in ``within``, in every zone at once; no zone, no span."""
    result: Spans | None = None
    for spans in {_in_zone(name, within, parts, weekdays) for name in zones}:
        result = spans if result is None else common(result, spans)
    return result or ()


@lru_cache(maxsize=4096)
def _in_zone(
    name: str, within: Span, parts: tuple[tuple[time, time | None], ...], weekdays: tuple[str, ...] | None
) -> Spans:
    first = within[0].astimezone(ZoneInfo(name)).date()
    found: list[Span] = []
    for step in range((within[1] - within[0]).days + 2):
        day = first + _DAY * step
        if weekdays is not None and WEEKDAYS[day.weekday()] not in weekdays:
            continue
        for begins, ends in parts:
            start = local_moment(name, day, begins)
            end = local_moment(name, day, ends) if ends else local_moment(name, day + _DAY, time())
            found.append((start, end))
    return common(found, (within,))
