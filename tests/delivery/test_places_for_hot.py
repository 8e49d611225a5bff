"""A slow Slack that holds all places on the way to it holds up no hot alert: a few places are kept for those."""

import asyncio

from bot.db.session import Database
from bot.delivery.deliverer import KEPT_FOR_HOT, WIDTH
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.enqueue import tell
from sandbox.faults import Fault
from tests.delivery.post_office import PostOffice, post_office

POST = "chat.postMessage"
LANES = [f"lane-{number}" for number in range(WIDTH + KEPT_FOR_HOT + 2)]


async def _take_all_places(office: PostOffice, priority: Priority) -> asyncio.Event:
    """More posts than there are places, each in a channel of its own, that Slack sits on until this event is set."""
    go_on = asyncio.Event()
    held = Fault("slow", POST, times=len(LANES), match={"text": "slow"}, seconds=0, callback=go_on.wait)
    assert office.slack.server is not None
    office.slack.server.sandbox.faults.arm(held)

    def work(session) -> None:
        for name in LANES:
            to = Address.channel(f"#{name}")
            tell(session, Notice(NoticeKind.NUDGE, to, f"slow:{name}", "x", priority, {"text": f"slow {name}"}))

    await office.database.write(work)
    await office.slack.calls(POST, at_least=WIDTH)
    return go_on


async def test_hot_alerts_go_out_while_everything_else_is_slow(database: Database) -> None:
    async with post_office(database, channels=["inbound", "hot", *LANES]) as office:
        go_on = await _take_all_places(office, Priority.NORMAL)
        await office.tell("alert", priority=Priority.HOT)
        await office.tell("another", Address.channel("#hot"), Priority.HOT)
        await office.until(lambda: len(office.verdicts) >= 2, within=8)
        assert sorted(key.rpartition(":")[2] for key, _ in office.verdicts) == ["alert", "another"]
        states = await office.states()
        assert states.count("claimed") == WIDTH, "places of the hot ones were given to others"
        go_on.set()
        await office.quiet()
        assert set((await office.posts(f"slow {name}" for name in LANES)).values()) == {1}


async def test_a_flood_of_hot_alerts_takes_the_kept_places_too_and_no_more(database: Database) -> None:
    async with post_office(database, channels=["inbound", *LANES]) as office:
        go_on = await _take_all_places(office, Priority.HOT)
        await office.slack.calls(POST, at_least=WIDTH + KEPT_FOR_HOT)
        states = await office.states()
        assert (states.count("claimed"), states.count("ready")) == (WIDTH + KEPT_FOR_HOT, 2)
        go_on.set()
        await office.quiet()
        assert set((await office.posts(f"slow {name}" for name in LANES)).values()) == {1}
