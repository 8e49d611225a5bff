"""Periods as people say them, the period before, and whole days of a zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metrics_period import Period, Span, read_period, unit_of

TODAY = date(2027, 3, 17)
"""A Wednesday."""
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("said", "meant", "before"),
    [
        ("this week", "15 to 17 Mar 2027", "8 to 10 Mar 2027"),
        ("last week", "8 to 14 Mar 2027", "1 to 7 Mar 2027"),
        ("month", "1 to 17 Mar 2027", "1 to 17 Feb 2027"),
        ("last month", "1 to 28 Feb 2027", "1 to 31 Jan 2027"),
        ("last quarter", "1 Oct to 31 Dec 2026", "1 Jul to 30 Sep 2026"),
        ("this year", "1 Jan to 17 Mar 2027", "1 Jan to 17 Mar 2026"),
        ("last 30 days", "16 Feb to 17 Mar 2027", "17 Jan to 15 Feb 2027"),
        ("past 2 weeks", "4 to 17 Mar 2027", "18 Feb to 3 Mar 2027"),
        ("March", "1 to 17 Mar 2027", "1 to 17 Feb 2027"),
        ("april", "1 to 30 Apr 2026", "1 to 31 Mar 2026"),
        ("march 2026", "1 to 31 Mar 2026", "1 to 28 Feb 2026"),
        ("q2 2026", "1 Apr to 30 Jun 2026", "1 Jan to 31 Mar 2026"),
        ("2026", "1 Jan to 31 Dec 2026", "1 Jan to 31 Dec 2025"),
        ("1 mar to 15 mar", "1 to 15 Mar 2027", "14 to 28 Feb 2027"),
        ("1-15 march", "1 to 15 Mar 2027", "14 to 28 Feb 2027"),
        ("from 20 Dec to 10 Jan", "20 Dec 2026 to 10 Jan 2027", "28 Nov to 19 Dec 2026"),
        ("2026-03-01 to 2026-03-15", "1 to 15 Mar 2026", "14 to 28 Feb 2026"),
        ("1.3. - 15.3.", "1 to 15 Mar 2027", "14 to 28 Feb 2027"),
        ("since 1 march", "1 to 17 Mar 2027", "12 to 28 Feb 2027"),
        ("yesterday", "16 Mar 2027", "15 Mar 2027"),
    ],
)
def test_a_period_in_words(said: str, meant: str, before: str) -> None:
    period = read_period(said, TODAY)
    assert period is not None
    assert (period.words(), period.before().words()) == (meant, before)


@pytest.mark.parametrize(
    "said",
    ["", "soon", "sam", "next month", "1 apr 2028", "31 feb", "last 0 days", "last 9999 days", "2026-02-30", "q5"],
)
def test_what_is_no_period_of_the_past_is_none(said: str) -> None:
    assert read_period(said, TODAY) is None


@given(st.sampled_from(["week", "month", "quarter", "year"]), st.sampled_from(["this", "last"]), days)
def test_a_unit_and_the_one_before_do_not_overlap_and_begin_alike(unit: str, which: str, today: date) -> None:
    period = read_period(f"{which} {unit}", today)
    assert period is not None
    before = period.before()
    assert before.last < period.first <= period.last <= today
    assert before.days <= max(period.days, 31 * 12 + 1)
    assert Period.decode(period.encode()) == period


@given(days, st.integers(0, 400))
def test_days_are_compared_with_as_many_days_right_before_them(first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))
    before = period.before()
    assert before.days == period.days
    assert before.last + timedelta(days=1) == period.first
    assert len(period.short()) <= 20


@given(st.text(max_size=60), days)
def test_whatever_is_typed_never_begins_in_the_future(text: str, today: date) -> None:
    period = read_period(text, today)
    assert period is None or period.first <= today


@given(days, st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]))
def test_days_follow_each_other_without_a_gap_across_clock_changes(day: date, zone: str) -> None:
    following = Period(day + timedelta(days=1), day + timedelta(days=1))
    assert Period(day, day).instants(zone)[1] == following.instants(zone)[0]


def test_a_day_is_one_of_whoever_asks() -> None:
    starts_at, ends_at = Period(TODAY, TODAY).instants("America/New_York")
    assert starts_at == datetime(2027, 3, 17, 4, tzinfo=UTC)
    assert ends_at == datetime(2027, 3, 18, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "x", "20270317-20270301-d", "20270301-20270317-z", "20000101-20270317-d", "~"])
def test_a_period_no_button_of_ours_carries_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Period.decode(text)


def test_on_the_first_day_of_a_month_last_month_is_whole() -> None:
    assert unit_of(Span.MONTH, date(2027, 3, 1), 1) == Period(date(2027, 2, 1), date(2027, 2, 28), Span.MONTH)
