"""The rep hears each step of a handoff by direct message, once (process §7)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox.driver import PersonDriver
from tests.front_door.test_deals import _hands_over
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio
WORDS = {
    "accepted": "Erik Lund accepted Jane O'Neill",
    "declined": "Erik Lund declined Jane O'Neill",
    "moved": "Erik Lund moved the intro call with Jane O'Neill",
    "held": "Erik Lund held the intro call with Jane O'Neill",
    "no-show": "did not come to Erik Lund's intro call",
    "qualified": "Erik Lund made Jane O'Neill, Acme Castings an opportunity",
    "not qualified": "Erik Lund did not qualify Jane O'Neill",
    "asked again": "Jane O'Neill, Acme Castings raised a hand again",
}


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


async def heard(house: WholeHouse) -> dict[str, int]:
    """How often Slack rang Sam for each step; those of which he heard nothing are left out.

    His copy of the handoff changes with each step, too, and rings for none.
    """
    await house.all_is_told()
    said = [one["text"] for one in (await house.sam.view())["notifications"]]
    counts = {step: sum(words in text for text in said) for step, words in WORDS.items()}
    return {step: count for step, count in counts.items() if count}


async def accepts(house: WholeHouse) -> PersonDriver:
    """Sam handed Jane over, and Erik took it."""
    await _hands_over(house)
    erik = house.slack.person("Erik")
    assert await erik.clicks("Accept", in_="#ae-erik")
    await erik.sees("Tell me when you have spoken to them.", in_="#ae-erik")
    return erik


async def call_is_over(house: WholeHouse) -> Any:
    await house.slack.clock.to((house.begins + timedelta(hours=25, minutes=31)).isoformat())
    return await house.slack.person("Erik").sees("How did it go?", in_="dm")


async def test_accepted_moved_held_and_qualified(house: WholeHouse) -> None:
    erik = await accepts(house)
    assert await heard(house) == {"accepted": 1}
    await erik.clicks("Another time…", in_="#ae-erik")
    await erik.fills("When is it now?", house.begins + timedelta(hours=26), in_="modal")
    assert await erik.submits()
    assert await heard(house) == {"accepted": 1, "moved": 1}
    await house.slack.clock.to((house.begins + timedelta(hours=26, minutes=31)).isoformat())
    assert await erik.clicks("Held", on=await erik.sees("How did it go?", in_="dm"))
    assert await heard(house) == {"accepted": 1, "moved": 1, "held": 1}
    await erik.sees("Is it an opportunity?", in_="#ae-erik")
    assert await erik.clicks("An opportunity…", in_="#ae-erik")
    await erik.fills("How much?", "12,500", in_="modal")
    await erik.fills("When do you expect to close it?", (house.begins + timedelta(days=60)).date(), in_="modal")
    assert await erik.submits()
    assert await heard(house) == {"accepted": 1, "moved": 1, "held": 1, "qualified": 1}


async def test_declined(house: WholeHouse) -> None:
    await _hands_over(house)
    erik = house.slack.person("Erik")
    await erik.sees("hands you", in_="#ae-erik")
    assert await erik.clicks("Decline…", in_="#ae-erik")
    await erik.picks("Why not?", "No time this week", in_="modal")
    assert await erik.submits()
    assert await heard(house) == {"declined": 1}


async def test_no_show_with_the_credit_kept(house: WholeHouse) -> None:
    erik = await accepts(house)
    assert await erik.clicks("No-show", on=await call_is_over(house))
    assert await heard(house) == {"accepted": 1, "no-show": 1}
    told = await house.sam.sees(WORDS["no-show"], in_="dm")
    assert "Your credit for it stays. The lead is yours again." in told.text
    await erik.sees("so you have a moment", in_="dm")


async def test_held_is_reminded_of_its_verdict_and_then_not_qualified(house: WholeHouse) -> None:
    erik = await accepts(house)
    assert await erik.clicks("Held", on=await call_is_over(house))
    await erik.sees("Held, with Jane O'Neill.")
    await house.slack.clock.forward(hours=24, minutes=1)
    asked = await erik.sees("Still open: your intro call with", in_="dm")
    await house.slack.clock.forward(hours=24)
    await house.lena.sees("Erik Lund held the intro call with", in_="dm")
    assert await erik.clicks("Not qualified…", on=asked)
    await erik.picks("Why is it not an opportunity?", "No budget", in_="modal")
    assert await erik.submits()
    assert await heard(house) == {"accepted": 1, "held": 1, "not qualified": 1}


async def test_a_raised_hand_during_a_handoff_reaches_erik_and_sam(house: WholeHouse) -> None:
    erik = await accepts(house)
    post = await erik.sees("Tell me when you have spoken to them.", in_="#ae-erik")
    await house.sends_form(message="Is anybody there?")
    reply = await erik.sees("raised a hand again: contact me: “Is anybody there?”", in_="#ae-erik")
    assert reply.thread_ts == post.ts
    await erik.is_rung("raised a hand again")
    assert await heard(house) == {"accepted": 1, "asked again": 1}
    folded = await house.ada.sees("Asked again", in_="#inbound")
    assert "Handed off" in folded.text
    assert "to Erik Lund" in folded.text
    alerts = [one for one in await house.ada.messages(in_="#inbound") if one.thread_ts in (None, one.ts)]
    assert len(alerts) == 1
