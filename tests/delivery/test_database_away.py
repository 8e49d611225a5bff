"""The database goes away and comes back: nothing is lost, nothing is posted twice, and delivery goes on by itself."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from bot.db import migrate
from bot.db.session import Database
from bot.domain.notices import Address
from bot.outbox.claims import Sent
from tests.delivery.post_office import PostOffice, post_office
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="module")
def own_server():
    """A server that may be stopped."""
    with postgres_server() as server:
        migrate.upgrade(server.url())
        yield server


@pytest.fixture
def own_database(own_server: PostgresServer):
    database = Database(own_server.url())
    yield database
    with database.writer.begin() as connection:
        connection.exec_driver_sql("TRUNCATE outbox, living_messages, settings CASCADE")
    database.close()


async def _stop_when_posting(office: PostOffice, server: PostgresServer, kind: str) -> None:
    """Stop the database while a post is with Slack, and start it once it was missed."""
    await office.slack.faults.arm(kind, "chat.postMessage", seconds=0.5)
    await office.tell("during")
    await office.slack.calls("chat.postMessage", at_least=1)
    server.stop()
    try:
        with pytest.raises(OperationalError):
            await office.tell("not accepted")
    finally:
        server.start()


@pytest.mark.parametrize("kind", ["hold_before", "hold_after"])
async def test_postgresql_stopped_during_a_post(own_server: PostgresServer, own_database: Database, kind: str) -> None:
    async with post_office(own_database) as office:
        await office.tell("before")
        await office.quiet()
        await _stop_when_posting(office, own_server, kind)
        await office.tell("after")
        # a lease is longer than a request: it runs out once Slack has the message
        await office.slack.person("Sam").sees("during", in_="#inbound")
        await office.run_out_leases()
        await office.drained()
        assert await office.texts() == ["before", "during", "after"]
        assert await office.posts(["during"]) == {"during": 1}


async def test_postgresql_stopped_and_started_again(own_server: PostgresServer, own_database: Database) -> None:
    async with post_office(own_database, deliverers=2) as office:
        await office.tell("before")
        await office.quiet()
        own_server.stop()
        own_server.start()
        await office.tell_all([f"number {n}" for n in range(5)], Address.channel("#general"))
        await office.drained()
        assert await office.texts(in_="#general") == [f"number {n}" for n in range(5)]


def _other_process(url: str) -> sqlite3.Connection:
    return sqlite3.connect(make_url(url).database or "", isolation_level=None, timeout=0.1)


async def test_sqlites_lock_held_by_another(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody holds the file's lock longer than we wait for it, while a post is with Slack."""
    monkeypatch.setattr("bot.db.session.BUSY_TIMEOUT_MS", 100)
    database = Database(sqlite_url)
    other = _other_process(sqlite_url)
    try:
        async with post_office(database) as office:
            await office.slack.faults.arm("hold_after", "chat.postMessage", seconds=0.4)
            await office.tell("during")
            await office.slack.calls("chat.postMessage", at_least=1)
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(OperationalError, match="locked"):
                await office.tell("not accepted")
            with pytest.raises(OperationalError, match="locked"):
                await office.tell("not accepted")
            other.execute("ROLLBACK")
            await office.tell("after")
            await office.run_out_leases()
            await office.drained()
            assert await office.texts() == ["during", "after"]
            assert await office.posts(["during"]) == {"during": 1}
    finally:
        other.close()
        database.close()


async def test_sqlites_disk_is_full_and_then_has_room(sqlite_url: str, tmp_path: Path) -> None:
    """What was not stored was refused; what was stored is told; with room again all goes on."""
    database = Database(sqlite_url)
    try:
        async with post_office(database) as office:
            await office.tell("before")
            await office.quiet()
            [*accepted, why], refused = await _fill(office, database)
            assert accepted
            assert "full" in why
            await _room(database, 1_000_000)
            assert await office.tell(refused)
            await office.drained()
            texts = await office.texts()
            assert [text[:4] for text in texts] == [text[:4] for text in ["before", *accepted, refused]]
            assert set((await office.posts(texts)).values()) == {1}
            assert all(isinstance(v, Sent) for _, v in office.verdicts if _.startswith("key:"))
    finally:
        database.close()


async def _fill(office: PostOffice, database: Database) -> tuple[list[str], str]:
    """Tell more and more until the disk is full; what was accepted, and the first that was not."""
    pages = await database.write(lambda session: session.execute(text("PRAGMA page_count")).scalar_one())
    await _room(database, pages + 3)
    accepted: list[str] = []
    for n in range(200):
        words = f"{n:03} " + "x" * 1500
        try:
            await office.tell(words)
        except OperationalError as error:
            return [*accepted, str(error.orig)], words
        accepted.append(words)
    raise AssertionError("never full")


async def _room(database: Database, pages: int) -> None:
    """Let the file grow to this many pages; on the writing thread, so on its one connection."""
    await database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages}")) and None)
