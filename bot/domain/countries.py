"""Countries as people and exports write them, to ISO 3166 two-letter codes.

What must stay true: a name that is not known gives None, never a guess.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from bot.domain.matching import fold

# What exports and people write beside the names of the ISO table.
_ALSO: Final = {
    "usa": "US",
    "united states of america": "US",
    "america": "US",
    "uk": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "deutschland": "DE",
    "osterreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "svizzera": "CH",
    "espana": "ES",
    "italia": "IT",
    "the netherlands": "NL",
    "holland": "NL",
    "nederland": "NL",
    "belgique": "BE",
    "polska": "PL",
    "czechia": "CZ",
    "turkiye": "TR",
    "south korea": "KR",
    "republic of korea": "KR",
    "hong kong sar": "HK",
    "russian federation": "RU",
    "viet nam": "VN",
    "uae": "AE",
    "brasil": "BR",
    "ivory coast": "CI",
    "people s republic of china": "CN",
}


@cache
def _names() -> dict[str, str]:
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    known = {fold(name): code for code, name in pairs}
    return known | _ALSO


@cache
def country_codes() -> frozenset[str]:
    """Return every two-letter code there is."""
    return frozenset(_names().values())


def country_code(text: str) -> str | None:
    """Return the code of a country given by code or name ("de", "Germany", "UK"), or None."""
    plain = text.strip()
    if len(plain) == 2 and plain.upper() in country_codes():
        return plain.upper()
    return _names().get(fold(plain[:100]))
