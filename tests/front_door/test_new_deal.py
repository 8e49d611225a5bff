"""``/deal new``: an executive begins a deal with a company and with a person; a manager for somebody; Undo."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house


async def test_an_executive_begins_a_deal_and_takes_it_back(house: WholeHouse) -> None:
    erik = house.slack.person("Erik")
    await house.sends_form()
    await erik.types("/deal new")
    await erik.sees("Who is the new deal with?")
    await erik.types("/deal new nowhere at all")
    await erik.sees("I know neither a company nor a person called “nowhere at all”")
    await erik.types("/deal new acme")
    await erik.sees("Acme Castings", in_="modal")
    await erik.picks("What kind of business?", "Renewal", in_="modal")
    await erik.fills("How much?", "12.5 about", in_="modal")
    await erik.fills("When do you expect to close it?", (house.begins + timedelta(days=60)).date(), in_="modal")
    refused = await erik.submits()
    assert "can't read" in str(refused)
    await erik.fills("How much?", "€8k", in_="modal")
    await erik.submits()
    await erik.sees("A deal: Acme Castings, 8,000 EUR, a renewal.", in_="modal")
    await erik.closes()
    await erik.types("/deal acme")
    shown = await erik.sees("began without a handoff")
    assert "Jane O'Neill" in shown.text
    await erik.types("/deal new jane")
    await erik.sees("There is 1 open deal with them already", in_="modal")
    await erik.fills("How much?", "100", in_="modal")
    await erik.fills("When do you expect to close it?", (house.begins + timedelta(days=30)).date(), in_="modal")
    await erik.submits()
    await erik.sees("new business", in_="modal")
    await erik.clicks("Undo", in_="modal")
    await erik.sees("Taken back: the deal is gone.", in_="modal")
    await erik.closes()
    await erik.types("/deal")
    await erik.sees("1 open deal: 8,000 EUR")


async def test_a_manager_begins_one_for_an_executive_and_a_rep_cannot(house: WholeHouse) -> None:
    erik, lena, sam = house.slack.person("Erik"), house.lena, house.sam
    await house.sends_form()
    await sam.types("/deal new acme")
    await sam.sees("Deals are begun by account executives.")
    await lena.types("/deal new acme")
    await lena.fills("How much?", "9000", in_="modal")
    await lena.fills("When do you expect to close it?", (house.begins + timedelta(days=60)).date(), in_="modal")
    await lena.picks("Whose deal is it?", "Erik Lund", in_="modal")
    await lena.submits()
    await lena.sees("It is Erik Lund's; I've told them.", in_="modal")
    await erik.sees("Lena Gross began a deal for you: Acme Castings, 9,000", in_="dm")
    await lena.clicks("Undo", in_="modal")
    await lena.sees("the deal is gone", in_="modal")
    await erik.sees("Lena Gross took the deal back that they began for you: Acme Castings is gone.", in_="dm")
    await house.all_is_told()
