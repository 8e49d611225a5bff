"""The cadence by example (process §4), with the shipped playbook: dates of a rep who works Monday to Friday."""

from datetime import date, timedelta

import pytest

from bot.domain.business_time import work_week
from bot.domain.cadence import (
    Course,
    Ended,
    EndReason,
    Step,
    ahead,
    begin,
    cadence_shape,
    follow_up_shape,
    last_day,
    resumed,
    settled,
    skipped,
    touched,
    turn_after,
)
from bot.domain.cadence_days import Absence, Days, days_of
from bot.domain.cadence_outcomes import Happened, check_disqualify, react
from bot.domain.errors import UserError
from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.playbook.load import default_playbook

BOOK = default_playbook()
CADENCE, FOLLOW_UP = cadence_shape(BOOK), follow_up_shape(BOOK)
WEEK = work_week("mon-fri 9:00-17:00", "Europe/Berlin")
MONDAY = date(2026, 3, 2)
SHIFT = BOOK.cadence.absence_shift_days


def days(*absences: Absence, country: str | None = None) -> Days:
    return days_of(WEEK, absences, SHIFT, country)


def plan(on: Days, course: Course | None = None) -> list[str]:
    shape = CADENCE
    course = course or begin(shape, on, MONDAY)
    return [f"{step} {cycle} {day:%-d %b}" for step, cycle, day in ahead(shape, on, course)]


def test_four_cycles_of_an_email_and_a_call_the_working_day_after() -> None:
    # Day 6 is a Saturday, 11 a Thursday, 16 a Tuesday.
    assert plan(days()) == [
        "email 1 2 Mar", "call 1 3 Mar", "email 2 9 Mar", "call 2 10 Mar",
        "email 3 12 Mar", "call 3 13 Mar", "email 4 17 Mar", "call 4 18 Mar",
    ]  # fmt: skip


def test_the_call_is_counted_from_the_day_the_email_went_out() -> None:
    late = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, date(2026, 3, 6))
    assert (late.step, late.due_on) == (Step.CALL, date(2026, 3, 9))
    assert plan(days(), late)[1] == "email 2 10 Mar"


def test_what_would_fall_past_the_last_day_is_dropped() -> None:
    course = begin(CADENCE, days(), MONDAY)
    for on in (date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 16), date(2026, 3, 19), date(2026, 3, 20)):
        course = touched(CADENCE, days(), course, course.step, on)
    # The third e-mail went out on Friday 20 March; day 21 is Sunday the 22nd.
    assert (course.step, course.due_on) == (Step.CLOSE, date(2026, 3, 23))


def test_a_plan_waits_for_day_21_and_then_rests() -> None:
    course = begin(CADENCE, days(), MONDAY)
    assert settled(CADENCE, days(), course, date(2026, 3, 22)) == course
    assert settled(CADENCE, days(), course, date(2026, 3, 23)) == Ended(EndReason.RECYCLED, date(2026, 6, 20))


def test_three_days_away_shift_what_comes_after() -> None:
    away = days(Absence(date(2026, 3, 4), date(2026, 3, 6)))
    assert plan(away)[:4] == ["email 1 2 Mar", "call 1 3 Mar", "email 2 10 Mar", "call 2 11 Mar"]
    assert last_day(CADENCE, away, begin(CADENCE, away, MONDAY)) == date(2026, 3, 22)


def test_a_longer_absence_pauses_and_its_days_do_not_count() -> None:
    away = days(Absence(date(2026, 3, 4), date(2026, 3, 10)))
    course = begin(CADENCE, away, MONDAY)
    assert plan(away)[2:4] == ["email 2 16 Mar", "call 2 17 Mar"]
    assert last_day(CADENCE, away, course) == date(2026, 3, 29)
    assert away.number(MONDAY, date(2026, 3, 11), course.pauses, working=False) == 3


def test_a_longer_absence_with_a_cover_changes_nothing() -> None:
    assert plan(days(Absence(date(2026, 3, 4), date(2026, 3, 10), covered=True))) == plan(days())


def test_no_step_falls_on_a_public_holiday_of_either_side() -> None:
    at_easter = begin(CADENCE, days(country="US"), date(2026, 6, 29))
    # Day 6 is Saturday 4 July, kept on Friday the 3rd; the first call would be on Tuesday.
    assert plan(days(country="US"), at_easter)[2] == "email 2 6 Jul"
    german = days_of(work_week("mon-fri 9:00-17:00", "Europe/Berlin", "DE"), (), SHIFT)
    assert plan(german, begin(CADENCE, german, date(2026, 4, 2)))[:2] == ["email 1 2 Apr", "call 1 7 Apr"]


def test_out_of_office_pauses_until_its_date() -> None:
    course = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, MONDAY)
    away = react(CADENCE, days(), course, Happened(Outcome.OUT_OF_OFFICE, MONDAY, date(2026, 3, 16)), MONDAY)
    assert isinstance(away, Course)
    assert (away.step, away.due_on) == (Step.CALL, date(2026, 3, 16))
    assert last_day(CADENCE, days(), away) == date(2026, 4, 4)
    back = resumed(CADENCE, days(), away, date(2026, 3, 5))
    assert (back.due_on, last_day(CADENCE, days(), back)) == (date(2026, 3, 5), date(2026, 3, 24))


def test_a_callback_is_a_call_made_and_nothing_comes_before_it() -> None:
    course = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, MONDAY)
    promised = Happened(Outcome.CALLBACK, date(2026, 3, 3), date(2026, 3, 11))
    after = react(CADENCE, days(), course, promised, date(2026, 3, 3))
    assert isinstance(after, Course)
    assert (after.step, after.cycle, after.due_on) == (Step.EMAIL, 2, date(2026, 3, 16))


def test_not_now_sets_a_date_and_ends_it() -> None:
    course = begin(CADENCE, days(), MONDAY)
    said = Happened(Outcome.NOT_NOW, MONDAY, date(2026, 9, 1))
    assert react(CADENCE, days(), course, said, MONDAY) == Ended(EndReason.NOT_NOW, date(2026, 9, 1))
    open_end = react(CADENCE, days(), course, Happened(Outcome.NOT_NOW, MONDAY), MONDAY)
    assert open_end == Ended(EndReason.NOT_NOW, MONDAY + timedelta(days=BOOK.cadence.recycle_days))


def test_somebody_elses_no_is_a_call_made() -> None:
    course = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, MONDAY)
    tuesday = date(2026, 3, 3)
    theirs = react(CADENCE, days(), course, Happened(Outcome.NOT_INTERESTED, tuesday), tuesday)
    other = react(CADENCE, days(), course, Happened(Outcome.NOT_INTERESTED, tuesday, own_no=False), tuesday)
    assert theirs == Ended(EndReason.NO)
    assert isinstance(other, Course)
    assert other.step is Step.EMAIL


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.CONNECTED,
        Outcome.REPLY_POSITIVE,
        Outcome.REPLY_NEGATIVE,
        Outcome.THEY_RESPONDED,
        Outcome.MEETING_BOOKED,
        Outcome.HELD,
        Outcome.OPTED_OUT,
        Outcome.BOUNCED,
        Outcome.DO_NOT_CALL,
        Outcome.NOT_INTERESTED,
        Outcome.NOT_NOW,
        Outcome.REFERRAL,
    ],
)
def test_it_ends_at_once_on(outcome: Outcome) -> None:
    course = begin(CADENCE, days(), MONDAY)
    assert isinstance(react(CADENCE, days(), course, Happened(outcome, MONDAY), MONDAY), Ended)


def test_every_outcome_leaves_a_next_step_or_an_end() -> None:
    course = begin(CADENCE, days(), MONDAY)
    for outcome in {one for some in OUTCOMES.values() for one in some}:
        after = react(CADENCE, days(), course, Happened(outcome, MONDAY), MONDAY)
        assert isinstance(after, Ended) or after.due_on >= MONDAY


def test_a_second_touch_of_the_day_is_no_second_step() -> None:
    course = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, MONDAY)
    called = touched(CADENCE, days(), course, Step.CALL, date(2026, 3, 3))
    again = touched(CADENCE, days(), called, Step.EMAIL, date(2026, 3, 3))
    assert (again.step, again.cycle) == (Step.EMAIL, 2)


def test_a_call_never_made_gives_way_to_the_next_email() -> None:
    course = touched(CADENCE, days(), begin(CADENCE, days(), MONDAY), Step.EMAIL, MONDAY)
    assert settled(CADENCE, days(), course, date(2026, 3, 6)) == course
    overtaken = settled(CADENCE, days(), course, date(2026, 3, 9))
    assert isinstance(overtaken, Course)
    assert (overtaken.step, overtaken.cycle, overtaken.due_on) == (Step.EMAIL, 2, date(2026, 3, 9))


def test_a_skipped_email_has_no_call() -> None:
    course = skipped(CADENCE, days(), begin(CADENCE, days(), MONDAY), MONDAY)
    assert (course.step, course.cycle, course.due_on) == (Step.EMAIL, 2, date(2026, 3, 9))


def test_the_follow_up_plan_has_seven_touches_over_ten_working_days_in_turn() -> None:
    course = begin(FOLLOW_UP, days(), MONDAY)
    planned = list(ahead(FOLLOW_UP, days(), course))
    assert [step.value for step, _, _ in planned] == ["call", "email", "call", "email", "call", "email", "call"]
    assert planned[-1][2] == last_day(FOLLOW_UP, days(), course) == date(2026, 3, 13)
    assert len({day for _, _, day in planned}) == 7


def test_the_follow_up_begins_with_the_other_channel_than_the_response() -> None:
    assert follow_up_shape(BOOK, turn_after(BOOK, Channel.CALL)).slots[0].step is Step.EMAIL
    assert follow_up_shape(BOOK, turn_after(BOOK, Channel.EMAIL)).slots[0].step is Step.CALL


def test_a_follow_up_touch_counts_by_any_channel_once_a_day() -> None:
    course = touched(FOLLOW_UP, days(), begin(FOLLOW_UP, days(), MONDAY), Step.EMAIL, MONDAY)
    assert (course.step, course.cycle) == (Step.EMAIL, 2)
    assert touched(FOLLOW_UP, days(), course, Step.CALL, MONDAY).cycle == 2


def test_an_organisation_is_given_up_only_by_who_decides_or_with_evidence() -> None:
    guard = {"said_by": "", "senior": False, "not_a_fit": "", "evidence": ""}
    with pytest.raises(UserError, match="Whose no"):
        check_disqualify(BOOK, **guard)
    with pytest.raises(UserError, match="stops only for themselves"):
        check_disqualify(BOOK, **guard | {"said_by": "Jane Doe"})
    with pytest.raises(UserError, match="What shows it"):
        check_disqualify(BOOK, **guard | {"not_a_fit": "Competitor"})
    with pytest.raises(UserError, match="Choose why"):
        check_disqualify(BOOK, **guard | {"not_a_fit": "Bored", "evidence": "x"})
    assert (
        check_disqualify(BOOK, **guard | {"said_by": "Jane Doe", "senior": True}) == "no of Jane Doe, who decides there"
    )
    assert check_disqualify(BOOK, **guard | {"not_a_fit": "Competitor", "evidence": "their site"}).startswith(
        "not a fit"
    )


def test_without_a_number_an_email_stands_for_the_call() -> None:
    tuesday = MONDAY + timedelta(days=1)
    course = react(CADENCE, days(), begin(CADENCE, days(), MONDAY), Happened(Outcome.SENT, MONDAY), MONDAY)
    assert isinstance(course, Course)
    assert (course.step, course.due_on) == (Step.CALL, tuesday)
    instead = react(CADENCE, days(), course, Happened(Outcome.SENT, tuesday, by_phone=False), tuesday)
    assert isinstance(instead, Course)
    assert (instead.step, instead.cycle, instead.last_email_on) == (Step.EMAIL, 2, tuesday)
    beside = react(CADENCE, days(), course, Happened(Outcome.SENT, tuesday), tuesday)
    assert isinstance(beside, Course)
    assert (beside.step, beside.cycle) == (Step.CALL, 1)
