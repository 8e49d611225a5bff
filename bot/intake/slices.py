"""How many rows go into one transaction, so that people's writes are not held up (design, point 5).

What must stay true: a slice takes about 40 ms, whatever the machine; between slices the database is free.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from bot.db.session import Database

T = TypeVar("T")
R = TypeVar("R")

_WANTED_SECONDS: Final = 0.04
_FEWEST: Final = 50
"""Below this the commit itself is most of the time, and smaller slices only make it longer."""
_MOST: Final = 200
_FREE_SHARE: Final = 0.15
"""How long the database is left alone after a slice, as a share of the slice's time."""


class _NothingSavedError(Exception):
    """Carries a dry run's result out of the transaction that is rolled back."""


class Slices:
    """Runs rows through transactions of the right length; with ``dry_run`` each is rolled back."""

    def __init__(self, database: Database, *, dry_run: bool) -> None:
        self._database = database
        self._dry_run = dry_run
        self._size = _FEWEST

    def cut(self, rows: Iterable[T]) -> Iterator[tuple[T, ...]]:
        """Yield the rows in slices; the size follows the time that the last one took."""
        walking = iter(rows)
        while some := tuple(islice(walking, self._size)):
            yield some

    def write(self, rows: int, work: Callable[[Session], R]) -> R:
        """Run ``work``, which handles ``rows`` rows, in one transaction."""
        began = time.perf_counter()
        result = self._write(work)
        seconds = time.perf_counter() - began
        self._size = max(_FEWEST, min(_MOST, round(rows * _WANTED_SECONDS / max(seconds, 1e-6))))
        if self._database.sqlite:
            # A writer of another process that waits for SQLite's lock asks again only every few milliseconds.
            time.sleep(seconds * _FREE_SHARE)
        return result

    def _write(self, work: Callable[[Session], R]) -> R:
        if not self._dry_run:
            return self._database.write_now(work)
        results: list[R] = []

        def rolled_back(session: Session) -> None:
            results.append(work(session))
            raise _NothingSavedError

        with suppress(_NothingSavedError):
            self._database.write_now(rolled_back)
        return results[0]
