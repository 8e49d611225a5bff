"""The kinds of value a playbook is made of: durations, times of day, weekdays, percentages, texts.

What must stay true: every refusal says what is wrong and what to write instead; ``refuse`` is the one way to
say it, so that `bot.playbook.load` can show the line, the problem and the way out.
"""

import itertools
import re
from collections.abc import Iterable
from datetime import time, timedelta
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_UNIT_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:\d+[wdhms])+")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def refuse(message: str, fix: str) -> PydanticCustomError:
    """Build the error for a value that cannot be right; ``fix`` is the sentence that tells the way out."""
    # Braces are doubled because pydantic formats the template once more.
    return PydanticCustomError("playbook", "{problem}", {"problem": message, "fix": fix})


class Section(BaseModel):
    """A part of the playbook: unknown keys are refused, values never change after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parse_duration(value: object) -> timedelta:
    """Read ``90s``, ``3m``, ``24h``, ``21d``, ``1h30m``; a bare number is refused because it has no unit."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refuse(
            f"{value} has no unit", f"Say the unit: {value}s, {value}m, {value}h or {value}d for seconds to days."
        )
    text = str(value).strip().lower()
    if not _DURATION.fullmatch(text):
        raise refuse(f"{value!r} is not a length of time", "Write it like 90s, 3m, 24h, 21d or 1h30m.")
    seconds = sum(int(number) * _UNIT_SECONDS[unit] for number, unit in re.findall(r"(\d+)([wdhms])", text))
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise refuse(f"{value!r} is too long", "Use a length of time a team can live to see.") from None


def format_duration(value: timedelta) -> str:
    """Write a duration the way the playbook reads it: ``90s``, ``3m``, ``24h``, ``21d``."""
    seconds = int(value.total_seconds())
    for unit in ("d", "h", "m"):
        size = _UNIT_SECONDS[unit]
        # People say 60 seconds and 24 hours, not one minute and one day.
        if seconds and seconds % size == 0 and not (unit in "dm" and seconds == size):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def parse_time(value: object) -> time:
    """Read a time of day as ``07:30``, 24-hour clock."""
    if isinstance(value, time):
        return value
    found = _TIME.fullmatch(str(value).strip())
    if not found:
        raise refuse(f"{value!r} is not a time of day", 'Write hours and minutes, like "07:30" or "17:00".')
    return time(int(found[1]), int(found[2]))


def format_time(value: time) -> str:
    """Write a time of day as ``07:30``."""
    return value.strftime("%H:%M")


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration, return_type=str)]
"""A length of time: ``90s``, ``3m``, ``24h``, ``21d`` in the file, ``timedelta`` in the model."""

TimeOfDay = Annotated[time, BeforeValidator(parse_time), PlainSerializer(format_time, return_type=str)]
"""A time of day in somebody's own zone: ``"07:30"`` in the file, ``time`` in the model."""

Percent = Annotated[int, Field(ge=0, le=100)]
"""A whole number of per cent."""

Count = Annotated[int, Field(ge=1)]
"""A whole number of at least one."""

Points = Annotated[int, Field(ge=-1000, le=1000)]
"""Points of a score; negative ones take away."""

Sentence = Annotated[str, Field(min_length=1, max_length=3000)]
"""A text that is shown to people or sent by them."""

Reason = Annotated[str, Field(min_length=1, max_length=75)]
"""A reason somebody picks from a list; Slack's options hold 75 characters."""


def _country(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2}", value.strip()):
        raise refuse(f"{value!r} is not a country code", "Use the two letters of ISO 3166, like DE, US or GB.")
    return value.strip().upper()


def _domain(value: Any) -> Any:
    text = str(value).strip().lower()
    if not re.fullmatch(r"[^\s@/:]+\.[^\s@/:]+", text):
        raise refuse(f"{value!r} is not a domain", "Write the bare domain, like example.com, without @ or https.")
    return text


Country = Annotated[str, BeforeValidator(_country)]
"""A country as ISO 3166 two-letter code, upper case."""

Domain = Annotated[str, BeforeValidator(_domain)]
"""A bare internet domain, lower case."""


def ascending(names: Iterable[tuple[str, Any]], what: str) -> None:
    """Refuse values that do not rise from one to the next; ``names`` pairs each key with its value."""
    pairs = list(names)
    for (earlier, low), (later, high) in itertools.pairwise(pairs):
        if high <= low:
            shown = [format_duration(v) if isinstance(v, timedelta) else str(v) for v in (low, high)]
            raise refuse(
                f"{what}: {later} ({shown[1]}) does not come after {earlier} ({shown[0]})",
                f"Make {later} larger than {shown[0]}, or {earlier} smaller than {shown[1]}.",
            )


def sums_to_hundred(parts: Iterable[tuple[str, int]], what: str) -> None:
    """Refuse shares that do not add up to 100 per cent."""
    pairs = list(parts)
    total = sum(value for _, value in pairs)
    if total != 100:
        said = " + ".join(f"{name} {value}" for name, value in pairs)
        raise refuse(f"{what} add up to {total}, not 100 ({said})", "Change them so that they add up to 100.")


def placeholders(text: str, allowed: frozenset[str]) -> str:
    """Refuse a text with a placeholder that nothing will fill, or with a brace left open."""
    try:
        used = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        raise refuse("a { or } stands alone in the text", "Write {{ or }} where a brace itself is meant.") from None
    for name in used:
        if name not in allowed:
            raise refuse(
                f"nothing fills {{{name}}}",
                "Use only these: " + ", ".join(f"{{{known}}}" for known in sorted(allowed)) + ".",
            )
    return text
