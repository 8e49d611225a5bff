"""When the made-up company is at work: demo, tests and benchmarks begin at a moment when somebody is on shift.

What must stay true: nothing here knows the bot; public holidays are those of the countries asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

HOME_ZONE = ZoneInfo("Europe/Berlin")
HOME_COUNTRIES = ("DE", "SE", "ES")
"""Where those of `data/people.csv` live who answer raised hands in the morning of `HOME_ZONE`."""
OPENS, BEGINS, CLOSES = time(9, 0), time(10, 0), time(15, 30)
DAY = timedelta(days=1)
FRIDAY = 4


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays  # loaded on first need: it is large

    return frozenset(country_holidays(country, years=year))


def is_working_day(day: date, countries: Iterable[str] = HOME_COUNTRIES) -> bool:
    """Whether ``day`` is neither at a weekend nor a public holiday in any of the countries (ISO 3166)."""
    return day.weekday() <= FRIDAY and not any(day in _holidays(country, day.year) for country in countries)


def working_day(first: date, countries: Iterable[str] = HOME_COUNTRIES, step: timedelta = DAY) -> date:
    """The first of ``first``, ``first + step`` and so on that is a working day in all the countries."""
    countries = tuple(countries)
    while not is_working_day(first, countries):
        first += step
    return first


def office_hours(now: datetime) -> datetime:
    """The first moment from ``now`` at which the made-up company is at work; aware UTC.

    A demo begun at night or at Christmas would begin with "nobody is on shift": true, and a poor first impression.
    """
    local = now.astimezone(HOME_ZONE)
    if is_working_day(local.date()) and OPENS <= local.time() < CLOSES:
        return now
    day = working_day(local.date() if local.time() < OPENS else local.date() + DAY)
    return datetime.combine(day, BEGINS, HOME_ZONE).astimezone(UTC)
