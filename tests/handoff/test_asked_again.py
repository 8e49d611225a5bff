"""Somebody who was handed over raises a hand again: no second lead, and whoever has them hears of it (process §1)."""

from sqlalchemy import select

from bot.db.models import HandRaise, Lead
from bot.domain.terms import Intent, LeadState
from bot.playbook.load import default_playbook
from bot.slack.views.alert import alert_post
from bot.slack.views.handoff_steps import step_post
from tests.handoff.house import HandoffHouse, minutes

STEP = "handoff_step"


def leads(house: HandoffHouse) -> list[LeadState]:
    found: list[LeadState] = house.read(lambda session: list(session.scalars(select(Lead.state).order_by(Lead.id))))
    return found


def test_the_event_joins_and_the_executive_and_the_rep_hear_of_it_at_once(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    lead_id = house.handoff(done.handoff_id).lead_id
    again = house.raises(intent=Intent.TRIAL_REQUEST, message="I still can't log in!")
    assert (again.result, again.lead_id) == ("joined", lead_id)
    assert again.explanation == "Joined the lead that is handed to Erik, and told them and the rep."
    assert leads(house) == [LeadState.HANDED_OFF]
    assert house.told(done.handoff_id)[-2:] == [(STEP, "asked_again", "post"), (STEP, "asked_again", "person:Ada")]
    messages = house.read(lambda session: session.scalars(select(HandRaise.message).order_by(HandRaise.id)).all())
    assert messages[-1] == "I still can't log in!"
    said = step_post(house.handoff_card(done.handoff_id), "asked_again", None, "trial request: “Hi”", None, "").text
    assert "<@UERIK>" in said
    assert "raised a hand again: trial request: “Hi”" in said


def test_each_time_is_told_and_the_same_event_once(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    house.raises(key="one")
    house.raises(key="one")
    house.raises(key="two")
    assert [what for _, what, _ in house.told(done.handoff_id)].count("asked_again") == 4


def test_the_alert_says_who_has_it(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    lead_id = house.handoff(done.handoff_id).lead_id
    assert "Asked again" not in alert_post(house.card(lead_id), "round:1", default_playbook()).text
    house.now += minutes(5)
    house.raises(message="Where are you?")
    said = alert_post(house.card(lead_id), "round:1", default_playbook()).text
    assert "Handed off (Ada)" in said
    assert "to Erik. Asked again" in said
    assert "“Where are you?”; handed over already, they were told." in said


def test_when_it_is_declined_the_lead_comes_back_with_all_they_said(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    house.raises(message="Where are you?")
    house.answers(done.handoff_id, accepted=False, reason="Not my account")
    card = house.card(house.handoff(done.handoff_id).lead_id)
    assert card.closed_at is None
    assert "Where are you?" in [one.message for one in card.raises]
    assert house.raises().result == "joined"


def test_after_the_end_a_hand_is_a_new_lead(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    lead_id = house.handoff(done.handoff_id).lead_id
    house.answers(done.handoff_id, accepted=False, reason="Not my account")
    house.write(
        lambda session: (
            session.query(Lead).filter(Lead.id == lead_id).update({"state": LeadState.RECYCLED, "closed_at": house.now})
            and None
        )
    )
    assert house.raises().result == "lead"


def test_a_row_of_a_bought_list_rings_nobody(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    quiet = house.raises(intent=Intent.LIST)
    assert quiet.explanation == "Joined the lead that is handed to Erik."
    assert "asked_again" not in [what for _, what, _ in house.told(done.handoff_id)]
