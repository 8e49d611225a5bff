"""A second start on the same machine: refused with a sentence, and the first one goes on."""

import asyncio
import contextlib
import socket
import sys

import pytest

from bot.db import migrate
from sandbox.ports import free_port
from tests.processes.town import town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def sqlite_file(tmp_path):
    url = f"sqlite:///{tmp_path}/house.db"
    migrate.upgrade(url)
    return url


async def test_a_port_in_use_is_said_in_a_sentence(sqlite_file, tmp_path):
    async with town(sqlite_file, tmp_path) as place:
        with contextlib.closing(socket.create_server(("127.0.0.1", place.port))):
            bot = await place.start(wait=False)
            assert await bot.died() == 1
        assert f"Port {place.port} on 127.0.0.1 cannot be opened; is it in use?" in bot.said()
        assert "Traceback" not in bot.said()


async def test_a_second_run_on_one_file_is_refused_and_other_commands_are_not(sqlite_file, tmp_path):
    async with town(sqlite_file, tmp_path) as place:
        first = await place.start()
        second = await place.start(wait=False, PORT=str(free_port()))
        assert await second.died() == 1
        assert second.said() == (
            "Another handraiser run serves this database. Stop it first; for several processes use PostgreSQL.\n"
        )
        await place.command("migrate")
        doctor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "doctor"), env=place.env(), cwd=place.folder, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await doctor.communicate()
        assert b"The database answers (sqlite)." in said
        assert await place.sends_form("Ursel") in (200, 303)
        first.kill()
        await first.died()
        third = await place.start()
        assert await third.stops() == 0
