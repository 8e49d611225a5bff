"""Times in words: what is read, what is told, and what is refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.time_words import When, find_when, read_when, say_when
from bot.domain.time_zones import ZoneSaid, say_zone, zone_at

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Berlin, 06:00 in New York


def said(text: str, now: datetime = NOW, tz: str = BERLIN) -> str | None:
    when = read_when(text, now, tz)
    return say_when(when) if when else None


DAYS = [
    ("today", "Tue 10 Mar 2026"),
    ("tomorrow", "Wed 11 Mar 2026"),
    ("tommorow", "Wed 11 Mar 2026"),
    ("tmrw", "Wed 11 Mar 2026"),
    ("day after tomorrow", "Thu 12 Mar 2026"),
    ("tue", "Tue 17 Mar 2026"),
    ("Thurs", "Thu 12 Mar 2026"),
    ("on Friday", "Fri 13 Mar 2026"),
    ("next tue", "Tue 17 Mar 2026"),
    ("next mon", "Mon 16 Mar 2026"),
    ("next friday", "Fri 20 Mar 2026"),
    ("friday next week", "Fri 20 Mar 2026"),
    ("in 3 days", "Fri 13 Mar 2026"),
    ("in 2 weeks", "Tue 24 Mar 2026"),
    ("in a couple of weeks", "Tue 24 Mar 2026"),
    ("for 2 weeks", "Tue 24 Mar 2026"),
    ("2 weeks from now", "Tue 24 Mar 2026"),
    ("in a month", "Fri 10 Apr 2026"),
    ("2026-05-01", "Fri 1 May 2026"),
    ("12 Mar", "Thu 12 Mar 2026"),
    ("12th of March", "Thu 12 Mar 2026"),
    ("March 12", "Thu 12 Mar 2026"),
    ("March 12, 2027", "Fri 12 Mar 2027"),
    ("9 Mar", "Tue 9 Mar 2027"),
    ("29 feb", "Tue 29 Feb 2028"),
    ("12.3.", "Thu 12 Mar 2026"),
    ("12.03.2027", "Fri 12 Mar 2027"),
    ("13/4", "Mon 13 Apr 2026"),
    ("4/13", "Mon 13 Apr 2026"),
    ("end of month", "Tue 31 Mar 2026"),
    ("eow", "Fri 13 Mar 2026"),
    ("end of april", "Thu 30 Apr 2026"),
    ("mid April", "Wed 15 Apr 2026"),
    ("in January", "Fri 1 Jan 2027"),
    ("until march", "Mon 1 Mar 2027"),
    ("may", "Fri 1 May 2026"),
    ("after april", "Fri 1 May 2026"),
    ("next week", "Mon 16 Mar 2026"),
    ("next month", "Wed 1 Apr 2026"),
    ("next quarter", "Wed 1 Apr 2026"),
    ("Q3", "Wed 1 Jul 2026"),
    ("until 12 Dec", "Sat 12 Dec 2026"),
    ("back on 12 Dec", "Sat 12 Dec 2026"),
]
TIMES = [
    ("tue 15:00", "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"),
    ("tue 9am", "Tue 17 Mar 2026, 09:00 (Europe/Berlin)"),
    ("tmrw at 15:30", "Wed 11 Mar 2026, 15:30 (Europe/Berlin)"),
    ("tomorrow 9", "Wed 11 Mar 2026, 09:00 (Europe/Berlin)"),
    ("3pm", "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"),
    ("3 p.m.", "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"),
    ("3-4pm wed", "Wed 11 Mar 2026, 15:00 (Europe/Berlin)"),
    ("12am tomorrow", "Wed 11 Mar 2026, 00:00 (Europe/Berlin)"),
    ("12pm", "Tue 10 Mar 2026, 12:00 (Europe/Berlin)"),
    ("15h", "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"),
    ("15h30", "Tue 10 Mar 2026, 15:30 (Europe/Berlin)"),
    ("at 9", "Wed 11 Mar 2026, 09:00 (Europe/Berlin)"),
    ("at 3", "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"),
    ("thu 3:30", "Thu 12 Mar 2026, 15:30 (Europe/Berlin)"),
    ("thu 03:30", "Thu 12 Mar 2026, 03:30 (Europe/Berlin)"),
    ("in 20 min", "Tue 10 Mar 2026, 11:20 (Europe/Berlin)"),
    ("in 2 hours", "Tue 10 Mar 2026, 13:00 (Europe/Berlin)"),
    ("in half an hour", "Tue 10 Mar 2026, 11:30 (Europe/Berlin)"),
    ("in 3 days at 9", "Fri 13 Mar 2026, 09:00 (Europe/Berlin)"),
    ("3pm tomorrow", "Wed 11 Mar 2026, 15:00 (Europe/Berlin)"),
    ("noon tomorrow", "Wed 11 Mar 2026, 12:00 (Europe/Berlin)"),
    ("thursday afternoon", "Thu 12 Mar 2026, 14:00 (Europe/Berlin)"),
    ("fri eod", "Fri 13 Mar 2026, 17:00 (Europe/Berlin)"),
    ("2026-05-01T15:00", "Fri 1 May 2026, 15:00 (Europe/Berlin)"),
    ("12 march at 15h CET", "Thu 12 Mar 2026, 15:00 (Europe/Berlin)"),
]
ZONES = [
    ("3 pm ET", "Tue 10 Mar 2026, 15:00 (America/New_York)"),
    ("14:00 utc+2", "Tue 10 Mar 2026, 14:00 (Etc/GMT-2)"),
    ("14:00 (GMT-5)", "Tue 10 Mar 2026, 14:00 (Etc/GMT+5)"),
    ("15:30 CET", "Tue 10 Mar 2026, 15:30 (Europe/Berlin)"),
    ("tue 3pm UK time", "Tue 10 Mar 2026, 15:00 (Europe/London)"),
    ("fri 3pm PST", "Fri 13 Mar 2026, 15:00 (America/Los_Angeles)"),
    ("3pm tomorrow pt", "Wed 11 Mar 2026, 15:00 (America/Los_Angeles)"),
    ("fri 10:00 Tokyo time", "Fri 13 Mar 2026, 10:00 (Asia/Tokyo)"),
    ("fri 10:00 New York time", "Fri 13 Mar 2026, 10:00 (America/New_York)"),
    ("fri 10:00 America/Chicago", "Fri 13 Mar 2026, 10:00 (America/Chicago)"),
    ("fri 3pm my time", "Fri 13 Mar 2026, 15:00 (Europe/Berlin)"),
    ("9pm ET", "Tue 10 Mar 2026, 21:00 (America/New_York)"),
]


@pytest.mark.parametrize(("text", "expected"), DAYS + TIMES + ZONES)
def test_reads_what_people_write(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "soon", "later", "call me", "asap", "9", "12", "at 25", "30 feb", "13/13", "24/7 support",
        "after the holidays", "after Christmas", "after easter", "in the new year maybe", "when budget is there",
        "2020-01-01", "1 Jan 2020", "yesterday", "last tuesday", "2 days ago", "never", "now", "25:00", "10:75",
        "jane call tomorrow", "tuesday or wednesday", "13pm", "0am", "12345", "the ceo",
    ],
)  # fmt: skip
def test_refuses_what_it_does_not_understand(text):
    assert read_when(text, NOW, BERLIN) is None


def test_at_nine_is_an_hour_and_never_september():
    when = read_when("at 9", NOW, BERLIN)
    assert when is not None
    assert when.at == datetime(2026, 3, 11, 8, tzinfo=UTC)
    assert when.assumed == ("09:00 has passed today, so Wed 11 Mar",)


def test_a_time_that_has_passed_on_a_friday_moves_to_monday():
    friday = datetime(2026, 3, 13, 16, 0, tzinfo=UTC)
    assert said("3pm", friday) == "Mon 16 Mar 2026, 15:00 (Europe/Berlin)"


def test_a_date_with_two_readings_names_both():
    when = read_when("12/3", NOW, BERLIN)
    assert when is not None
    assert len(when.others) == 1
    assert when.others[0].astimezone(ZoneInfo(BERLIN)).date().isoformat() == "2026-12-03"
    assert when.assumed == ("“12/3” could be Thu 12 Mar or Thu 3 Dec",)


def test_a_date_without_a_time_is_the_start_of_the_local_day():
    when = read_when("12 Mar", NOW, BERLIN)
    assert when == When(datetime(2026, 3, 11, 23, tzinfo=UTC), BERLIN, date_only=True)


def test_today_without_a_time_is_not_in_the_past():
    when = read_when("today", NOW, BERLIN)
    assert when is not None
    assert when.date_only
    assert when.at == NOW


def test_a_skipped_hour_moves_forward_and_says_so():
    when = read_when("29 mar 2:30am", NOW, BERLIN)
    assert when is not None
    assert when.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert when.assumed == ("02:30 does not exist that day (clocks go forward), so 03:30",)


def test_an_hour_that_comes_twice_is_the_first_and_says_so():
    when = read_when("25 oct 2:30 am", NOW, BERLIN)
    assert when is not None
    assert when.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "twice" in when.assumed[0]


def test_callbacks_keep_their_wall_time_across_a_clock_change():
    when = read_when("in 3 weeks at 15:00", NOW, BERLIN)
    assert when is not None
    assert when.at == datetime(2026, 3, 31, 13, tzinfo=UTC)


def test_the_day_is_the_one_of_the_named_zone():
    evening_in_la = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # still the 10th there, already the 11th in Berlin
    assert said("tomorrow 9am PT", evening_in_la) == "Wed 11 Mar 2026, 09:00 (America/Los_Angeles)"
    assert said("tomorrow 9am", evening_in_la) == "Thu 12 Mar 2026, 09:00 (Europe/Berlin)"


def test_their_time_is_read_anew_in_their_zone():
    when = read_when("9am their time", NOW, BERLIN)
    assert when is not None
    assert when.theirs
    there = read_when("9am their time", NOW, "America/New_York")
    assert there is not None
    assert say_when(there) == "Tue 10 Mar 2026, 09:00 (America/New_York)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tonight", "Tue 10 Mar 2026, 18:00 (Europe/Berlin)"),
        ("this evening", "Tue 10 Mar 2026, 18:00 (Europe/Berlin)"),
        ("this afternoon", "Tue 10 Mar 2026, 14:00 (Europe/Berlin)"),
        ("tonight at 8", "Tue 10 Mar 2026, 20:00 (Europe/Berlin)"),
        ("8:30 tonight", "Tue 10 Mar 2026, 20:30 (Europe/Berlin)"),
        ("tomorrow evening at 8", "Wed 11 Mar 2026, 20:00 (Europe/Berlin)"),
        ("thu 7 in the evening", "Thu 12 Mar 2026, 19:00 (Europe/Berlin)"),
        ("tomorrow morning", "Wed 11 Mar 2026, 09:00 (Europe/Berlin)"),
        ("tomorrow at 9 in the morning", "Wed 11 Mar 2026, 09:00 (Europe/Berlin)"),
    ],
)
def test_parts_of_a_day_have_their_hours(text, expected):
    assert said(text) == expected


def test_a_part_of_the_day_that_has_begun_is_its_next_hour_and_told():
    three = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
    when = read_when("this afternoon", three, BERLIN)
    assert when is not None
    assert say_when(when) == "Tue 10 Mar 2026, 16:00 (Europe/Berlin)"
    assert when.assumed == ("“afternoon” taken as 16:00",)
    assert read_when("this afternoon", datetime(2026, 3, 10, 16, 30, tzinfo=UTC), BERLIN) is None
    assert read_when("this morning", datetime(2026, 3, 10, 14, 0, tzinfo=UTC), BERLIN) is None


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        ("tue 3pm Tokyo", "Tue 17 Mar 2026, 15:00 (Asia/Tokyo)", "“Tokyo” taken as Tokyo time"),
        ("thu 15:00 new york", "Thu 12 Mar 2026, 15:00 (America/New_York)", "“new york” taken as US Eastern time"),
        ("thu 15:00 in Zürich", "Thu 12 Mar 2026, 15:00 (Europe/Zurich)", "“Zürich” taken as Zurich time"),
        ("thu 15:00 São Paulo", "Thu 12 Mar 2026, 15:00 (America/Sao_Paulo)", "“São Paulo” taken as Sao Paulo time"),
    ],
)
def test_a_city_behind_the_hour_is_its_zone_and_told(text, expected, told):
    when = read_when(text, NOW, BERLIN)
    assert when is not None
    assert say_when(when) == expected
    assert told in when.assumed


@pytest.mark.parametrize("text", ["3pm Springfield time", "tomorrow 3pm Gotham City time", "3pm XYZT"])
def test_an_unknown_place_is_told_apart(text):
    when = read_when(text, NOW, BERLIN)
    assert when is not None
    assert when.unknown_place in text
    assert when.unknown_place


@pytest.mark.parametrize("text", ["15:00 Paris Jones", "15:00 next time", "15:00 German speaker", "15:00 Jane"])
def test_names_and_notes_behind_an_hour_are_no_places(text):
    found = find_when(text, NOW, BERLIN)
    assert found is not None
    assert (found.when.tz, found.end, found.when.unknown_place) == (BERLIN, 5, "")


@pytest.mark.parametrize("text", ["yesterday 15:00", "last friday 10:00", "15:00 yesterday", "2 days ago at 9:30"])
def test_what_has_been_is_never_a_time_to_come(text):
    assert read_when(text, NOW, BERLIN) is None
    found = find_when(f"{text} and tomorrow 9am", NOW, BERLIN)
    assert found is not None
    assert say_when(found.when) == "Wed 11 Mar 2026, 09:00 (Europe/Berlin)"


def test_small_words_that_only_look_like_zones_are_left_alone():
    found = find_when("15:30 ist ok", NOW, BERLIN)
    assert found is not None
    assert found.when.tz == BERLIN
    assert found.end == len("15:30")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("morgen 15 Uhr", "Wed 11 Mar 2026, 15:00 (Europe/Berlin)"), ("demain", "Wed 11 Mar 2026")],
)
def test_other_languages_are_the_fallbacks_work_and_always_told(text, expected):
    when = read_when(text, NOW, BERLIN)
    assert when is not None
    assert say_when(when) == expected
    assert when.assumed


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("callback tue 15:00 about pricing", "tue 15:00"),
        ("not now until 12 Dec, on leave", "until 12 Dec"),
        ("try again in Q3 please", "in Q3"),
        ("meet at 9 on friday in the office", "at 9 on friday"),
        ("wants it by end of month, he says", "by end of month"),
        ("call (3pm ET) about it", "3pm ET"),
        ("wed 10:00-10:30 call", "wed 10:00-10:30"),
        ("talk about 50 users may be fine in june", "in june"),
        ("version 2.10.3 ships tomorrow", "tomorrow"),
    ],
)
def test_finds_the_phrase_inside_a_sentence(text, phrase):
    found = find_when(text, NOW, BERLIN)
    assert found is not None
    assert text[found.start : found.end] == phrase


@pytest.mark.parametrize(
    "text",
    ["he may come", "march on", "room 12 is fine", "they have 20 people", "at 20 users", "jan", "12 min", "1:1:1"],
)
def test_words_that_only_look_like_times_are_not_found(text):
    assert find_when(text, NOW, BERLIN) is None


def test_a_naive_now_is_refused():
    with pytest.raises(ValueError, match="aware"):
        read_when("tomorrow", datetime(2026, 3, 10), BERLIN)  # noqa: DTZ001


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PHRASES = st.sampled_from([text for text, _ in DAYS + TIMES + ZONES])
PLACES = st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC", "Asia/Kathmandu"])


@given(PHRASES, MOMENTS, PLACES)
def test_no_reading_is_ever_in_the_past(text, now, tz):
    when = read_when(text, now, tz)
    if when is not None:
        assert when.at >= now
        assert when.at.tzinfo is UTC
        assert all(other >= now for other in when.others)


@given(st.text(max_size=60), MOMENTS)
@settings(max_examples=200)
def test_any_text_is_read_or_refused_without_an_error(text, now):
    found = find_when(text, now, BERLIN, bare_month=True)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)


@given(st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", "pm"]), MOMENTS)
def test_an_hour_with_am_or_pm_is_that_wall_time_within_four_days(hour, minute, half, now):
    when = read_when(f"{hour}:{minute:02}{half}", now, "UTC")
    assert when is not None
    assert (when.at.hour, when.at.minute) == (hour % 12 + (12 if half == "pm" else 0), minute)
    assert timedelta(0) <= when.at - now <= timedelta(days=4)


def test_an_offset_is_said_as_it_was_typed_and_one_of_half_hours_is_told_to_be_unknown():
    assert [say_zone(tz) for tz in ("Etc/GMT-2", "Etc/GMT+5")] == ["UTC+2", "UTC-5"]
    assert zone_at("14:00 utc+5:30", 5, BERLIN) == ZoneSaid(BERLIN, 14, unknown="utc+5:30")
