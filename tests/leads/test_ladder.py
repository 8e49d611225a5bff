"""Who is told when, while a raised hand waits (process §2, ladder)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.clocks import protocol_now
from bot.db.models import Lead, LivingMessage, OutboxItem
from bot.delivery.views import make_renderer
from bot.domain.commands import ClaimLead, DeclineLead, Due, JunkLead, ReassignLead
from bot.domain.response_clock import BreachCause
from bot.domain.terms import Channel, Intent, LeadState
from bot.outbox.living import Living, living
from bot.service.claims import claim_lead, decline_lead, junk_lead, mark_seen, reassign_lead
from bot.service.hand_raises import Raised
from bot.service.lead_changes import get_lead
from bot.service.responses import note_response
from bot.service.sla import BREACH, step_sla
from tests.support.sales_floor import MONDAY_NOON, SUNDAY_NIGHT, SalesFloor

NUDGE = "nudge"


def test_the_ladder_of_a_hot_lead_nobody_takes(floor: SalesFloor) -> None:
    raised = floor.raises()
    start = floor.now

    floor.until(start + timedelta(seconds=59))
    assert floor.cards(raised.lead_id) == [("inbound:team", "round:1")]
    floor.until(start + timedelta(seconds=60))
    assert floor.cards(raised.lead_id)[1:] == [("person:Ada", "dm:Ada:1")]
    floor.until(start + timedelta(seconds=90))
    assert [kind for kind, _ in floor.notices(raised.lead_id)] == [NUDGE]
    floor.until(start + timedelta(minutes=3))
    assert floor.owner(raised.lead_id) == "Bea"
    assert floor.card(raised.lead_id).owner_reason == (
        "Ada did not take it in time.",
        "Bea is the only other one on shift.",
    )
    assert floor.cards(raised.lead_id)[2:] == [("inbound:team", "round:2")]
    floor.until(start + timedelta(minutes=6))
    assert floor.owner(raised.lead_id) == "Bea"  # everybody had it
    floor.until(start + timedelta(minutes=9, seconds=59))
    assert ("Mia", 2, "manager") not in floor.alerts(raised.lead_id)
    floor.until(start + timedelta(minutes=10))
    assert ("Mia", 2, "manager") in floor.alerts(raised.lead_id)
    assert ("person:Mia", "dm:Mia:2") in floor.cards(raised.lead_id)
    floor.after(days=2)
    assert floor.dues(raised.lead_id) == {}


def test_a_card_the_owner_has_seen_brings_no_direct_message(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.write(lambda session: mark_seen(session, raised.lead_id, floor.actor("Ada"), floor.now))
    floor.after(seconds=80)

    assert floor.cards(raised.lead_id) == [("inbound:team", "round:1")]


def test_somebody_elses_look_is_not_the_owners(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.write(lambda session: mark_seen(session, raised.lead_id, floor.actor("Bea"), floor.now))
    floor.after(seconds=80)

    assert ("person:Ada", "dm:Ada:1") in floor.cards(raised.lead_id)


def test_a_claim_that_stays_idle_is_nudged_then_open_again(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(seconds=20)
    floor.does(claim_lead, ClaimLead(floor.actor("Ada"), raised.lead_id))
    claimed = floor.now
    floor.until(claimed + timedelta(minutes=3))
    assert [kind for kind, _ in floor.notices(raised.lead_id)] == ["claim_idle"]
    assert floor.lead(raised.lead_id).state is LeadState.CLAIMED
    floor.until(claimed + timedelta(minutes=6))
    lead = floor.lead(raised.lead_id)

    assert (lead.state, lead.claimed_at, floor.owner(raised.lead_id), lead.round) == (LeadState.OPEN, None, "Bea", 2)
    floor.until(MONDAY_NOON + timedelta(minutes=10))
    assert "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}


def test_the_manager_hears_of_a_late_claim_only_when_it_runs_out(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(minutes=9)
    floor.does(claim_lead, ClaimLead(floor.actor("Bea"), raised.lead_id))
    floor.after(minutes=5)
    assert "manager" not in {cause for _, _, cause in floor.alerts(raised.lead_id)}
    floor.after(minutes=2)
    assert "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}


def test_a_response_ends_everything(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(seconds=48)
    actor = floor.actor("Ada")
    responded = floor.write(
        lambda session: note_response(
            session, get_lead(session, raised.lead_id), actor, Channel.CALL, floor.now, floor.now
        )
    )
    card = floor.card(raised.lead_id)

    assert (responded.first, responded.wall_seconds, responded.on_shift_seconds) == (True, 48, 48)
    assert (card.state, card.response_wall_seconds, card.response_on_shift_seconds) == (LeadState.RESPONDED, 48, 48)
    assert floor.dues(raised.lead_id) == {}
    before = floor.count(OutboxItem)
    floor.after(days=3)
    assert floor.count(OutboxItem) == before


def test_the_wall_clock_runs_on_while_nobody_works(floor: SalesFloor) -> None:
    floor.now = SUNDAY_NIGHT
    raised = floor.raises()
    floor.until(SUNDAY_NIGHT.replace(day=2, hour=9, minute=4))
    actor = floor.actor("Ada")
    floor.write(
        lambda session: note_response(
            session, get_lead(session, raised.lead_id), actor, Channel.EMAIL, floor.now, floor.now
        )
    )
    card = floor.card(raised.lead_id)

    assert (card.response_wall_seconds, card.response_on_shift_seconds) == (10 * 3600 + 240, 240)


def test_a_social_act_or_an_earlier_touch_is_no_response(floor: SalesFloor) -> None:
    raised = floor.raises()
    actor = floor.actor("Ada")

    def notes(channel: Channel, before: timedelta) -> bool:
        return floor.write(
            lambda session: (
                note_response(
                    session, get_lead(session, raised.lead_id), actor, channel, floor.now - before, floor.now
                ).first
            )
        )

    assert not notes(Channel.SOCIAL, timedelta())
    assert not notes(Channel.CALL, timedelta(hours=1))
    assert notes(Channel.VOICEMAIL, timedelta())
    assert not notes(Channel.CALL, timedelta())


def test_whoever_answers_an_unclaimed_lead_has_it(floor: SalesFloor) -> None:
    raised = floor.raises()
    actor = floor.actor("Bea")
    floor.write(
        lambda session: note_response(
            session, get_lead(session, raised.lead_id), actor, Channel.CALL, floor.now, floor.now
        )
    )

    assert floor.owner(raised.lead_id) == "Bea"


def test_a_standard_lead_is_reminded_at_half_and_four_fifths_then_breaches(floor: SalesFloor) -> None:
    raised = floor.raises(intent=Intent.DOWNLOAD)
    start = floor.now
    floor.until(start + timedelta(hours=12))
    assert floor.notices(raised.lead_id) == [("standard_reminder", "person:Ada")]
    floor.until(start + timedelta(hours=19, minutes=12))
    assert floor.notices(raised.lead_id)[1:] == [("standard_reminder", "person:Ada")]
    floor.until(start + timedelta(hours=24))
    assert floor.notices(raised.lead_id)[2:] == [("breach", "person:Mia")]
    card = floor.card(raised.lead_id)
    assert card.breached_at == start + timedelta(hours=24)
    # no card reached Slack in this test: nothing delivers here
    assert card.breach_cause == BreachCause.SLACK_UNREACHABLE
    assert floor.dues(raised.lead_id) == {}


def test_a_hot_lead_held_over_night_is_not_late_before_the_shift(floor: SalesFloor) -> None:
    floor.now = SUNDAY_NIGHT
    raised = floor.raises()
    floor.until(SUNDAY_NIGHT.replace(day=2, hour=9, minute=4, second=59))
    assert floor.card(raised.lead_id).breached_at is None
    floor.until(SUNDAY_NIGHT.replace(day=2, hour=9, minute=5))
    assert floor.card(raised.lead_id).breached_at is not None


def test_a_shift_that_ends_on_the_ladder_holds_the_lead(floor: SalesFloor) -> None:
    floor.now = MONDAY_NOON.replace(hour=16, minute=59)
    raised = floor.raises()
    floor.until(MONDAY_NOON.replace(hour=17, minute=30))
    lead = floor.lead(raised.lead_id)
    assert (lead.shift_held, lead.owner_id) == (True, None)
    assert "manager" not in {cause for _, _, cause in floor.alerts(raised.lead_id)}
    floor.until(MONDAY_NOON.replace(day=3, hour=9))
    assert floor.owner(raised.lead_id) in {"Ada", "Bea"}
    floor.until(MONDAY_NOON.replace(day=3, hour=9, minute=10))
    assert "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}


def test_where_nobody_ever_works_a_manager_is_told_at_once(floor: SalesFloor) -> None:
    def goes(session: object) -> None:
        from sqlalchemy import update

        from bot.db.models import Person

        session.execute(update(Person).where(Person.name.in_(("Ada", "Bea"))).values(active=False))

    floor.write(goes)
    raised = floor.raises()

    assert floor.cards(raised.lead_id) == [("person:Mia", "dm:Mia:0")]
    assert floor.dues(raised.lead_id).keys() == {"response_sla"}


def test_a_junked_lead_is_left_alone(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, "Spam or test"))

    assert floor.dues(raised.lead_id) == {}
    assert floor.after(days=1) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_jumps_no_hot_lead_is_ever_forgotten(floor: SalesFloor, data: st.DataObject) -> None:
    """After any jumps and clicks a lead is answered for: closed, or told to a manager, or something is still due."""
    raised = floor.raises(f"p{floor.count(Lead)}@acme.example")
    for _ in range(data.draw(st.integers(0, 6))):
        match data.draw(st.sampled_from(("jump", "claim", "decline", "again", "seen"))):
            case "jump":
                floor.after(seconds=data.draw(st.sampled_from((1, 30, 61, 100, 200, 400, 700, 3600, 60_000))))
            case "claim":
                _try(
                    floor,
                    claim_lead,
                    ClaimLead(floor.actor(data.draw(st.sampled_from(("Ada", "Bea")))), raised.lead_id),
                )
            case "decline":
                lead = floor.lead(raised.lead_id)
                who = floor.owner(raised.lead_id)
                if who:
                    _try(floor, decline_lead, DeclineLead(floor.actor(who), raised.lead_id, lead.round))
            case "again":
                floor.raises(floor.card(raised.lead_id).email)
            case "seen":
                floor.write(lambda session: mark_seen(session, raised.lead_id, floor.actor("Ada"), floor.now))
    lead = floor.lead(raised.lead_id)
    told = "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}
    waiting = set(floor.dues(raised.lead_id)) - {"response_sla"}
    assert waiting or told, (lead.state, lead.round)
    floor.after(days=4)  # over the weekend at the longest
    assert "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}
    assert floor.lead(raised.lead_id).breached_at is not None


def _try(floor: SalesFloor, function: object, command: object) -> None:
    from bot.domain.errors import UserError

    try:
        floor.does(function, command)
    except UserError:
        return


def test_two_hours_down_and_the_ladder_is_caught_up_once(floor: SalesFloor) -> None:
    raised = floor.raises()
    done = floor.after(hours=2)

    assert len(done) == len(set(done))
    assert "manager" in {cause for _, _, cause in floor.alerts(raised.lead_id)}


def _posts_the_card(floor: SalesFloor, raised: Raised) -> None:
    where = LivingMessage.subject_id == str(raised.lead_id)
    floor.write(lambda session: session.execute(update(LivingMessage).where(where).values(posted_at=protocol_now())))


def _breaches(floor: SalesFloor, raised: Raised) -> str | None:
    due = Due("response_sla", str(raised.lead_id), BREACH, floor.now)
    floor.write(lambda session: step_sla(session, due, floor.now))
    return floor.lead(raised.lead_id).breach_cause


def test_a_card_that_reached_slack_too_late_is_no_fault_of_the_rep(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.now += timedelta(minutes=7)
    _posts_the_card(floor, raised)  # two minutes after the answer was due
    floor.now += timedelta(milliseconds=1)

    assert _breaches(floor, raised) == BreachCause.SLACK_UNREACHABLE


def test_a_card_that_stood_in_slack_in_time_is_the_reps(floor: SalesFloor) -> None:
    raised = floor.raises()
    _posts_the_card(floor, raised)
    floor.now += timedelta(minutes=5)

    assert _breaches(floor, raised) == BreachCause.REP


def test_what_waited_to_be_told_is_not_told_to_whom_it_no_longer_concerns(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(seconds=90)
    (nudge,) = _told(floor)
    assert "UADA" in _shown(floor, nudge).text
    floor.after(minutes=2)  # the clock jumped: Bea has it before the nudge went out
    assert _shown(floor, nudge) is None
    floor.does(claim_lead, ClaimLead(floor.actor("Bea"), raised.lead_id))
    floor.after(minutes=3)
    idle = _told(floor)[-1]
    assert "UBEA" in _shown(floor, idle).text
    floor.does(decline_lead, DeclineLead(floor.actor("Bea"), raised.lead_id, floor.lead(raised.lead_id).round))
    assert _shown(floor, idle) is None


def test_a_direct_message_that_comes_too_late_does_not_go_out(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(seconds=60)
    message = floor.read(lambda session: _direct(session, raised.lead_id))
    assert "you're up" in _living(floor, message).text
    floor.after(minutes=3)
    assert floor.owner(raised.lead_id) == "Bea"
    assert _living(floor, message) is None
    assert "Passed to Bea" in _living(floor, replace(message, ts="1.2")).text  # it stands there: it is folded


def test_a_reminder_is_for_whoever_has_the_lead_when_it_is_told(floor: SalesFloor) -> None:
    raised = floor.raises(intent=Intent.DOWNLOAD)
    floor.until(floor.lead(raised.lead_id).raised_at + timedelta(hours=13))
    (reminder,) = _told(floor)
    assert "Still to answer" in _shown(floor, reminder).text
    floor.does(reassign_lead, ReassignLead(floor.actor("Mia"), raised.lead_id, floor.people["Bea"], "she knows them"))
    assert _shown(floor, reminder) is None


def _told(floor: SalesFloor) -> list[OutboxItem]:
    messages = select(OutboxItem).where(OutboxItem.living_id.is_(None)).order_by(OutboxItem.seq)
    return list(floor.read(lambda session: session.scalars(messages).all()))


def _shown(floor: SalesFloor, item: OutboxItem) -> Any:
    class Held:
        def now(self) -> datetime:
            return floor.now

    return floor.read(lambda session: make_renderer(Held()).notice(session, item))


def _direct(session: Any, lead_id: Any) -> Living:
    found = session.scalars(
        select(LivingMessage.id).where(LivingMessage.subject_id == str(lead_id), LivingMessage.place.like("dm:%"))
    ).one()
    message = living(session, found)
    assert message is not None
    return message


def _living(floor: SalesFloor, message: Living) -> Any:
    class Held:
        def now(self) -> datetime:
            return floor.now

    return floor.read(lambda session: make_renderer(Held()).living(session, message))
