"""Forms that cannot be carried out, people we do not know, and what an unproven form says: by the front door."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clocks import protocol_now
from bot.db.models import Contact
from bot.service.vital_signs import leave_tick
from tests.front_door.whole_house import NAMES, WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


async def test_a_refused_choice_is_said_beside_it_and_the_form_keeps_what_was_typed(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    _, other = house.owner(card)
    await house.lena.clicks("Give to someone else…", in_="#inbound")
    await house.lena.picks("Who gets it?", f"{NAMES[other.name]} (mrr)")
    await house.lena.fills("Why?", "They know the company")
    await house.slack.clock.forward(minutes=3, seconds=5)
    await other.sees("Passed to", in_="#inbound")  # the ladder was faster
    await house.lena.submits()
    form = await house.lena.modal()

    assert form is not None
    assert form.raw["errors"] == {"to": f"{NAMES[other.name]} has it already."}
    typed = form.raw["view"]["state"]["values"] if "state" in form.raw["view"] else form.raw["state"]
    assert "They know the company" in str(typed)


async def test_somebody_we_do_not_know_is_told_so_at_home_and_once_in_chat(house: WholeHouse) -> None:
    await house.gus.opens_home()
    await house.gus.sees("I don't know you yet. Ask an admin", in_="home")
    await house.gus.says("hello?", in_="dm")
    await house.gus.sees("Hello. I don't know you yet. Ask an admin", in_="dm")
    await house.gus.says("anybody?", in_="dm")
    await house.sam.says("hello?", in_="dm")
    await house.sam.sees("I listen to commands", in_="dm")  # by now a second answer would stand there

    said = [one for one in await house.gus.messages(in_="dm") if "I don't know you yet" in one.text]
    assert len(said) == 1


async def test_a_form_in_somebodys_name_is_shown_and_changes_nothing_of_them(house: WholeHouse) -> None:
    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sends_form(phone="+49 30 555 0199", title="Intern", message="New number!")
    await house.sam.sees("New number!", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    card = await house.sam.sees("Given now, unlike what we have: phone +49 30 5550199, title Intern", in_="#inbound")
    jane = await house.parts.database.read(lambda session: session.scalars(select(Contact)).one())

    assert "+49 30 901820" in card.text
    assert (jane.phone, jane.title) == ("+4930901820", "VP Operations")


async def test_what_cannot_be_read_of_a_form_is_shown_as_it_was_typed(house: WholeHouse) -> None:
    await house.sends_form(email="bad@bad", phone="call me maybe *now*")
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await house.sam.clicks("Claim", in_="#inbound")
    card = await house.sam.sees("Typed by them, and I cannot read it: e-mail address “bad@bad”", in_="#inbound")
    assert "phone number “call me maybe" in card.text
    assert "were given" not in card.text


async def test_an_admin_is_warned_of_a_worker_that_fell_silent(house: WholeHouse) -> None:
    long_ago = protocol_now() - timedelta(minutes=10)
    await house.parts.database.write(lambda session: leave_tick(session, long_ago))
    await house.noor.types("/handraiser")
    await house.noor.sees("the worker has not shown up for 10 min")
