"""Times that have been: "yesterday 15:00", "last friday", "10 min ago"; for when a touch happened.

What must stay true: nothing that lies ahead is read here, and nothing that is read here is ever taken as a time to
come. Linear in the text.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.domain.time_clock import Clock, clock_at, in_part, part_of_day, place, skip_glue
from bot.domain.time_days import DAY, WEEKDAY, read_day, say_day, weekday_of
from bot.domain.time_zones import ZoneSaid, zone_at, zone_of

_AGO: Final = re.compile(
    r"(?:about\s+|around\s+)?(?P<n>\d{1,3}|an?|half\s+an|one|two|three|four|five|six|a\s+couple\s+of|a\s+few)\s*"
    r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?|wks?|weeks?|months?)\s+ago\b",
    re.IGNORECASE,
)
_DAY: Final = re.compile(
    rf"(?P<before>(?:the\s+)?day\s+before\s+yesterday)\b|(?P<yesterday>yest(?:erday|erdy)?|ystrday|last\s+night|gestern|gisteren|ayer|ieri|ontem)\b"
    rf"|(?P<today>earlier\s+today|earlier\s+this\s+(?:morning|afternoon|evening)|this\s+morning)\b"
    rf"|last\s+(?P<weekday>{WEEKDAY})\b|(?P<vague>last\s+(?:week|month|quarter|year))\b",
    re.IGNORECASE,
)
_HINT: Final = re.compile(r"yest|ystr|last|ago|earlier|this\s+morning|gestern|gister|ayer|ieri|ontem", re.IGNORECASE)
_COUNTS: Final = {
    "a": 1.0, "an": 1.0, "half an": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0,
    "a couple of": 2.0, "a few": 3.0,
}  # fmt: skip
_CLOCK_BEFORE: Final = re.compile(
    r"(?:(?:at|@|around|about)\s+)?\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\b\.?|h\b)?\s*,?\s*(?:on\s+)?$", re.IGNORECASE
)
_LOOK_BACK: Final = 24
_NO_HOUR: Final = time(12)
_RECENT: Final = timedelta(days=270)
"""A date without a year that lies further back than this is not meant as one that has been."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A time that has been, from ``start`` up to ``end`` of the text. ``at`` is aware UTC, None for "last week"."""

    at: datetime | None
    start: int
    end: int
    assumed: tuple[str, ...] = ()


def past_spans(text: str) -> list[tuple[int, int]]:
    """Where words stand that put a time into the past, with the hour beside them."""
    if not _HINT.search(text):
        return []
    spans = []
    for match in (*_AGO.finditer(text), *_DAY.finditer(text)):
        if match[0].casefold().startswith("this"):
            continue  # it may lie ahead
        clock = clock_at(text, skip_glue(text, match.end()), after_day=True)
        spans.append((_begin(text, match.start()), clock.end if clock else match.end()))
    return sorted(spans)


def find_past(text: str, now: datetime, tz: str, start: int = 0) -> Earlier | None:
    """The first time of ``text`` that is said to have been. ``now`` is aware UTC, ``tz`` the zone of who wrote."""
    if not _HINT.search(text, start):
        return None
    ago = (_ago(text, match, now, tz) for match in _AGO.finditer(text, start))
    days = (_past_day(text, match, now, tz) for match in _DAY.finditer(text, start))
    first = (next((one for one in found if one is not None), None) for found in (ago, days))
    return min((one for one in first if one is not None), key=lambda one: one.start, default=None)


def earlier_at(text: str, start: int, now: datetime, tz: str) -> Earlier | None:
    """The time right at ``start``, read as one that has been: "9:30" and "today 9:30" of today, "2 Mar 10:00"."""
    day = DAY.match(text, start)
    at = skip_glue(text, day.end()) if day else start
    clock = clock_at(text, at, after_day=day is not None)
    end = clock.end if clock else day.end() if day else start
    zone = zone_at(text, end, tz) if clock else None
    zone = zone or ZoneSaid(tz, end)
    local = now.astimezone(zone_of(zone.tz))
    if day is None:
        on: date | None = local.date() if clock else None
    else:
        on = _day_that_was(day, local)
    if on is None or (clock is None and on == local.date()):
        return None
    return _earlier(on, clock, zone, (start, zone.end), now)


def _day_that_was(day: re.Match[str], local: datetime) -> date | None:
    groups = day.groupdict()
    if (groups["rel"] or "").casefold() == "today":
        return local.date()
    if groups["iso"]:
        return date.fromisoformat(groups["iso"]) if _is_date(groups["iso"]) else None
    read = read_day(day, local) if groups["dm"] or groups["md"] or groups["num"] or groups["dot"] else None
    if read is None or not read.next_year:
        return None
    try:
        on = read.on.replace(year=local.year)
    except ValueError:
        return None
    return on if local.date() - on <= _RECENT else None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _ago(text: str, match: re.Match[str], now: datetime, tz: str) -> Earlier | None:
    words, unit = " ".join(match["n"].casefold().split()), match["unit"].casefold()
    count = _COUNTS[words] if words in _COUNTS else float(words)
    if unit.startswith("h"):
        back = timedelta(hours=count)
    elif unit in {"m", "min", "mins", "minute", "minutes"}:
        back = timedelta(minutes=count)
    else:
        back = timedelta(days=count * (1 if unit.startswith("d") else 7 if unit.startswith("w") else 30))
        clock = clock_at(text, skip_glue(text, match.end()), after_day=True)
        if clock is not None:
            on = (now - back).astimezone(zone_of(tz)).date()
            return _earlier(on, clock, ZoneSaid(tz, clock.end), (match.start(), clock.end), now)
    told = (f"“{match[0]}” taken as {count:g}",) if words == "a few" else ()
    return Earlier(now.astimezone(UTC) - back, match.start(), match.end(), told)


def _past_day(text: str, match: re.Match[str], now: datetime, tz: str) -> Earlier | None:
    if match["vague"]:
        return Earlier(None, match.start(), match.end())
    begin = _begin(text, match.start())
    clock = clock_at(text, begin, after_day=True) if begin < match.start() else None
    end = match.end()
    if clock is None:
        clock = clock_at(text, skip_glue(text, end), after_day=True)
        clock = clock or part_of_day(text, end)
        end = clock.end if clock else end
    zone = (zone_at(text, end, tz) if clock else None) or ZoneSaid(tz, end)
    today = now.astimezone(zone_of(zone.tz)).date()
    if match["weekday"]:
        on = today - timedelta(days=(today.weekday() - weekday_of(match["weekday"]) - 1) % 7 + 1)
    else:
        on = today - timedelta(days=2 if match["before"] else 1 if match["yesterday"] else 0)
    part = next((word for word in ("night", "morning", "afternoon", "evening") if word in match[0].casefold()), "")
    if part:
        clock = in_part(clock, part, end, None)
    elif clock is None and on == today:
        return None  # "earlier today" says no more than now
    return _earlier(on, clock, zone, (begin, zone.end), now)


def _earlier(on: date, clock: Clock | None, zone: ZoneSaid, span: tuple[int, int], now: datetime) -> Earlier | None:
    at, shifted = place(datetime.combine(on, clock.at if clock else _NO_HOUR), zone.tz)
    if at > now:
        return None
    told = clock.assumed if clock else (f"{say_day(on)}: no hour was said, so I took {_NO_HOUR:%H:%M}",)
    more = (zone.told,) if zone.told else ()
    return Earlier(at, *span, (*told, *shifted, *more))


def _begin(text: str, start: int) -> int:
    """Where an hour right before the day begins: "at 3pm yesterday"."""
    window = max(0, start - _LOOK_BACK)
    clock = _CLOCK_BEFORE.search(text[window:start])
    if clock is None or (window + clock.start() > 0 and text[window + clock.start() - 1].isalnum()):
        return start
    begin = window + clock.start()
    return begin if clock_at(text, begin, after_day=True) is not None else start
