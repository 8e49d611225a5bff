"""The demo begins when somebody is at work, whatever day it is."""

import csv
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import is_working, work_week
from sandbox.demo import PEOPLE
from sandbox.workdays import BEGINS, HOME_COUNTRIES, HOME_ZONE, is_working_day, office_hours, working_day

HOME = [
    row
    for row in csv.DictReader(PEOPLE.read_text(encoding="utf-8").splitlines())
    if "mrr" in row["roles"].split() and row["timezone"].startswith("Europe/")
]
CHRISTMAS, NEW_YEAR, GOOD_FRIDAY = date(2026, 12, 25), date(2027, 1, 1), date(2027, 3, 26)


def on_shift(moment: datetime) -> set[str]:
    weeks = {row["name"]: work_week(row["hours"], row["timezone"], row["country"]) for row in HOME}
    return {name for name, week in weeks.items() if is_working(week, moment)}


def test_home_is_where_those_live_who_answer_in_the_morning() -> None:
    assert {row["country"] for row in HOME} == set(HOME_COUNTRIES)


@pytest.mark.parametrize("day", [CHRISTMAS, NEW_YEAR, GOOD_FRIDAY, date(2026, 12, 24), date(2027, 1, 6)])
@pytest.mark.parametrize("hour", [0, 10, 23])
def test_on_a_holiday_the_demo_begins_on_the_next_working_day(day: date, hour: int) -> None:
    begins = office_hours(datetime.combine(day, time(hour), HOME_ZONE).astimezone(UTC))
    assert on_shift(begins) == {row["name"] for row in HOME}


@given(st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — its bounds
def test_whenever_it_is_somebody_is_at_work_soon_and_not_before(now: datetime) -> None:
    begins = office_hours(now)
    assert on_shift(begins)
    assert timedelta() <= begins - now < timedelta(days=8)
    assert begins == now or begins.astimezone(HOME_ZONE).time() == BEGINS


def test_an_ordinary_morning_is_left_alone() -> None:
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert office_hours(now) == now


def test_a_step_of_a_week_keeps_the_weekday() -> None:
    easter_monday = date(2027, 3, 29)
    assert not is_working_day(easter_monday, ["DE"])
    assert working_day(easter_monday, ["DE", "SE"], timedelta(days=7)) == date(2027, 4, 5)
    assert working_day(easter_monday, ["US"]) == easter_monday
