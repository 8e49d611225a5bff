"""Who takes it, and when it can be: the rules by themselves (process §7)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import WorkWeek, is_working, shift_at, work_week
from bot.domain.handoff import Executive, choose_executive
from bot.domain.handoff_stages import LIVE, check_handoff_move
from bot.domain.intro_call import (
    MANAGER,
    REMIND,
    Hours,
    calling_hours,
    free_slots,
    is_free,
    ladder_times,
    verdict_time,
    why_not_then,
)
from bot.playbook.load import default_text, load_text

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = load_text(default_text(), "default.yaml")
WEEK = work_week("mon-fri 9:00-17:00", "UTC")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
HOURS = ("mon-fri 9:00-17:00", "mon-fri 8:00-12:00,13:00-17:30", "mon 9-11; fri 22:00-24:00", "sat 10:00-10:20")


def one(number: int, name: str, **values) -> Executive:
    return Executive(UUID(int=number), name, values.pop("week", WEEK), **{"position": number, **values})


executives = st.lists(
    st.builds(
        Executive,
        id=st.uuids(),
        name=st.sampled_from(["Erik", "Farah", "Max"]),
        week=st.sampled_from([work_week(hours, zone) for hours in HOURS for zone in ZONES]),
        position=st.none() | st.integers(1, 5),
        open_handoffs=st.integers(0, 4),
        last_handoff_at=st.none() | st.integers(0, 100).map(lambda days: NOON - timedelta(days=days)),
        reachable=st.booleans(),
        away_until=st.none() | st.just(date(2026, 3, 9)),
        owns_account=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


def test_the_accounts_own_comes_first_if_aligned() -> None:
    erik, farah = one(1, "Erik"), one(2, "Farah", owns_account=True, open_handoffs=9)
    choice = choose_executive([erik, farah], NOON)
    assert (choice.ae_id, choice.reason) == (farah.id, "Farah owns the account.")
    outside = choose_executive([erik, one(2, "Farah", owns_account=True, position=None)], NOON)
    assert outside.ae_id == erik.id
    assert "Farah owns the account, but is not aligned." in outside.said


def test_then_the_fewest_open_then_the_longest_wait_then_the_order() -> None:
    erik, farah = one(1, "Erik", open_handoffs=2), one(2, "Farah", open_handoffs=1)
    assert choose_executive([erik, farah], NOON).reason == "Farah has the fewest open handoffs (1)."
    erik = one(1, "Erik", last_handoff_at=NOON - timedelta(days=1))
    farah = one(2, "Farah", last_handoff_at=NOON - timedelta(days=2))
    assert choose_executive([erik, farah], NOON).reason == "Farah has waited longest for one."
    assert choose_executive([erik, one(2, "Farah")], NOON).reason == "Farah has had none yet."
    assert choose_executive([one(2, "Farah"), one(1, "Erik")], NOON).reason == "Erik comes first in the order."


def test_on_leave_is_not_offered_and_the_cover_is_shown() -> None:
    farah = one(2, "Farah")
    erik = one(1, "Erik", away_until=date(2026, 3, 6), cover_id=farah.id, owns_account=True)
    max_ = one(3, "Max", open_handoffs=0)
    choice = choose_executive([erik, max_, farah], NOON)
    assert choice.ae_id == farah.id
    assert choice.said == "Erik is away until 6 March; Farah covers. Farah covers for the account's own."


def test_somebody_on_the_line_goes_to_who_is_on_shift() -> None:
    night = work_week("mon-fri 9:00-17:00", "Pacific/Auckland")
    erik, farah = one(1, "Erik", week=night), one(2, "Farah", open_handoffs=9)
    assert choose_executive([erik, farah], NOON, live=True).ae_id == farah.id
    assert choose_executive([erik], NOON, live=True).said == "Erik is not on shift now. None of them is on shift now."


def test_nobody_aligned_looks_at_all_and_nobody_at_all_says_so() -> None:
    choice = choose_executive([one(1, "Erik", position=None)], NOON)
    assert choice.ae_id == UUID(int=1)
    assert "No account executive is aligned yet" in choice.said
    assert choose_executive([], NOON).reason == "There is no account executive yet. An admin can add one."


@given(executives, st.booleans(), st.data())
def test_whoever_cannot_take_it_is_never_chosen(people: list[Executive], live: bool, data: st.DataObject) -> None:
    passed = data.draw(st.sets(st.sampled_from([each.id for each in people]))) if people else set()
    choice = choose_executive(people, NOON, live=live, passed_over=passed)
    shuffled = data.draw(st.permutations(people))
    assert choose_executive(shuffled, NOON, live=live, passed_over=passed).ae_id == choice.ae_id
    pool = [each for each in people if each.aligned] or people
    able = [each for each in pool if each.reachable and each.away_until is None and each.id not in passed]
    able = [each for each in able if not live or is_working(each.week, NOON)]
    assert (choice.ae_id is None) == (not able)
    assert choice.reason
    if choice.ae_id is None:
        return
    chosen = next(each for each in able if each.id == choice.ae_id)
    if not any(each.owns_account for each in able):
        assert chosen.open_handoffs == min(each.open_handoffs for each in able)


spans = st.tuples(st.integers(0, 14 * 24 * 4), st.integers(1, 16)).map(
    lambda quarter: (NOON + quarter[0] * timedelta(minutes=15), NOON + sum(quarter) * timedelta(minutes=15))
)


@given(
    st.sampled_from(HOURS),
    st.sampled_from(ZONES),
    st.lists(spans, max_size=8),
    st.integers(0, 60 * 24 * 200),
    st.sampled_from([15, 30, 45]),
    st.integers(1, 8),
    st.none() | st.sampled_from(ZONES),
)
def test_a_slot_is_free_working_time_ahead(hours, zone, busy, after, minutes, count, theirs) -> None:
    week, moment = work_week(hours, zone), NOON + timedelta(minutes=after)
    buyer = calling_hours((theirs,), RULES) if theirs else None
    slots = free_slots(week, busy, moment, minutes, count, buyer)
    length = timedelta(minutes=minutes)
    assert slots == sorted(set(slots))
    assert len(slots) <= count
    for start in slots:
        shift = shift_at(week, start)
        assert shift is not None
        assert start >= moment
        assert start + length <= shift.end
        assert is_free(busy, start, start + length)
        assert why_not_then(week, busy, start, minutes, moment - timedelta(seconds=1)) is None
    if buyer is not None and any(buyer.hold(start, start + length) for start in slots):
        assert all(buyer.hold(start, start + length) for start in slots)


def test_the_buyers_day_comes_before_the_next_free_hour() -> None:
    buyer = Hours(("America/New_York",), *_day(), frozenset(range(5)))
    slots = free_slots(WEEK, [], NOON, 30, 3, buyer)
    assert [f"{slot:%H:%M}" for slot in slots] == ["13:00", "13:30", "14:00"]
    auckland = Hours(("Pacific/Auckland",), *_day(), frozenset(range(5)))
    nine = work_week("mon-fri 11:00-16:00", "UTC")
    assert free_slots(nine, [], NOON, 30, 2, auckland) == [NOON, NOON + timedelta(minutes=30)]


def _day():
    calls = RULES.compliance.calls
    return calls.default_from, calls.default_until


@given(st.sampled_from(HOURS), st.sampled_from(ZONES), st.none() | st.integers(1, 5000))
def test_the_ladder_counts_working_time_and_never_waits_past_the_call(hours, zone, call) -> None:
    starts_at = NOON + timedelta(minutes=call) if call else None
    at = ladder_times(work_week(hours, zone), NOON, starts_at, RULES)
    assert NOON <= at[REMIND] <= at[MANAGER]
    if starts_at is not None:
        last = starts_at - min(RULES.handoff.intro_call.remind_before)
        assert at[MANAGER] <= max(last, NOON)


@given(st.sampled_from(HOURS), st.sampled_from(ZONES), st.integers(0, 20_000))
def test_a_missing_verdict_is_asked_for_at_work_on_later_days(hours, zone, after) -> None:
    week, since = work_week(hours, zone), NOON + timedelta(minutes=after)
    rules = RULES.handoff
    remind, manager = (
        verdict_time(week, since, span) for span in (rules.requalify_remind_after, rules.requalify_manager_after)
    )
    assert since < remind < manager
    assert is_working(week, remind)
    assert is_working(week, manager)


def test_without_any_work_ahead_a_missing_verdict_counts_the_wall_clock() -> None:
    assert verdict_time(WorkWeek(((),) * 7, "UTC"), NOON, timedelta(days=1)) == NOON + timedelta(days=1)


@given(st.sampled_from(LIVE), st.sampled_from([*LIVE, "declined", "taken_back", "no_show", "qualified"]))
def test_no_move_that_gives_the_buyer_back_goes_without_a_reason(before: str, after: str) -> None:
    try:
        check_handoff_move(before, after)
    except Exception:
        return
    assert after not in ("declined", "taken_back", "not_qualified")
