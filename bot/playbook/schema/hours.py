"""Working hours as people write them: ``mon-fri 9:00-17:00``, ``mon-thu 8:30-12:00,13:00-17:30; fri 9-15``.

What must stay true: shifts of a day are sorted and do not overlap; ``format_hours(parse_hours(text))`` means
the same hours. A shift that begins before midnight may end at 24:00, never after it.
"""

import itertools
import re

from bot.playbook.schema.base import WEEKDAYS

Shifts = tuple[tuple[tuple[int, int], ...], ...]
"""For each weekday from Monday: shifts as (start, end) in minutes after local midnight."""

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_NAMES = {name: index for index, name in enumerate(WEEKDAYS)}
_LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class HoursError(ValueError):
    """The text does not say working hours; the message is a plain sentence with the way out."""


def parse_hours(text: str) -> Shifts:
    """Read working hours; raises `HoursError` with a sentence for the person who wrote them."""
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    clauses = [clause.strip() for clause in re.split(r"[;\n]", text.lower().replace("–", "-")) if clause.strip()]
    if not clauses:
        raise HoursError("There are no working hours. Write them like: mon-fri 9:00-17:00.")
    for clause in clauses:
        found = re.fullmatch(r"([a-z][a-z,\s-]*?)\s*(\d.*)", clause)
        if not found:
            raise HoursError(f"“{clause}” needs days and times. Write it like: mon-fri 9:00-17:00.")
        shifts = [_shift(part) for part in re.split(r"\s*[,+]\s*|\s+and\s+", found[2].strip())]
        for day in _days(found[1]):
            days[day].extend(shifts)
    return tuple(_without_overlap(index, day) for index, day in enumerate(days))


def _days(text: str) -> list[int]:
    chosen: list[int] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,\s]+(?!-)", re.sub(r"\s*-\s*", "-", text)))):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last) if dash else _day(first)
        # sat-mon runs over the end of the week.
        chosen.extend((start + step) % 7 for step in range((end - start) % 7 + 1))
    return chosen


def _day(word: str) -> int:
    if word in _NAMES:
        return _NAMES[word]
    for index, long in enumerate(_LONG):
        if len(word) >= 2 and long.startswith(word):
            return index
    raise HoursError(f"“{word}” is not a weekday. Use mon, tue, wed, thu, fri, sat or sun.")


def _shift(text: str) -> tuple[int, int]:
    first, dash, last = (piece.strip() for piece in text.partition("-"))
    if not dash:
        raise HoursError(f"“{text}” has no end. Write a start and an end, like 9:00-17:00.")
    start, end = _minutes(first), _minutes(last)
    if end <= start:
        raise HoursError(
            f"“{text}” ends before it starts. For a shift over midnight write two: mon 22:00-24:00; tue 0:00-6:00."
        )
    return start, end


def _minutes(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if hour * 60 + minute > 24 * 60 or minute > 59:
        raise HoursError(f"“{text}” is not a time of day. Use the 24-hour clock, like 8:30 or 17:00.")
    return hour * 60 + minute


def _without_overlap(weekday: int, shifts: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    ordered = sorted(set(shifts))
    for (_, end), (start, _) in itertools.pairwise(ordered):
        if start < end:
            raise HoursError(f"The shifts on {WEEKDAYS[weekday]} overlap. Let each begin when the one before ends.")
    return tuple(ordered)


def format_hours(shifts: Shifts) -> str:
    """Write working hours as `parse_hours` reads them, days of equal hours together."""
    clauses: list[str] = []
    day = 0
    while day < 7:
        last = day
        while last < 6 and shifts[last + 1] == shifts[day]:
            last += 1
        if shifts[day]:
            days = WEEKDAYS[day] if last == day else f"{WEEKDAYS[day]}-{WEEKDAYS[last]}"
            times = ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in shifts[day])
            clauses.append(f"{days} {times}")
        day = last + 1
    return "; ".join(clauses)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
