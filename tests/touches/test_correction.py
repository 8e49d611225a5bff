"""Corrections: a touch stays its rep's whoever corrects it, and rows are locked in one order."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from bot.db.models import AuditEntry, Lead, Person, Task, Touch
from bot.domain.commands import Actor, CorrectTouch, LogTouch, Undo
from bot.domain.terms import Channel, LeadState, Outcome, Role
from bot.service.touch_correction import correct_touch
from bot.service.touches import Logged
from bot.service.undo import undo
from tests.touches.house import NOW, House, add_person

LATER = NOW + timedelta(days=2)


@pytest.fixture
def lena(house: House) -> Actor:
    """Leads Sam, from Honolulu, where it is still yesterday."""
    return house.write(lambda session: add_person(session, "Lena", Role.MANAGER, timezone="Pacific/Honolulu"))


def corrects(house: House, by: Actor, logged: Logged, outcome: Outcome, **more: object) -> Logged:
    at = more.pop("at", NOW)
    changed = LogTouch(by, house.jane, Channel.CALL, outcome, at, **more)  # type: ignore[arg-type]
    command = CorrectTouch(logged.touch_id, logged.version, changed)
    return house.write(lambda session: correct_touch(session, command, NOW + timedelta(minutes=3)))


def test_a_managers_correction_leaves_the_response_the_lead_and_the_callback_with_the_rep(
    house: House, lena: Actor
) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.NO_ANSWER)
    earlier = NOW - timedelta(minutes=1)
    told = corrects(house, lena, logged, Outcome.CALLBACK, at=earlier, follow_up_at=LATER)
    lead, touch = house.get(Lead, lead_id), house.get(Touch, logged.touch_id)
    (task,) = house.all(Task)
    sam = house.sam.person_id
    assert (lead.first_response_by_id, lead.owner_id, lead.first_response_at) == (sam, sam, earlier)
    assert (touch.person_id, task.person_id) == (sam, sam)
    assert str(touch.local_date) == "2026-11-24"
    assert "It stays Sam's touch; what comes of it goes to them." in told.warnings
    (entry,) = house.all(AuditEntry, AuditEntry.command == "correct_touch")
    assert entry.actor_id == lena.person_id


def test_the_touch_of_a_rep_who_left_can_be_corrected(house: House, lena: Actor) -> None:
    logged = house.log(Outcome.NO_ANSWER)
    sam = house.sam.person_id
    house.write(lambda session: session.execute(update(Person).where(Person.id == sam).values(active=False)))
    corrects(house, lena, logged, Outcome.BUSY)
    touch = house.get(Touch, logged.touch_id)
    assert (touch.outcome, touch.person_id) == (Outcome.BUSY, sam)


def test_what_was_corrected_to_a_no_can_still_be_taken_back(house: House) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.CONNECTED)
    corrects(house, house.sam, logged, Outcome.NOT_INTERESTED)
    assert house.get(Lead, lead_id).state is LeadState.DISQUALIFIED
    taken = Undo(house.sam, logged.causation_id)
    house.write(lambda session: undo(session, taken, NOW + timedelta(minutes=5)))
    lead = house.get(Lead, lead_id)
    assert (lead.state, lead.first_response_at) == (LeadState.OPEN, None)


def test_undo_and_correction_lock_in_the_same_order(house: House) -> None:
    if house.database.sqlite:
        pytest.skip("SQLite has one writer and no row locks")
    house.open_lead()
    logged = house.log(Outcome.CALLBACK, follow_up_at=LATER)
    seen: list[str] = []
    event.listen(house.database.writer, "before_cursor_execute", lambda *call: seen.append(call[2]))

    def locked() -> list[str]:
        tables = [re.search(r"FROM (\w+)", one)[1] for one in seen if re.search("FOR (NO KEY )?UPDATE", one)]  # type: ignore[index]
        seen.clear()
        return list(dict.fromkeys(tables))

    corrects(house, house.sam, logged, Outcome.NOT_INTERESTED)
    of_correction = locked()
    taken = Undo(house.sam, logged.causation_id)
    house.write(lambda session: undo(session, taken, NOW + timedelta(minutes=5)))
    of_undo = locked()
    assert of_correction[:3] == of_undo[:3] == ["touches", "audit_log", "leads"]
