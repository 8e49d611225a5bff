"""App Home by role, by the front door: what waits, the team live, and its being kept fresh."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.intake.csv_people import import_people_file
from bot.jobs.directory import Directory
from bot.service.home_refresh import refresh_homes
from sandbox.driver import PersonDriver
from tests.front_door.test_handoff import hands_off, lead_in_hand
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


async def home_of(person: PersonDriver) -> str:
    await person.opens_home()
    seen = await person.sees("How it works", in_="home")
    return seen.text


async def test_a_day_seen_from_three_homes(house: WholeHouse) -> None:
    erik, lena = house.slack.person("Erik"), house.lena
    his = await home_of(erik)
    assert "Nothing waits for your answer." in his
    assert "You work mon-fri 8:00-16:00, Europe/Oslo; handoffs come to #ae-erik" in his
    team = await home_of(lena)
    assert "3 of 5 people on shift" in team or "4 of 5 people on shift" in team
    assert "0 hot leads without an answer" in team

    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#inbound")
    await a_minute_passes(house)
    await lena.sees("Jane O'Neill, Acme Castings · with", in_="home")
    rep = await lead_in_hand_now(house)
    mine = await home_of(rep)
    assert "Jane O'Neill, Acme Castings · contact me · answered" in mine
    assert "1 touch logged today." in mine

    await hands_off(rep)
    await erik.sees("hands you", in_="#ae-erik")
    await house.all_is_told()
    await a_minute_passes(house)
    await erik.sees("Jane O'Neill, Acme Castings from", in_="home")
    await rep.sees("to Erik Lund · not answered yet", in_="home")
    await lena.sees("1 handoff not answered", in_="home")
    assert await erik.clicks("Accept Jane O'Neill", in_="home")
    await erik.sees("has it", in_="#ae-erik")
    await erik.sees("Nothing waits for your answer.", in_="home")


async def a_minute_passes(house: WholeHouse) -> None:
    """The sweep comes around, as it does each minute of real time."""
    await house.parts.database.write(lambda session: refresh_homes(session, house.parts.clock.now()))
    await house.all_is_told()


async def lead_in_hand_now(house: WholeHouse) -> PersonDriver:
    card = await house.sam.sees("Can somebody call me today?", in_="#inbound")
    rep, _ = house.owner(card)
    await rep.clicks("Claim", in_="#inbound")
    await rep.types("/touch jane o'neill connected, two plants", in_="#inbound")
    await rep.sees("Logged for Jane O'Neill")
    return rep


async def test_a_manager_turns_the_page_of_a_big_team(house: WholeHouse) -> None:
    rows = "\n".join(f"rep{number:02}@brightpath.example,Rep {number:02},sdr,Inbound" for number in range(15))
    file = f"email,name,roles,team\n{rows}".encode()
    report = await asyncio.to_thread(import_people_file, house.parts.database, file, house.parts.clock.now)
    assert not report.refused
    assert "1 to 12 of 20 people" in await home_of(house.lena)
    assert await house.lena.clicks("More ▶", in_="home")
    await house.lena.sees("13 to 20 of 20 people", in_="home")
    assert "Rep 14" in (await house.lena.sees("Rep 14", in_="home")).text


async def test_a_rep_brings_the_list_from_home(house: WholeHouse) -> None:
    rep = await lead_in_hand(house)
    mine = await home_of(rep)
    assert "Your touch list" in mine
    assert await rep.clicks("Bring my list", in_="home")
    await rep.sees("Touch list,", in_="modal")


async def test_nobody_is_greeted_twice(house: WholeHouse) -> None:
    await house.sam.sees("You answer people who raise a hand", in_="dm")
    await Directory(house.parts.database, house.parts.client, lambda: True).match()
    await house.all_is_told()
    greetings = [one for one in await house.sam.messages(in_="dm") if "You answer people who raise a hand" in one.text]
    assert len(greetings) == 1
