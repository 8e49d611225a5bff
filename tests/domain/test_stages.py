from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.stages import can_move, check_move, check_stage, goes_back, raised
from bot.domain.terms import LeadState, Stage


def test_a_lead_goes_its_way_without_explanations():
    way = [LeadState.OPEN, LeadState.CLAIMED, LeadState.RESPONDED, LeadState.HANDED_OFF, LeadState.RECYCLED]
    for before, after in pairwise(way):
        check_move(before, after)


def test_a_lead_can_be_answered_without_a_claim():
    check_move(LeadState.OPEN, LeadState.RESPONDED)


def test_going_back_needs_a_reason():
    with pytest.raises(UserError) as caught:
        check_move(LeadState.JUNK, LeadState.OPEN, "  ")
    assert caught.value.field == "reason"
    check_move(LeadState.JUNK, LeadState.OPEN, "It was a real question")


def test_junk_needs_a_reason_for_marketing():
    with pytest.raises(UserError, match="say why this lead becomes junk"):
        check_move(LeadState.OPEN, LeadState.JUNK)


def test_what_is_no_move_is_refused_with_a_sentence():
    with pytest.raises(UserError, match="This lead is junk and cannot become recycled"):
        check_move(LeadState.JUNK, LeadState.RECYCLED, "because")


@given(st.sampled_from(LeadState), st.sampled_from(LeadState))
def test_every_move_can_be_taken_back(before, after):
    """Process §1: reversible with a reason."""
    assert not can_move(before, before)
    ends = {LeadState.RECYCLED, LeadState.JUNK, LeadState.DISQUALIFIED, LeadState.CLOSED}
    if before not in ends and can_move(before, after) and not goes_back(before, after):
        assert goes_back(after, before)
    if before in ends:
        assert goes_back(before, LeadState.OPEN)


def test_stages_go_up_one_by_one_and_back_with_a_reason():
    check_stage(Stage.PROSPECT, Stage.LEAD)
    with pytest.raises(UserError, match="The next stage is lead"):
        check_stage(Stage.PROSPECT, Stage.CLIENT)
    with pytest.raises(UserError, match="say why this goes back"):
        check_stage(Stage.CLIENT, Stage.LEAD)
    check_stage(Stage.CLIENT, Stage.LEAD, "Contract undone")


def test_a_client_who_raises_a_hand_stays_a_client():
    assert raised(Stage.PROSPECT) is Stage.LEAD
    assert raised(Stage.CLIENT) is Stage.CLIENT
