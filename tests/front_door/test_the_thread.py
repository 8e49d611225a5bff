"""A raised hand, from the website's form to the folded card, as the people of a sales team live it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.db.models import LeadAlert, OutboxItem, Person, PersonRole, Touch
from bot.db.threads import Urgency
from bot.domain.business_time import next_shift_start, work_week
from bot.domain.notices import NoticeKind, View
from bot.domain.terms import Outcome
from tests.front_door.whole_house import BERLIN, NAMES, WholeHouse, monday, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_form_becomes_an_alert_a_claim_a_call_and_a_folded_card(database_url: str, by_http: bool) -> None:
    async with whole_house(database_url, by_http=by_http) as house:
        await _from_the_form_to_the_folded_card(house)
        assert await house.slack.problems() == []


async def _from_the_form_to_the_folded_card(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    assert "Jane O'Neill, VP Operations at Acme Castings wants to talk to us" in card.text.replace("*", "")
    assert card.buttons == ["Claim", "Can't take it"]
    owner, _ = house.owner(card)
    assert await owner.clicks("Claim", in_="#inbound")
    claimed = await owner.sees("has it", in_="#inbound")
    assert "First words" in claimed.text
    assert claimed.buttons[:3] == ["Connected", "Voicemail", "No answer"]
    await house.slack.clock.forward(seconds=40)
    assert await owner.types("/touch jane o'neill connected, wants an audit of two plants", in_="#inbound")
    await owner.sees("Logged for Jane O'Neill")
    folded = await owner.sees("answered in", in_="#inbound")
    assert folded.buttons == []


async def test_two_clicks_on_claim_have_one_winner_and_the_other_is_told_who(house: WholeHouse) -> None:
    await house.sends_form()
    for person in (house.sam, house.ada):
        await person.sees("Can somebody call me today?", in_="#inbound")
    await asyncio.gather(house.sam.clicks("Claim", in_="#inbound"), house.ada.clicks("Claim", in_="#inbound"))
    card = await house.sam.sees("has it", in_="#inbound")
    sam_won = f"<@{house.sam.id}> has it" in card.raw["text"]
    loser, winner = (house.ada, "Sam Okafor") if sam_won else (house.sam, "Ada Lindqvist")
    await loser.sees(f"{winner} took this at {house.begins:%H:}")


async def test_a_one_click_outcome_is_a_response(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    await house.sam.sees("has it", in_="#inbound")
    await house.sam.clicks("Voicemail", in_="#inbound")
    folded = await house.sam.sees("Sam Okafor answered in", in_="#inbound")
    assert "voicemail" in folded.text


async def test_two_clicks_on_an_outcome_are_one_touch(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    card = await house.sam.sees("has it", in_="#inbound")
    await asyncio.gather(*(house.sam.clicks("No answer", on=card, in_="#inbound") for _ in range(2)))
    await house.sam.sees("Sam Okafor answered in", in_="#inbound")
    await house.sam.sees("I have that already. Logged for Jane O'Neill")
    touches = await house.parts.database.read(lambda session: session.scalars(select(Touch.outcome)).all())
    assert touches == [Outcome.NO_ANSWER]


async def test_a_meeting_booked_by_its_button_asks_when_and_answers_the_lead(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    await house.sam.sees("has it", in_="#inbound")
    await house.sam.clicks("Meeting booked", in_="#inbound")
    form = await house.sam.sees("When is the meeting?", in_="modal")
    assert "Jane O'Neill" in form.text
    await house.sam.fills("When is the meeting?", house.begins + timedelta(days=2, hours=4), in_="modal")
    await house.sam.fills("When was it?", house.begins, in_="modal")  # as it stands: Slack's picker knows no seconds
    assert await house.sam.submits()
    await house.sam.sees("Logged for Jane O'Neill, Acme Castings: call, meeting booked.", in_="modal")
    folded = await house.sam.sees("Sam Okafor answered in", in_="#inbound")
    assert "meeting booked" in folded.text


async def test_everything_about_a_lead_is_not_for_people_without_a_role(house: WholeHouse) -> None:
    await house.sends_form()
    await house.ada.sees("Can somebody call me today?", in_="#inbound")
    await house.parts.database.write(lambda session: session.execute(delete(PersonRole)), Urgency.PERSON)
    await house.ada.clicks("Show everything", in_="#inbound")
    await house.ada.sees("You have no role here yet")


async def test_undo_takes_the_response_back_and_the_card_opens_again(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    await house.sam.sees("has it", in_="#inbound")
    await house.sam.clicks("No answer", in_="#inbound")
    await house.sam.sees("answered in", in_="#inbound")
    await house.sam.clicks("Undo")
    await house.sam.sees("First words", in_="#inbound")


async def test_an_unseen_alert_climbs_the_ladder(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await house.slack.clock.forward(seconds=61)
    await owner.sees("wants to talk to us", in_="dm")
    await house.all_is_told()
    await other.sees_no("wants to talk to us", in_="dm")
    await house.slack.clock.forward(seconds=30)
    nudge = await owner.sees("has been waiting for", in_="#inbound")
    assert nudge.thread_ts == card.ts
    await house.slack.clock.forward(seconds=90)
    await other.sees("Passed to", in_="#inbound")
    newer = await other.sees("you're up", in_="#inbound")
    assert newer.ts != card.ts
    assert house.owner(newer)[0] is other
    await house.slack.clock.forward(minutes=7)
    await house.lena.sees("Nobody has answered for", in_="dm")


async def test_a_long_jump_of_the_clock_steps_through_the_ladder_in_order(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await house.slack.clock.forward(minutes=11)
    await house.all_is_told()
    await house.lena.sees("Nobody has answered for", in_="dm")
    await owner.sees("Passed to", in_="#inbound")
    await owner.sees("has been waiting for", in_="#inbound")
    told = await house.parts.database.read(_places)
    assert told == ["inbound", NAMES[owner.name], "thread", NAMES[other.name], "thread", "Lena Gross"]
    first, *later = await house.parts.database.read(_alerted_at)
    ladder = house.parts.database.playbook.inbound.ladder
    for at, step in zip(later, (ladder.next_rep, ladder.manager), strict=True):
        assert abs(at - first - step) < timedelta(seconds=5), "it came at another time than its own"


def _places(session: Session) -> list[str]:
    """Where something was told of the lead, in the order in which it came about; each place once."""
    names = {f"person:{id_}": name for id_, name in session.execute(select(Person.id, Person.name))}
    day = (View.TOUCH_LIST, View.APP_HOME, NoticeKind.GREETING)  # what everybody's day brings besides
    of_the_lead = select(OutboxItem.lane).where(OutboxItem.kind.not_in(day)).order_by(OutboxItem.seq)
    lanes = dict.fromkeys(session.scalars(of_the_lead))
    return [names.get(lane, lane.partition(":")[0]) for lane in lanes]


def _alerted_at(session: Session) -> list[datetime]:
    """When each who was alerted was."""
    return list(session.scalars(select(LeadAlert.at).order_by(LeadAlert.at)))


async def test_cant_take_it_gives_the_lead_to_the_next_at_once(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await owner.clicks("Can't take it", in_="#inbound")
    await other.sees("Passed to", in_="#inbound")
    newer = await other.sees("you're up", in_="#inbound")
    assert house.owner(newer)[0] is other


async def test_a_claim_without_a_call_is_nudged_and_then_open_again(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    await house.sam.sees("has it", in_="#inbound")
    await house.slack.clock.forward(minutes=3, seconds=1)
    await house.sam.sees("Log what came of it", in_="#inbound")
    await house.slack.clock.forward(minutes=3)
    again = await house.ada.sees("you're up", in_="#inbound")
    assert "Claim" in again.buttons


async def test_a_second_form_joins_the_lead_and_alerts_again(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sends_form("trial_request", message="We would like to start now.")
    again = await house.sam.sees("wants to start a trial again", in_="#inbound")
    assert "Claim" in again.buttons
    await house.noor.types("/handraiser events")
    await house.noor.sees("joined an open lead")


async def test_the_same_form_twice_is_one_alert(house: WholeHouse) -> None:
    await house.sends_form(nonce="the-very-same-nonce")
    await house.sends_form(nonce="the-very-same-nonce")
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.all_is_told()
    cards = [seen for seen in await house.sam.messages(in_="#inbound") if "Jane" in seen.text]
    assert len(cards) == 1


async def test_a_wrong_lead_is_junked_with_a_reason_and_can_be_taken_up_again(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, _ = house.owner(card)
    await owner.clicks("Junk…", in_="#inbound")
    await owner.picks("Why is it junk?", "Student or private person")
    await owner.fills("Anything to add?", "It's for a thesis")
    assert await owner.submits()
    await owner.sees("Student or private person: It's for a thesis", in_="#inbound")
    await owner.clicks("Take it up again…", in_="#inbound")
    await owner.fills("Why take it up again?", "They meant it")
    assert await owner.submits()
    await owner.sees("Can somebody call me today?", in_="#inbound")


async def test_a_lead_is_given_to_somebody_else_with_a_reason(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await owner.clicks("Give to someone else…", in_="#inbound")
    await owner.picks("Who gets it?", NAMES[other.name] + " (mrr)")
    await owner.fills("Why?", "They know the company")
    assert await owner.submits()
    await other.sees("Passed to", in_="#inbound")
    newer = await other.sees("you're up", in_="#inbound")
    assert house.owner(newer)[0] is other


async def test_giving_a_lead_to_somebody_who_is_off_shift_is_warned_of(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, _ = house.owner(card)
    await owner.clicks("Give to someone else…", in_="#inbound")
    maya = work_week("mon-fri 8:00-17:00", "America/New_York", "US")
    back = next_shift_start(maya, house.begins.astimezone(UTC))
    assert back is not None
    off_shift = f"off shift until {back.astimezone(BERLIN):%a %H:%M}"
    await owner.picks("Who gets it?", f"Maya Stone (mrr, {off_shift})")
    await owner.fills("Why?", "They know the company")
    assert await owner.submits()
    await owner.sees(f"Maya Stone has it now, but is {off_shift}.")


async def test_who_may_not_junk_a_lead_hears_so_before_any_form(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await other.clicks("Junk…", in_="#inbound")
    await other.sees(f"Only {NAMES[owner.name]}, a manager of the team or an admin can call it junk.")
    await other.clicks("Give to someone else…", in_="#inbound")
    await other.sees("can give it to somebody else.")
    assert (await other.view())["modals"] == []


async def test_who_took_a_passed_on_lead_by_themselves_is_said_to_have_taken_it(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, other = house.owner(card)
    await owner.clicks("Can't take it", in_="#inbound")
    await other.sees("you're up", in_="#inbound")
    assert await house.lena.clicks("Claim", in_="#inbound")
    await owner.sees("Lena Gross took it: Jane O'Neill", in_="#inbound")
    await owner.sees_no("Passed to", in_="#inbound")
    await house.noor.types("/handraiser events")
    events = await house.noor.sees("What came in")
    assert "Now with Lena Gross: Lena Gross took it." in events.text


async def test_overdue_hot_leads_are_not_well(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.slack.clock.forward(minutes=12)
    await house.all_is_told()
    await house.noor.types("/handraiser")
    seen = await house.noor.sees("Something needs a look.")
    assert "1 hot lead is overdue; the longest wait is 12 min" in seen.text
    assert "playbook last changed" in seen.text


async def test_a_word_that_means_nothing_gets_help_and_a_guess(house: WholeHouse) -> None:
    await house.noor.types("/handraiser poeple")
    await house.noor.sees("I don't know “poeple”. Did you mean /handraiser people?")
    await house.sam.types("/handraiser nonsense")
    await house.sam.sees("I don't know “nonsense”.")
    await house.sam.sees("/touch jane voicemail")


async def test_at_night_a_hot_lead_is_held_and_comes_first_in_the_morning(database_url: str) -> None:
    async with whole_house(database_url, monday("03:00")) as house:
        await house.sends_form()
        await house.all_is_told()
        await house.sam.sees_no("Jane", in_="#inbound")
        await house.slack.clock.to(monday("08:00:30").isoformat())
        card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
        assert "Claim" in card.buttons


async def test_admin_sees_health_and_people_and_a_rep_gets_help(house: WholeHouse) -> None:
    await house.noor.types("/handraiser")
    await house.noor.sees("All is well.")
    await house.noor.clicks("People")
    await house.noor.sees("Maya Stone")
    await house.sam.types("/handraiser events")
    await house.sam.sees("This is for managers and admins")
    await house.sam.types("/handraiser help")
    await house.sam.sees("/touch jane voicemail")


async def test_the_home_tab_shows_my_open_leads(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, _ = house.owner(card)
    await owner.opens_home()
    await owner.sees("Jane O'Neill", in_="home")


async def test_a_message_to_the_bot_is_answered_with_what_it_can_do(house: WholeHouse) -> None:
    await house.sam.opens_home()
    await house.sam.says("hello?", in_="dm")
    await house.sam.sees("I listen to commands", in_="dm")


async def test_the_folded_card_names_the_answer_and_not_what_a_colleague_did_later(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    await house.sam.sees("has it", in_="#inbound")
    await house.sam.clicks("Connected", in_="#inbound")
    await house.sam.sees("Sam Okafor answered in", in_="#inbound")
    await house.slack.clock.forward(minutes=2)
    assert await house.ada.types("/touch jane o'neill voicemail", in_="#inbound")
    await house.all_is_told()
    folded = await house.ada.sees("Sam Okafor answered in", in_="#inbound")
    assert "call, connected" in folded.text
    assert "voicemail" not in folded.text


async def test_a_lead_taken_up_again_is_not_said_to_have_asked_again(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    owner, _ = house.owner(card)
    await owner.clicks("Junk…", in_="#inbound")
    await owner.picks("Why is it junk?", "Student or private person")
    assert await owner.submits()
    await owner.sees("Junk (", in_="#inbound")
    await owner.clicks("Take it up again…", in_="#inbound")
    await owner.fills("Why take it up again?", "They meant it")
    assert await owner.submits()
    await owner.sees("Taken up again, see the newer card", in_="#inbound")
    await owner.sees_no("Asked again", in_="#inbound")
