"""After the intro call: held, missed, an opportunity, or back to the rep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db.models import Opportunity, OutboxItem, Person, Task, Touch
from bot.db.queries.touch_list_sources import task_items
from bot.delivery.deal_views import DEAL_NOTICES
from bot.delivery.render import Told
from bot.domain.commands import Due
from bot.domain.deal_commands import HoldCall, MissCall, NotQualified, RescheduleCall
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.money import Money
from bot.domain.notices import NoticeKind
from bot.domain.terms import Channel, LeadState, Outcome, Stage
from bot.service.call_watch import step_intro_call, watch_handoff
from bot.service.verdicts import hold_call, miss_call, not_qualified, reschedule_call
from tests.deals.house import Closing


def test_both_are_reminded_a_day_and_ten_minutes_before(closing: Closing) -> None:
    handoff_id = closing.accepted()
    starts = closing.meeting(handoff_id).starts_at
    closing.floor.until(starts - timedelta(days=1))
    day_before = [("intro_call_soon", "before:86400", who) for who in ("Erik", "Ada")]
    assert closing.told("intro_call_soon") == day_before
    closing.floor.until(starts - timedelta(minutes=10))
    assert closing.told("intro_call_soon") == day_before + [
        ("intro_call_soon", "before:600", who) for who in ("Erik", "Ada")
    ]


def test_after_the_call_its_executive_is_asked_then_reminded_then_the_manager(closing: Closing) -> None:
    handoff_id = closing.accepted()
    ends = closing.meeting(handoff_id).ends_at
    closing.floor.until(ends)
    assert closing.told("verdict_wanted") == [("verdict_wanted", "ended", "Erik")]
    closing.floor.until(ends + timedelta(days=2))
    assert closing.told("verdict_wanted")[1:] == [
        ("verdict_wanted", "remind", "Erik"),
        ("verdict_wanted", "manager", "Mia"),
    ]
    closing.floor.after(days=30)
    assert len(closing.told("verdict_wanted")) == 3


def test_held_is_a_meeting_of_the_executive_and_the_rep_hears_of_it(closing: Closing) -> None:
    handoff_id = closing.held()
    handoff = closing.handoff(handoff_id)
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING)
    assert (handoff.state, touch.outcome, touch.person_id) == ("held", Outcome.HELD, closing.floor.people["Erik"])
    assert touch.lead_id == handoff.lead_id
    assert closing.meeting(handoff_id).state == "held"
    assert ("verdict_step", "held", "Ada") in closing.told("verdict_step")


def test_held_without_a_verdict_reminds_after_a_day_and_tells_the_manager_after_two(closing: Closing) -> None:
    closing.held()
    closing.floor.after(days=1)
    closing.floor.after(days=1)
    assert closing.told("verdict_wanted")[1:] == [
        ("verdict_wanted", "remind", "Erik"),
        ("verdict_wanted", "manager", "Mia"),
    ]


FRIDAY = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)


def test_a_call_of_a_friday_is_reminded_of_on_monday_not_at_the_weekend(closing: Closing) -> None:
    handoff_id = closing.held(at=FRIDAY)
    held_at = closing.handoff(handoff_id).held_at
    closing.floor.until(held_at + timedelta(days=3, minutes=-1))
    assert [step for _, step, _ in closing.told("verdict_wanted")] == ["ended"]
    closing.floor.after(minutes=1)
    assert [step for _, step, _ in closing.told("verdict_wanted")] == ["ended", "remind"]
    closing.floor.after(days=1)
    assert closing.told("verdict_wanted")[2:] == [("verdict_wanted", "manager", "Mia")]


def test_a_leave_that_is_entered_late_keeps_nothing_from_the_manager(closing: Closing) -> None:
    closing.held(at=FRIDAY)
    closing.floor.is_away("Erik", date(2026, 3, 9), date(2026, 3, 10))  # the reminder of Monday stands already
    closing.floor.after(days=10)
    assert [(step, who) for _, step, who in closing.told("verdict_wanted")][1:] == [
        ("remind", "Erik"),
        ("manager", "Mia"),
    ]


def test_a_leave_without_a_cover_and_then_one_with_keep_nothing_from_the_manager(closing: Closing) -> None:
    handoff_id = closing.held(at=FRIDAY)
    closing.floor.is_away("Erik", date(2026, 3, 9), date(2026, 3, 9))
    closing.floor.is_away("Erik", date(2026, 3, 10), date(2026, 3, 13), cover="Farah")
    closing.floor.write(lambda session: watch_handoff(session, handoff_id, closing.now))
    closing.floor.after(days=14)
    assert ("verdict_wanted", "manager", "Mia") in closing.told("verdict_wanted")
    assert ("verdict_wanted", "remind", "Erik") in closing.told("verdict_wanted")


@pytest.mark.parametrize(("cover", "days"), [("Farah", 3), (None, 5)])
def test_a_leave_is_waited_for_unless_somebody_covers(closing: Closing, cover: str | None, days: int) -> None:
    handoff_id = closing.held(at=FRIDAY)
    held_at = closing.handoff(handoff_id).held_at
    closing.floor.is_away("Erik", date(2026, 3, 9), date(2026, 3, 10), cover=cover)
    closing.floor.write(lambda session: watch_handoff(session, handoff_id, closing.now))
    closing.floor.until(held_at + timedelta(days=days, minutes=-1))
    assert len(closing.told("verdict_wanted")) == 1
    closing.floor.after(minutes=1)
    told = [who for _, step, who in closing.told("verdict_wanted") if step == "remind"]
    assert told == (["Erik", cover] if cover else ["Erik"])


def test_a_verdict_ends_the_reminders(closing: Closing) -> None:
    closing.qualifies(closing.held())
    closing.floor.after(days=10)
    assert closing.told("verdict_wanted") == [("verdict_wanted", "ended", "Erik")]


def test_whoever_holds_the_call_has_taken_the_handoff(closing: Closing) -> None:
    handoff_id = closing.hands_over()
    closing.floor.until(closing.meeting(handoff_id).ends_at)
    closing.floor.does(hold_call, HoldCall(closing.floor.actor("Erik"), handoff_id))
    assert closing.history(handoff_id)[-2:] == [("waiting", "accepted"), ("accepted", "held")]


@pytest.mark.parametrize("who", ["Ada", "Farah", "Otto"])
def test_nobody_else_says_how_the_call_went(closing: Closing, who: str) -> None:
    handoff_id = closing.accepted()
    with pytest.raises(NotAllowed, match="Only Erik"):
        closing.floor.does(hold_call, HoldCall(closing.floor.actor(who), handoff_id))


@pytest.mark.parametrize("who", ["Mia", "Root"])
def test_a_manager_of_the_executive_and_an_admin_can(closing: Closing, who: str) -> None:
    handoff_id = closing.accepted()
    closing.floor.does(hold_call, HoldCall(closing.floor.actor(who), handoff_id))
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING)
    assert touch.person_id == closing.floor.people["Erik"], "the call counts as the executive's"


def test_a_manager_speaks_for_an_executive_who_left(closing: Closing) -> None:
    handoff_id = closing.accepted()
    closing.floor.write(lambda session: setattr(session.get_one(Person, closing.floor.people["Erik"]), "active", False))
    closing.floor.does(hold_call, HoldCall(closing.floor.actor("Mia"), handoff_id))
    closing.floor.does(not_qualified, NotQualified(closing.floor.actor("Mia"), handoff_id, "No budget"))
    assert closing.floor.owner(closing.handoff(handoff_id).lead_id) == "Ada"


def test_a_call_that_was_moved_is_reminded_of_at_its_new_time(closing: Closing) -> None:
    handoff_id = closing.accepted()
    before = closing.meeting(handoff_id)
    later = before.starts_at + timedelta(days=1)
    command = RescheduleCall(closing.floor.actor("Erik"), handoff_id, later, "she is ill")
    closing.floor.does(reschedule_call, command)
    after = closing.meeting(handoff_id)
    assert (after.starts_at, after.uid, after.sequence) == (later, before.uid, before.sequence + 1)
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING)
    assert (touch.outcome, touch.note) == (Outcome.RESCHEDULED, "she is ill")
    closing.floor.until(before.ends_at)
    assert closing.told("intro_call_soon") == [("intro_call_soon", "before:86400", who) for who in ("Erik", "Ada")]
    assert closing.told("verdict_wanted") == []
    closing.floor.until(after.ends_at)
    assert closing.told("verdict_wanted") == [("verdict_wanted", "ended", "Erik")]


def test_a_transfer_has_no_call_to_wait_for_but_owes_a_verdict(closing: Closing) -> None:
    handoff_id = closing.accepted(live=True)
    closing.floor.after(days=2)
    assert closing.told("verdict_wanted") == [
        ("verdict_wanted", "remind", "Erik"),
        ("verdict_wanted", "manager", "Mia"),
    ]
    closing.floor.does(hold_call, HoldCall(closing.floor.actor("Erik"), handoff_id))
    assert closing.qualifies(handoff_id).deal_id is not None


def test_two_workers_and_a_late_one_remind_once(closing: Closing) -> None:
    handoff_id = closing.accepted()
    meeting = closing.meeting(handoff_id)
    due = Due("intro_call", str(handoff_id), f"{int(meeting.starts_at.timestamp())}:before:600", meeting.starts_at)
    closing.floor.now = meeting.starts_at + timedelta(minutes=3)
    closing.floor.does(step_intro_call, due)
    assert closing.told("intro_call_soon") == [], "a call that has begun is not announced"
    closing.floor.now = meeting.starts_at - timedelta(minutes=9)
    closing.floor.does(step_intro_call, due)
    closing.floor.does(step_intro_call, due)
    assert len(closing.told("intro_call_soon")) == 2


def test_an_opportunity_has_amount_type_and_a_day_and_moves_the_stages(closing: Closing) -> None:
    handoff_id = closing.held()
    dealt = closing.qualifies(handoff_id, Money(1_250_000, "EUR"))
    deal, handoff = closing.deal(dealt.deal_id), closing.handoff(handoff_id)
    assert (deal.state, deal.amount_cents, deal.currency, deal.kind) == ("qualified", 1_250_000, "EUR", "new")
    assert (deal.ae_id, deal.rep_id) == (closing.floor.people["Erik"], closing.floor.people["Ada"])
    assert handoff.state == "qualified"
    assert closing.floor.lead(handoff.lead_id).state is LeadState.CLOSED
    contact = closing.contact()
    assert contact.stage is closing.account(contact.account_id).stage is Stage.OPPORTUNITY
    assert closing.deal_history(dealt.deal_id) == [(None, "qualified", "")]
    assert closing.told("verdict_step")[-1] == ("verdict_step", "qualified", "Ada")


@pytest.mark.parametrize("who", ["Ada", "Farah", "Mia", "Root"])
def test_only_the_executive_who_spoke_to_them_makes_it_an_opportunity(closing: Closing, who: str) -> None:
    handoff_id = closing.held()
    with pytest.raises(NotAllowed, match="Only Erik"):
        closing.qualifies(handoff_id, who=who)
    assert closing.all(Opportunity) == []


def test_no_opportunity_without_having_spoken(closing: Closing) -> None:
    with pytest.raises(UserError, match="Was the call held"):
        closing.qualifies(closing.accepted())


def test_two_clicks_are_one_opportunity(closing: Closing) -> None:
    handoff_id = closing.held()
    closing.qualifies(handoff_id)
    with pytest.raises(Gone, match="opportunity already"):
        closing.qualifies(handoff_id)
    assert len(closing.all(Opportunity)) == 1


def test_the_expected_close_is_needed_and_to_come(closing: Closing) -> None:
    handoff_id = closing.held()
    for wrong in (None, date(2025, 1, 1)):
        with pytest.raises(UserError) as refused:
            closing.qualifies(handoff_id, expected_close_on=wrong)
        assert refused.value.field == "expected_close_on"


def test_not_qualified_goes_back_to_the_rep_with_its_reason(closing: Closing) -> None:
    handoff_id = closing.held()
    erik = closing.floor.actor("Erik")
    for wrong in ("", "because"):
        with pytest.raises(UserError, match="Pick one"):
            closing.floor.does(not_qualified, NotQualified(erik, handoff_id, wrong))
    closing.floor.does(not_qualified, NotQualified(erik, handoff_id, "No budget", "next year perhaps"))
    handoff = closing.handoff(handoff_id)
    lead = closing.floor.lead(handoff.lead_id)
    assert (handoff.state, handoff.end_reason) == ("not_qualified", "No budget")
    assert lead.closed_at is None
    assert closing.floor.owner(lead.id) == "Ada"
    (task,) = closing.all(Task, Task.kind == "returned")
    assert (task.person_id, task.lead_id) == (closing.floor.people["Ada"], lead.id)
    assert "No budget: next year perhaps" in task.text
    assert closing.told("verdict_step")[-1] == ("verdict_step", "not_qualified", "Ada")


def test_a_no_show_goes_back_to_the_rep_and_the_executive_is_offered_something_to_do(closing: Closing) -> None:
    handoff_id = closing.accepted()
    with pytest.raises(UserError, match="not begun yet"):
        closing.floor.does(miss_call, MissCall(closing.floor.actor("Erik"), handoff_id))
    closing.floor.until(closing.meeting(handoff_id).starts_at + timedelta(minutes=10))
    closing.floor.does(miss_call, MissCall(closing.floor.actor("Erik"), handoff_id))
    handoff = closing.handoff(handoff_id)
    assert handoff.state == "no_show"
    assert "credit stays" in handoff.end_reason
    assert closing.meeting(handoff_id).state == "no_show"
    assert closing.floor.lead(handoff.lead_id).closed_at is None
    assert closing.told("verdict_step", "lull") == [("lull", "", "Erik"), ("verdict_step", "no_show", "Ada")]
    (touch,) = closing.all(Touch, Touch.channel == Channel.MEETING)
    assert touch.outcome is Outcome.NO_SHOW


def test_back_at_the_rep_a_newer_lead_of_theirs_goes_on_instead(closing: Closing) -> None:
    handoff_id = closing.held()
    again = closing.newer_lead(handoff_id)
    closing.floor.does(not_qualified, NotQualified(closing.floor.actor("Erik"), handoff_id, "No budget"))
    assert closing.floor.lead(closing.handoff(handoff_id).lead_id).state is LeadState.CLOSED
    assert closing.floor.lead(again).closed_at is None
    assert "The lead is yours again" not in _told_last(closing, "Ada")


def test_the_rep_hears_that_the_lead_is_theirs_again(closing: Closing) -> None:
    handoff_id = closing.held()
    closing.floor.does(not_qualified, NotQualified(closing.floor.actor("Erik"), handoff_id, "No budget"))
    assert "The lead is yours again." in _told_last(closing, "Ada")


def _told_last(closing: Closing, who: str) -> str:
    """The last notice of a verdict to somebody, as it reads."""
    notice = closing.floor.read(
        lambda session: session.scalars(
            select(OutboxItem.notice).where(OutboxItem.kind == "verdict_step").order_by(OutboxItem.seq.desc())
        ).first()
    )
    told = Told(notice["subject_id"], who, notice["facts"])
    shown = closing.floor.read(lambda session: DEAL_NOTICES[NoticeKind.VERDICT_STEP](session, told, closing.now))
    return str(shown.text)


def test_the_reps_list_says_that_somebody_came_back_to_them(closing: Closing) -> None:
    handoff_id = closing.accepted()
    closing.floor.until(closing.meeting(handoff_id).ends_at)
    closing.floor.does(miss_call, MissCall(closing.floor.actor("Erik"), handoff_id))
    ada, tomorrow = closing.floor.people["Ada"], closing.now + timedelta(days=1)
    (item,) = closing.floor.read(lambda session: task_items(session, ada, tomorrow))
    assert item.why.startswith("They came back to you. ")
    assert "No-show in Erik's intro call" in item.why
