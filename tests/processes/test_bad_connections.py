"""Slack's side goes wrong while the real process runs: it answers again, and what was done is done once."""

import asyncio
from pathlib import Path

import pytest

from tests.delivery.reach import out_of_reach
from tests.processes.town import Town, town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
TAKEN = (200, 303)


async def _answers(place: Town) -> None:
    """Sam asks for help, and gets it; once more if Slack found nobody to ask while the bot was reconnecting."""
    sam = place.slack.person("Sam")
    for _ in range(5):
        if await sam.types("/touch help", in_="#general"):
            return
        await place.slack.connected(within=20)
    raise AssertionError(await sam.toasts())


async def test_sockets_that_end_and_deliveries_that_come_twice(sqlite_url: str, tmp_path: Path) -> None:
    async with town(sqlite_url, tmp_path) as place:
        bot = await place.start()
        await place.slack.connected()
        await place.drained()
        await _answers(place)

        for hard in (False, True):
            opened = len(await place.slack.calls("apps.connections.open"))
            await place.slack.faults.disconnect_socket(hard=hard)
            await place.slack.calls("apps.connections.open", at_least=opened + 1, within=30)
            await place.slack.connected()
            await _answers(place)

        await place.sends_form("Uma")
        await place.drained()
        sam = place.slack.person("Sam")
        await place.slack.faults.redeliver("slash_commands")
        await sam.types("/touch Uma call voicemail", in_="#general")
        assert await place.slack.faults.struck() == 1
        assert place.count("touches") == 1
        await place.drained()
        place.check("Uma")
        assert await bot.stops() == 0, bot.said()


async def test_slack_that_cannot_be_reached_at_the_start_gets_its_alerts_later(sqlite_url: str, tmp_path: Path) -> None:
    async with town(sqlite_url, tmp_path) as place:
        async with out_of_reach(place.slack):
            bot = await place.start(wait=False)
            await place.ready(bot, "/healthz")
            assert await place.sends_form("Uma") in TAKEN
            assert "nonce:nonce-Uma" in place.events()
            assert place.messages() == []
        await place.ready(bot)
        await place.until(lambda: place.stands("Uma"))
        await place.drained()
        place.check("Uma")
        assert await bot.stops() == 0, bot.said()


async def test_lost_replies_limits_and_errors_under_a_stream_of_hand_raises(sqlite_url: str, tmp_path: Path) -> None:
    async with town(sqlite_url, tmp_path) as place:
        await place.start()
        await place.drained()
        for kind in ("lost_reply", "http_500", "rate_limited", "reset"):
            await place.slack.faults.arm(kind, "chat.postMessage", 1, seconds=1)
        names = ["Uma", "Vera", "Wim", "Xaver", "Yara", "Zoe"]
        await asyncio.gather(*(place.insists(name) for name in names))
        await place.drained()
        assert await place.slack.faults.struck() == 4
        place.check(*names)
        assert all(place.stands(name) for name in names)


async def test_a_clean_stop_finishes_what_is_begun(sqlite_url: str, tmp_path: Path) -> None:
    """Slack's answer to a post comes after SIGTERM, and is noted."""
    async with town(sqlite_url, tmp_path) as place:
        bot = await place.start()
        await place.drained()
        await place.slack.faults.arm("hold_after", "chat.postMessage", 1, seconds=1.5)
        assert await place.sends_form("Uma") in TAKEN
        await place.until(lambda: place.stands("Uma"))
        assert await bot.stops() == 0, bot.said()
        assert "claimed" not in place.states()
        [key] = [message.metadata["event_payload"]["key"] for message in place.messages() if "Uma" in message.text][:1]
        assert [row.state for row in place.outbox() if row.key == key] == ["sent"]
