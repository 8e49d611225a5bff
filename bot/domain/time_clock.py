"""The hours of the time grammar: "15:00", "3 p.m.", "at 9", "noon", "7 in the evening"; and where a wall time lies.

What must stay true: an hour that can be meant in two ways says which one was taken (``Clock.assumed``).
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Final

from bot.domain.time_zones import zone_at, zone_of


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day that ends at ``end`` in the text. ``loose``: said without a.m. or p.m., before noon.

    ``part``: it is the usual hour of this part of the day.
    """

    at: time
    end: int
    assumed: tuple[str, ...] = ()
    loose: bool = False
    part: str = ""


_UNITS = r"(?:min|mins|minutes|m|h|hrs?|hours?|days?|weeks?|months?|years?|people|users|seats|k|%|€|\$|percent)\b"
CLOCK: Final = re.compile(
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
_PART = re.compile(r"\s+(?:in\s+the\s+|at\s+)?(morning|afternoon|evening|night)\b", re.IGNORECASE)
_GLUE = re.compile(r"\s*[,@]?\s*(?:\b(?:at|on|around|about|by)\s)?\s*", re.IGNORECASE)

# What the words of the language mean, when no hour is given; told to the reader each time.
_NAMED_HOURS: Final = {
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
_PART_ENDS: Final = {"morning": time(12), "afternoon": time(18), "evening": time(22), "night": time(22)}
_EARLIEST_AS_WRITTEN = 8
"""A lone "3" or "3:30" is the afternoon: hours before this one are not meant as early morning."""


def clock_at(text: str, start: int, *, after_day: bool, said_at: bool = False) -> Clock | None:
    """The time of day right at ``start``. A lone number counts only after a day, or with "at"."""
    match = CLOCK.match(text, start)
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
    written = match["half"] or (match["h24"] or match["bare"] or "").startswith("0") or match["hh"]
    loose = not written and 1 <= hour < 12
    if not loose or hour >= _EARLIEST_AS_WRITTEN:
        return Clock(time(hour, minute), match.end(), loose=loose)
    return _taken(hour, minute, match.end())


def part_of_day(text: str, start: int) -> Clock | None:
    """ "morning" or "in the evening" after a day, as an hour."""
    match = _PART.match(text, start)
    return replace(_named_hour(match[1], match.end()), part=match[1].casefold()) if match else None


def in_part(clock: Clock | None, part: str, end: int, earliest: time | None) -> Clock | None:
    """The hour that is meant in a part of the day: the one said, else the usual one.

    ``earliest``: that part is today's, and its usual hour may have passed: then the next full hour in it.
    ``None`` if the part of the day is over.
    """
    if clock is not None:
        if clock.loose and part != "morning":
            return _taken(clock.at.hour, clock.at.minute, clock.end)
        return clock
    usual = _NAMED_HOURS[part]
    if earliest is not None and usual <= earliest:
        if earliest.hour + 1 >= _PART_ENDS[part].hour:
            return None
        usual = time(earliest.hour + 1)
    return Clock(usual, end, (f"“{part}” taken as {usual:%H:%M}",))


def then_part(text: str, clock: Clock) -> Clock:
    """The hour with what follows it: "7 in the evening"."""
    match = _PART.match(text, clock.end)
    if match is None:
        return clock
    told = in_part(clock, match[1].casefold(), match.end(), None) or clock
    return Clock(told.at, match.end(), told.assumed)


def skip_glue(text: str, start: int) -> int:
    """Where what follows a day or an hour begins: behind "at", "on", a comma."""
    match = _GLUE.match(text, start)
    return match.end() if match else start


def place(wall: datetime, tz: str) -> tuple[datetime, tuple[str, ...]]:
    """A wall time in UTC; one that a clock change skips moves forward, and that is said."""
    zone = zone_of(tz)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    back = at.astimezone(zone).replace(tzinfo=None)
    if back != wall:
        return at, (f"{wall:%H:%M} does not exist that day (clocks go forward), so {back:%H:%M}",)
    if wall.replace(tzinfo=zone, fold=1).astimezone(UTC) != at:
        return at, (f"{wall:%H:%M} comes twice that day (clocks go back), the first is taken",)
    return at, ()


def _taken(hour: int, minute: int, end: int) -> Clock:
    taken = time(hour + 12, minute)
    return Clock(taken, end, (f"{hour}:{minute:02} taken as {taken:%H:%M}",))


def _named_hour(word: str, end: int) -> Clock:
    name = " ".join(word.casefold().replace("the ", "").split())
    at = _NAMED_HOURS["lunch" if name.startswith("lunch") else name]
    exact = name in {"noon", "midday", "midnight"}
    return Clock(at, end, () if exact else (f"“{word}” taken as {at:%H:%M}",))


def _ends_here(text: str, end: int) -> bool:
    if _PART.match(text, end):
        return True
    rest = text[end : end + 6].lstrip(" ")
    return not rest or rest[0] in ",;.)\n-–—" or zone_at(text, end, "UTC") is not None
