"""Time zones as people say them: "ET", "CET", "UK time", "Berlin time", "3pm Tokyo", "Europe/Berlin"; and back.

What must stay true: what was said of a place is never dropped: it is a zone, "their time", or told to be unknown.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.matching import fold
from bot.domain.time_places import ABBREVIATIONS, ADJECTIVES, CAPITALS_ONLY, NO_PLACES, PLACES

_FIXED: Final = "Etc/GMT"
_TURNED: Final = str.maketrans("+-", "-+")
_MINE = {"my", "our"}
_THEIRS = {"their", "his", "her", "local", "theirs"}
_TIMES = (
    "next same this any some first last that best good long on in no of all more the lunch tea dinner real full part "
    "second big every enough what work run over down up start end closing opening delivery lead travel short free "
    "spare prep a which office shift business working what"
)
_OTHER_TIMES: Final = frozenset(_TIMES.split())
"""Before "time" they name no place."""

_ZONE = re.compile(
    r"""\s*,?\s*\(?(?:in\s+)?(?:
        (?P<iana>(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/+-]{2,30})
      | (?P<theirs>where\s+(?:she|he|they)\s+(?:is|are|lives?))
      | (?P<place>[A-Za-zÀ-ž]{2,16}(?:\s[A-Za-zÀ-ž]{2,14}){0,2}?)\s+time
      | (?P<city>[A-Za-zÀ-ž]{2,16}(?:\s[A-Za-zÀ-ž]{2,14}){0,2})
    )\b(?P<close>\))?""",
    re.VERBOSE,
)
_OFFSET = re.compile(
    r"\s*,?\s*\(?(?P<said>(?:utc|gmt)\s?(?P<sign>[+−-])\s?(?P<hours>\d{1,2})(?P<minutes>:?\d{2})?)\b\)?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:$|[,;.()!?\n|·•]|[-–—]\s)")
_USUAL: Final = {
    "America/New_York": "US Eastern", "America/Chicago": "US Central", "America/Denver": "US Mountain",
    "America/Phoenix": "Arizona", "America/Los_Angeles": "US Pacific", "America/Anchorage": "Alaska",
    "America/Juneau": "Alaska", "America/Sitka": "Alaska", "America/Nome": "Alaska", "America/Yakutat": "Alaska",
    "America/Metlakatla": "Alaska", "America/Adak": "Hawaii and the Aleutians", "Pacific/Honolulu": "Hawaii",
    "America/Detroit": "US Eastern", "America/Boise": "US Mountain", "America/Menominee": "US Central",
    "Asia/Kolkata": "India", "Asia/Shanghai": "China", "Asia/Urumqi": "China", "Europe/Busingen": "Germany",
    "Asia/Jerusalem": "Israel", "Antarctica/Macquarie": "Tasmania", "Australia/Lord_Howe": "Lord Howe Island",
    "America/St_Johns": "Newfoundland", "America/Halifax": "Canada Atlantic", "America/Noronha": "Fernando de Noronha",
    "America/Rio_Branco": "Acre, Brazil", "Atlantic/Azores": "the Azores", "Pacific/Chatham": "the Chatham Islands",
    "Pacific/Easter": "Easter Island", "Pacific/Galapagos": "the Galapagos", "Atlantic/Canary": "the Canary Islands",
    "UTC": "UTC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ZoneSaid:
    """A zone in words, up to ``end``. ``theirs``: "their time"; ``tz`` is then the zone of whoever wrote it.

    ``unknown``: the place said, where no zone of it is known. ``told``: what was added to the words.
    """

    tz: str
    end: int
    theirs: bool = False
    unknown: str = ""
    told: str = ""


@cache
def _cities() -> dict[str, str]:
    """The last part of each IANA name: "new york" -> "America/New_York"."""
    return {
        name.rsplit("/", 1)[1].replace("_", " ").casefold(): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "US/", "SystemV/"))
    }


@cache
def zone_of(tz: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ``zoneinfo.ZoneInfoNotFoundError`` for anything else."""
    return ZoneInfo(tz)


def say_zone(tz: str) -> str:
    """The usual name of a zone: "US Eastern", "Berlin", and never a town that only its clock made known."""
    if tz in _USUAL:
        return _USUAL[tz]
    if tz.startswith(_FIXED):
        return f"UTC{tz.removeprefix(_FIXED).translate(_TURNED)}"
    *region, city = tz.split("/")
    if region and region[-1] in {"Kentucky", "Indiana", "North_Dakota"}:
        return region[-1].replace("_", " ")
    return city.replace("_", " ")


def zone_at(text: str, start: int, own: str) -> ZoneSaid | None:
    """The zone named right at ``start``.

    ``own`` is the zone meant by "my time". "Their time" gives ``own`` too: whoever knows the person reads it anew.
    """
    if (offset := _OFFSET.match(text, start)) is not None:
        return _offset(offset, own)
    match = _ZONE.match(text, start)
    if match is None:
        return None
    end = match.end() - (1 if match["close"] and "(" not in match[0] else 0)
    if match["iana"]:
        return ZoneSaid(match["iana"], end) if match["iana"] in available_timezones() else None
    if match["theirs"]:
        return ZoneSaid(own, end, theirs=True)
    if match["place"]:
        return _before_time(text, match, own, end) or _city(text, match.start("place"), own)
    return _city(text, match.start("city"), own)


def _offset(match: re.Match[str], own: str) -> ZoneSaid:
    """ "UTC+2": a zone without changes of the clock; one that is not of whole hours is told to be unknown."""
    ahead = match["sign"] == "+"
    name = f"{_FIXED}{'-' if ahead else '+'}{int(match['hours'])}"  # the names count the other way round
    if match["minutes"] not in (None, "00", ":00") or name not in available_timezones():
        return ZoneSaid(own, match.end(), unknown=match["said"])
    return ZoneSaid(name, match.end())


def _before_time(text: str, match: re.Match[str], own: str, end: int) -> ZoneSaid | None:
    place = match["place"].casefold()
    if place in _MINE | _THEIRS:
        return ZoneSaid(own, end, theirs=place in _THEIRS)
    name = _named(place, bare=False) or ABBREVIATIONS.get(place)
    if name:
        return ZoneSaid(name, end)
    first, last = place.split()[0], place.split()[-1]
    if {first, last} & _OTHER_TIMES or _short(match["place"].split()[0]):
        return None
    if match["place"][0].isupper() or _ENDS.match(text, end):
        return ZoneSaid(own, end, unknown=match["place"])
    return None


def _city(text: str, start: int, own: str) -> ZoneSaid | None:
    """A zone without "time" behind it: an abbreviation, or a city that no name goes on from."""
    words = [(m.start(), m.end()) for m in re.finditer(r"[A-Za-zÀ-ž]+", text[start : start + 48])][:3]
    if not words:
        return None
    first = text[start : start + words[0][1]]
    close = 1 if text[start + words[0][1] :].startswith(")") and "(" in text[:start][-2:] else 0
    if (short := _short(first)) is not None:
        return ZoneSaid(short, start + words[0][1] + close)
    for _, length in reversed(words):
        end = start + length
        said = text[start:end]
        name = _named(said, bare=True)
        if name and _stands_alone(text, said, end):
            return ZoneSaid(name, end, told=f"“{said}” taken as {say_zone(name)} time")
    if re.fullmatch(r"[A-Z]{2,4}T", first) and _ENDS.match(text, start + words[0][1]):
        return ZoneSaid(own, start + words[0][1], unknown=first)
    return None


def _stands_alone(text: str, said: str, end: int) -> bool:
    if _ENDS.match(text, end):
        return True
    return said[0].isupper() and re.match(r"\s+[a-zà-ž]", text[end : end + 3]) is not None


def _short(word: str) -> str | None:
    name = ABBREVIATIONS.get(word.casefold()) if len(word) <= 4 else None
    return None if name and word.casefold() in CAPITALS_ONLY and not word.isupper() else name


def _named(said: str, *, bare: bool) -> str | None:
    place = said.casefold()
    plain = fold(said)
    if bare and (place in NO_PLACES or len(place) < 4):
        return PLACES.get(place) if said.isupper() else None
    found = PLACES.get(place) or _cities().get(place) or PLACES.get(plain) or _cities().get(plain)
    return found or (None if bare else ADJECTIVES.get(place))
