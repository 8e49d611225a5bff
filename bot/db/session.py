"""Engines and the only commit.

What must stay true: ``transaction`` is the one place that commits; a write on SQLite begins with BEGIN IMMEDIATE
on a single thread, so no writer ever finds another in its way; reads have their own connections and cannot write;
errors never carry a statement's parameters, which are prospects' data. Work may be run anew from its beginning: it
keeps nothing outside its session.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.db.threads import PriorityThreads, Urgency
from bot.playbook.schema import Playbook

T = TypeVar("T")

WRITE_THREADS_POSTGRESQL = 4
READ_THREADS = 3
BUSY_TIMEOUT_MS = 5000
READ_IN_PLACE_BYTES = 1 << 30
"""How much of a SQLite file readers see as memory: a year of touches is summed up a quarter faster without copying."""
DEADLOCK: Final = "40P01"
"""What PostgreSQL calls two transactions that wait for each other."""
DEADLOCKS_FORGIVEN: Final = 2
DEADLOCK_PAUSE: Final = 0.05
"""Seconds until whoever was called off begins anew."""
SQLITE_ARGS = {"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000}
START_WITHIN = 2.0
"""Seconds within which a person's work must begin, or it is called off (design, point 2)."""


_commit = threading.local()
"""Whether the transaction that this thread begins next may be lost in a power cut."""


class NotBegun(Exception):  # noqa: N818 — named for what happened
    """The database was too busy to begin the work in time; nothing was done."""


class PlaybookInForce:
    """The playbook that decisions follow now, with its version number in the database."""

    __slots__ = ("number", "playbook")

    def __init__(self, number: int | None, playbook: Playbook) -> None:
        self.number = number
        self.playbook = playbook


def is_sqlite(url: str) -> bool:
    """Whether ``url`` names a SQLite database."""
    return make_url(url).get_backend_name() == "sqlite"


def write_engine(url: str) -> Engine:
    """The engine for transactions that write."""
    if not is_sqlite(url):
        size = WRITE_THREADS_POSTGRESQL
        return create_engine(
            url,
            pool_size=size,
            max_overflow=2,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_reset_on_return=None,  # `transaction` has ended it
            hide_parameters=True,
        )
    engine = create_engine(url, connect_args=SQLITE_ARGS, pool_reset_on_return=None, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_write)
    return engine


def read_engine(url: str) -> Engine:
    """The engine for reads; on SQLite its connections refuse to write."""
    if not is_sqlite(url):
        return create_engine(
            url,
            pool_size=READ_THREADS,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    engine = create_engine(url, connect_args=SQLITE_ARGS, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", _prepare_reader)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _begin_write(connection: Connection) -> None:
    wanted = "NORMAL" if getattr(_commit, "relaxed", False) else "FULL"
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous = {wanted}")
        connection.info["synchronous"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # acknowledged means committed, power cut included
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _prepare_reader(raw: Any, _record: Any) -> None:
    raw.execute("PRAGMA query_only = ON")
    raw.execute(f"PRAGMA mmap_size = {READ_IN_PLACE_BYTES}")


@contextmanager
def transaction(engine: Engine, in_force: PlaybookInForce | None = None) -> Iterator[Session]:
    """A session that commits when the block returns and rolls back when it raises."""
    with Session(engine, expire_on_commit=False) as session:
        session.info["playbook"] = in_force
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


class Database:
    """The database for async callers: plain functions on plain sessions, run in a few threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = is_sqlite(url)
        self.writer = write_engine(url)
        self.reader = read_engine(url)
        self.in_force: PlaybookInForce | None = None
        self._writes = PriorityThreads(1 if self.sqlite else WRITE_THREADS_POSTGRESQL, "write")
        self._reads = PriorityThreads(READ_THREADS, "read")
        self._listeners: list[Callable[[set[str]], None]] = []
        self.courier: object | None = None
        """Who carries what a transaction hands over (``outbox.courier``); None where this process delivers nothing."""

    def on_commit(self, listener: Callable[[set[str]], None]) -> None:
        """Have ``listener`` called, on the writing thread, with the topics a commit announced."""
        self._listeners.append(listener)

    @property
    def playbook(self) -> Playbook:
        """The playbook in force."""
        if self.in_force is None:
            raise RuntimeError("no playbook is in force yet")
        return self.in_force.playbook

    async def write(
        self,
        work: Callable[[Session], T],
        urgency: Urgency = Urgency.PERSON,
        start_within: float | None = None,
        *,
        relaxed: bool = False,
    ) -> T:
        """Run ``work`` in one transaction. Raises ``NotBegun`` if it could not begin in ``start_within`` seconds.

        A caller that stops waiting does not stop work that has begun. ``relaxed``: a power cut may take this commit
        back (a killed process never does); only for what is harmless to do again.
        """
        run = self._write_relaxed if relaxed else self.write_now
        future = self._writes.submit(lambda: run(work), urgency)
        waiting = asyncio.wrap_future(future)
        if start_within is not None:
            done, _ = await asyncio.wait({waiting}, timeout=start_within)
            if not done and future.cancel():
                raise NotBegun
        return await asyncio.shield(waiting)

    def write_now(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one transaction on the calling thread.

        Two that wait for each other's rows are no fault of either: the one PostgreSQL calls off begins anew.
        """
        for _ in range(DEADLOCKS_FORGIVEN):
            try:
                return self._write_once(work)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                    raise
            time.sleep(DEADLOCK_PAUSE)  # else it may take the same row again before the other one has woken up
        return self._write_once(work)

    def _write_once(self, work: Callable[[Session], T]) -> T:
        with transaction(self.writer, self.in_force) as session:
            session.info["courier"] = self.courier if self.sqlite else None
            result = work(session)
            topics: set[str] = session.info.get("topics", set())
        for follow in session.info.get("after_commit", ()):
            follow()
        if topics:
            for listener in self._listeners:
                listener(topics)
        return result

    def _write_relaxed(self, work: Callable[[Session], T]) -> T:
        _commit.relaxed = True
        try:
            return self.write_now(work)
        finally:
            _commit.relaxed = False

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a snapshot that cannot write."""
        return await asyncio.wrap_future(self._reads.submit(lambda: self.read_now(work)))

    def read_now(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a snapshot, on the calling thread."""
        with Session(self.reader, expire_on_commit=False) as session:
            session.info["playbook"] = self.in_force
            return work(session)

    def close(self) -> None:
        """Finish what was begun, then let go of every connection."""
        self._writes.close()
        self._reads.close()
        self.writer.dispose()
        self.reader.dispose()


def announce(session: Session, topic: str) -> None:
    """Tell other threads and processes of ``topic`` when this transaction commits.

    On PostgreSQL the NOTIFY is part of the transaction, so it is heard by every process, and only if it commits.
    """
    topics: set[str] = session.info.setdefault("topics", set())
    if topic in topics:
        return
    topics.add(topic)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_notify('handraiser', %s)", (topic,))
