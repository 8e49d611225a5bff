"""The days of the time grammar: "tomorrow", "next tue", "12 Mar", "in 3 weeks", "end of month".

What must stay true: one expression finds them all in linear time, and each reading that is not the only
one possible says so (``Day.assumed``, ``Day.others``).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

_DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SATURDAY: Final = 5
_FRIDAY: Final = 4
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day in the zone it was said in. ``weekly``: a weekday's name, so it may also be a week on.

    ``next_year``: no year was said and this year's day has passed.
    """

    on: date
    assumed: tuple[str, ...] = ()
    others: tuple[date, ...] = ()
    weekly: bool = False
    next_year: bool = False


WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:\s*,?\s*(?P<{0}>20\d\d)(?!\d|:))?"
_IN_MONTH = r"in|until|till|til|by|from|next|after|early|late|mid|(?:the\s+)?(?:start|beginning|middle|end)\s+of"

DAY: Final = re.compile(
    rf"""(?:
        (?P<iso>20\d\d-\d\d-\d\d)(?=$|[^\d])T?
      | (?P<rel>(?:the\s+)?day\s+after\s+tom+or+ow|today|tonight|this\s+(?:morning|afternoon|evening)
            |later\s+today            |tom+or+ow|tmrw|tmw|tmr|tomo|2moro(?:w)?)\b(?:'s\b)?
      | (?:(?P<wdq>next|this|coming)\s+)?(?P<wd>{WEEKDAY})\b(?P<wdw>\s+next\s+week)?
      | (?P<in>(?:in|for)\s+(?P<n>\d{{1,3}}|an?|one|two|three|four|five|six|a\s+couple\s+of|a\s+few)\s*
            (?P<unit>d|days?|w|wks?|weeks?|mo|months?|years?)\b)
      | (?P<fromnow>(?P<n2>\d{{1,3}}|a|one|two|three|four|five|six)\s+
            (?P<unit2>days?|weeks?|months?|years?)\s+from\s+(?:now|today))\b
      | (?P<dm>(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?-?(?P<mo1>{_MONTH})\b\.?{_YEAR.format("y1")})
      | (?P<md>(?P<mo2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:%]|\s*[ap]\.?m\b){_YEAR.format("y2")})
      | (?P<num>(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?:/(?P<y3>(?:20)?\d\d))?)(?![\d/])
      | (?P<dot>(?P<d4>\d{{1,2}})\.(?P<m4>\d{{1,2}})\.(?P<y4>(?:20)?\d\d)?)(?!\d)
      | (?P<end>eom|eow|eoy|end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:week|month|quarter|year))\b
      | (?P<span>next\s+(?:week|month|quarter|year))\b
      | (?P<q>(?:(?:in|until|till|next|early|from|start\s+of|beginning\s+of)\s+)?q(?P<qn>[1-4])\b{_YEAR.format("y5")})
      | (?P<month>(?P<mq>{_IN_MONTH})[\s-]+(?P<mo3>{_MONTH})\b{_YEAR.format("y6")})
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_BARE_MONTH = re.compile(
    rf"(?P<month>(?P<mo3>{_MONTH})\b(?P<mq>)(?!\s+\d\d?(?:st|nd|rd|th)?\b){_YEAR.format('y6')})",
    re.IGNORECASE,
)
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "a couple of": 2,
    "a few": 3,
}


def month_alone(text: str, start: int) -> re.Match[str] | None:
    """A month's name right at ``start``, without a day of the month."""
    return _BARE_MONTH.match(text, start)


def say_day(day: date) -> str:
    """ "Tue 12 Mar", in English whatever the machine's locale."""
    return f"{_DAY_NAMES[day.weekday()]} {day.day} {_MONTH_NAMES[day.month - 1]}"


def skip_weekend(day: date) -> date:
    """The day itself, or the Monday after it if it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day


def said_part(match: re.Match[str]) -> str:
    """The part of the day that a match of ``DAY`` says itself: "tonight", "this afternoon"."""
    last = (match.groupdict().get("rel") or "").casefold().split()[-1:]
    return {"tonight": "night", "morning": "morning", "afternoon": "afternoon", "evening": "evening"}.get(
        last[0] if last else "", ""
    )


def is_today(match: re.Match[str]) -> bool:
    """Whether a match of ``DAY`` says today in words."""
    return (match.groupdict().get("rel") or "").casefold().startswith(("today", "tonight", "this", "later"))


def weekday_of(name: str) -> int:
    """0 for a Monday, by a name that ``WEEKDAY`` finds."""
    return next(i for i, short in enumerate(_DAY_NAMES) if name.casefold().startswith(short.casefold()))


def read_day(match: re.Match[str], local: datetime) -> Day | None:
    """The day a match of ``DAY`` means for somebody whose wall clock shows ``local``; ``None`` if there is none."""
    today = local.date()
    groups = match.groupdict()
    for group, read in _READERS.items():
        if groups.get(group) is not None:
            try:
                return read(match, today)
            except (ValueError, OverflowError):
                return None
    return None


def _iso(match: re.Match[str], today: date) -> Day | None:
    return Day(date.fromisoformat(match["iso"]))


def _relative(match: re.Match[str], today: date) -> Day | None:
    words = match["rel"].casefold()
    if words.startswith(("today", "tonight", "this", "later")):
        return Day(today)
    return Day(today + timedelta(days=2 if "after" in words else 1))


def _weekday(match: re.Match[str], today: date) -> Day | None:
    index = weekday_of(match["wd"])
    if (match["wdq"] or "").casefold() == "next" or match["wdw"]:
        monday = today + timedelta(days=7 - today.weekday())
        on = monday + timedelta(days=index)
        return Day(on, (f"“{match[0]}” taken as {say_day(on)}",))
    return Day(today + timedelta(days=(index - today.weekday()) % 7), weekly=True)


def _in(match: re.Match[str], today: date) -> Day | None:
    groups = match.groupdict()
    words = " ".join((groups["n"] or groups["n2"]).casefold().split())
    unit = (groups["unit"] or groups["unit2"]).casefold()
    count = _NUMBERS[words] if words in _NUMBERS else int(words)
    told = (f"“{words}” taken as {count}",) if words == "a few" else ()
    if unit.startswith("d"):
        return Day(today + timedelta(days=count), told)
    if unit.startswith("w"):
        return Day(today + timedelta(weeks=count), told)
    return Day(_months_on(today, count * 12 if unit.startswith("y") else count), told)


def _day_month(match: re.Match[str], today: date) -> Day | None:
    return _dated(int(match["d1"]), _month(match["mo1"]), match["y1"], today)


def _month_day(match: re.Match[str], today: date) -> Day | None:
    return _dated(int(match["d2"]), _month(match["mo2"]), match["y2"], today)


def _numeric(match: re.Match[str], today: date) -> Day | None:
    """ "12/3": day first, as most of the world writes it; the American reading stands in ``others``."""
    a, b, year = int(match["a"]), int(match["b"]), match["y3"]
    readings = [_dated(d, m, year, today) for d, m in ((a, b), (b, a)) if m <= _DECEMBER]
    days = list(dict.fromkeys(day.on for day in readings if day is not None and day.on >= today))
    if not days:
        return None
    told = () if len(days) == 1 else (f"“{match['num']}” could be {' or '.join(say_day(d) for d in days)}",)
    return Day(days[0], told, tuple(days[1:]))


def _dotted(match: re.Match[str], today: date) -> Day | None:
    return _dated(int(match["d4"]), int(match["m4"]), match["y4"], today)


def _end_of(match: re.Match[str], today: date) -> Day | None:
    words = match["end"].casefold()
    later = "next" in words
    if words == "eow" or words.endswith("week"):
        on = today + timedelta(days=(_FRIDAY - today.weekday()) % 7 + (7 if later else 0))
    elif words == "eoy" or words.endswith("year"):
        on = date(today.year + later, _DECEMBER, 31)
    elif words.endswith("quarter"):
        on = _months_on(_quarter_start(today), 6 if later else 3) - timedelta(days=1)
    else:
        on = _months_on(today.replace(day=1), 2 if later else 1) - timedelta(days=1)
    return Day(on, (f"“{match['end']}” taken as {say_day(on)}",))


def _span(match: re.Match[str], today: date) -> Day | None:
    words = match["span"].casefold()
    if words.endswith("week"):
        on = today + timedelta(days=7 - today.weekday())
    elif words.endswith("month"):
        on = _months_on(today.replace(day=1), 1)
    elif words.endswith("quarter"):
        on = _months_on(_quarter_start(today), 3)
    else:
        on = date(today.year + 1, 1, 1)
    return Day(on, (f"“{match['span']}” taken as {say_day(on)}",))


def _quarter(match: re.Match[str], today: date) -> Day | None:
    on = date(int(match["y5"] or today.year), 3 * int(match["qn"]) - 2, 1)
    if on <= today and not match["y5"]:
        on = on.replace(year=on.year + 1)
    return Day(on, (f"“{match['q']}” taken as {say_day(on)} {on.year}",))


def _in_month(match: re.Match[str], today: date) -> Day | None:
    month, how = _month(match["mo3"]), (match["mq"] or "").casefold()
    first = date(int(match["y6"] or today.year), month, 1)
    if not match["y6"] and (first.month < today.month or (first.month == today.month and first <= today)):
        first = first.replace(year=first.year + 1)
    if how == "mid" or "middle" in how:
        on = first.replace(day=15)
    elif how == "late" or "end" in how:
        on = _months_on(first, 1) - timedelta(days=1 if "end" in how else 10)
    else:
        on = _months_on(first, 1) if how == "after" else first
    return Day(on, (f"“{match['month']}” taken as {say_day(on)} {on.year}",))


_READERS: Final[dict[str, Callable[[re.Match[str], date], Day | None]]] = {
    "iso": _iso,
    "rel": _relative,
    "wd": _weekday,
    "in": _in,
    "fromnow": _in,
    "dm": _day_month,
    "md": _month_day,
    "num": _numeric,
    "dot": _dotted,
    "end": _end_of,
    "span": _span,
    "q": _quarter,
    "month": _in_month,
}


def _dated(day: int, month: int, year: str | None, today: date) -> Day | None:
    """A day of the month; without a year the next one that exists. Raises ``ValueError`` if it never does."""
    if year:
        return Day(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
    for ahead in range(9):
        try:
            on = date(today.year + ahead, month, day)
        except ValueError:
            continue
        if on >= today:
            return Day(
                on, (f"the next {day} {_MONTH_NAMES[month - 1]} is in {on.year}",) if ahead else (), next_year=ahead > 0
            )
    return None


def _month(name: str) -> int:
    return next(i for i, short in enumerate(_MONTH_NAMES, 1) if name.casefold().startswith(short.casefold()))


def _months_on(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last day."""
    index = day.month - 1 + months
    first = date(day.year + index // 12, index % 12 + 1, 1)
    length = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
