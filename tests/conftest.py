"""What every test may ask for.

``database``: a ``Database`` with the default playbook in force, on SQLite and on PostgreSQL (the test runs twice).
``database_url``: its url alone, twice as well. ``sqlite_url``, ``postgres_url``: one kind.
``empty_url``: twice, without tables. ``-m "not slow"`` leaves out what starts real processes.

PostgreSQL comes from a wheel, one server for the whole run, whoever asks first starts it; ``TEST_DATABASE_URL`` names
another server whose user may create databases. Async tests need no mark; they run on asyncio.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from bot.db.session import Database
from tests.support.databases import PostgresDatabases, SqliteFiles, in_force
from tests.support.memory import fast_folder
from tests.support.postgres import KeptServer, wait_for

SERVER_FOLDER = "HANDRAISER_TEST_POSTGRES"
KINDS = ["sqlite", "postgresql"]
SLOW_FIRST = ("processes", "demo", "bench")
"""Folders whose tests start real processes: begun first, so that the run does not end waiting for one of them."""

settings.register_profile("house", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("house"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")

_kept: list[KeptServer] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the server for xdist's workers while they are still importing; without workers it starts when asked for."""
    controls_workers = bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")
    if controls_workers and not config.option.collectonly and not os.environ.get("TEST_DATABASE_URL"):
        _start_server()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow folders first, everything else as it was."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in SLOW_FIRST)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server this process started."""
    while _kept:
        _kept.pop().close()
        os.environ.pop(SERVER_FOLDER, None)


def _start_server() -> None:
    server = KeptServer()
    _kept.append(server)
    os.environ[SERVER_FOLDER] = str(server.folder)


@pytest.fixture(scope="session")
def postgres_databases() -> PostgresDatabases:
    """The server's databases."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        if SERVER_FOLDER not in os.environ:
            _start_server()
        url = wait_for(Path(os.environ[SERVER_FOLDER])).url()
    return PostgresDatabases(url)


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """The furnished file to copy."""
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite_files: SqliteFiles) -> Iterator[str]:
    """A SQLite database with the default playbook in force."""
    with TemporaryDirectory(prefix="hr-sqlite-", dir=fast_folder()) as folder:
        yield sqlite_files.copy(Path(folder))


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A PostgreSQL database with the default playbook in force."""
    with postgres_databases.clone() as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with the default playbook in force, on SQLite and on PostgreSQL."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    with databases.clone(empty=True) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the default playbook in force, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    try:
        opened.in_force = in_force()
        yield opened
        assert opened.writer.pool.checkedout() == 0, "a transaction was left open"  # type: ignore[attr-defined]
        assert opened.reader.pool.checkedout() == 0, "a read was left open"  # type: ignore[attr-defined]
    finally:
        opened.close()


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the bot does."""
    return "asyncio"
