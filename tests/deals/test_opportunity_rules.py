"""Which moves a deal can make, and the guard before a proposal."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.opportunities import (
    GUARD_WORDS,
    DealState,
    Guard,
    at_least,
    check_close_on,
    check_deal_move,
    check_guard,
    goes_back,
    path_to,
)
from bot.domain.terms import Stage

WANTED = ("need", "decision_maker", "budget", "timing")
TODAY = date(2026, 3, 2)
states = st.sampled_from(DealState)


def test_a_deal_goes_by_the_proposal_to_won() -> None:
    check_deal_move(DealState.QUALIFIED, DealState.PROPOSAL)
    check_deal_move(DealState.PROPOSAL, DealState.WON)
    with pytest.raises(UserError, match="qualified and cannot become won"):
        check_deal_move(DealState.QUALIFIED, DealState.WON)
    assert path_to(DealState.QUALIFIED, DealState.WON) == (DealState.PROPOSAL, DealState.WON)


@given(states, states)
def test_every_step_back_and_every_loss_needs_a_reason(before: DealState, after: DealState) -> None:
    if goes_back(before, after) or (before is DealState.PROPOSAL and after is DealState.LOST):
        with pytest.raises(UserError, match="say why"):
            check_deal_move(before, after)
        check_deal_move(before, after, "they came back")


@given(st.sets(st.sampled_from(WANTED)), st.sampled_from(["", "  ", "the board meets tomorrow"]))
def test_a_proposal_wants_everything_confirmed_or_a_reason(confirmed: set[str], override: str) -> None:
    guard = Guard(tuple(sorted(confirmed)), override)
    if set(WANTED) == confirmed or override.strip():
        check_guard(guard, WANTED)
        return
    with pytest.raises(UserError, match="Not confirmed yet") as refused:
        check_guard(guard, WANTED)
    assert all(GUARD_WORDS[fact].capitalize() in refused.value.sentence for fact in set(WANTED) - confirmed)


def test_a_guard_is_stored_and_read_back() -> None:
    guard = Guard(("need", "timing"), "the board meets tomorrow")
    assert Guard.stored(guard.as_stored()) == guard
    assert Guard.stored({}) == Guard()


@given(st.sampled_from(Stage), st.sampled_from(Stage))
def test_nobody_falls_back_by_a_new_deal(before: Stage, stage: Stage) -> None:
    order = list(Stage)
    assert order.index(at_least(before, stage)) == max(order.index(before), order.index(stage))


def test_the_day_it_closes_is_named_and_to_come() -> None:
    assert check_close_on(TODAY, TODAY) == TODAY
    for wrong, says in ((None, "When"), (TODAY - timedelta(days=1), "past"), (TODAY + timedelta(days=4000), "ten")):
        with pytest.raises(UserError, match=says) as refused:
            check_close_on(wrong, TODAY)
        assert refused.value.field == "expected_close_on"
