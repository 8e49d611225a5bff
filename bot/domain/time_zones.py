"""Time zones as people say them: "ET", "CET", "UK time", "Berlin time", "Europe/Berlin".

What must stay true: every name leads to an IANA zone that this machine knows, and a word that also
means something else ("ist", "met") is a zone only when written in capitals.
"""

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_NEW_YORK, _CHICAGO, _DENVER, _LOS_ANGELES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

# A season in the letters ("EST" in July) is meant as the place, not as an offset: people rarely mind it.
_ABBREVIATIONS = {
    "utc": "UTC",
    "gmt": "Europe/London",
    "bst": "Europe/London",
    "wet": "Europe/Lisbon",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "eet": "Europe/Athens",
    "eest": "Europe/Athens",
    "msk": "Europe/Moscow",
    "et": _NEW_YORK,
    "est": _NEW_YORK,
    "edt": _NEW_YORK,
    "ct": _CHICAGO,
    "cst": _CHICAGO,
    "cdt": _CHICAGO,
    "mt": _DENVER,
    "mst": _DENVER,
    "mdt": _DENVER,
    "pt": _LOS_ANGELES,
    "pst": _LOS_ANGELES,
    "pdt": _LOS_ANGELES,
    "akst": "America/Anchorage",
    "hst": "Pacific/Honolulu",
    "brt": "America/Sao_Paulo",
    "ist": "Asia/Kolkata",
    "gst": "Asia/Dubai",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "sast": "Africa/Johannesburg",
    "awst": "Australia/Perth",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
}
_CAPITALS_ONLY = {"ist", "wet", "hst", "mt", "gst"}

_PLACES = {
    "uk": "Europe/London",
    "british": "Europe/London",
    "irish": "Europe/Dublin",
    "german": "Europe/Berlin",
    "germany": "Europe/Berlin",
    "central european": "Europe/Berlin",
    "french": "Europe/Paris",
    "france": "Europe/Paris",
    "spanish": "Europe/Madrid",
    "spain": "Europe/Madrid",
    "italian": "Europe/Rome",
    "italy": "Europe/Rome",
    "dutch": "Europe/Amsterdam",
    "swiss": "Europe/Zurich",
    "eastern": _NEW_YORK,
    "us eastern": _NEW_YORK,
    "east coast": _NEW_YORK,
    "ny": _NEW_YORK,
    "nyc": _NEW_YORK,
    "boston": _NEW_YORK,
    "central": _CHICAGO,
    "us central": _CHICAGO,
    "mountain": _DENVER,
    "pacific": _LOS_ANGELES,
    "us pacific": _LOS_ANGELES,
    "west coast": _LOS_ANGELES,
    "la": _LOS_ANGELES,
    "sf": _LOS_ANGELES,
    "san francisco": _LOS_ANGELES,
    "seattle": _LOS_ANGELES,
    "india": "Asia/Kolkata",
    "indian": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "japan": "Asia/Tokyo",
    "china": "Asia/Shanghai",
    "beijing": "Asia/Shanghai",
    "israel": "Asia/Jerusalem",
    "tel aviv": "Asia/Jerusalem",
}

_MINE = {"my", "our"}
_THEIRS = {"their", "his", "her", "local"}

_ZONE = re.compile(
    r"""\s*\(?(?:
        (?P<iana>(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/+-]{2,30})
      | (?P<place>[A-Za-zÀ-ž]{2,12}(?:\s[A-Za-zÀ-ž]{2,12})?)\s+time
      | (?P<short>[A-Za-z]{2,4})
    )\b(?P<close>\))?""",
    re.VERBOSE,
)


@cache
def _cities() -> dict[str, str]:
    """The last part of each IANA name: "new york" -> "America/New_York"."""
    return {
        name.rsplit("/", 1)[1].replace("_", " ").casefold(): name
        for name in sorted(available_timezones())
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "US/"))
    }


@cache
def zone_of(tz: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ``zoneinfo.ZoneInfoNotFoundError`` for anything else."""
    return ZoneInfo(tz)


def zone_at(text: str, start: int, own: str) -> tuple[str, bool, int] | None:
    """The zone named right at ``start``: its IANA name, whether it is "their time", and where it ends.

    ``own`` is the zone meant by "my time". "Their time" gives ``own`` too: whoever knows the person moves it.
    """
    match = _ZONE.match(text, start)
    if match is None:
        return None
    end = match.end() - (1 if match["close"] and "(" not in match[0] else 0)
    if match["iana"]:
        return (match["iana"], False, end) if match["iana"] in available_timezones() else None
    if match["place"]:
        place = match["place"].casefold()
        if place in _MINE | _THEIRS:
            return own, place in _THEIRS, end
        name = _PLACES.get(place) or _ABBREVIATIONS.get(place) or _cities().get(place)
        return (name, False, end) if name else None
    short = match["short"]
    name = _ABBREVIATIONS.get(short.casefold())
    if name is None or (short.casefold() in _CAPITALS_ONLY and not short.isupper()):
        return None
    return name, False, end
