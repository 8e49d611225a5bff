"""Times that have been, as people write them of a touch."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.time_past import earlier_at, find_past

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Berlin


def local(at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(BERLIN)):%a %d %H:%M}" if at else "no day"


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("called yesterday 15:00, no answer", "yesterday 15:00", "Mon 09 15:00"),
        ("no answer yesterday at 3pm", "yesterday at 3pm", "Mon 09 15:00"),
        ("no answer at 3pm yesterday", "at 3pm yesterday", "Mon 09 15:00"),
        ("met yesterday, good demo", "yesterday", "Mon 09 12:00"),
        ("spoke last friday 10:00", "last friday 10:00", "Fri 06 10:00"),
        ("spoke last tue afternoon", "last tue afternoon", "Tue 03 14:00"),
        ("the day before yesterday 9am", "the day before yesterday 9am", "Sun 08 09:00"),
        ("rang 20 min ago", "20 min ago", "Tue 10 10:40"),
        ("rang an hour ago", "an hour ago", "Tue 10 10:00"),
        ("2 days ago at 9:30", "2 days ago at 9:30", "Sun 08 09:30"),
        ("reached her this morning", "this morning", "Tue 10 09:00"),
        ("last night, vm", "last night", "Mon 09 18:00"),
        ("met last week", "last week", "no day"),
    ],
)
def test_what_has_been_is_found(text, phrase, expected):
    found = find_past(text, NOW, BERLIN)
    assert found is not None
    assert text[found.start : found.end] == phrase
    assert local(found.at) == expected


def test_a_day_without_an_hour_says_which_was_taken():
    found = find_past("met yesterday", NOW, BERLIN)
    assert found is not None
    assert found.assumed == ("Mon 9 Mar: no hour was said, so I took 12:00",)


@pytest.mark.parametrize("text", ["tomorrow 15:00", "her last name", "chicago", "the last call", "earlier today"])
def test_what_says_nothing_of_the_past_is_left_alone(text):
    assert find_past(text, NOW, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:30", "Tue 10 09:30"),
        ("today 9:30", "Tue 10 09:30"),
        ("2 mar 10:00", "Mon 02 10:00"),
        ("2026-03-02", "Mon 02 12:00"),
    ],
)
def test_an_hour_or_a_date_beside_an_outcome_is_when_it_was(text, expected):
    found = earlier_at(text, 0, NOW, BERLIN)
    assert found is not None
    assert local(found.at) == expected


@pytest.mark.parametrize("text", ["15:00", "today 15:00", "tomorrow 9:00", "12 mar", "tue", "x 9:30", "today"])
def test_what_is_still_to_come_is_not_when_it_was(text):
    assert earlier_at(text, 0, NOW, BERLIN) is None


@given(
    st.sampled_from(["yesterday 9am", "last sun 23:59", "3 hours ago", "this morning", "a few days ago", "0:30 today"]),
    st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_no_time_that_has_been_is_ahead(text, now):
    for found in (find_past(text, now, BERLIN), earlier_at(text, 0, now, BERLIN)):
        assert found is None or found.at is None or found.at <= now
