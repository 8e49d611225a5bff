from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import work_week
from bot.domain.response_clock import (
    BreachCause,
    DueRule,
    LadderStep,
    breach_cause,
    claimed_steps,
    clocks,
    is_hot,
    ladder_steps,
    reminder_times,
    response_due,
)
from bot.domain.terms import Intent
from bot.playbook.load import default_playbook

PLAYBOOK = default_playbook()
BERLIN = work_week("mon-fri 9-17", "Europe/Berlin", "DE")
BOSTON = work_week("mon-fri 9-17", "America/New_York", "US")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))


def test_contact_me_and_trial_are_hot():
    assert [intent for intent in Intent if is_hot(intent, PLAYBOOK)] == [Intent.CONTACT_ME, Intent.TRIAL_REQUEST]


def test_a_download_in_working_time_has_a_day_by_the_wall_clock():
    due = response_due(berlin(2026, 6, 5, 16), False, [BERLIN], PLAYBOOK)
    assert (due.due_at, due.rule) == (berlin(2026, 6, 6, 16), DueRule.STANDARD)


def test_a_download_at_night_is_due_in_the_first_hour_of_the_next_shift():
    due = response_due(berlin(2026, 6, 5, 23), False, [BERLIN], PLAYBOOK)
    assert (due.due_at, due.rule) == (berlin(2026, 6, 8, 10), DueRule.NEXT_SHIFT)


def test_whoever_works_next_anywhere_counts():
    due = response_due(berlin(2026, 6, 5, 17, 30), False, [BERLIN, BOSTON], PLAYBOOK)
    assert due.rule is DueRule.STANDARD
    night = response_due(berlin(2026, 6, 6, 3), True, [BERLIN, BOSTON], PLAYBOOK)
    assert night.starts_at == berlin(2026, 6, 8, 9)


def test_a_hot_lead_at_night_waits_for_the_shift():
    due = response_due(berlin(2026, 6, 5, 23), True, [BERLIN], PLAYBOOK)
    assert (due.due_at, due.starts_at) == (berlin(2026, 6, 8, 9, 5), berlin(2026, 6, 8, 9))


def test_where_nobody_ever_works_the_wall_clock_runs():
    due = response_due(berlin(2026, 6, 5, 23), False, [], PLAYBOOK)
    assert (due.due_at, due.rule) == (berlin(2026, 6, 6, 23), DueRule.STANDARD)


def test_the_ladder_counts_from_the_alert():
    at = datetime(2026, 6, 5, 9, tzinfo=UTC)
    assert [(step, int((due - at).total_seconds())) for step, due in ladder_steps(at, PLAYBOOK)] == [
        (LadderStep.DM_UNSEEN, 60),
        (LadderStep.NUDGE, 90),
        (LadderStep.NEXT_REP, 180),
        (LadderStep.MANAGER, 600),
    ]
    assert claimed_steps(at, PLAYBOOK)[0] == (LadderStep.CLAIMED_IDLE, at + 3 * MINUTE)


def test_reminders_come_at_half_and_four_fifths_of_the_time():
    raised = berlin(2026, 6, 5, 12)
    due = response_due(raised, False, [BERLIN], PLAYBOOK)
    assert reminder_times(due, raised, PLAYBOOK) == [
        (50, berlin(2026, 6, 6, 0)),
        (80, raised + 24 * HOUR * 0.8),
    ]
    night = berlin(2026, 6, 5, 23)
    due = response_due(night, False, [BERLIN], PLAYBOOK)
    assert reminder_times(due, night, PLAYBOOK)[0] == (50, berlin(2026, 6, 8, 9, 30))


def test_breach_causes_are_told_apart():
    raised = berlin(2026, 6, 5, 12)
    due = response_due(raised, True, [BERLIN], PLAYBOOK)
    second = timedelta(seconds=1)
    owned, alerted = raised + second, raised + 2 * second
    assert breach_cause(due, raised, owned, alerted, [BERLIN]) is BreachCause.REP
    assert breach_cause(due, raised, owned, None, [BERLIN]) is BreachCause.SLACK_UNREACHABLE
    assert breach_cause(due, raised, owned, due.due_at, [BERLIN]) is BreachCause.SLACK_UNREACHABLE
    assert breach_cause(due, raised, None, None, [BERLIN]) is BreachCause.ROUTING
    assert breach_cause(due, raised, owned, alerted, []) is BreachCause.NOBODY_ON_SHIFT


def test_both_clocks_are_kept():
    both = clocks(berlin(2026, 6, 5, 16, 30), berlin(2026, 6, 8, 9, 10), BERLIN)
    assert both.wall_seconds == (64 * 60 + 40) * 60
    assert both.on_shift_seconds == 40 * 60


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.booleans(),
    st.sampled_from([[BERLIN], [BERLIN, BOSTON], []]),
)
def test_a_response_is_never_due_before_somebody_could_begin(raised, hot, weeks):
    due = response_due(raised, hot, weeks, PLAYBOOK)
    assert raised <= due.starts_at < due.due_at
    assert all(due.starts_at < at < due.due_at for _, at in reminder_times(due, raised, PLAYBOOK))
