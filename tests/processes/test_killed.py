"""The real process is killed with SIGKILL at five points; after a restart nothing is missing and nothing there twice.

The points (design): before commit; after commit, before claim; after ``sending_at``; after Slack took it, before the
answer; after the answer, before finish. Each test goes through all of them: every restart is the next one's victim.
"""

from pathlib import Path

import pytest

from tests.processes.town import Bot, Town, town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KILLED = -9
TAKEN = (200, 303)
POST = "chat.postMessage"


async def test_one_process_loses_and_doubles_nothing_wherever_it_is_killed(sqlite_url: str, tmp_path: Path) -> None:
    async with town(sqlite_url, tmp_path) as place:
        bot = await place.start("run", "before-commit")
        await place.drained()
        place.set_trap()
        assert await place.sends_form("Uma") is None, "answered, and then died before the commit"
        assert await bot.died() == KILLED
        assert place.events() == []

        bot = await place.start("run", "after-commit")
        assert await place.sends_form("Uma") in TAKEN
        await place.drained()
        place.set_trap()
        assert await place.sends_form("Vera") is None
        assert await bot.died() == KILLED
        assert "nonce:nonce-Vera" in place.events()
        assert not place.stands("Vera")
        place.time_passes()

        bot = await place.start("run", "after-sending-at")
        assert await place.sends_form("Vera") in TAKEN, "the browser sends it again"
        await place.drained()
        place.check("Uma", "Vera")
        place.set_trap()
        await place.sends_form("Wim")
        await _died_on_the_way(place, bot, "Wim", stands=False)

        bot = await place.start("run", "before-finish")
        await place.drained()
        place.check("Uma", "Vera", "Wim")
        place.set_trap()
        await place.sends_form("Xaver")
        await _died_on_the_way(place, bot, "Xaver", stands=True)

        bot = await place.start()
        await place.drained()
        place.check("Uma", "Vera", "Wim", "Xaver")
        await place.slack.faults.kill_after(POST, bot.pid)
        await place.sends_form("Yara")
        await _died_on_the_way(place, bot, "Yara", stands=True)

        bot = await place.start()
        await place.drained()
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara")
        await place.slack.faults.kill_before(POST, bot.pid)
        await place.sends_form("Zoe")
        await _died_on_the_way(place, bot, "Zoe", stands=False)

        bot = await place.start()
        await place.drained()
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara", "Zoe")
        assert await bot.stops() == 0, bot.said()


async def _died_on_the_way(place: Town, bot: Bot, who: str, *, stands: bool) -> None:
    """It died with a message on the way, which Slack has or has not; then its lease runs out."""
    assert await bot.died() == KILLED
    assert place.stands(who) is stands
    assert "claimed" in place.states()
    place.time_passes()


async def test_web_and_two_workers_lose_and_double_nothing_whichever_is_killed(
    postgres_url: str, tmp_path: Path
) -> None:
    async with town(postgres_url, tmp_path) as place:
        workers = [await place.start("worker", "after-sending-at"), await place.start("worker", "after-sending-at")]
        web = await place.start("web", "before-commit")
        await place.drained()
        # the trap is sprung by one of three: the web process is the only one that takes hand raises in
        place.set_trap()
        assert await place.sends_form("Uma") is None
        assert await web.died() == KILLED
        assert place.events() == []

        web = await place.start("web", "after-commit")
        place.set_trap()
        assert await place.sends_form("Uma") is None
        assert await web.died() == KILLED
        await place.drained()
        place.check("Uma")

        web = await place.start("web")
        for who in ("Vera", "Wim"):
            place.set_trap()
            assert await place.sends_form(who) in TAKEN
            dead = await place.until(lambda: next((bot for bot in workers if bot.process.returncode == KILLED), None))
            place.time_passes()
            workers.remove(dead)
            workers.append(await place.start("worker", "before-finish"))
            await place.drained()
            place.check("Uma", who)

        for bot in workers:
            assert await bot.stops() == 0, bot.said()
        only = await place.start("worker")
        await place.slack.faults.kill_after(POST, only.pid)
        assert await place.sends_form("Xaver") in TAKEN
        await _died_on_the_way(place, only, "Xaver", stands=True)
        workers = [await place.start("worker"), await place.start("worker")]
        await place.drained()
        for who in ("Yara", "Zoe"):
            assert await place.sends_form(who) in TAKEN
        await place.drained()
        place.check("Uma", "Vera", "Wim", "Xaver", "Yara", "Zoe")
        for bot in (web, *workers):
            assert await bot.stops() == 0, bot.said()
