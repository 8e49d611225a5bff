"""Logging a touch: the row, the note, what is refused."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from bot.db.models import Account, AuditEntry, Contact, Lead, Task, Touch
from bot.domain.commands import CorrectTouch, LogTouch
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Channel, LeadState, Outcome
from bot.service.touch_correction import correct_touch
from bot.service.touches import log_touch
from tests.touches.house import NOW, House, add_contact

LATER = NOW + timedelta(days=2)


def test_a_call_is_logged_with_its_note_and_the_line_as_typed(house: House) -> None:
    logged = house.log(Outcome.VOICEMAIL, note="left msg\nabout audit", typed="jane@acme.com call vm left msg")
    touch = house.get(Touch, logged.touch_id)
    assert (touch.channel, touch.outcome, touch.person_id) == (Channel.CALL, Outcome.VOICEMAIL, house.sam.person_id)
    assert (touch.note, touch.typed) == ("left msg\nabout audit", "jane@acme.com call vm left msg")
    assert touch.account_id == house.acme
    assert (logged.contact_name, logged.company) == ("Jane Doe", "Acme")
    assert house.get(Contact, house.jane).last_touched_at == NOW
    assert house.get(Account, house.acme).last_activity_at == NOW


def test_the_day_of_a_touch_is_the_reps_day(house: House) -> None:
    late = NOW.replace(hour=23, minute=30)
    logged = house.log(Outcome.CONNECTED, now=late)
    assert str(house.get(Touch, logged.touch_id).local_date) == "2026-11-25"


def test_an_older_touch_logged_later_does_not_become_the_last_touch(house: House) -> None:
    house.log(Outcome.CONNECTED)
    house.log(Outcome.NO_ANSWER, at=NOW - timedelta(days=3), now=NOW + timedelta(minutes=1))
    assert house.get(Contact, house.jane).last_touched_at == NOW


def test_the_same_request_twice_logs_once(house: House) -> None:
    first = house.log(Outcome.CONNECTED, note="hello", request_key="trigger:1")
    again = house.log(Outcome.CONNECTED, note="hello", request_key="trigger:1")
    assert again.repeated
    assert not first.repeated
    assert again.touch_id == first.touch_id
    assert len(house.all(Touch)) == 1


@pytest.mark.parametrize(
    ("outcome", "channel", "more", "field"),
    [
        (Outcome.CONNECTED, Channel.CALL, {"at": NOW + timedelta(hours=1)}, "happened_at"),
        (Outcome.BOUNCED, Channel.CALL, {}, "outcome"),
        (Outcome.CALLBACK, Channel.CALL, {}, "follow_up_at"),
        (Outcome.MEETING_BOOKED, Channel.CALL, {}, "follow_up_at"),
        (Outcome.CALLBACK, Channel.CALL, {"follow_up_at": NOW - timedelta(hours=1)}, "follow_up_at"),
        (Outcome.REFERRAL, Channel.CALL, {}, "referral_name"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(house: House, outcome, channel, more, field) -> None:
    with pytest.raises(UserError) as refused:
        house.log(outcome, channel, **more)
    assert refused.value.field == field
    assert house.all(Touch) == []
    assert house.all(AuditEntry, AuditEntry.command == "log_touch") == []


def test_marketing_logs_no_touches(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.log(Outcome.CONNECTED, by=house.mark)


def test_somebody_unknown_is_said_so(house: House) -> None:
    with pytest.raises(NotFound):
        house.log(Outcome.CONNECTED, contact=UUID(int=7))


def test_the_first_call_answers_the_lead_and_later_ones_do_not(house: House) -> None:
    lead_id = house.open_lead()
    first = house.log(Outcome.NO_ANSWER)
    second = house.log(Outcome.CONNECTED, now=NOW + timedelta(minutes=5))
    lead = house.get(Lead, lead_id)
    assert first.first_response
    assert not second.first_response
    assert lead.first_response_at == NOW
    assert lead.first_response_by_id == house.sam.person_id
    assert lead.state is LeadState.RESPONDED
    assert house.get(Touch, second.touch_id).lead_id == lead_id


@pytest.mark.parametrize(
    ("outcome", "channel"),
    [(Outcome.FOLLOWED, Channel.SOCIAL), (Outcome.BOUNCED, Channel.EMAIL), (Outcome.WRONG_NUMBER, Channel.CALL)],
)
def test_what_reaches_nobody_is_no_response(house: House, outcome, channel) -> None:
    lead_id = house.open_lead()
    assert not house.log(outcome, channel).first_response
    assert house.get(Lead, lead_id).first_response_at is None


def test_somebody_elses_lead_is_remarked_on(house: House) -> None:
    house.open_lead(owner=house.ada)
    assert "This is Ada's lead." in house.log(Outcome.CONNECTED).warnings


def test_a_corrected_outcome_takes_its_effects_along_and_keeps_the_first_response(house: House) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.CALLBACK, follow_up_at=LATER, note="kept")
    changed = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.VOICEMAIL, NOW, note="kept")
    house.write(
        lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, changed), NOW + timedelta(hours=1))
    )
    touch = house.get(Touch, logged.touch_id)
    assert (touch.outcome, touch.version, touch.corrected_at) == (Outcome.VOICEMAIL, 2, NOW + timedelta(hours=1))
    assert house.all(Task) == []
    assert house.get(Lead, lead_id).first_response_at == NOW


def test_a_touch_logged_for_the_wrong_person_moves_to_the_right_one(house: House) -> None:
    other = house.write(lambda session: add_contact(session, "Jane", "Doering", "doering@beta.example"))
    logged = house.log(Outcome.CONNECTED)
    changed = LogTouch(house.sam, other, Channel.CALL, Outcome.CONNECTED, NOW)
    house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, changed), NOW))
    assert house.get(Contact, house.jane).last_touched_at is None
    assert house.get(Contact, other).last_touched_at == NOW


def test_two_changes_of_the_same_touch_do_not_overwrite_each_other(house: House) -> None:
    logged = house.log(Outcome.CONNECTED)
    changed = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.CONNECTED, NOW, note="first")
    house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, changed), NOW))
    with pytest.raises(Gone):
        house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, changed), NOW))


def test_only_the_one_who_logged_it_or_a_manager_changes_a_touch(house: House) -> None:
    logged = house.log(Outcome.CONNECTED)
    by_ada = LogTouch(house.ada, house.jane, Channel.CALL, Outcome.BUSY, NOW)
    with pytest.raises(NotAllowed):
        house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, by_ada), NOW))
    by_boss = LogTouch(house.boss, house.jane, Channel.CALL, Outcome.BUSY, NOW)
    house.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, by_boss), NOW))
    assert house.get(Touch, logged.touch_id).person_id == house.sam.person_id


def test_a_plain_touch_costs_few_statements(house: House) -> None:
    house.log(Outcome.CONNECTED)
    seen: list[str] = []
    event.listen(house.database.writer, "before_cursor_execute", lambda *call: seen.append(call[2]))
    command = LogTouch(house.sam, house.jane, Channel.CALL, Outcome.NO_ANSWER, NOW, request_key="trigger:9")
    house.database.write_now(lambda session: log_touch(session, command, NOW + timedelta(minutes=1)))
    assert len([one for one in seen if not one.startswith("BEGIN")]) <= 6
