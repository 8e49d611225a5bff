"""Undo within its ten minutes, and what refuses it: time, other people, somebody who acted on it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.db.models import AuditEntry, Contact, DueTime, Enrolment, Lead, LeadMove, LivingMessage, Meeting, Task, Touch
from bot.domain.commands import CorrectTouch, LogTouch, Undo
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.notices import Address, View
from bot.domain.terms import Channel, LeadState, Outcome
from bot.outbox.enqueue import show
from bot.service.touch_correction import correct_touch
from bot.service.touches import Logged
from bot.service.undo import Undone, undo
from tests.touches.house import NOW, House

SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(days=2)


def take_back(house: House, logged: Logged, by=None, now=SOON) -> Undone:
    command = Undo(by or house.sam, logged.causation_id)
    return house.write(lambda session: undo(session, command, now))


def test_it_says_what_was_taken_back_and_what_was_typed(house: House) -> None:
    logged = house.log(Outcome.VOICEMAIL, typed="jane voicemail about audit")
    undone = take_back(house, logged)
    assert undone.sentence == "Taken back: Jane Doe, call, voicemail."
    assert undone.typed == "jane voicemail about audit"
    assert house.get(Touch, logged.touch_id).undone_at == SOON
    (entry,) = house.all(AuditEntry, AuditEntry.command == "undo")
    assert entry.causation_id == logged.causation_id


def test_ten_minutes_and_not_one_second_more(house: House) -> None:
    first, second = house.log(Outcome.BUSY), house.log(Outcome.BUSY, contact=_other(house))
    take_back(house, first, now=NOW + timedelta(minutes=10))
    with pytest.raises(Gone, match="10 minutes"):
        take_back(house, second, now=NOW + timedelta(minutes=10, seconds=1))


def _other(house: House) -> UUID:
    from tests.touches.house import add_contact

    return house.write(lambda session: add_contact(session, "Tim", "Bell"))


def test_only_the_one_who_logged_it_or_an_admin(house: House) -> None:
    logged = house.log(Outcome.CONNECTED)
    with pytest.raises(NotAllowed):
        take_back(house, logged, by=house.ada)
    take_back(house, logged, by=house.boss)


def test_twice_is_told_and_changes_nothing(house: House) -> None:
    logged = house.log(Outcome.CONNECTED)
    take_back(house, logged)
    with pytest.raises(Gone, match="already"):
        take_back(house, logged)


def test_a_first_response_taken_back_leaves_the_lead_waiting_as_before(house: House) -> None:
    lead_id = house.open_lead()
    house.write(
        lambda session: session.add(
            DueTime(job="alert_ladder", subject_id=str(lead_id), slot="1:nudge", due_at=LATER, attempts=0)
        )
    )
    logged = house.log(Outcome.CONNECTED)
    assert house.all(DueTime) == []
    take_back(house, logged)
    lead = house.get(Lead, lead_id)
    assert (lead.state, lead.first_response_at, lead.owner_id) == (LeadState.OPEN, None, house.sam.person_id)
    assert [(due.job, due.slot, due.due_at) for due in house.all(DueTime)] == [("alert_ladder", "1:nudge", LATER)]
    reasons = [move.reason for move in house.all(LeadMove, LeadMove.to_state == LeadState.OPEN)]
    assert reasons == ["the touch was taken back"]


def test_somebody_elses_lead_that_was_answered_by_mistake_goes_back_to_its_owner(house: House) -> None:
    lead_id = house.open_lead(owner=house.ada)
    logged = house.log(Outcome.CONNECTED)
    assert house.get(Lead, lead_id).owner_id == house.sam.person_id
    take_back(house, logged)
    assert house.get(Lead, lead_id).owner_id == house.ada.person_id


def test_the_leads_card_is_corrected_in_place(house: House) -> None:
    lead_id = house.open_lead()
    house.write(lambda session: show(session, View.LEAD_ALERT, str(lead_id), Address.inbound(None), "round:1"))
    logged = house.log(Outcome.CONNECTED)
    before = house.all(LivingMessage)[0].stale_version
    take_back(house, logged)
    assert house.all(LivingMessage)[0].stale_version > before


def test_a_no_taken_back_opens_the_lead_again(house: House) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.NOT_INTERESTED)
    take_back(house, logged)
    lead = house.get(Lead, lead_id)
    assert (lead.state, lead.closed_at, lead.close_reason) == (LeadState.OPEN, None, None)


def test_it_is_refused_once_somebody_logged_a_later_touch(house: House) -> None:
    logged = house.log(Outcome.VOICEMAIL)
    house.log(Outcome.SENT, Channel.EMAIL, by=house.ada, now=NOW + timedelta(minutes=1))
    with pytest.raises(Gone, match=r"Ada has logged a touch with them since \(e-mail\)"):
        take_back(house, logged)


def test_ones_own_later_touch_is_taken_back_first(house: House) -> None:
    first = house.log(Outcome.VOICEMAIL)
    second = house.log(Outcome.VOICEMAIL, now=NOW + timedelta(minutes=1))
    with pytest.raises(Gone, match="Take that back first"):
        take_back(house, first)
    take_back(house, second)
    take_back(house, first)
    assert house.get(Contact, house.jane).last_touched_at is None


def test_it_is_refused_once_the_lead_was_taken_on(house: House) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.CONNECTED)
    house.write(
        lambda session: session.execute(update(Lead).where(Lead.id == lead_id).values(owner_id=house.ada.person_id))
    )
    with pytest.raises(Gone, match="taken the lead on since"):
        take_back(house, logged)
    assert house.get(Touch, logged.touch_id).undone_at is None


def test_it_is_refused_once_they_raised_a_hand_again(house: House) -> None:
    house.open_lead()
    logged = house.log(Outcome.NOT_INTERESTED)
    house.open_lead()
    with pytest.raises(Gone, match="raised a hand again"):
        take_back(house, logged)


def test_it_is_refused_once_the_callback_was_made(house: House) -> None:
    logged = house.log(Outcome.CALLBACK, follow_up_at=LATER)
    house.write(lambda session: session.execute(update(Task).values(done_at=SOON)))
    with pytest.raises(Gone, match="Sam has done the task"):
        take_back(house, logged)


def test_it_is_refused_once_the_meeting_was_moved(house: House) -> None:
    logged = house.log(Outcome.MEETING_BOOKED, follow_up_at=LATER)
    house.write(lambda session: session.execute(update(Meeting).values(sequence=1)))
    with pytest.raises(Gone, match="meeting has been changed"):
        take_back(house, logged)


def test_it_is_refused_once_the_person_named_was_spoken_to(house: House) -> None:
    logged = house.log(Outcome.REFERRAL, referral_name="Tim Bell")
    (tim,) = house.all(Contact, Contact.last_name == "Bell")
    house.log(Outcome.CONNECTED, contact=tim.id, by=house.ada)
    with pytest.raises(Gone, match="in touch with the person they named"):
        take_back(house, logged)


def test_a_plan_that_ended_goes_on(house: House) -> None:
    plan = Enrolment(
        contact_id=house.jane, person_id=house.sam.person_id, kind="cadence", started_on=NOW.date(), state={}
    )
    house.write(lambda session: session.add(plan))
    logged = house.log(Outcome.CONNECTED)
    take_back(house, logged)
    assert house.all(Enrolment)[0].ended_at is None


def test_undo_takes_back_what_a_correction_caused(house: House) -> None:
    logged = house.log(Outcome.VOICEMAIL)
    changed = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.CALLBACK, NOW, follow_up_at=LATER)
    house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, changed), NOW))
    take_back(house, logged)
    assert house.all(Task) == []
    assert house.all(DueTime) == []


def test_a_correction_is_refused_where_somebody_acted_but_the_note_can_be_changed(house: House) -> None:
    logged = house.log(Outcome.CALLBACK, follow_up_at=LATER, note="old")
    house.write(lambda session: session.execute(update(Task).values(done_at=SOON)))
    other = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.BUSY, NOW)
    with pytest.raises(UserError, match="only the note"):
        house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, other), SOON))
    note = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.CALLBACK, NOW, follow_up_at=LATER, note="new")
    house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, note), SOON))
    assert house.get(Touch, logged.touch_id).note == "new"
