"""The database cannot be written for a while under the real processes: nothing accepted is lost, and it is said so."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.db import migrate
from sandbox.driver import PersonDriver
from tests.processes.town import Town, town
from tests.support.postgres import PostgresServer, postgres_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
TAKEN = (200, 303)
BUSY = "Not saved: I am very busy right now. Please send it again."
SAVING = "Still saving… I'll send you a message when it is done."
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
"""


@contextlib.asynccontextmanager
async def _lock_held(url: str) -> AsyncIterator[None]:
    """Another process holds SQLite's write lock."""
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLD, make_url(url).database or ""), stdin=pipe, stdout=pipe
    )
    try:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        yield
    finally:
        holder.stdin.close()
        await holder.wait()


async def _insists(place: Town, who: str) -> list[int | None]:
    """Send the form until it is taken, as a sender does that is told to try again; what it was told before."""
    told: list[int | None] = []
    async with asyncio.timeout(60):
        while (status := await place.sends_form(who)) not in TAKEN:
            told.append(status)
            await asyncio.sleep(0.1)
    return told


async def _clicks(sam: PersonDriver, label: str) -> str:
    """Sam clicks on Uma's card; what he is answered, at once."""
    assert await sam.clicks(label, on="Uma Testperson", in_="#inbound")
    return str((await sam.messages(in_="#inbound"))[-1].text)


async def test_sqlites_lock_held_by_another_process(sqlite_url: str, tmp_path: Path) -> None:
    async with town(sqlite_url, tmp_path) as place:
        bot = await place.start()
        await place.slack.connected()
        await place.acquainted()
        sam = place.slack.person("Sam")
        assert await place.sends_form("Uma") in TAKEN
        await sam.clicks("Claim", on="Uma Testperson", in_="#inbound")
        await place.drained()

        async with _lock_held(sqlite_url):
            said = await _clicks(sam, "Voicemail")
            hand_raise = asyncio.create_task(_insists(place, "Vera"))
            assert place.count("touches") == 0
        if said.startswith(BUSY):  # something of ours was waiting for the lock before the click
            await _clicks(sam, "Voicemail")
        else:
            assert said.startswith(SAVING)
            await sam.sees("Logged for Uma Testperson", in_="dm")
        assert place.count("touches") == 1
        assert set(await hand_raise) <= {503}

        async with _lock_held(sqlite_url):  # for longer than anybody waits for it
            assert await place.answer_to("Wim") == (503, "5")
            assert "nonce:nonce-Wim" not in place.events()
        assert await sam.toasts() == []
        await _insists(place, "Wim")
        await place.drained()
        place.check("Uma", "Vera", "Wim")
        assert place.count("touches") == 1
        assert await bot.stops() == 0, bot.said()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that may be stopped, with our tables."""
    with postgres_server() as server:
        migrate.upgrade(server.url())
        yield server


async def test_postgresql_stopped_under_web_and_worker(own_server: PostgresServer, tmp_path: Path) -> None:
    async with town(own_server.url(), tmp_path) as place:
        worker, web = await place.start("worker"), await place.start("web")
        await place.slack.connected()
        await place.acquainted()
        sam = place.slack.person("Sam")
        assert await place.sends_form("Uma") in TAKEN
        await sam.clicks("Claim", on="Uma Testperson", in_="#inbound")
        await place.drained()

        own_server.stop()
        assert await place.answer_to("Vera") == (503, "5")
        assert await sam.clicks("Voicemail", on="Uma Testperson", in_="#inbound")
        await sam.sees("Not saved: my database does not answer", in_="#inbound")
        assert await sam.toasts() == []
        own_server.start()
        place.engine.dispose()
        assert "nonce:nonce-Vera" not in place.events()
        await _insists(place, "Vera")
        assert await sam.clicks("Voicemail", on="Uma Testperson", in_="#inbound")
        assert place.count("touches") == 1

        # stopped under a stream of hand raises: whoever is not told "taken" sends it again
        names = ["Wim", "Xaver", "Yara", "Zoe"]
        stream = [asyncio.create_task(_insists(place, name)) for name in names]
        await asyncio.wait(stream, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(own_server.stop)
        assert await place.answer_to("Abe") == (503, "5")
        await asyncio.to_thread(own_server.start)
        place.engine.dispose()
        for told in await asyncio.gather(*stream, _insists(place, "Abe")):
            assert set(told) <= {503}
        place.time_passes()
        await place.drained()
        place.check("Uma", "Vera", *names, "Abe")
        for bot in (web, worker):
            assert await bot.stops() == 0, bot.said()
