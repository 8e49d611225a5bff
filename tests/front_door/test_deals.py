"""An account executive's call, verdict and deal, as Erik clicks them; Sam hears each step."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Handoff, Lead, Meeting, Opportunity
from bot.domain.commands import HandOff, LogTouch
from bot.domain.terms import Channel, Outcome
from bot.service.actors import actor_by_slack
from bot.service.handoffs import hand_off
from bot.service.touches import log_touch
from tests.deals.house import CONTRACT
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house


async def _hands_over(house: WholeHouse) -> UUID:
    """Sam spoke to Jane and hands her to Erik; the call is tomorrow at eleven."""
    await house.sends_form()
    starts_at = house.begins + timedelta(hours=25)

    def work(session: Session) -> UUID:
        sam, now = actor_by_slack(session, house.sam.id), house.parts.clock.now()
        contact_id = session.scalars(select(Lead.contact_id)).one()
        log_touch(session, LogTouch(sam, contact_id, Channel.CALL, Outcome.CONNECTED, now), now)
        ae_id = actor_by_slack(session, house.slack.person("Erik").id).person_id
        command = HandOff(sam, contact_id, CONTRACT, ae_id=ae_id, ae_reason="he knows casting", starts_at=starts_at)
        return hand_off(session, command, now).handoff_id

    return await house.parts.database.write(work)


async def test_from_the_call_to_the_money(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await _hands_over(house)
    await erik.clicks("Accept", in_="#ae-erik")
    await erik.sees("Tell me when you have spoken to them.", in_="#ae-erik")

    await house.slack.clock.to((house.begins + timedelta(hours=1)).isoformat())
    reminder = await erik.sees("Coming up: your intro call with", in_="dm")
    assert "We answer too late" in reminder.text
    await sam.sees("Coming up: Erik Lund's intro call", in_="dm")

    await house.slack.clock.to((house.begins + timedelta(hours=25, minutes=31)).isoformat())
    await erik.sees("is over. How did it go?", in_="dm")
    await erik.clicks("Held", on="is over. How did it go?", in_="dm")
    await erik.sees("Held, with Jane O'Neill. Is it an opportunity?")
    await sam.sees("Erik Lund held the intro call", in_="dm")

    await _makes_it_an_opportunity(house)
    await _proposes_with_something_missing(house)
    await _wins_it_and_takes_that_back(house)
    await _loses_it_and_takes_it_up_again(house)
    await house.all_is_told()
    state = await house.parts.database.read(
        lambda session: session.execute(
            select(Handoff.state, Opportunity.state).join(Opportunity, Opportunity.handoff_id == Handoff.id)
        ).one()
    )
    assert tuple(state) == ("qualified", "proposal")


async def _makes_it_an_opportunity(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await erik.sees("Is it an opportunity?", in_="#ae-erik")
    await erik.clicks("An opportunity…", in_="#ae-erik")
    await erik.fills("How much?", "12.5 about", in_="modal")
    await erik.fills("When do you expect to close it?", (house.begins + timedelta(days=60)).date(), in_="modal")
    refused = await erik.submits()
    assert "can't read" in str(refused)
    await erik.fills("How much?", "999,999,999,999", in_="modal")
    assert "more than 1,000,000,000, the most a deal can be worth" in str(await erik.submits())
    await erik.fills("How much?", "€12.5k", in_="modal")
    await erik.submits()
    await erik.sees("An opportunity: Jane O'Neill, 12,500 EUR.", in_="modal")
    await erik.closes()
    await sam.sees("12,500 EUR, new business", in_="dm")
    await erik.sees("12,500 EUR, new business", in_="#ae-erik")


async def _proposes_with_something_missing(house: WholeHouse) -> None:
    erik = house.slack.person("Erik")
    await erik.types("/deal")
    await erik.sees("1 open deal: 12,500 EUR")
    await erik.types("/deal acme")
    await erik.clicks("Proposal…", on="Acme Castings")
    await erik.picks("What is confirmed?", ["They need it", "There is a budget"], in_="modal")
    refused = await erik.submits()
    assert "“The decision maker is with us”, “We know when”" in str(refused)
    await erik.fills("If something is not confirmed: why does it go on anyway?", "The board meets", in_="modal")
    await erik.submits()
    await erik.sees("stands on the deal", in_="modal")
    await erik.closes()
    await erik.sees("Proposal without:", in_="#ae-erik")


async def _wins_it_and_takes_that_back(house: WholeHouse) -> None:
    erik = house.slack.person("Erik")
    await erik.clicks("Won…", in_="#ae-erik")
    await erik.fills("What did we promise them?", "Live in May", in_="modal")
    await erik.submits()
    await erik.sees("Won: Acme Castings, 12,500 EUR.", in_="modal")
    await erik.clicks("Undo", in_="modal")
    await erik.sees("the deal is not won yet", in_="modal")
    await erik.closes()
    await erik.sees("at the proposal", in_="#ae-erik")


async def _loses_it_and_takes_it_up_again(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await erik.clicks("Lost…", in_="#ae-erik")
    await erik.picks("Why is it lost?", "Price", in_="modal")
    await erik.submits()
    await erik.closes()
    await sam.sees("Erik Lund lost", in_="dm")
    await erik.types("/deal")
    await erik.sees("You have no open deals.")
    await erik.types("/deal jane")
    await erik.clicks("Take it up again…", on="lost")
    await erik.fills("Why does it go on?", "They rang back", in_="modal")
    await erik.submits()
    await erik.sees("Acme Castings is open again.", in_="modal")


async def test_a_no_show_goes_back_and_the_gap_is_filled(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await _hands_over(house)
    await erik.clicks("Accept", in_="#ae-erik")

    def strategic(session: Session) -> None:
        account = session.scalars(select(Account)).one()
        account.strategic = True
        account.owner_id = actor_by_slack(session, erik.id).person_id

    await house.parts.database.write(strategic)
    await house.slack.clock.to((house.begins + timedelta(hours=25, minutes=31)).isoformat())
    await erik.clicks("No-show", on=await erik.sees("How did it go?", in_="dm"))
    await erik.sees("did not come, so you have a moment. Whom do you ring?", in_="dm")
    await sam.sees("Your credit for it stays. The lead is yours again.", in_="dm")
    await erik.clicks("Undo", on="No-show:")
    await erik.sees("Taken back that they did not come")
    await sam.sees("The lead is handed off again", in_="dm")


async def test_another_time_keeps_the_entry_in_the_calendar(house: WholeHouse) -> None:
    erik = house.slack.person("Erik")
    handoff_id = await _hands_over(house)
    await erik.clicks("Accept", in_="#ae-erik")
    await erik.sees("Tell me when you have spoken to them.", in_="#ae-erik")
    before = await _meeting(house, handoff_id)
    await erik.clicks("Another time…", in_="#ae-erik")
    later = before.starts_at + timedelta(days=1)
    await erik.fills("When is it now?", later, in_="modal")
    await erik.submits()
    await house.all_is_told()
    after = await _meeting(house, handoff_id)
    assert (after.starts_at, after.uid, after.state) == (later, before.uid, "booked")
    assert after.sequence > before.sequence


async def test_not_qualified_is_back_with_sam_and_says_why(house: WholeHouse) -> None:
    erik, sam = house.slack.person("Erik"), house.sam
    await _hands_over(house)
    await erik.clicks("Accept", in_="#ae-erik")
    await erik.clicks("We spoke already", in_="#ae-erik")
    await erik.clicks("Not qualified…", in_="#ae-erik")
    await erik.picks("Why is it not an opportunity?", "No budget", in_="modal")
    await erik.fills("Anything to add?", "Next year <!channel>", in_="modal")
    await erik.submits()
    await erik.sees("is back with Sam Okafor", in_="modal")
    told = await sam.sees("did not qualify", in_="dm")
    assert "No budget: Next year" in told.text
    name = await house.parts.database.read(lambda session: session.scalars(select(Contact.first_name)).one())
    assert name in told.text


async def test_help_and_strangers(house: WholeHouse) -> None:
    await house.slack.person("Erik").types("/deal help")
    await house.slack.person("Erik").sees("How to use /deal")
    await house.slack.person("Erik").types("/deal nobody at all")
    await house.slack.person("Erik").sees("I know no deal of yours with")
    await house.gus.types("/deal")
    await house.gus.sees("I don't know you yet.")


async def _meeting(house: WholeHouse, handoff_id: UUID) -> Meeting:
    return await house.parts.database.read(
        lambda session: session.scalars(select(Meeting).where(Meeting.handoff_id == handoff_id)).one()
    )
