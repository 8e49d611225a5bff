"""People and Slack's users: a database or Slack that is away stops nobody."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from bot.db.session import Database
from bot.jobs.directory import Directory
from bot.slack.client import make_client


class Away(Database):
    """A database that is out of reach for the first reads."""

    def __init__(self, url: str, stop: asyncio.Event) -> None:
        super().__init__(url)
        self.left = 2
        self.stop = stop

    async def read(self, work):
        self.left -= 1
        if self.left == 0:
            self.stop.set()
        raise OperationalError("SELECT 1", {}, Exception("gone"))


async def test_an_outage_of_the_database_is_waited_out(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.directory.LOOK_EVERY", 0.01)
    stop = asyncio.Event()
    database = Away(sqlite_url, stop)
    client = make_client("xoxb-1", "http://127.0.0.1:9/api/")
    await asyncio.wait_for(Directory(database, client, lambda: True).run(stop), 20)
    database.close()
    assert database.left == 0


async def test_errors_of_the_database_carry_no_data(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(OperationalError) as caught:
        database.write_now(
            lambda session: session.connection().exec_driver_sql("SELECT nothing WHERE 1 = ?", ("jane@acme.com",))
        )
    database.close()
    assert "jane@acme.com" not in str(caught.value)
