"""An executive's no that was too fast, taken back while nobody acted on it (process §7; design, rules)."""

import pytest

from bot.domain.commands import Undo
from bot.domain.errors import Gone, NotAllowed
from bot.domain.terms import LeadState
from bot.service.deal_undo import undo_step
from bot.service.handoffs import HandedOff
from tests.handoff.house import HandoffHouse

FILE, STEP = "calendar_file", "handoff_step"


def undoes(house: HandoffHouse, done: HandedOff, by: str = "Erik") -> str:
    assert done.causation_id is not None
    return house.does(undo_step, Undo(house.actor(by), done.causation_id)).sentence


@pytest.mark.parametrize("accepted", [False, True])
def test_a_no_too_fast_is_taken_back_with_the_call_and_the_lead(house: HandoffHouse, accepted: bool) -> None:
    done = house.hands_off(house.a_lead())
    if accepted:
        house.answers(done.handoff_id)
    lead_id = house.handoff(done.handoff_id).lead_id
    dues = house.dues(done.handoff_id)
    declined = house.answers(done.handoff_id, accepted=False, reason="Not my account")
    assert house.dues(done.handoff_id) != dues
    house.after(minutes=9)
    assert "Taken back" in undoes(house, declined)
    handoff, lead, meeting = house.handoff(done.handoff_id), house.lead(lead_id), house.meeting(done.handoff_id)
    assert (handoff.state, handoff.ended_at) == ("accepted" if accepted else "waiting", None)
    assert (lead.state, lead.closed_at is None) == (LeadState.HANDED_OFF, False)
    assert meeting is not None
    assert (meeting.state, meeting.sequence) == ("booked", 2)
    assert house.told(done.handoff_id)[-3:] == [
        (FILE, "REQUEST", "post"),
        (FILE, "REQUEST", "rep"),
        (STEP, "undeclined", "person:Ada"),
    ]
    assert house.dues(done.handoff_id) == dues
    with pytest.raises(Gone, match="already"):
        undoes(house, declined)
    again = house.answers(done.handoff_id, accepted=False, reason="Not my account")
    with pytest.raises(NotAllowed, match="Only the one who did it"):
        undoes(house, again, by="Farah")
    house.after(minutes=11)
    with pytest.raises(Gone, match=r"Undo works for 10 minutes\. The rep can hand it to you again."):
        undoes(house, again)


def test_a_no_is_not_taken_back_once_somebody_acted_on_it(house: HandoffHouse) -> None:
    jane = house.a_lead()
    starts_at = house.slots("Erik", jane)[0]
    declined = [
        house.answers(house.hands_off(one, starts_at=starts_at).handoff_id, accepted=False, reason="Not my account")
        for one in (jane, house.a_lead("bob@globex.example"), house.a_lead("kim@initech.example"))
    ]
    house.after(minutes=1)
    house.hands_off(jane, to="Farah")
    with pytest.raises(Gone, match=r"Ada handed them to Farah at .* already"):
        undoes(house, declined[0])
    house.touches(declined[1].contact_id)
    with pytest.raises(Gone, match="Ada has logged a touch with them since"):
        undoes(house, declined[1])
    house.hands_off(house.a_lead("lee@hooli.example"), starts_at=starts_at)
    with pytest.raises(Gone, match="Erik has another call at that time by now"):
        undoes(house, declined[2])
    assert house.handoff(declined[2].handoff_id).state == "declined"
