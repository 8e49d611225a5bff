"""Where somebody outside probably is: timezones from what is known of them (process §10, §2 "their local time").

What must stay true: an unknown place yields every candidate, so that the gate can take the strictest; so does a number
from another country than the person.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_UNKNOWN = "Etc/Unknown"  # phonenumbers' word for a number that says nothing


def candidate_zones(
    timezone: str | None, phone: str | None, country: str | None, company_country: str | None = None
) -> tuple[str, ...]:
    """Return the zones somebody may be in: their own, else those of the number, else those of the country.

    Those of both where the number is from another country than theirs: a mobile travels. Where the company sits says
    less than the number does. ``phone`` is E.164, countries ISO 3166. Empty when nothing is known.
    """
    if timezone and _exists(timezone):
        return (timezone,)
    if number_from_abroad(phone, country):
        return tuple(sorted({*phone_zones(phone), *country_zones(country)}))
    return phone_zones(phone) or country_zones(country or company_country)


def number_from_abroad(phone: str | None, country: str | None) -> str | None:
    """Return the country of a number where it is another than ``country``, the person's; None where either is open."""
    where = phone_country(phone)
    return where if where and country and country_zones(country) and where != country.upper() else None


@lru_cache(maxsize=4096)
def phone_zones(phone: str | None) -> tuple[str, ...]:
    """Return the zones of a number in E.164 by its country and area code; empty if it says nothing."""
    if not phone:
        return ()
    import phonenumbers
    from phonenumbers.timezone import time_zones_for_number

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    found = (name for name in time_zones_for_number(number) if name != _UNKNOWN and _exists(name))
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def phone_country(phone: str | None) -> str | None:
    """Return the country of a number in E.164, or None where it belongs to several or none."""
    if not phone:
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    return region if region and region.isalpha() else None


def country_zones(country: str | None) -> tuple[str, ...]:
    """Return every zone of a country; empty if the country is unknown."""
    return _zones_by_country().get(country.upper(), ()) if country else ()


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name, *_ = line.split("\t")
            found.setdefault(country, []).append(name)
    return {country: tuple(sorted(names)) for country, names in found.items()}
