"""Reads times as people write them: "tue 15:00", "tmrw 3pm ET", "in 20 min", "until 12 Dec".

What must stay true: nothing is guessed silently. Whatever had to be added to the words stands in
``When.assumed``; a date with two readings ("12/3") names the other one in ``When.others``; what is not
understood is ``None``. No result lies in the past. Wall times that a clock change skips move forward.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.domain.time_days import DAY, Day, month_alone, read_day, say_day, skip_weekend
from bot.domain.time_zones import zone_at, zone_of


@dataclass(frozen=True, slots=True)
class When:
    """An instant that somebody put into words.

    ``at`` is aware UTC; ``tz`` the IANA zone the words were read in. ``date_only``: no time of day was
    given, ``at`` is then the start of that local day (or now, if that day is today). ``others`` holds the
    other readings of an ambiguous date: ask. ``theirs``: "their time" was said; see ``moved``.
    """

    at: datetime
    tz: str
    assumed: tuple[str, ...] = ()
    date_only: bool = False
    others: tuple[datetime, ...] = ()
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A time phrase inside a longer text, from ``start`` up to ``end``."""

    when: When
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Clock:
    at: time
    end: int
    assumed: tuple[str, ...] = ()


_UNITS = r"(?:min|mins|minutes|m|h|hrs?|hours?|days?|weeks?|months?|years?|people|users|seats|k|%|€|\$|percent)\b"
_CLOCK: Final = re.compile(
    rf"""(?P<at>(?:at|@|around|about|by|ca\.?)\s*)?(?:
        (?P<h12>\d{{1,2}})(?:[:.](?P<m12>\d{{2}}))?
            (?:\s*[-–]\s*\d{{1,2}}(?:[:.]\d{{2}})?)?\s*(?P<half>[ap])\.?m\b\.?
      | (?P<h24>\d{{1,2}}):(?P<m24>\d{{2}})(?![\d:])(?:\s*[-–]\s*\d{{1,2}}:\d{{2}})?(?:\s*(?:uhr|hrs)\b)?
      | (?P<hh>\d{{1,2}})h(?P<mh>\d{{2}})?\b
      | (?P<word>noon|midday|midnight|eod|end\s+of\s+(?:the\s+)?day|lunch\s?time)\b
      | (?P<bare>\d{{1,2}}(?:\.(?P<mbare>\d{{2}}))?)(?![\d:/.%-]|\w|\s*{_UNITS})
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_PART = re.compile(r"\s+(?:in\s+the\s+)?(morning|afternoon|evening|night)\b", re.IGNORECASE)
_GLUE = re.compile(r"\s*[,@]?\s*(?:\b(?:at|on|around|about|by)\s)?\s*", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:(?:^|(?<=[\s,;:(]))(?:until|till|til|back|on|by|from|for|at|around|about|@|is|due)\s+)+$", re.IGNORECASE
)
_SOON = re.compile(
    r"in\s+(?P<n>\d{1,3}|an?|half\s+an|a\s+couple\s+of|a\s+few)\s*(?P<unit>m|mins?|minutes?|h|hrs?|hours?)\b",
    re.IGNORECASE,
)

_SEARCH: Final = re.compile(
    rf"(?<![\w@./:+-])(?:(?:{_SOON.pattern.replace('?P<n>', '?:').replace('?P<unit>', '?:')})"
    rf"|{DAY.pattern}|(?P<clock>{_CLOCK.pattern}))",
    DAY.flags,
)

# What the words of the language mean, when no hour is given; told to the reader each time.
_NAMED_HOURS = {
    "noon": time(12),
    "midday": time(12),
    "midnight": time(0),
    "lunch": time(12),
    "eod": time(17),
    "end of day": time(17),
    "morning": time(9),
    "afternoon": time(14),
    "evening": time(18),
    "night": time(18),
}
_EARLIEST_AS_WRITTEN = 8
"""A lone "3" or "3:30" is the afternoon: hours before this one are not meant as early morning."""
_COUNTS = {"a": 1.0, "an": 1.0, "half an": 0.5, "a couple of": 2.0, "a few": 3.0}


def read_when(text: str, now: datetime, tz: str) -> When | None:
    """The time that ``text`` says and nothing but it, or ``None`` when it is not understood.

    ``now`` is aware UTC; ``tz`` the IANA zone of the person who wrote. Words around a time ("until", "on")
    are fine, other words are not.
    """
    words = " ".join(text.split()).strip(" ,;:!()")
    if not words:
        return None
    found = find_when(words, now, tz, bare_month=True)
    if found is not None and not words[: found.start].strip() and not words[found.end :].strip(" .,;:!()"):
        return found.when
    if found is not None:
        return None
    from bot.domain.time_fallback import read_loosely

    return read_loosely(words, now, tz)


def find_when(text: str, now: datetime, tz: str, start: int = 0, *, bare_month: bool = False) -> Found | None:
    """The first time phrase of ``text`` at or after ``start``. Strict grammar only, linear in the text.

    ``bare_month``: a month's name standing right at ``start`` counts without "in" or "until" before it.
    """
    _require_aware(now)
    if bare_month:
        month = month_alone(text, start)
        if month is not None:
            found = _compose(text, month.start(), now, tz, bare_month=True)
            if found is not None:
                return found
    position = start
    while (match := _SEARCH.search(text, position)) is not None:
        found = _compose(text, match.start(), now, tz, bare_month=False)
        if found is not None:
            return found
        position = match.end() if match.end() > match.start() else match.start() + 1
    return None


def moved(when: When, tz: str) -> When:
    """The same wall time in another zone: for "their time", once the person's zone is known."""
    wall = when.at.astimezone(zone_of(when.tz)).replace(tzinfo=None)
    at, told = _place(wall, tz)
    return replace(when, at=at, tz=tz, assumed=(*when.assumed, *told), theirs=False)


def say_when(when: When) -> str:
    """In plain words and the zone it was read in: "Tue 12 Mar 2026, 15:00 (Europe/Berlin)"."""
    local = when.at.astimezone(zone_of(when.tz))
    day = f"{say_day(local.date())} {local.year}"
    return day if when.date_only else f"{day}, {local:%H:%M} ({when.tz})"


def _compose(text: str, start: int, now: datetime, tz: str, *, bare_month: bool) -> Found | None:
    """Day, clock and zone in either order, from ``start``."""
    soon = _SOON.match(text, start)
    if soon is not None:
        return _soon(soon, text, now, tz)
    day_match = month_alone(text, start) if bare_month else DAY.match(text, start)
    end, clock = start, None
    if day_match is None:
        clock = _clock_at(text, start, after_day=False)
        if clock is None:
            return None
        zone = zone_at(text, clock.end, tz)
        end = zone[2] if zone else clock.end
        day_match = DAY.match(text, _skip_glue(text, end))
        end = day_match.end() if day_match else end
    else:
        end = day_match.end()
        at = _skip_glue(text, end)
        said = any(mark in text[end:at].casefold() for mark in ("at", "@"))
        clock = _clock_at(text, at, after_day=True, said_at=said) or _part_of_day(text, end)
        end = clock.end if clock else end
        zone = zone_at(text, end, tz) if clock else None
        end = zone[2] if zone else end
    zone_name, theirs = (zone[0], zone[1]) if zone else (tz, False)
    if day_match is not None and zone is None and clock is not None:
        late = zone_at(text, end, tz)
        zone_name, theirs, end = late or (zone_name, theirs, end)
    day = read_day(day_match, now.astimezone(zone_of(zone_name))) if day_match else None
    if day_match is not None and day is None:
        return None
    when = _resolve(day, clock, now, zone_name)
    if when is None:
        return None
    return Found(replace(when, theirs=theirs), _with_lead(text, start), end)


def _soon(match: re.Match[str], text: str, now: datetime, tz: str) -> Found:
    words = " ".join(match["n"].casefold().split())
    count = _COUNTS[words] if words in _COUNTS else float(words)
    hours = match["unit"].casefold().startswith("h")
    told = (f"“{match[0]}” taken as {count:g}",) if words == "a few" else ()
    step = timedelta(hours=count) if hours else timedelta(minutes=count)
    return Found(When(now.astimezone(UTC) + step, tz, told), _with_lead(text, match.start()), match.end())


def _clock_at(text: str, start: int, *, after_day: bool, said_at: bool = False) -> _Clock | None:
    match = _CLOCK.match(text, start)
    if match is None:
        return None
    if match["word"]:
        return _named_hour(match["word"], match.end())
    if match["bare"]:
        if not (after_day or (match["at"] or "").strip() in {"at", "@"}):
            return None
        if after_day and not (match["at"] or said_at) and not _ends_here(text, match.end()):
            return None
    hour = int(match["h12"] or match["h24"] or match["hh"] or match["bare"].split(".")[0])
    minute = int(match["m12"] or match["m24"] or match["mh"] or match["mbare"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].casefold() == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    written = (match["h24"] or match["bare"] or "").startswith("0") or match["hh"]
    if match["half"] or written or not 1 <= hour < _EARLIEST_AS_WRITTEN:
        return _Clock(time(hour, minute), match.end())
    taken = time(hour + 12, minute)
    return _Clock(taken, match.end(), (f"{hour}:{minute:02} taken as {taken:%H:%M}",))


def _named_hour(word: str, end: int) -> _Clock:
    name = " ".join(word.casefold().replace("the ", "").split())
    at = _NAMED_HOURS["lunch" if name.startswith("lunch") else name]
    exact = name in {"noon", "midday", "midnight"}
    return _Clock(at, end, () if exact else (f"“{word}” taken as {at:%H:%M}",))


def _part_of_day(text: str, start: int) -> _Clock | None:
    match = _PART.match(text, start)
    return _named_hour(match[1], match.end()) if match else None


def _ends_here(text: str, end: int) -> bool:
    rest = text[end : end + 6].lstrip(" ")
    return not rest or rest[0] in ",;.)\n-–—" or zone_at(text, end, "UTC") is not None


def _skip_glue(text: str, start: int) -> int:
    match = _GLUE.match(text, start)
    return match.end() if match else start


def _with_lead(text: str, start: int) -> int:
    """Where the phrase begins with its "until", "on", "back on"."""
    window = max(0, start - 24)
    lead = _LEAD.search(text[window:start])
    return window + lead.start() if lead else start


def _resolve(day: Day | None, clock: _Clock | None, now: datetime, tz: str) -> When | None:
    local = now.astimezone(zone_of(tz))
    if day is not None and clock is None:
        return _whole_day(day, now, local, tz)
    if clock is None:
        return None
    told = (day.assumed if day else ()) + clock.assumed
    on, more = _day_for(day, clock.at, local)
    if on is None:
        return None
    at, shifted = _place(datetime.combine(on, clock.at), tz)
    others = tuple(_place(datetime.combine(other, clock.at), tz)[0] for other in (day.others if day else ()))
    return When(at, tz, (*told, *more, *shifted), others=others) if at >= now else None


def _day_for(day: Day | None, at: time, local: datetime) -> tuple[date | None, tuple[str, ...]]:
    """The day this clock time falls on: later today, else the next sensible one."""
    today = local.date()
    ahead = at > local.time()
    if day is None:
        on = today if ahead else skip_weekend(today + timedelta(days=1))
        return on, () if ahead else (f"{at:%H:%M} has passed today, so {say_day(on)}",)
    if day.on > today:
        return day.on, ()
    if day.on < today:
        return None, ()
    if ahead:
        return today, ("taken as today",) if day.weekly else ()
    on = today + timedelta(days=7) if day.weekly else skip_weekend(today + timedelta(days=1))
    return on, (f"{at:%H:%M} has passed today, so {say_day(on)}",)


def _whole_day(day: Day, now: datetime, local: datetime, tz: str) -> When | None:
    today, on, told = local.date(), day.on, day.assumed
    if on < today:
        return None
    if on == today and day.weekly:
        on += timedelta(days=7)
        told = (*told, f"taken as {say_day(on)}")
    start: Callable[[date], datetime] = lambda d: max(_place(datetime.combine(d, time()), tz)[0], now)  # noqa: E731
    return When(start(on), tz, told, date_only=True, others=tuple(start(other) for other in day.others))


def _place(wall: datetime, tz: str) -> tuple[datetime, tuple[str, ...]]:
    """A wall time in UTC; one that a clock change skips moves forward, and that is said."""
    zone = zone_of(tz)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    back = at.astimezone(zone).replace(tzinfo=None)
    if back != wall:
        return at, (f"{wall:%H:%M} does not exist that day (clocks go forward), so {back:%H:%M}",)
    if wall.replace(tzinfo=zone, fold=1).astimezone(UTC) != at:
        return at, (f"{wall:%H:%M} comes twice that day (clocks go back), the first is taken",)
    return at, ()


def _require_aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("now must be aware")
