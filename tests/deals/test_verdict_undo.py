"""Taking a verdict back, with all that it changed, while nothing followed."""

from datetime import timedelta

import pytest

from bot.db.models import Opportunity, Task, Touch
from bot.db.queries.handoffs import handoff_card
from bot.db.queries.leads import lead_card
from bot.domain.commands import LogTouch, Undo
from bot.domain.deal_commands import HoldCall, MissCall, NotQualified, RescheduleCall
from bot.domain.errors import Gone, NotAllowed
from bot.domain.terms import Channel, Outcome
from bot.playbook.load import default_playbook
from bot.service.deal_undo import undo_step
from bot.service.touches import log_touch
from bot.service.verdicts import hold_call, miss_call, not_qualified, reschedule_call
from bot.slack.views.alert import alert_post
from bot.slack.views.handoff import call_line
from tests.deals.house import Closing

STEPS = ["hold", "miss", "qualify", "not_qualified"]


def _step(closing: Closing, step: str):
    """Carry out one step on a fresh handoff; its handoff and what it was answered."""
    erik = closing.floor.actor("Erik")
    if step in ("hold", "miss"):
        handoff_id = closing.accepted()
        closing.floor.until(closing.meeting(handoff_id).ends_at)
        command = HoldCall(erik, handoff_id) if step == "hold" else MissCall(erik, handoff_id)
        return handoff_id, lambda: closing.floor.does(hold_call if step == "hold" else miss_call, command)
    handoff_id = closing.held()
    if step == "qualify":
        return handoff_id, lambda: closing.qualifies(handoff_id)
    return handoff_id, lambda: closing.floor.does(not_qualified, NotQualified(erik, handoff_id, "No budget"))


def _picture(closing: Closing, handoff_id) -> tuple[object, ...]:
    handoff, contact = closing.handoff(handoff_id), closing.contact()
    lead = closing.floor.lead(handoff.lead_id)
    return (
        (handoff.state, handoff.held_at, handoff.answered_at, handoff.ended_at, handoff.end_reason),
        (lead.state, lead.closed_at, lead.close_reason, lead.owner_id, lead.claimed_at),
        closing.meeting(handoff_id).state,
        contact.stage,
        closing.account(contact.account_id).stage,
        [(deal.id, deal.state) for deal in closing.all(Opportunity)],
        [task.id for task in closing.all(Task)],
        len([touch for touch in closing.all(Touch) if touch.undone_at is None]),
        closing.floor.dues(handoff_id),
    )


@pytest.mark.parametrize("step", STEPS)
def test_each_step_can_be_taken_back_with_all_it_changed(closing: Closing, step: str) -> None:
    handoff_id, carry_out = _step(closing, step)
    before = _picture(closing, handoff_id)
    dealt = carry_out()
    assert _picture(closing, handoff_id) != before
    closing.floor.after(minutes=3)
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    assert _picture(closing, handoff_id) == before
    assert closing.told("verdict_step")[-1] == ("verdict_step", "taken back", "Ada")
    with pytest.raises(Gone, match="already"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    carry_out()


@pytest.mark.parametrize("step", STEPS)
def test_after_ten_minutes_or_by_others_it_stays(closing: Closing, step: str) -> None:
    _, carry_out = _step(closing, step)
    dealt = carry_out()
    with pytest.raises(NotAllowed):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Mia"), dealt.causation_id))
    closing.floor.after(minutes=11)
    with pytest.raises(Gone, match="10 minutes"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))


def test_what_somebody_acted_on_is_not_taken_back(closing: Closing) -> None:
    handoff_id = closing.accepted()
    closing.floor.until(closing.meeting(handoff_id).ends_at)
    held = closing.floor.does(hold_call, HoldCall(closing.floor.actor("Erik"), handoff_id))
    closing.qualifies(handoff_id)
    with pytest.raises(Gone, match="changed since"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), held.causation_id))
    assert closing.handoff(handoff_id).state == "qualified"


def test_what_the_rep_did_about_a_lead_that_came_back_is_not_taken_back(closing: Closing) -> None:
    handoff_id = closing.held()
    back = closing.floor.does(not_qualified, NotQualified(closing.floor.actor("Erik"), handoff_id, "No budget"))
    closing.floor.after(minutes=1)
    ada = closing.floor.actor("Ada")
    closing.floor.does(log_touch, LogTouch(ada, closing.contact().id, Channel.CALL, Outcome.CONNECTED, closing.now))
    with pytest.raises(Gone, match="changed since"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), back.causation_id))
    assert closing.handoff(handoff_id).state == "not_qualified"


@pytest.mark.parametrize("step", STEPS)
def test_after_undo_the_card_still_names_who_handed_over_and_no_move(closing: Closing, step: str) -> None:
    handoff_id, carry_out = _step(closing, step)
    dealt = carry_out()
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    lead_id = closing.handoff(handoff_id).lead_id
    card = closing.floor.read(lambda session: lead_card(session, lead_id, closing.now))
    assert alert_post(card, "round:1", default_playbook()).text.startswith("Handed off (Ada): ")
    handoff = closing.floor.read(lambda session: handoff_card(session, handoff_id, closing.now))
    assert "(moved)" not in call_line(handoff)


def test_a_call_that_was_given_another_time_says_so(closing: Closing) -> None:
    handoff_id = closing.accepted()
    later = closing.meeting(handoff_id).starts_at + timedelta(days=1)
    erik = closing.floor.actor("Erik")
    closing.floor.does(reschedule_call, RescheduleCall(erik, handoff_id, later, "ill"))
    handoff = closing.floor.read(lambda session: handoff_card(session, handoff_id, closing.now))
    assert "(moved)" in call_line(handoff)
