"""The real process is killed with SIGKILL at five points; after a restart nothing is missing and nothing there twice.

The points (design): before commit; after commit, before claim; after ``sending_at``; after Slack took it, before the
answer; after the answer, before finish.
"""

from pathlib import Path

import pytest

from tests.processes.town import Town, town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KILLED = -9
POST = "chat.postMessage"


async def _settled(place: Town) -> None:
    """What a start causes (welcomes, the directory) is told."""
    await place.drained()


async def test_a_process_killed_at_any_of_the_five_points_loses_and_doubles_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with town(sqlite_url, tmp_path) as place:
        bot = await place.start("run", "before-commit")
        await _settled(place)
        place.set_trap()
        assert await place.sends_form("Uma") is None, "answered, and then died before the commit"
        assert await bot.died() == KILLED
        assert place.events() == []
        place.time_passes()

        bot = await place.start("run", "after-commit")
        assert await place.sends_form("Uma") in (200, 303)
        await _settled(place)
        place.set_trap()
        assert await place.sends_form("Vera") is None
        assert await bot.died() == KILLED
        assert "nonce:nonce-Vera" in place.events()
        place.time_passes()

        bot = await place.start("run", "after-sending-at")
        assert await place.sends_form("Vera") in (200, 303), "the browser sends it again"
        await _settled(place)
        place.check("Uma", "Vera")
        place.set_trap()
        await place.sends_form("Wim")
        assert await bot.died() == KILLED
        assert any(row.state == "claimed" for row in place.outbox())
        place.time_passes()

        bot = await place.start("run", "before-finish")
        await _settled(place)
        place.check("Uma", "Vera", "Wim")
        await place.slack.faults.kill_after(POST, bot.pid)
        await place.sends_form("Xaver")
        assert await bot.died() == KILLED
        before = len(place.keys())
        place.time_passes()

        bot = await place.start("run", "before-finish")
        await _settled(place)
        place.check("Uma", "Vera", "Wim", "Xaver")
        assert len(place.keys()) >= before
        place.set_trap()
        await place.sends_form("Yara")
        assert await bot.died() == KILLED
        place.time_passes()

        bot = await place.start()
        await _settled(place)
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara")
        await place.slack.faults.kill_before(POST, bot.pid)
        await place.sends_form("Zoe")
        assert await bot.died() == KILLED
        place.time_passes()

        bot = await place.start()
        await _settled(place)
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara", "Zoe")
        assert await bot.stops() == 0, bot.said()


async def test_web_and_workers_killed_at_the_five_points_lose_and_double_nothing(
    postgres_url: str, tmp_path: Path
) -> None:
    async with town(postgres_url, tmp_path) as place:
        first = await place.start("worker", "after-sending-at")
        second = await place.start("worker", "after-sending-at")
        web = await place.start("web", "before-commit")
        await _settled(place)
        place.set_trap()
        assert await place.sends_form("Uma") is None
        assert await web.died() == KILLED
        assert place.events() == []

        web = await place.start("web", "after-commit")
        assert await place.sends_form("Uma") in (200, 303)
        await _settled(place)
        place.check("Uma")
        place.set_trap()
        await place.sends_form("Vera")
        dead = [await _first_dead(place, web, first, second)]
        place.time_passes()
        await _settled(place)
        place.check("Uma")
        if dead[0] is web:
            web = await place.start("web")
        else:
            web.kill()
            await web.died()
            web = await place.start("web")
        assert await place.sends_form("Vera") in (200, 303)
        await _settled(place)
        place.check("Uma", "Vera")

        for name in ("Wim", "Xaver"):
            for bot in (first, second):
                if bot.process.returncode is not None:
                    continue
            place.set_trap()
            assert await place.sends_form(name) in (200, 303)
            await _first_dead(place, first, second)
            place.time_passes()
            alive = [bot for bot in (first, second) if bot.process.returncode is None]
            if not alive:
                second = await place.start("worker", "before-finish")
            await _settled(place)
            place.check("Uma", "Vera", name)
            first, second = second, await place.start("worker", "before-finish")

        for bot in (first, second):
            bot.kill()
            await bot.died()
        place.time_passes()
        only = await place.start("worker")
        await place.slack.faults.kill_after(POST, only.pid)
        assert await place.sends_form("Yara") in (200, 303)
        assert await only.died() == KILLED
        place.time_passes()
        await place.start("worker")
        last = await place.start("worker")
        await _settled(place)
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara")
        assert await last.stops() == 0, last.said()
        assert await web.stops() == 0, web.said()


async def _first_dead(place: Town, *bots):
    return await place.until(lambda: next((bot for bot in bots if bot.process.returncode == KILLED), None))
