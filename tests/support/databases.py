"""Databases for tests: migrated once, the default playbook in force, then copied for each test.

What must stay true: a test has a database of its own, at the newest revision and empty but for the playbook; when the
test is over nothing is connected to it any more, or the test fails.
"""

import hashlib
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bot.db import migrate
from bot.db.session import Database, PlaybookInForce
from bot.playbook.load import default_playbook, default_text
from bot.service.playbooks import StorePlaybook, store_playbook

FIRST = 1
LEAVE_WITHIN = 5.0
_LOCK = 0x7465737473


def shape() -> str:
    """A short word for the migrations and the playbook, so that an old template is not taken for a new one."""
    digest = hashlib.sha256(default_text().encode())
    for file in sorted((migrate.FOLDER / "versions").glob("*.py")):
        digest.update(file.read_bytes())
    digest.update((migrate.FOLDER.parent / "bot" / "db" / "types.py").read_bytes())
    return digest.hexdigest()[:12]


def furnish(url: str) -> None:
    """Make the tables, and put the default playbook in force."""
    migrate.upgrade(url)
    wanted = StorePlaybook(default_text(), "default.yaml", "tests")
    database = Database(url)
    try:
        stored = database.write_now(
            lambda session: store_playbook(session, wanted, datetime(2026, 1, 5, 8, tzinfo=UTC))
        )
    finally:
        database.close()
    assert stored.in_force.number == FIRST
    assert stored.in_force.playbook == default_playbook()


def in_force() -> PlaybookInForce:
    """What ``furnish`` put in force; read once by each process, since reading a playbook takes a tenth of a second."""
    return PlaybookInForce(FIRST, default_playbook())


class SqliteFiles:
    """Copies of one furnished file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        furnish(f"sqlite:///{self._template}")

    def copy(self, folder: Path) -> str:
        """The url of a new database in ``folder``."""
        target = folder / "handraiser.db"
        shutil.copyfile(self._template, target)
        return f"sqlite:///{target}"


class PostgresDatabases:
    """Databases on one server, cloned from a furnished template; ``url`` names any database there."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._template = f"hr_template_{shape()}"
        self._numbers = itertools.count()
        with closing(self._connect()) as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (self._template,)).fetchone():
                self._make_template(admin)

    def _make_template(self, admin: "psycopg.Connection[tuple[object, ...]]") -> None:
        unfinished = f"{self._template}_new"
        admin.execute(f'DROP DATABASE IF EXISTS "{unfinished}"')
        admin.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
        furnish(self.url_of(unfinished))
        self._wait_until_left(admin, unfinished)
        admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{self._template}"')

    def url_of(self, name: str) -> str:
        """The url of the database ``name`` on this server."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def clone(self, *, empty: bool = False) -> Iterator[str]:
        """The url of a new database; ``empty`` leaves out the tables."""
        name = f"hr_test_{os.getpid()}_{next(self._numbers)}"
        source = "template0" if empty else self._template
        with closing(self._connect()) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
            try:
                yield self.url_of(name)
                self._wait_until_left(admin, name)
            finally:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)

    @staticmethod
    def _wait_until_left(admin: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
        give_up = time.monotonic() + LEAVE_WITHIN
        while left := admin.execute("SELECT query FROM pg_stat_activity WHERE datname = %s", (name,)).fetchall():
            if time.monotonic() > give_up:
                raise AssertionError(f"connections to {name} were left open; their last queries: {left}")
            time.sleep(0.005)
