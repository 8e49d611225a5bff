"""A handoff nobody answers: reminded, then decided by the manager, in the executive's working time (process §7)."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.commands import DecideHandoff, MoveIntroCall, UndoAccept
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.service.handoff_ladder import decide_handoff
from bot.service.handoffs import undo_accept
from bot.service.intro_calls import move_intro_call
from tests.handoff.house import HandoffHouse, minutes

REMINDER = "handoff_reminder"


def managers(house: HandoffHouse, handoff_id) -> list[str]:
    return [place for place in house.posts(handoff_id) if place.startswith("manager:")]


def reminders(house: HandoffHouse, handoff_id) -> list[tuple[str, str, str]]:
    return [told for told in house.told(handoff_id) if told[0] == REMINDER]


def test_reminded_after_half_an_hour_and_the_manager_asked_after_two(house: HandoffHouse) -> None:
    start = house.now
    done = house.hands_off(house.a_lead(), starts_at=start + timedelta(days=1))
    house.until(start + minutes(29))
    assert reminders(house, done.handoff_id) == []
    house.until(start + minutes(30))
    assert reminders(house, done.handoff_id) == [(REMINDER, "", "post")]
    house.until(start + minutes(119))
    assert managers(house, done.handoff_id) == []
    house.until(start + minutes(120))
    assert [place.rpartition(":")[0] for place in managers(house, done.handoff_id)] == ["manager:Mia"]
    told = [what for kind, what, to in house.told(done.handoff_id) if kind == "handoff_step" and to == "person:Ada"]
    assert told == ["reminded", "manager"]
    house.after(days=3)
    assert len(managers(house, done.handoff_id)) == 1
    assert house.handoff(done.handoff_id).ae_id == house.people["Erik"]


def test_nights_weekends_and_days_off_do_not_count(house: HandoffHouse) -> None:
    house.now = datetime(2026, 3, 6, 16, 50, tzinfo=UTC)  # a Friday; Erik works until 17:00
    house.is_away("Erik", house.now.date() + timedelta(days=3), house.now.date() + timedelta(days=3))
    jane = house.a_lead()
    done = house.hands_off(jane, starts_at=datetime(2026, 3, 11, 9, 0, tzinfo=UTC))
    tuesday = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
    house.until(tuesday + minutes(19))
    assert reminders(house, done.handoff_id) == []
    house.until(tuesday + minutes(20))
    assert len(reminders(house, done.handoff_id)) == 1
    house.until(tuesday + minutes(110))
    assert len(managers(house, done.handoff_id)) == 1


def test_the_manager_decides_before_the_buyer_meets_nobody(house: HandoffHouse) -> None:
    at = house.now + minutes(60)
    done = house.hands_off(house.a_lead(), starts_at=at)
    house.until(at - minutes(11))
    assert managers(house, done.handoff_id) == []
    house.until(at - minutes(10))
    assert len(managers(house, done.handoff_id)) == 1


def test_a_call_that_is_moved_moves_the_manager_too(house: HandoffHouse) -> None:
    jane = house.a_lead()
    start = house.now
    done = house.hands_off(jane, starts_at=start + timedelta(hours=4))
    house.does(move_intro_call, MoveIntroCall(house.actor("Ada"), done.handoff_id, start + minutes(60)))
    house.until(start + minutes(50))
    assert len(managers(house, done.handoff_id)) == 1
    assert len(reminders(house, done.handoff_id)) == 1


def test_an_answer_ends_it(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead(), starts_at=house.now + timedelta(days=1))
    house.after(minutes=40)
    house.answers(done.handoff_id)
    house.after(hours=3)
    assert managers(house, done.handoff_id) == []


def test_the_manager_waits_and_is_asked_again_after_as_long(house: HandoffHouse) -> None:
    start = house.now
    done = house.hands_off(house.a_lead(), starts_at=start + timedelta(days=3, hours=-2))
    house.until(start + minutes(130))
    with pytest.raises(NotAllowed):
        house.does(decide_handoff, DecideHandoff(house.actor("Ada"), done.handoff_id, None))
    house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, None))
    house.until(start + minutes(249))
    assert len(managers(house, done.handoff_id)) == 1
    house.until(start + minutes(250))
    assert len(managers(house, done.handoff_id)) == 2


def test_the_manager_gives_it_to_another_and_the_call_goes_along(house: HandoffHouse) -> None:
    jane = house.a_lead()
    done = house.hands_off(jane, starts_at=house.now + timedelta(hours=25))
    before = house.meeting(done.handoff_id)
    house.after(hours=2)
    farah = house.people["Farah"]
    with pytest.raises(UserError, match="say why"):
        house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, farah))
    given = house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, farah, None, "Erik is ill"))
    old, new = house.handoff(done.handoff_id), house.handoff(given.handoff_id)
    assert (old.state, old.end_reason) == ("taken_back", "Mia gave it to Farah: Erik is ill")
    assert (new.state, new.ae_id, new.rep_id, new.contract) == ("waiting", farah, old.rep_id, old.contract)
    after = house.meeting(new.id)
    assert before is not None
    assert after is not None
    assert (after.uid, after.sequence, after.starts_at, after.person_id) == (before.uid, 1, before.starts_at, farah)
    assert ("calendar_file", "CANCEL", "post") in house.told(old.id)
    assert house.told(new.id) == [
        ("calendar_file", "REQUEST", "post"),
        ("calendar_file", "REQUEST", "rep"),
        ("handoff_step", "given", "person:Ada"),
    ]
    house.answers(new.id, by="Farah")
    with pytest.raises(Gone):
        house.answers(old.id)


def test_the_manager_cannot_give_it_where_it_does_not_fit(house: HandoffHouse) -> None:
    jane, tim = house.a_lead(), house.a_lead("tim@beta.example")
    at = house.now + timedelta(hours=25)
    house.hands_off(tim, to="Farah", starts_at=at)
    done = house.hands_off(jane, starts_at=at)
    for to, words in (("Farah", "another call then"), ("Erik", "Pick another")):
        with pytest.raises(UserError, match=words):
            house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, house.people[to], None, "x"))
    house.answers(done.handoff_id)
    with pytest.raises(Gone, match="Erik answered"):
        house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, house.people["Max"], None, "x"))


def test_a_call_that_is_moved_asks_no_manager_a_second_time(house: HandoffHouse) -> None:
    start = house.now
    done = house.hands_off(house.a_lead(), starts_at=start + timedelta(days=1))
    house.until(start + minutes(130))
    assert len(managers(house, done.handoff_id)) == 1
    house.does(move_intro_call, MoveIntroCall(house.actor("Ada"), done.handoff_id, start + timedelta(days=2)))
    house.after(hours=30)
    assert len(managers(house, done.handoff_id)) == 1
    assert [what for _, what, _ in house.told(done.handoff_id)].count("manager") == 1


def test_a_manager_who_waits_is_asked_again_before_the_call(house: HandoffHouse) -> None:
    start = house.now
    call = start + minutes(180)
    done = house.hands_off(house.a_lead(), starts_at=call)
    house.until(start + minutes(125))
    house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, None))
    house.until(call - minutes(11))
    assert len(managers(house, done.handoff_id)) == 1
    house.until(call - minutes(10))
    assert len(managers(house, done.handoff_id)) == 2
    house.does(decide_handoff, DecideHandoff(house.actor("Mia"), done.handoff_id, None))
    house.until(call)
    assert len(managers(house, done.handoff_id)) == 2


def test_an_answer_taken_back_waits_for_no_call_that_was_cancelled(house: HandoffHouse) -> None:
    start = house.now
    done = house.hands_off(house.a_lead(), starts_at=start + minutes(25))
    house.answers(done.handoff_id)
    house.does(move_intro_call, MoveIntroCall(house.actor("Erik"), done.handoff_id, None, "ill"))
    house.does(undo_accept, UndoAccept(house.actor("Erik"), done.handoff_id))
    house.until(start + minutes(29))
    assert reminders(house, done.handoff_id) == []
    house.until(start + minutes(30))
    assert len(reminders(house, done.handoff_id)) == 1


def test_a_transfer_given_on_with_a_time_is_a_call(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead(), kind="transfer")
    house.after(hours=2)
    farah, at = house.people["Farah"], house.now + timedelta(hours=20)
    command = DecideHandoff(house.actor("Mia"), done.handoff_id, farah, at, "Erik is ill")
    given = house.does(decide_handoff, command)
    assert house.handoff(given.handoff_id).kind == "intro_call"
