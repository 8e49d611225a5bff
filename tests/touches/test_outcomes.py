"""What each outcome of a touch causes: callbacks, refusals, ends and pauses of plans, referrals, meetings, points."""

from datetime import timedelta
from uuid import UUID

import pytest

from bot.db.models import (
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
from bot.domain.commands import Due
from bot.domain.terms import OUTCOMES, Channel, LeadState, Outcome
from bot.service.callbacks import ring_callback
from bot.service.touches import NEEDS_TIME
from tests.touches.house import NOW, House, add_contact

LATER = NOW + timedelta(days=2)


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
