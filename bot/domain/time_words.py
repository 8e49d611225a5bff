"""Reads times as people write them: "tue 15:00", "tmrw 3pm ET", "in 20 min", "until 12 Dec".

What must stay true: nothing is guessed silently. Whatever had to be added to the words stands in
``When.assumed``; a date with two readings ("12/3") names the other one in ``When.others``; what is not
understood is ``None``. No result lies in the past. Wall times that a clock change skips move forward.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from bot.domain.time_clock import CLOCK, Clock, clock_at, in_part, part_of_day, place, skip_glue, then_part
from bot.domain.time_days import DAY, Day, is_today, month_alone, read_day, said_part, say_day, skip_weekend
from bot.domain.time_past import past_spans
from bot.domain.time_zones import ZoneSaid, say_zone, zone_at, zone_of


@dataclass(frozen=True, slots=True)
class When:
    """An instant that somebody put into words.

    ``at`` is aware UTC; ``tz`` the IANA zone the words were read in. ``date_only``: no time of day was
    given, ``at`` is then the start of that local day (or now, if that day is today). ``others`` holds the
    other readings of an ambiguous date: ask. ``theirs``: "their time" was said: read it anew in their zone.
    ``unknown_place``: a place was said whose zone is not known: ask. ``next_year``: this year's day has passed.
    ``said``: the words.
    """

    at: datetime
    tz: str
    assumed: tuple[str, ...] = ()
    date_only: bool = False
    others: tuple[datetime, ...] = ()
    theirs: bool = False
    unknown_place: str = ""
    next_year: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A time phrase inside a longer text, from ``start`` up to ``end``."""

    when: When
    start: int
    end: int


_LEAD = re.compile(
    r"(?:(?:^|(?<=[\s,;:(]))(?:until|till|til|back|on|by|from|for|at|around|about|@|is|due)\s+)+$", re.IGNORECASE
)
_SOON = re.compile(
    r"in\s+(?P<n>\d{1,3}|an?|half\s+an|a\s+couple\s+of|a\s+few)\s*(?P<unit>m|mins?|minutes?|h|hrs?|hours?)\b",
    re.IGNORECASE,
)

_SEARCH: Final = re.compile(
    rf"(?<![\w@./:+-])(?:(?:{_SOON.pattern.replace('?P<n>', '?:').replace('?P<unit>', '?:')})"
    rf"|{DAY.pattern}|(?P<clock>{CLOCK.pattern}))",
    DAY.flags,
)

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


@lru_cache(maxsize=64)  # one line is looked through for different ends
def find_when(text: str, now: datetime, tz: str, start: int = 0, *, bare_month: bool = False) -> Found | None:
    """The first time phrase of ``text`` at or after ``start``. Strict grammar only, linear in the text.

    ``bare_month``: a month's name standing right at ``start`` counts without "in" or "until" before it.
    """
    _require_aware(now)
    if bare_month:
        month = month_alone(text, start)
        if month is not None:
            found, _ = _compose(text, month.start(), now, tz, bare_month=True)
            if found is not None:
                return found
    position, past = start, past_spans(text)
    while (match := _SEARCH.search(text, position)) is not None:
        while past and past[0][1] <= match.start():
            past.pop(0)
        if past and past[0][0] <= match.start():
            position = past[0][1]
            continue
        found, end = _compose(text, match.start(), now, tz, bare_month=False)
        if found is not None:
            return found
        position = max(end, match.end(), match.start() + 1)
    return None


def say_when(when: When) -> str:
    """In plain words and the zone it was read in: "Tue 12 Mar 2026, 15:00 (Europe/Berlin)"."""
    local = when.at.astimezone(zone_of(when.tz))
    day = f"{say_day(local.date())} {local.year}"
    return day if when.date_only else f"{day}, {local:%H:%M} ({when.tz})"


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A phrase taken apart: the day's words, the hour, the zone, and where it ends. ``over``: that time has passed."""

    day: re.Match[str] | None
    clock: Clock | None
    zone: ZoneSaid | None
    end: int
    over: bool = False


def _compose(text: str, start: int, now: datetime, tz: str, *, bare_month: bool) -> tuple[Found | None, int]:
    """Day, clock and zone in either order, from ``start``; and where they end, understood or not."""
    soon = _SOON.match(text, start)
    if soon is not None:
        return _soon(soon, text, now, tz), soon.end()
    day_match = month_alone(text, start) if bare_month else DAY.match(text, start)
    pieces = _hour_first(text, start, tz) if day_match is None else _day_first(text, day_match, now, tz)
    if pieces is None:
        return None, start
    zone = pieces.zone or ZoneSaid(tz, pieces.end)
    day = read_day(pieces.day, now.astimezone(zone_of(zone.tz))) if pieces.day else None
    if pieces.over or (pieces.day is not None and day is None):
        return None, pieces.end
    when = _resolve(day, pieces.clock, now, zone.tz)
    if when is None:
        return None, pieces.end
    told = (*when.assumed, zone.told) if zone.told else when.assumed
    when = replace(when, theirs=zone.theirs, unknown_place=zone.unknown, assumed=told)
    return Found(when, _with_lead(text, start), pieces.end), pieces.end


def _hour_first(text: str, start: int, tz: str) -> _Pieces | None:
    """ "3pm ET tomorrow", "3pm tomorrow ET"."""
    clock = clock_at(text, start, after_day=False)
    if clock is None:
        return None
    clock = then_part(text, clock)
    zone = zone_at(text, clock.end, tz)
    end = zone.end if zone else clock.end
    day = DAY.match(text, skip_glue(text, end))
    if day is None:
        return _Pieces(None, clock, zone, end)
    part, said = said_part(day), in_part(clock, said_part(day), clock.end, None) if said_part(day) else clock
    end = day.end()
    following = None if part else part_of_day(text, end)
    if following is not None:
        said, end = then_part(text, replace(clock, end=end)), following.end
    zone = zone or zone_at(text, end, tz)
    return _Pieces(day, said, zone, max(end, zone.end if zone else 0))


def _day_first(text: str, day: re.Match[str], now: datetime, tz: str) -> _Pieces:
    """ "tomorrow evening at 7", "this afternoon", "tue 3pm ET"."""
    part, end = said_part(day), day.end()
    following = None if part else part_of_day(text, end)
    if following is not None:
        part, end = following.part, following.end
    at = skip_glue(text, end)
    said = any(mark in text[end:at].casefold() for mark in ("at", "@"))
    clock = clock_at(text, at, after_day=True, said_at=said)
    clock = then_part(text, clock) if clock is not None and not part else clock
    if part:
        today = now.astimezone(zone_of(tz)).time() if day["rel"] and is_today(day) else None
        clock = in_part(clock, part, end, today)
        if clock is None:
            return _Pieces(day, None, None, end, over=True)
    end = clock.end if clock else end
    zone = zone_at(text, end, tz) if clock else None
    return _Pieces(day, clock, zone, zone.end if zone else end)


def _soon(match: re.Match[str], text: str, now: datetime, tz: str) -> Found:
    words = " ".join(match["n"].casefold().split())
    count = _COUNTS[words] if words in _COUNTS else float(words)
    hours = match["unit"].casefold().startswith("h")
    told = (f"“{match[0]}” taken as {count:g}",) if words == "a few" else ()
    step = timedelta(hours=count) if hours else timedelta(minutes=count)
    return Found(When(now.astimezone(UTC) + step, tz, told), _with_lead(text, match.start()), match.end())


def _with_lead(text: str, start: int) -> int:
    """Where the phrase begins with its "until", "on", "back on"."""
    window = max(0, start - 24)
    lead = _LEAD.search(text[window:start])
    return window + lead.start() if lead else start


def _resolve(day: Day | None, clock: Clock | None, now: datetime, tz: str) -> When | None:
    local = now.astimezone(zone_of(tz))
    if day is not None and clock is None:
        return _whole_day(day, now, local, tz)
    if clock is None:
        return None
    told = (day.assumed if day else ()) + clock.assumed
    on, more = _day_for(day, clock.at, local)
    if on is None:
        return None
    at, shifted = place(datetime.combine(on, clock.at), tz)
    others = tuple(place(datetime.combine(other, clock.at), tz)[0] for other in (day.others if day else ()))
    next_year = day is not None and day.next_year
    return When(at, tz, (*told, *more, *shifted), others=others, next_year=next_year) if at >= now else None


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
    if not day.weekly:
        return None, ()
    on = today + timedelta(days=7)
    return on, (f"{at:%H:%M} has passed today, so {say_day(on)}",)


def _whole_day(day: Day, now: datetime, local: datetime, tz: str) -> When | None:
    today, on, told = local.date(), day.on, day.assumed
    if on < today:
        return None
    if on == today and day.weekly:
        on += timedelta(days=7)
        told = (*told, f"taken as {say_day(on)}")
    start: Callable[[date], datetime] = lambda d: max(place(datetime.combine(d, time()), tz)[0], now)  # noqa: E731
    others = tuple(start(other) for other in day.others)
    return When(start(on), tz, told, date_only=True, others=others, next_year=day.next_year)


def say_for(when: When, tz: str) -> str:
    """In plain words for somebody in ``tz``: "Tue 12 Mar 2026, 15:00", with the zone's usual name if it is another."""
    local = when.at.astimezone(zone_of(when.tz))
    day = f"{say_day(local.date())} {local.year}"
    if when.date_only:
        return day
    return f"{day}, {local:%H:%M}" + ("" if when.tz == tz else f" {say_zone(when.tz)} time")


def _require_aware(now: datetime) -> None:
    if now.tzinfo is None:
        raise ValueError("now must be aware")
