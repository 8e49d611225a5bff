"""A claimed lead given back from the alert's menu and from its card."""

from collections.abc import AsyncIterator

import pytest

from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house


async def test_from_the_menu_to_the_rotation_and_from_the_card_to_the_one_before(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("you're up", in_="#inbound")
    first, second = house.owner(card)
    assert await first.clicks("Claim", on=card)
    claimed = await first.sees("Jane O'Neill", in_="#inbound")
    assert await first.clicks("Give back…", on=claimed)
    form = await first.sees("Who gets it?", in_="modal")
    assert "who had it before" not in form.text, "nobody had it before"
    assert await first.submits(**{"Why?": "in a meeting"})
    await second.is_rung("you're up")
    again = await second.sees("in a meeting", in_="#inbound")
    assert await second.clicks("Claim", on=again)

    await second.types("/lead jane o'neill")
    shown = await second.sees("Jane O'Neill, Acme Castings")
    assert await second.clicks("Give back…", on=shown)
    await second.sees("who had it before", in_="modal")
    me = next(name for name in ("Sam Okafor", "Ada Lindqvist") if name.startswith(first.name))
    assert await second.picks("Who gets it?", f"{me}, who had it before", in_="modal")
    assert await second.submits(**{"Why?": "it is your account"})
    await second.sees(f"{me} has it again.")
    await first.is_rung("you're up")


async def test_a_colleague_cannot_give_back_what_is_not_theirs(house: WholeHouse) -> None:
    await house.sends_form()
    card = await house.sam.sees("you're up", in_="#inbound")
    first, second = house.owner(card)
    assert await first.clicks("Claim", on=card)
    claimed = await second.sees("Jane O'Neill", in_="#inbound")
    await second.clicks("Give back…", on=claimed)
    await second.sees("can give it back")
