"""One ``handraiser run`` for a SQLite file: two would tell everybody everything twice, each from its own queue.

What must stay true: the lock ends with the process, however it ends; other commands neither take it nor wait for it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import make_url

from bot.db.session import is_sqlite

log = structlog.get_logger("database")


class NotAlone(Exception):  # noqa: N818 — named for what was found
    """Another process serves this file."""


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Serve the SQLite file at ``url`` alone while the block runs; any number on PostgreSQL. Raises ``NotAlone``."""
    beside = _lock_file(url)
    if beside is None:
        yield
        return
    with beside.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone from None
        except OSError as error:  # some network file systems know no locks
            log.warning("the database file cannot be locked", kind=type(error).__name__)
        yield


def _lock_file(url: str) -> Path | None:
    """Where the lock stands: beside the file itself, whichever link leads to it. Nowhere for a database in memory."""
    name = make_url(url).database if is_sqlite(url) else None
    if not name or name == ":memory:" or name.startswith("file:"):
        return None
    file = Path(name).resolve()
    return file.with_name(f"{file.name}-run") if file.parent.is_dir() else None
