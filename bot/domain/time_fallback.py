"""The second try at a time in words: dateparser, for what the strict grammar does not know ("morgen 15 Uhr").

What must stay true: it never answers for a vague phrase, for a lone number, or with a time that has passed.
Imported only when it is needed: dateparser takes hundreds of milliseconds to load.
"""

import re
from datetime import UTC, datetime, time

import dateparser.date

from bot.domain.time_words import When
from bot.domain.time_zones import zone_of

_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt"]
_LONGEST = 40
"""Longer texts are sentences, and dateparser finds dates in them that nobody meant."""
_VAGUE = re.compile(
    r"\b(?:after|before|holidays?|christmas|xmas|easter|summer|winter|spring|autumn|fall|vacation|"
    r"later|soon|asap|sometime|some|whenever|maybe|ago|yesterday|last|budget|ever|never|now)\b",
    re.IGNORECASE,
)
_ONLY_NUMBERS = re.compile(r"(?:at|@|um|à|a las|alle)?\s*[\d\s.,/:-]*h?", re.IGNORECASE)


_HOUR_WORDS = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*(?:uhr|h|heures?|horas?)\b", re.IGNORECASE)


def read_loosely(text: str, now: datetime, tz: str) -> When | None:
    """What dateparser makes of ``text`` in ``tz``, if it can be trusted. ``now`` is aware UTC."""
    if len(text) > _LONGEST or _VAGUE.search(text) or _ONLY_NUMBERS.fullmatch(text):
        return None
    zone = zone_of(tz)
    local = now.astimezone(zone).replace(tzinfo=None)
    parser = dateparser.date.DateDataParser(
        languages=_LANGUAGES,
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": local,
            "RETURN_TIME_AS_PERIOD": True,
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    data = parser.get_date_data(_HOUR_WORDS.sub(lambda m: f"{m[1]}:{m[2] or '00'}", text))
    read = data.date_obj
    if read is None or data.period not in {"day", "time"}:
        return None
    numbers = {int(number) for number in re.findall(r"\d{1,4}", text)}
    if not numbers <= {read.year, read.month, read.day, read.hour % 12, read.hour, read.minute}:
        return None
    whole_day = data.period == "day"
    wall = datetime.combine(read.date(), time()) if whole_day else read.replace(microsecond=0)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if whole_day and wall.date() == local.date():
        at = now.astimezone(UTC)
    if at < now:
        return None
    return When(at, tz, (f"“{text}” taken as {wall:%Y-%m-%d}" + ("" if whole_day else f" {wall:%H:%M}"),), whole_day)
