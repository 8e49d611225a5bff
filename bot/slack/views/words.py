"""How figures and words of the process are said, the same everywhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.terms import Channel, Outcome, ScorePart

MINUTE, HOUR, DAY = 60, 3600, 86400


def lasting(seconds: float) -> str:
    """A span as a person says it: 48 s, 3 min 20 s, 2 h 5 min, 3 days."""
    whole = max(0, round(seconds))
    if whole < 2 * MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return _two(whole, MINUTE, "min", 1, "s")
    if whole < 2 * DAY:
        return _two(whole, HOUR, "h", MINUTE, "min")
    return f"{whole // DAY} days"


def _two(whole: int, large: int, large_word: str, small: int, small_word: str) -> str:
    rest = whole % large // small
    return f"{whole // large} {large_word}" + (f" {rest} {small_word}" if rest else "")


def local_times(zones: Sequence[str], now: datetime) -> str:
    """The time where somebody is; the span of possible times where the place is not sure."""
    times = sorted({now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones})
    if not times:
        return "not known"
    if len(times) == 1:
        return f"{times[0]:%a %H:%M}"
    return f"between {times[0]:%H:%M} and {times[-1]:%H:%M}"


def score_parts(parts: Mapping[ScorePart, int]) -> str:
    """The score's parts that count: "title +20, company and country +15, interest +30"."""
    names = {
        ScorePart.DEMOGRAPHIC: "title",
        ScorePart.FIRMOGRAPHIC: "company and country",
        ScorePart.BEHAVIOURAL: "interest",
        ScorePart.NEGATIVE: "doubts",
    }
    return ", ".join(f"{names[part]} {points:+d}" for part, points in parts.items() if points) or "nothing known yet"


def dialled(phone: str) -> str:
    """A number as people write it: +49 30 901820."""
    import phonenumbers  # only a call card needs it, and it is slow to load

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def spoken(channel: Channel, outcome: Outcome) -> str:
    """A touch in words: "call, no answer"."""
    said = outcome.value.replace("_", " ")
    return said if channel.value == outcome.value else f"{channel.value.replace('email', 'e-mail')}, {said}"


def worded(term: str) -> str:
    """A word of ours as it is read: spaces for underscores, and "e-mail"."""
    return {"email": "e-mail"}.get(str(term), str(term).replace("_", " "))
