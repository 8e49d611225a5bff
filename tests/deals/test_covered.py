"""Who covers for an executive on leave holds the call and gives the verdict (process §7)."""

from datetime import timedelta

import pytest

from bot.db.models import Opportunity, Touch
from bot.domain.deal_commands import HoldCall, NotQualified, RescheduleCall
from bot.domain.errors import NotAllowed
from bot.domain.terms import Channel
from bot.service.verdicts import hold_call, not_qualified, reschedule_call
from tests.deals.house import Closing


def test_who_covers_hears_of_the_call_and_gives_the_verdict(closing: Closing) -> None:
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    farah = closing.floor.actor("Farah")
    with pytest.raises(NotAllowed, match="Only Erik"):
        closing.floor.does(hold_call, HoldCall(farah, handoff_id))
    day = call.starts_at.date()
    closing.floor.is_away("Erik", day, day, cover="Farah")
    closing.floor.until(call.ends_at)
    assert closing.told("verdict_wanted") == [("verdict_wanted", "ended", "Erik"), ("verdict_wanted", "ended", "Farah")]
    assert ("intro_call_soon", "before:600", "Farah") in closing.told("intro_call_soon")
    closing.floor.does(hold_call, HoldCall(farah, handoff_id))
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING)
    assert touch.person_id == closing.floor.people["Farah"]
    closing.qualifies(handoff_id, who="Farah")
    (deal,) = closing.all(Opportunity)
    assert deal.ae_id == closing.floor.people["Erik"]


def test_who_covers_may_say_no_or_take_another_time(closing: Closing) -> None:
    handoff_id = closing.accepted()
    call = closing.meeting(handoff_id)
    day = call.starts_at.date()
    closing.floor.is_away("Erik", day, day, cover="Farah")
    closing.floor.until(call.ends_at)
    farah, later = closing.floor.actor("Farah"), closing.now + timedelta(days=1)
    closing.floor.does(reschedule_call, RescheduleCall(farah, handoff_id, later))
    assert closing.meeting(handoff_id).starts_at == later
    closing.floor.does(hold_call, HoldCall(farah, handoff_id))
    closing.floor.does(not_qualified, NotQualified(farah, handoff_id, "No budget"))
    assert closing.handoff(handoff_id).state == "not_qualified"
