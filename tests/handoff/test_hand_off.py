"""Handing a lead over, until the executive answers (process §7)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.db.base import new_id
from bot.db.models import Enrolment, Lead, Meeting
from bot.domain.commands import (
    AnswerHandoff,
    HandOff,
    LogTouch,
    MoveIntroCall,
    ReopenLead,
    TakeBackHandoff,
    Undo,
    UndoAccept,
)
from bot.domain.errors import AlreadyTaken, Gone, NotAllowed, SeveralWrong, UserError
from bot.domain.terms import Channel, LeadState, Outcome, Stage
from bot.service.claims import reopen_lead
from bot.service.handoffs import answer_handoff, hand_off, take_back_handoff, undo_accept
from bot.service.intro_calls import move_intro_call
from bot.service.touches import Logged, log_touch
from bot.service.undo import undo
from tests.handoff.house import CONTRACT, HandoffHouse

FILE, STEP = "calendar_file", "handoff_step"


def test_the_lead_goes_to_the_executive_with_a_post_a_call_and_its_file(house: HandoffHouse) -> None:
    jane = house.a_lead()
    done = house.hands_off(jane)

    card = house.handoff_card(done.handoff_id)
    assert (card.state, card.ae.name, card.rep.name) == ("waiting", "Erik", "Ada")
    assert [said for _, said in card.contract] == list(CONTRACT.values())
    assert card.sales_qualified
    assert card.touch_count == 1
    lead = house.lead(card.lead_id)
    assert (lead.state, lead.close_reason) == (LeadState.HANDED_OFF, "to Erik")
    assert house.posts(done.handoff_id) == {"post": "channel:#ae-erik", "rep": "person:Ada"}
    assert house.told(done.handoff_id) == [(FILE, "REQUEST", "post"), (FILE, "REQUEST", "rep")]
    meeting = house.meeting(done.handoff_id)
    assert meeting is not None
    assert (meeting.kind, meeting.state, meeting.sequence, meeting.place) == (
        "intro_call",
        "booked",
        0,
        "https://meet.example/erik",
    )
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)


def test_every_question_of_the_contract_must_be_answered(house: HandoffHouse) -> None:
    jane = house.a_lead()
    for key in CONTRACT:
        with pytest.raises(UserError, match="This is needed") as refused:
            house.hands_off(jane, contract=CONTRACT | {key: " \n "})
        assert refused.value.field == key
    with pytest.raises(SeveralWrong) as all_of_them:
        house.hands_off(jane, contract={})
    assert list(all_of_them.value.sentences) == list(CONTRACT)
    assert house.lead(house.read(lambda s: s.query(Lead.id).scalar())).closed_at is None


def test_a_call_needs_a_time(house: HandoffHouse) -> None:
    with pytest.raises(UserError, match="Pick a time") as refused:
        house.hands_off(house.a_lead(), starts_at=None)
    assert refused.value.field == "starts_at"


def test_another_choice_needs_a_reason_and_the_reason_stays(house: HandoffHouse) -> None:
    jane = house.a_lead()
    with pytest.raises(UserError, match="Why Farah") as refused:
        house.hands_off(jane, to="Farah", offered_id=house.people["Erik"])
    assert refused.value.field == "ae_reason"
    done = house.hands_off(jane, to="Farah", offered_id=house.people["Erik"], ae_reason="she speaks Danish")
    assert house.handoff(done.handoff_id).ae_reason == "Ada chose Farah: she speaks Danish"


def test_two_who_hand_over_the_same_person_one_wins_and_the_other_is_told(house: HandoffHouse) -> None:
    jane = house.a_lead()
    house.touches(jane, by="Bea")
    house.hands_off(jane)
    house.after(minutes=3)
    with pytest.raises(AlreadyTaken, match="Ada handed them to Erik at 12:00 already"):
        house.hands_off(jane, by="Bea", to="Farah")
    with pytest.raises(AlreadyTaken, match="You handed them"):
        house.hands_off(jane)


def test_somebody_with_no_part_in_it_cannot(house: HandoffHouse) -> None:
    jane = house.a_lead()
    with pytest.raises(NotAllowed, match="This lead is Ada's"):
        house.hands_off(jane, by="Bea")
    house.touches(jane, by="Bea")
    house.hands_off(jane, by="Bea")


def test_somebody_without_a_lead_gets_one(house: HandoffHouse) -> None:
    jane = house.a_lead()
    first = house.hands_off(jane)
    house.answers(first.handoff_id, accepted=False, reason="Not my account")
    # the lead ended otherwise meanwhile: the next handoff opens another
    lead_id = house.handoff(first.handoff_id).lead_id
    house.write(
        lambda session: (
            session.query(Lead).filter(Lead.id == lead_id).update({"state": LeadState.RECYCLED, "closed_at": house.now})
            and None
        )
    )
    second = house.hands_off(jane, to="Farah")
    assert house.handoff(second.handoff_id).lead_id != lead_id
    assert house.contact("jane@acme.example").stage is Stage.LEAD


def test_a_plan_of_touches_ends(house: HandoffHouse) -> None:
    jane = house.a_lead()
    house.write(
        lambda session: session.add(
            Enrolment(
                contact_id=jane,
                person_id=house.people["Ada"],
                kind="cadence",
                started_on=house.now.date(),
                next_due_on=house.now.date(),
            )
        )
    )
    house.hands_off(jane)
    (enrolment,) = house.read(lambda session: session.query(Enrolment).all())
    assert (enrolment.end_reason, enrolment.next_due_on) == ("meeting_booked", None)


def test_two_calls_of_one_executive_never_overlap(house: HandoffHouse) -> None:
    jane, tim = house.a_lead(), house.a_lead("tim@beta.example")
    at = house.slots("Erik", jane)[0]
    house.hands_off(jane, starts_at=at)
    assert at not in house.slots("Erik", tim)
    with pytest.raises(UserError, match="another call then") as refused:
        house.hands_off(tim, starts_at=at + timedelta(minutes=10))
    assert refused.value.field == "starts_at"
    house.hands_off(tim, starts_at=at + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("hour", "why"), [(20, "outside their working hours"), (11, "in the past"), (16.75, "outside their working hours")]
)
def test_a_time_that_does_not_fit_says_why(house: HandoffHouse, hour: float, why: str) -> None:
    at = house.now.replace(hour=int(hour), minute=int(hour % 1 * 60))
    with pytest.raises(UserError, match=why):
        house.hands_off(house.a_lead(), starts_at=at)


def test_a_live_transfer_needs_nobody_to_wait_for_a_time(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead(), kind="transfer")
    assert house.handoff(done.handoff_id).kind == "transfer"
    assert house.meeting(done.handoff_id) is None
    house.now = house.now.replace(hour=19)
    with pytest.raises(UserError, match="not on shift now"):
        house.hands_off(house.a_lead("tim@beta.example"), kind="transfer")


def test_accepted_the_rep_hears_of_it(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    house.after(minutes=10)
    house.answers(done.handoff_id)
    handoff = house.handoff(done.handoff_id)
    assert (handoff.state, handoff.answered_at, handoff.ended_at) == ("accepted", house.now, None)
    assert house.told(done.handoff_id)[2:] == [(STEP, "accepted", "person:Ada")]
    with pytest.raises(AlreadyTaken, match="accepted at 12:10"):
        house.answers(done.handoff_id)
    house.until(handoff.created_at + timedelta(minutes=45))
    assert "handoff_reminder" not in [kind for kind, _, _ in house.told(done.handoff_id)]


def test_a_click_too_fast_is_taken_back_for_a_while(house: HandoffHouse) -> None:
    start = house.now
    done = house.hands_off(house.a_lead(), starts_at=start + timedelta(days=1))
    house.after(minutes=5)
    house.answers(done.handoff_id)
    house.after(minutes=9)
    undo = UndoAccept(house.actor("Erik"), done.handoff_id)
    with pytest.raises(NotAllowed):
        house.does(undo_accept, UndoAccept(house.actor("Ada"), done.handoff_id))
    house.does(undo_accept, undo)
    handoff = house.handoff(done.handoff_id)
    assert (handoff.state, handoff.answered_at) == ("waiting", None)
    with pytest.raises(Gone, match="waiting for an answer by now"):
        house.does(undo_accept, undo)
    house.until(start + timedelta(minutes=30))
    assert "handoff_reminder" in [kind for kind, _, _ in house.told(done.handoff_id)]
    house.answers(done.handoff_id)
    house.after(minutes=11)
    with pytest.raises(Gone, match="Undo works for 10 min"):
        house.does(undo_accept, undo)


def test_given_back_after_all_the_lead_is_the_reps(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    house.answers(done.handoff_id)
    house.answers(done.handoff_id, accepted=False, reason="Not my account")
    handoff = house.handoff(done.handoff_id)
    assert handoff.state == "declined"
    assert house.lead(handoff.lead_id).state is LeadState.RESPONDED


def test_declined_the_rep_has_it_back_and_is_offered_the_next(house: HandoffHouse) -> None:
    jane = house.a_lead()
    done = house.hands_off(jane)
    with pytest.raises(UserError, match="Pick a reason") as refused:
        house.answers(done.handoff_id, accepted=False)
    assert refused.value.field == "reason"
    house.answers(done.handoff_id, accepted=False, reason="No time this week", remark="fair")
    handoff = house.handoff(done.handoff_id)
    assert (handoff.state, handoff.end_reason) == ("declined", "No time this week: fair")
    lead = house.lead(handoff.lead_id)
    assert (lead.state, lead.closed_at, house.name(lead.owner_id)) == (LeadState.RESPONDED, None, "Ada")
    assert lead.owner_reason == ["Erik declined: No time this week: fair"]
    meeting = house.meeting(done.handoff_id)
    assert meeting is not None
    assert (meeting.state, meeting.sequence) == ("cancelled", 1)
    assert house.told(done.handoff_id)[2:] == [
        (FILE, "CANCEL", "post"),
        (FILE, "CANCEL", "rep"),
        (STEP, "declined", "person:Ada"),
    ]
    proposal = house.proposal(jane)
    assert proposal.choice.ae_id == house.people["Farah"]
    assert "Erik had it already." in proposal.choice.said
    house.hands_off(jane, to="Farah")


def beside(house: HandoffHouse, handoff_id: UUID) -> UUID:
    """Another open lead of the same person, as two events at the same moment may leave it."""
    old, lead_id = house.lead(house.handoff(handoff_id).lead_id), new_id()
    names = ("contact_id", "account_id", "intent", "hot", "source", "owner_id", "raised_at", "received_at")
    row = {name: getattr(old, name) for name in names}
    house.write(
        lambda session: session.add(
            Lead(id=lead_id, state=LeadState.OPEN, owner_reason=[], shift_held=False, message="", **row)
        )
    )
    return lead_id


def test_a_lead_that_asked_again_meanwhile_goes_on_as_it_is(house: HandoffHouse) -> None:
    jane = house.a_lead()
    done = house.hands_off(jane)
    newer = beside(house, done.handoff_id)
    house.answers(done.handoff_id, accepted=False, reason="Not my account")
    assert house.lead(house.handoff(done.handoff_id).lead_id).state is LeadState.CLOSED
    assert house.lead(newer).closed_at is None
    house.does(
        hand_off,
        HandOff(house.actor("Ada"), jane, CONTRACT, house.people["Farah"], house.people["Farah"], kind="transfer"),
    )


def test_the_rep_takes_it_back_before_the_answer_not_after(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    command = TakeBackHandoff(house.actor("Ada"), done.handoff_id, "she called, she wants to wait")
    with pytest.raises(NotAllowed):
        house.does(take_back_handoff, TakeBackHandoff(house.actor("Bea"), done.handoff_id, "x"))
    house.does(take_back_handoff, command)
    handoff = house.handoff(done.handoff_id)
    assert handoff.state == "taken_back"
    assert house.lead(handoff.lead_id).state is LeadState.RESPONDED
    assert (STEP, "taken_back", "post") in house.told(done.handoff_id)
    again = house.hands_off(done.contact_id)
    house.answers(again.handoff_id)
    with pytest.raises(Gone, match="Erik has it by now"):
        house.does(take_back_handoff, TakeBackHandoff(house.actor("Ada"), again.handoff_id, "too late"))


def test_only_the_executive_their_cover_or_a_manager_answers(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    for name in ("Farah", "Bea", "Ada"):
        with pytest.raises(NotAllowed, match="Only Erik"):
            house.answers(done.handoff_id, by=name)
    house.is_away("Erik", house.now.date(), house.now.date(), cover="Farah")
    house.answers(done.handoff_id, by="Farah")
    assert house.handoff(done.handoff_id).state == "accepted"


def test_an_answer_after_the_end_says_what_it_is_by_now(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    house.answers(done.handoff_id, accepted=False, reason="Not my account")
    with pytest.raises(Gone, match="declined already"):
        house.does(answer_handoff, AnswerHandoff(house.actor("Erik"), done.handoff_id, True))


def test_a_moved_call_keeps_its_uid_and_counts_up(house: HandoffHouse) -> None:
    jane = house.a_lead()
    done = house.hands_off(jane)
    before = house.meeting(done.handoff_id)
    later = house.slots("Erik", jane)[3]
    house.does(move_intro_call, MoveIntroCall(house.actor("Erik"), done.handoff_id, later, "a train"))
    after = house.meeting(done.handoff_id)
    assert before is not None
    assert after is not None
    assert (after.uid, after.sequence, after.starts_at) == (before.uid, 1, later)
    told = house.told(done.handoff_id)[2:]
    assert told == [(STEP, "moved", "person:Ada"), (FILE, "REQUEST", "post"), (FILE, "REQUEST", "rep")]
    house.does(move_intro_call, MoveIntroCall(house.actor("Ada"), done.handoff_id, None, "she is ill"))
    gone = house.meeting(done.handoff_id)
    assert gone is not None
    assert (gone.uid, gone.sequence, gone.state) == (before.uid, 2, "cancelled")
    with pytest.raises(Gone, match="no call to cancel"):
        house.does(move_intro_call, MoveIntroCall(house.actor("Ada"), done.handoff_id, None, "again"))
    house.does(move_intro_call, MoveIntroCall(house.actor("Ada"), done.handoff_id, later))
    again = house.meeting(done.handoff_id)
    assert again is not None
    assert (again.uid, again.sequence, again.state) == (before.uid, 3, "booked")
    with pytest.raises(NotAllowed):
        house.does(move_intro_call, MoveIntroCall(house.actor("Bea"), done.handoff_id, later))


def test_a_lead_with_an_executive_is_not_taken_up_behind_their_back(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())
    command = ReopenLead(house.actor("Ada"), house.handoff(done.handoff_id).lead_id, "mine")
    with pytest.raises(Gone, match="Erik has it from a handoff"):
        house.does(reopen_lead, command)


def test_an_executive_without_a_channel_hears_by_direct_message_and_the_admin_how_to_mend_it(
    house: HandoffHouse,
) -> None:
    house.has("Erik", channel=None)
    done = house.hands_off(house.a_lead())
    assert house.posts(done.handoff_id)["post"] == "person:Erik"
    warned = house.notices(house.people["Root"])
    assert warned == [("admin_warning", "person:Root")]
    house.hands_off(house.a_lead("tim@beta.example"))
    assert house.notices(house.people["Root"]) == warned


def meetings(house: HandoffHouse) -> list[tuple[str, str, bool]]:
    rows = house.read(lambda session: session.scalars(select(Meeting).order_by(Meeting.id)).all())
    return [(row.kind, row.state, row.handoff_id is not None) for row in rows]


def books(house: HandoffHouse, contact_id: UUID, at: datetime) -> Logged:
    command = LogTouch(house.actor("Ada"), contact_id, Channel.CALL, Outcome.MEETING_BOOKED, house.now, follow_up_at=at)
    done: Logged = house.does(log_touch, command)
    return done


def test_a_meeting_noted_for_the_same_time_becomes_the_intro_call(house: HandoffHouse) -> None:
    jane = house.a_lead()
    at = house.slots("Erik", jane)[0]
    logged = books(house, jane, at)
    assert meetings(house) == [("meeting", "booked", False)]
    done = house.hands_off(jane, starts_at=at)
    assert meetings(house) == [("intro_call", "booked", True)]
    meeting = house.meeting(done.handoff_id)
    assert meeting is not None
    assert (meeting.person_id, meeting.organiser_id) == (house.people["Erik"], house.people["Ada"])
    assert meeting.place == "https://meet.example/erik"
    with pytest.raises(Gone, match="meeting has been changed"):
        house.does(undo, Undo(house.actor("Ada"), logged.causation_id))


def test_a_meeting_at_another_time_stays_beside_the_intro_call(house: HandoffHouse) -> None:
    jane = house.a_lead()
    first, second, *_ = house.slots("Erik", jane)
    books(house, jane, second)
    house.hands_off(jane, starts_at=first)
    assert sorted(meetings(house)) == [("intro_call", "booked", True), ("meeting", "booked", False)]


def test_a_meeting_logged_after_the_handoff_for_the_calls_time_is_that_call(house: HandoffHouse) -> None:
    jane = house.a_lead()
    at = house.slots("Erik", jane)[0]
    house.hands_off(jane, starts_at=at)
    logged = books(house, jane, at)
    assert meetings(house) == [("intro_call", "booked", True)]
    assert "That is the intro call of their handoff; it stands in the calendar already." in logged.effects
