"""Logged touches move plans, and undo puts them back exactly; raised hands, follow-ups, referrals, covers, ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.db.models import Contact, Enrolment, Lead, Task
from bot.domain.commands import (
    CompanyFacts,
    CorrectTouch,
    JunkLead,
    LogTouch,
    PersonFacts,
    RaiseHand,
    RawEvent,
    ReassignLead,
    Undo,
)
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Source
from bot.domain.touch_list import ItemKind
from bot.intake.csv_contacts import import_contacts_file
from bot.service.claims import junk_lead, reassign_lead
from bot.service.enrolment_changes import ChangePlan, end_enrolment, pause, replan, resume, skip_step
from bot.service.enrolment_courses import facts
from bot.service.hand_raises import raise_hand
from bot.service.touch_correction import correct_touch
from bot.service.undo import undo
from tests.cadence.desk import MONDAY, NOW, DeskHouse, at

TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


def takes_back(desk: DeskHouse, logged: Any, now: datetime = NOW) -> None:
    desk.write(lambda session: undo(session, Undo(desk.sam, logged.causation_id), now))


def test_an_email_sent_earns_a_call_the_working_day_after(desk: DeskHouse) -> None:
    desk.enrolls()
    logged = desk.logs(Outcome.SENT, Channel.EMAIL, now=at(FRIDAY))
    assert desk.step() == ("call", 1, date(2026, 3, 9))
    assert desk.plan().last_email_on == FRIDAY
    assert "Next in their plan: a call on Mon 9 Mar (cycle 1 of 4)." in logged.effects


@pytest.mark.parametrize(
    ("outcome", "channel", "more"),
    [
        (Outcome.SENT, Channel.EMAIL, {}),
        (Outcome.VOICEMAIL, Channel.CALL, {}),
        (Outcome.CONNECTED, Channel.CALL, {}),
        (Outcome.REPLY_POSITIVE, Channel.EMAIL, {}),
        (Outcome.CALLBACK, Channel.CALL, {"follow_up_at": at(FRIDAY)}),
        (Outcome.NOT_NOW, Channel.EMAIL, {"follow_up_at": at(FRIDAY)}),
        (Outcome.OUT_OF_OFFICE, Channel.EMAIL, {"follow_up_at": at(FRIDAY)}),
        (Outcome.REFERRAL, Channel.CALL, {"referral_name": "Tim Bell", "referral_email": "tim@acme.com"}),
        (Outcome.NOT_INTERESTED, Channel.CALL, {}),
        (Outcome.NOT_INTERESTED, Channel.CALL, {"said_by": "her assistant"}),
        (Outcome.OPTED_OUT, Channel.EMAIL, {}),
    ],
)
def test_undo_puts_the_plan_back_exactly(desk: DeskHouse, outcome: Outcome, channel: Channel, more: Any) -> None:
    desk.enrolls()
    desk.logs(Outcome.SENT, Channel.EMAIL)
    before = facts(desk.plan())
    logged = desk.logs(outcome, channel, now=at(TUESDAY), **more)
    takes_back(desk, logged, at(TUESDAY))
    assert facts(desk.plan()) == before
    live = desk.database.read_now(
        lambda session: session.scalars(select(Enrolment.contact_id).where(Enrolment.ended_at.is_(None))).all()
    )
    assert live == [desk.jane]


def test_undo_is_refused_once_the_plan_has_moved_on(desk: DeskHouse) -> None:
    enrolment = desk.enrolls().begun[0].enrolment_id
    logged = desk.logs(Outcome.SENT, Channel.EMAIL)
    desk.write(lambda session: skip_step(session, ChangePlan(desk.sam, enrolment, "no number"), at(MONDAY)))
    with pytest.raises(Gone, match="moved on"):
        takes_back(desk, logged)


def test_a_corrected_touch_moves_the_plan_anew(desk: DeskHouse) -> None:
    desk.enrolls()
    logged = desk.logs(Outcome.SENT, Channel.EMAIL)
    right = LogTouch(desk.sam, desk.jane, Channel.EMAIL, Outcome.REPLY_POSITIVE, at(MONDAY))
    desk.write(lambda session: correct_touch(session, CorrectTouch(logged.touch_id, 1, right), at(MONDAY)))
    plan = desk.plan()
    assert (plan.end_reason, plan.last_email_on) == ("reply", None)


def test_no_call_is_due_after_a_reply(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.logs(Outcome.SENT, Channel.EMAIL)
    assert [one.kind for one in desk.due(TUESDAY)] == [ItemKind.CALL]
    desk.logs(Outcome.REPLY_POSITIVE, Channel.EMAIL, now=at(TUESDAY, 8))
    assert desk.due(TUESDAY) == []


def test_a_line_says_why_and_where_in_the_plan(desk: DeskHouse) -> None:
    desk.enrolls(reason="They hired three")
    desk.logs(Outcome.SENT, Channel.EMAIL)
    (item,) = desk.due(date(2026, 3, 5))
    assert (item.contact_id, item.why, item.step) == (desk.jane, "They hired three", "cycle 1 of 4, day 4 of 21")
    assert item.overdue_days == 2


def test_a_cadence_without_a_conversation_rests(desk: DeskHouse) -> None:
    desk.enrolls()
    assert desk.closes(date(2026, 3, 22)) == 0
    assert desk.closes(date(2026, 3, 23)) == 1
    plan = desk.plan()
    assert (plan.end_reason, plan.rests_until, plan.next_due_on) == ("recycled", date(2026, 6, 20), None)
    assert desk.closes(date(2026, 3, 23)) == 0


def test_an_overdue_call_gives_way_to_the_next_email(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.logs(Outcome.SENT, Channel.EMAIL)
    desk.closes(date(2026, 3, 9))
    assert desk.step() == ("email", 2, date(2026, 3, 9))


def test_a_referral_starts_the_person_named_in_their_place(desk: DeskHouse) -> None:
    desk.enrolls()
    logged = desk.logs(Outcome.REFERRAL, referral_name="Tim Bell", referral_email="tim@acme.com")
    tim = desk.database.read_now(
        lambda session: session.scalar(select(Contact.id).where(Contact.email == "tim@acme.com"))
    )
    assert desk.plan().end_reason == "referral"
    assert (desk.plan(tim).reason, desk.plan(tim).person_id) == ("Jane Doe named them", desk.sam.person_id)
    assert any("Tim Bell starts on" in sentence for sentence in logged.effects)
    assert desk.database.read_now(lambda session: session.scalars(select(Task)).all()) == []


def test_a_raised_hand_ends_the_cadence(desk: DeskHouse) -> None:
    desk.enrolls()
    asked = RaiseHand(
        RawEvent("standard", "one", b"{}"),
        Intent.CONTACT_ME,
        Source.CONTACT_FORM,
        PersonFacts(email="jane@acme.com"),
        CompanyFacts(),
    )
    desk.write(lambda session: raise_hand(session, asked, at(MONDAY)))
    assert desk.plan().end_reason == "raised_hand"


def test_a_first_response_without_an_answer_begins_the_follow_up(desk: DeskHouse) -> None:
    lead_id = desk.opens_lead()
    logged = desk.logs(Outcome.VOICEMAIL)
    plan = desk.plan()
    assert (plan.kind, plan.lead_id, plan.person_id) == ("follow_up", lead_id, desk.sam.person_id)
    assert desk.step() == ("email", 1, TUESDAY)
    assert "If they do not answer: 7 more touches, an e-mail on Tue 3 Mar first." in logged.effects
    (item,) = desk.due(TUESDAY)
    assert (item.kind, item.lead_id, item.step) == (ItemKind.EMAIL, lead_id, "touch 1 of 7, working day 1 of 10")


def test_an_answered_first_response_begins_none(desk: DeskHouse) -> None:
    desk.opens_lead()
    desk.logs(Outcome.CONNECTED)
    assert desk.due(FRIDAY) == []


def test_a_first_response_taken_back_takes_its_follow_up_along(desk: DeskHouse) -> None:
    lead_id = desk.opens_lead()
    logged = desk.logs(Outcome.VOICEMAIL)
    takes_back(desk, logged)
    assert desk.plan().end_reason == "taken_back"
    lead = desk.database.read_now(lambda session: session.get(Lead, lead_id))
    assert (lead.state, lead.first_response_at) == (LeadState.OPEN, None)


def test_seven_touches_without_an_answer_recycle_the_lead(desk: DeskHouse) -> None:
    lead_id = desk.opens_lead()
    desk.logs(Outcome.VOICEMAIL)
    day = TUESDAY
    done = 0
    while desk.plan().ended_at is None:
        desk.closes(day)
        for item in desk.due(day):
            channel = Channel.EMAIL if item.kind is ItemKind.EMAIL else Channel.CALL
            outcome = Outcome.SENT if channel is Channel.EMAIL else Outcome.NO_ANSWER
            desk.logs(outcome, channel, now=at(day))
            done += 1
        day += timedelta(days=1)
    lead = desk.database.read_now(lambda session: session.get(Lead, lead_id))
    assert done == 7
    assert (lead.state, lead.close_reason) == (LeadState.RECYCLED, "no answer to 7 touches")
    assert day - timedelta(days=1) == date(2026, 3, 17), "ten working days from Tuesday, then it ends"


def test_the_follow_up_goes_with_its_lead(desk: DeskHouse) -> None:
    lead_id = desk.opens_lead()
    desk.logs(Outcome.VOICEMAIL)
    given = ReassignLead(desk.lena, lead_id, desk.ada.person_id, "Sam is full")
    desk.write(lambda session: reassign_lead(session, given, at(MONDAY)))
    assert (desk.due(TUESDAY), len(desk.due(TUESDAY, desk.ada))) == ([], 1)


def test_a_lead_that_is_junk_has_no_follow_up(desk: DeskHouse) -> None:
    lead_id = desk.opens_lead()
    desk.logs(Outcome.VOICEMAIL)
    reason = desk.database.playbook.junk.reasons[0]
    desk.write(lambda session: junk_lead(session, JunkLead(desk.sam, lead_id, reason), at(MONDAY)))
    assert (desk.plan().end_reason, desk.due(FRIDAY)) == ("lead_closed", [])


def test_a_colleague_who_answers_a_claimed_lead_leaves_the_plan_to_its_owner(desk: DeskHouse) -> None:
    desk.opens_lead(claimed_at=NOW, claimed_by_id=desk.sam.person_id, state=LeadState.CLAIMED)
    desk.logs(Outcome.NO_ANSWER, by=desk.ada)
    assert desk.plan().person_id == desk.sam.person_id


def test_a_list_that_says_no_mail_ends_the_plan(desk: DeskHouse) -> None:
    desk.enrolls()
    file = b"Email,First Name,Email Opt Out\njane@acme.com,Jane,TRUE\n"
    import_contacts_file(desk.database, file, lambda: NOW)
    assert desk.plan().end_reason == "suppressed"


def test_two_reps_at_the_same_moment_do_not_share_an_account(desk: DeskHouse) -> None:
    for number in range(6):
        account = desk.knows_account(f"Firm{number}")
        both = [desk.knows(f"P{number}{one}", account=account, country="US") for one in "ab"]
        with ThreadPoolExecutor(2) as reps:
            ada = reps.submit(desk.enrolls, both[0], by=desk.ada)
            sam = reps.submit(desk.enrolls, both[1], by=desk.sam)
            begun = [len(one.result().begun) for one in (ada, sam)]
        assert sorted(begun) == [0, 1]


def test_a_cover_has_the_steps_of_a_longer_absence(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.is_away(desk.sam, MONDAY, FRIDAY, cover=desk.ada)
    assert (len(desk.due(MONDAY)), len(desk.due(MONDAY, desk.ada))) == (0, 1)
    assert len(desk.due(date(2026, 3, 9))) == 1


def test_a_short_absence_stays_with_the_rep(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.is_away(desk.sam, MONDAY, TUESDAY, cover=desk.ada)
    assert desk.due(TUESDAY, desk.ada) == []


def test_time_off_without_a_cover_moves_what_is_ahead(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.logs(Outcome.SENT, Channel.EMAIL)
    desk.is_away(desk.sam, TUESDAY, date(2026, 3, 12))
    assert desk.write(lambda session: replan(session, desk.sam.person_id, at(MONDAY))) == 1
    assert desk.step() == ("call", 1, date(2026, 3, 13))
    assert desk.write(lambda session: replan(session, desk.sam.person_id, at(MONDAY))) == 0


def test_a_plan_can_wait_go_on_and_end(desk: DeskHouse) -> None:
    enrolment = desk.enrolls().begun[0].enrolment_id
    desk.logs(Outcome.SENT, Channel.EMAIL)

    def change(how: Any, **more: Any) -> Any:
        command = ChangePlan(more.pop("by", desk.sam), enrolment, **more)
        return desk.write(lambda session: how(session, command, at(MONDAY)))

    with pytest.raises(UserError, match="a day ahead"):
        change(pause, until=MONDAY)
    with pytest.raises(NotAllowed, match="colleague's"):
        change(pause, until=FRIDAY, by=desk.ada)
    change(pause, until=date(2026, 3, 16))
    assert desk.step() == ("call", 1, date(2026, 3, 16))
    change(resume)
    assert desk.step() == ("call", 1, TUESDAY)
    assert change(end_enrolment, reason="They moved", by=desk.lena).course is None
    assert desk.plan().end_reason == "by_hand"
    with pytest.raises(Gone, match="over already"):
        change(end_enrolment)


def test_what_is_due_costs_two_statements_however_much_it_is(desk: DeskHouse) -> None:
    desk.enrolls(*(desk.knows(f"P{n}", f"N{n}", country="US") for n in range(20)))
    statements: list[str] = []
    event.listen(desk.database.reader, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert len(desk.due(date(2026, 3, 6))) == 20
    assert len([one for one in statements if one.startswith("SELECT")]) == 2
