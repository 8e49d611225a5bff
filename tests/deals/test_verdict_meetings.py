"""A handoff's intro call beside other meetings with the same person, and beside touches."""

from datetime import timedelta

import pytest

from bot.db.models import Touch
from bot.domain.commands import CorrectTouch, LogTouch, Undo
from bot.domain.deal_commands import HoldCall, MissCall, RescheduleCall
from bot.domain.terms import Channel, Outcome
from bot.service.deal_undo import undo_step
from bot.service.touch_correction import correct_touch
from bot.service.touches import log_touch
from bot.service.verdicts import hold_call, miss_call, reschedule_call
from tests.deals.house import Closing


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.NO_SHOW])
def test_a_verdict_settles_no_other_meeting_of_the_same_person(closing: Closing, outcome: Outcome) -> None:
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    other_id = closing.meets(at=call.starts_at + timedelta(minutes=1))
    closing.floor.until(call.ends_at)
    erik = closing.floor.actor("Erik")
    if outcome is Outcome.HELD:
        dealt = closing.floor.does(hold_call, HoldCall(erik, handoff_id))
    else:
        dealt = closing.floor.does(miss_call, MissCall(erik, handoff_id))
    assert (closing.meeting(handoff_id).state, closing.meeting_state(other_id)) == (outcome.value, "booked")
    closing.floor.does(undo_step, Undo(erik, dealt.causation_id))
    assert (closing.meeting(handoff_id).state, closing.meeting_state(other_id)) == ("booked", "booked")


def test_a_call_held_early_leaves_a_meeting_that_has_begun_alone(closing: Closing) -> None:
    handoff_id = closing.accepted()
    other_id = closing.meets(at=closing.now + timedelta(hours=1))
    closing.floor.after(hours=2)
    closing.floor.does(hold_call, HoldCall(closing.floor.actor("Erik"), handoff_id))
    assert (closing.meeting(handoff_id).state, closing.meeting_state(other_id)) == ("held", "booked")


def test_a_live_transfer_that_was_held_settles_no_meeting(closing: Closing) -> None:
    handoff_id = closing.hands_over(live=True)
    closing.accepts(handoff_id)
    other_id = closing.meets(at=closing.now + timedelta(hours=1))
    closing.floor.after(hours=2)
    closing.floor.does(hold_call, HoldCall(closing.floor.actor("Erik"), handoff_id))
    assert closing.meeting_state(other_id) == "booked"


def test_another_time_moves_only_the_calls_own_meeting(closing: Closing) -> None:
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    other_id = closing.meets(at=call.starts_at + timedelta(minutes=1))
    before = closing.meeting_starts(other_id)
    closing.floor.until(call.ends_at)
    later = closing.now + timedelta(days=2)
    closing.floor.does(reschedule_call, RescheduleCall(closing.floor.actor("Erik"), handoff_id, later))
    assert closing.meeting_starts(other_id) == before
    assert closing.meeting(handoff_id).starts_at == later


def test_a_corrected_call_keeps_its_meeting(closing: Closing) -> None:
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    closing.floor.until(call.ends_at)
    erik = closing.floor.actor("Erik")
    closing.floor.does(hold_call, HoldCall(erik, handoff_id))
    other_id = closing.meets(at=closing.now + timedelta(minutes=10))
    closing.floor.after(hours=1)
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING, Touch.outcome == Outcome.HELD)
    corrected = LogTouch(erik, touch.contact_id, Channel.MEETING, Outcome.NO_SHOW, closing.now)
    closing.floor.does(correct_touch, CorrectTouch(touch.id, touch.version, corrected))
    assert (closing.meeting(handoff_id).state, closing.meeting_state(other_id)) == ("no_show", "booked")


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.NO_SHOW, Outcome.RESCHEDULED])
@pytest.mark.parametrize("begun", [True, False])
def test_a_touch_beside_the_handoff_leaves_its_call_alone(closing: Closing, outcome: Outcome, begun: bool) -> None:
    """Its time stands in calendars, its slot is taken, its verdict is owed: the handoff's buttons change that."""
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    assert call is not None
    closing.floor.until(call.starts_at + timedelta(minutes=5 if begun else -90))
    again = closing.now + timedelta(days=1) if outcome is Outcome.RESCHEDULED else None
    ada, jane = closing.floor.actor("Ada"), closing.contact().id
    command = LogTouch(ada, jane, Channel.MEETING, outcome, closing.now, follow_up_at=again)
    logged = closing.floor.does(log_touch, command)
    after = closing.meeting(handoff_id)
    assert after is not None
    assert (after.state, after.starts_at, after.sequence) == ("booked", call.starts_at, 0)
    assert "intro call with Erik" in " ".join(logged.effects)
    closing.floor.until(call.ends_at + timedelta(days=2))
    assert [step for _, step, _ in closing.told("verdict_wanted")] == ["ended", "remind", "manager"]
