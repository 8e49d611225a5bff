from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import (
    HoursError,
    NoWorkingTimeError,
    add_working,
    add_working_days,
    format_hours,
    is_working,
    is_working_day,
    next_shift_start,
    parse_hours,
    shift_at,
    work_week,
    working_days_between,
    working_seconds_between,
)

HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
TEXTS = [
    "mon-fri 9:00-17:00",
    "mon-thu 8:30-12:00,13:00-17:30; fri 9-15",
    "mon-sun 0:00-24:00",
    "sat-mon 1:30-2:30,2:45-3:15,22:00-24:00",
    "wed 22:00-24:00; thu 0:00-6:00",
]
weeks = st.builds(
    work_week,
    st.sampled_from(TEXTS),
    st.sampled_from(ZONES),
    st.sampled_from([None, "US", "DE", "AT"]),
    st.sampled_from([(), ((date(2026, 3, 27), date(2026, 3, 30)),)]),
)
# Whole seconds: working time is told in seconds, and parts of a second would be rounded twice.
instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
# Where clocks change, errors hide.
near_changes = st.builds(
    lambda at, minutes: at + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 1, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 3, 8, 7, tzinfo=UTC),
        ]
    ),
    st.integers(-3000, 3000),
)
moments = instants | near_changes


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("mon-fri 9:00-17:00", "mon-fri 9:00-17:00"),
        ("Mon - Fri 9-17", "mon-fri 9:00-17:00"),
        ("mon–fri 9–17", "mon-fri 9:00-17:00"),
        ("mon-thu 8:30-12:00,13:00-17:30; fri 9-15", "mon-thu 8:30-12:00,13:00-17:30; fri 9:00-15:00"),
        ("mon, wed 9-12; tuesday 10-11", "mon 9:00-12:00; tue 10:00-11:00; wed 9:00-12:00"),
        ("mon wed 9-12 and 13-14", "mon 9:00-12:00,13:00-14:00; wed 9:00-12:00,13:00-14:00"),
        ("fri-mon 0-24", "mon 0:00-24:00; fri-sun 0:00-24:00"),
    ],
)
def test_hours_are_read_as_people_write_them(text, same_as):
    assert format_hours(parse_hours(text)) == same_as


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no working hours"),
        ("9-17", "needs days and times"),
        ("mon-fri", "needs days and times"),
        ("mon-fry 9-17", "“fry” is not a weekday"),
        ("mon 17-9", "ends before it starts"),
        ("mon 9-25", "not a time of day"),
        ("mon 9:75-10", "not a time of day"),
        ("mon 9", "has no end"),
        ("mon 9-12,11-13", "on mon overlap"),
        ("t 9-12", "not a weekday"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_way_out(text, says):
    with pytest.raises(HoursError, match=says):
        parse_hours(text)


@given(st.text(max_size=40))
def test_any_text_is_hours_or_a_plain_refusal(text):
    with suppress(HoursError):
        shifts = parse_hours(text)
        assert parse_hours(format_hours(shifts)) == shifts


def test_an_unknown_timezone_is_refused_with_the_nearest_one():
    with pytest.raises(HoursError, match="Did you mean Europe/Berlin"):
        work_week("mon-fri 9-17", "Europe/Berln")


def test_a_shift_in_berlin_follows_summer_time():
    week = work_week("mon-fri 9:00-17:00", "Europe/Berlin")
    assert shift_at(week, datetime(2026, 3, 27, 8, tzinfo=UTC)).start == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert shift_at(week, datetime(2026, 3, 30, 8, tzinfo=UTC)).start == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_night_shift_is_an_hour_longer_when_clocks_go_back():
    week = work_week("sun 0:00-6:00", "Europe/Berlin")
    spring, autumn = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)
    assert working_seconds_between(week, spring, spring + timedelta(days=2)) == 5 * 3600
    assert working_seconds_between(week, autumn, autumn + timedelta(days=2)) == 7 * 3600


def test_holidays_and_days_off_have_no_shift():
    week = work_week("mon-fri 9-17", "Europe/Berlin", "DE", ((date(2026, 12, 21), date(2026, 12, 23)),))
    assert not is_working(week, berlin(2026, 12, 25, 10))
    assert not is_working(week, berlin(2026, 12, 23, 10))
    assert is_working(week, berlin(2026, 12, 24, 10))
    assert next_shift_start(week, berlin(2026, 12, 18, 18)) == berlin(2026, 12, 24, 9)


def test_the_next_shift_after_friday_evening_is_monday():
    week = work_week("mon-thu 8:30-12:00,13:00-17:30; fri 9-15", "Europe/Berlin")
    assert next_shift_start(week, berlin(2026, 6, 5, 15)) == berlin(2026, 6, 8, 8, 30)
    assert next_shift_start(week, berlin(2026, 6, 8, 12, 30)) == berlin(2026, 6, 8, 13)


def test_half_an_hour_of_work_runs_over_the_lunch_break():
    week = work_week("mon-thu 8:30-12:00,13:00-17:30; fri 9-15", "Europe/Berlin")
    assert add_working(week, berlin(2026, 6, 8, 11, 50), HOUR / 2) == berlin(2026, 6, 8, 13, 20)
    assert add_working(week, berlin(2026, 6, 8, 11, 30), HOUR / 2) == berlin(2026, 6, 8, 12)


def test_a_week_of_holidays_only_says_that_there_is_no_work():
    week = work_week("mon 9-17", "UTC", None, ((date(2000, 1, 1), date(2100, 1, 1)),))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert next_shift_start(week, now) is None
    with pytest.raises(NoWorkingTimeError):
        add_working(week, now, HOUR)
    with pytest.raises(NoWorkingTimeError):
        add_working_days(week, now.date(), 1)


def test_ten_working_days_skip_weekends_and_holidays():
    week = work_week("mon-fri 9-17", "America/New_York", "US")
    assert add_working_days(week, date(2026, 11, 20), 5) == date(2026, 11, 30)  # Thanksgiving is the 26th
    assert add_working_days(week, date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"):
        is_working(work_week("mon 9-17", "UTC"), datetime(2026, 6, 1))  # noqa: DTZ001


@given(weeks, moments)
def test_working_now_means_local_clock_within_hours(week, at):
    """Away from clock changes the plain reading of the local clock is the truth."""
    zone = ZoneInfo(week.timezone)
    offsets = {(at + timedelta(hours=h)).astimezone(zone).utcoffset() for h in range(-26, 27)}
    if len(offsets) > 1:
        return
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    hours = week.hours[local.weekday()]
    expected = is_working_day(week, local.date()) and any(start <= minute < end for start, end in hours)
    assert is_working(week, at) == expected


@given(weeks, moments, st.integers(0, 14 * 24 * 3600), st.integers(0, 14 * 24 * 3600))
def test_working_time_adds_up(week, start, first, second):
    middle, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    whole = working_seconds_between(week, start, end)
    assert whole == working_seconds_between(week, start, middle) + working_seconds_between(week, middle, end)
    assert 0 <= whole <= first + second


@given(weeks, moments, st.integers(1, 30 * 3600))
def test_adding_working_time_is_the_inverse_of_measuring_it(week, start, seconds):
    end = add_working(week, start, timedelta(seconds=seconds))
    assert working_seconds_between(week, start, end) == seconds
    assert working_seconds_between(week, start, end - timedelta(seconds=1)) == seconds - 1


@given(weeks, moments)
def test_the_next_shift_is_the_first_after_idle_time(week, after):
    start = next_shift_start(week, after)
    assert start >= after
    assert is_working(week, start)
    shift = shift_at(week, after)
    idle_from = shift.end if shift else after
    assert working_seconds_between(week, idle_from, start) == 0


@given(weeks, st.dates(date(2026, 3, 1), date(2026, 12, 1)), st.integers(1, 15))
def test_working_days_count_up_as_they_are_added(week, day, count):
    assert working_days_between(week, day, add_working_days(week, day, count)) == count
