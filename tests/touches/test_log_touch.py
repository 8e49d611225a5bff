"""Logging a touch: the row, the note, what each outcome causes, what is refused."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from bot.db.models import (
    Account,
    AuditEntry,
    Consent,
    Contact,
    DueTime,
    Enrolment,
    Lead,
    LeadMove,
    Meeting,
    OutboxItem,
    ScoreEntry,
    Suppression,
    Task,
    Touch,
)
from bot.domain.commands import CorrectTouch, Due, LogTouch
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import OUTCOMES, Channel, LeadState, Outcome
from bot.service.callbacks import ring_callback
from bot.service.touch_correction import correct_touch
from bot.service.touches import NEEDS_TIME, log_touch
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


def test_a_callback_becomes_a_task_that_rings_the_rep_at_its_time(house: House) -> None:
    house.log(Outcome.CALLBACK, follow_up_at=LATER, note="ask for Tim")
    (task,), (due,) = house.all(Task), house.all(DueTime, DueTime.job == "callback")
    assert (task.kind, task.due_at, task.text) == ("callback", LATER, "ask for Tim")
    assert (due.subject_id, due.due_at) == (str(task.id), LATER)
    ring = Due(due.job, due.subject_id, due.slot, due.due_at)
    house.write(lambda session: ring_callback(session, ring, LATER))
    (item,) = house.all(OutboxItem, OutboxItem.kind == "callback_due")
    assert item.lane == f"person:{house.sam.person_id}"
    assert item.notice["subject_id"] == str(task.id)


def test_a_callback_that_was_made_rings_no_more(house: House) -> None:
    house.log(Outcome.CALLBACK, follow_up_at=LATER)
    house.log(Outcome.CONNECTED, now=NOW + timedelta(hours=1))
    (task,) = house.all(Task)
    assert task.done_at is not None
    assert house.all(DueTime, DueTime.job == "callback") == []
    ring = Due("callback", str(task.id), "x", LATER)
    house.write(lambda session: ring_callback(session, ring, LATER))
    assert house.all(OutboxItem, OutboxItem.kind == "callback_due") == []


def test_a_callback_that_falls_into_their_night_rings_again_when_they_may_be_called(house: House) -> None:
    night = NOW.replace(hour=22, minute=30)
    house.log(Outcome.CALLBACK, follow_up_at=night)
    (task,) = house.all(Task)
    ring = Due("callback", str(task.id), night.isoformat(), night)
    house.write(lambda session: ring_callback(session, ring, night))
    (due,) = house.all(DueTime, DueTime.job == "callback")
    assert due.due_at == NOW.replace(day=25, hour=7)
    again = Due("callback", str(task.id), due.slot, due.due_at)
    house.write(lambda session: ring_callback(session, again, due.due_at))
    assert len(house.all(OutboxItem, OutboxItem.kind == "callback_due")) == 2


def test_a_voicemail_before_its_time_leaves_the_callback_standing(house: House) -> None:
    house.log(Outcome.CALLBACK, follow_up_at=LATER)
    house.log(Outcome.VOICEMAIL, now=NOW + timedelta(hours=1))
    assert house.all(Task)[0].done_at is None


def test_do_not_call_blocks_the_number_and_the_next_call_says_so(house: House) -> None:
    house.log(Outcome.DO_NOT_CALL)
    assert {(row.kind, row.covers) for row in house.all(Suppression)} == {("phone", "call"), ("email", "call")}
    again = house.log(Outcome.CONNECTED, now=NOW + timedelta(minutes=1))
    assert any("not to be called" in warning for warning in again.warnings)
    assert "not to be called" in house.get(Touch, again.touch_id).gate


def test_an_opt_out_blocks_the_address_and_withdraws_consent(house: House) -> None:
    house.write(lambda session: session.add(Consent(contact_id=house.jane, basis="opt_in", given_at=NOW)))
    house.log(Outcome.OPTED_OUT, Channel.EMAIL)
    (row,), (consent,) = house.all(Suppression), house.all(Consent)
    assert (row.kind, row.covers) == ("email", "email")
    assert consent.withdrawn_at == NOW
    assert "jane" not in row.value_hash


def test_a_wrong_number_leaves_the_card(house: House) -> None:
    house.log(Outcome.WRONG_NUMBER)
    assert house.get(Contact, house.jane).phone is None


def test_a_persons_own_no_ends_the_lead(house: House) -> None:
    lead_id = house.open_lead()
    house.log(Outcome.NOT_INTERESTED, said_by="Jane")
    lead = house.get(Lead, lead_id)
    assert (lead.state, lead.close_reason) == (LeadState.DISQUALIFIED, "not interested")
    moves = house.all(LeadMove, LeadMove.lead_id == lead_id, LeadMove.to_state == LeadState.DISQUALIFIED)
    assert [(move.by_id, move.reason) for move in moves] == [(house.sam.person_id, "not interested")]


def test_somebody_elses_no_leaves_the_lead_open(house: House) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.NOT_INTERESTED, said_by="Bob from the switchboard")
    assert house.get(Lead, lead_id).closed_at is None
    assert "The lead stays open: that was not their own no." in logged.effects


def test_not_now_recycles_the_lead_and_reminds_on_the_day(house: House) -> None:
    lead_id = house.open_lead()
    house.log(Outcome.NOT_NOW, follow_up_at=NOW + timedelta(days=30))
    assert house.get(Lead, lead_id).state is LeadState.RECYCLED
    assert house.all(Task)[0].due_at == NOW + timedelta(days=30)


def test_not_now_without_a_date_takes_the_playbooks_rest(house: House) -> None:
    house.log(Outcome.NOT_NOW)
    assert house.all(Task)[0].due_at == NOW + timedelta(days=house.database.playbook.cadence.recycle_days)


def test_a_reply_ends_the_plan(house: House) -> None:
    house.write(
        lambda session: session.add(
            Enrolment(
                contact_id=house.jane, person_id=house.sam.person_id, kind="cadence", started_on=NOW.date(), state={}
            )
        )
    )
    house.log(Outcome.REPLY_POSITIVE, Channel.EMAIL)
    assert house.all(Enrolment)[0].end_reason == "reply"


def test_out_of_office_pauses_the_plan(house: House) -> None:
    house.write(
        lambda session: session.add(
            Enrolment(
                contact_id=house.jane, person_id=house.sam.person_id, kind="cadence", started_on=NOW.date(), state={}
            )
        )
    )
    house.log(Outcome.OUT_OF_OFFICE, Channel.EMAIL, follow_up_at=LATER)
    (plan,) = house.all(Enrolment)
    assert (plan.ended_at, plan.paused_until) == (None, LATER.date())


def test_a_referral_adds_the_person_named_with_the_reason(house: House) -> None:
    logged = house.log(Outcome.REFERRAL, referral_name="Tim Bell", referral_email="tim@acme.com", note="owns audits")
    (tim,) = house.all(Contact, Contact.email == "tim@acme.com")
    (task,) = house.all(Task)
    assert (tim.first_name, tim.last_name, tim.account_id) == ("Tim", "Bell", house.acme)
    assert tim.extra == {"referred_by": str(house.jane)}
    assert (task.kind, task.contact_id, task.text) == ("referral", tim.id, "Jane Doe named them. owns audits")
    assert any("Tim Bell is new" in sentence for sentence in logged.effects)


def test_a_referral_to_a_known_colleague_makes_nobody_new(house: House) -> None:
    tim = house.write(lambda session: add_contact(session, "Tim", "Bell", "tim@acme.com", house.acme))
    house.log(Outcome.REFERRAL, referral_name="tim bell")
    assert house.all(Task)[0].contact_id == tim
    assert len(house.all(Contact)) == 2


def test_a_booked_meeting_stands_and_can_be_held(house: House) -> None:
    house.log(Outcome.MEETING_BOOKED, follow_up_at=LATER)
    (meeting,) = house.all(Meeting)
    minutes = house.database.playbook.handoff.intro_call.minutes
    assert (meeting.starts_at, meeting.ends_at - meeting.starts_at) == (LATER, timedelta(minutes=minutes))
    house.log(Outcome.HELD, Channel.MEETING, now=LATER + timedelta(hours=1))
    assert house.all(Meeting)[0].state == "held"


def test_held_settles_the_meeting_that_has_just_begun(house: House) -> None:
    starts = [NOW + timedelta(days=days) for days in (1, 3, 5)]
    for at in starts:
        house.log(Outcome.MEETING_BOOKED, follow_up_at=at)
    house.log(Outcome.HELD, Channel.MEETING, now=starts[1] + timedelta(minutes=30))
    assert [(one.starts_at, one.state) for one in sorted(house.all(Meeting), key=lambda one: one.starts_at)] == [
        (starts[0], "booked"),
        (starts[1], "held"),
        (starts[2], "booked"),
    ]


def test_a_meeting_before_its_time_settles_the_next_one(house: House) -> None:
    starts = [NOW + timedelta(days=days) for days in (4, 2)]
    for at in starts:
        house.log(Outcome.MEETING_BOOKED, follow_up_at=at)
    house.log(Outcome.HELD, Channel.MEETING, now=NOW + timedelta(days=1))
    (held,) = house.all(Meeting, Meeting.state == "held")
    assert held.starts_at == starts[1]


@pytest.mark.parametrize(
    ("until", "said"), [(NOW + timedelta(days=7), "1 Dec"), (NOW + timedelta(days=40), "3 Jan 2027")]
)
def test_a_day_is_said_as_a_rep_says_it(house: House, until, said) -> None:
    lead_id = house.open_lead()
    logged = house.log(Outcome.NOT_NOW, follow_up_at=until)
    assert house.get(Lead, lead_id).close_reason == f"not now, again on {said}"
    assert f"I'll remind you on {said}." in logged.effects


def test_a_social_answer_gives_points_and_a_task_for_today(house: House) -> None:
    house.log(Outcome.THEY_RESPONDED, Channel.SOCIAL)
    (entry,), (task,) = house.all(ScoreEntry), house.all(Task)
    assert (
        house.get(Contact, house.jane).score == entry.points == house.database.playbook.scoring.social["they_responded"]
    )
    assert task.kind == "social_answer"
    assert task.due_at.isoformat() == "2026-11-24T23:00:00+00:00"


@pytest.mark.parametrize(
    ("channel", "outcome"), [(channel, outcome) for channel in Channel for outcome in OUTCOMES[channel]]
)
def test_every_outcome_of_every_channel_can_be_logged_and_taken_back(house: House, channel, outcome) -> None:
    from bot.domain.commands import Undo
    from bot.service.undo import undo

    lead_id = house.open_lead()
    before = _facts(house, lead_id)
    follow = LATER if outcome in NEEDS_TIME else None
    logged = house.log(outcome, channel, follow_up_at=follow, referral_name="Tim Bell")
    taken = Undo(house.sam, logged.causation_id)
    house.write(lambda session: undo(session, taken, NOW + timedelta(minutes=5)))
    assert _facts(house, lead_id) == before


def _facts(house: House, lead_id: UUID) -> tuple[object, ...]:
    lead, jane = house.get(Lead, lead_id), house.get(Contact, house.jane)
    return (
        lead.state,
        lead.first_response_at,
        lead.first_response_by_id,
        lead.claimed_at,
        lead.closed_at,
        lead.close_reason,
        jane.phone,
        jane.score,
        jane.last_touched_at,
        len(house.all(Contact)),
        len(house.all(Suppression)),
        len(house.all(Task)),
        len(house.all(DueTime, DueTime.job == "callback")),
        len(house.all(Meeting, Meeting.state == "booked")),
        len(house.all(Touch, Touch.undone_at.is_(None))),
    )


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
