"""Group commit: what several deliveries write at the same moment goes into one transaction.

What must stay true: each caller learns its own result only after the transaction that holds it is committed; one
write that fails takes no other with it; a person's command never waits long for, or falls to, a batch of ours.
"""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.db.session import Database
from bot.db.threads import Urgency

Write = Callable[[Session], bool]
Waiting = tuple[Write, "asyncio.Future[bool]"]
BATCH = 50
"""Writes in one transaction: keeps a slice well under 50 ms (design, point 5)."""
LOCK_WITHIN = "SET LOCAL lock_timeout = '300ms'"
"""A batch locks living messages in its own order, a command in another. On PostgreSQL the batch gives way before
the server looks for a deadlock (after 1 s), and goes on one by one: a single finish waits for nobody who waits for
it."""
_OUT_OF_REACH = ("08", "53", "57")
"""Classes of PostgreSQL's errors: connection, resources, an operator's shutdown."""


class Ledger:
    """Collects small writes while one batch is being committed.

    ``relaxed``: for what a power cut may take back, as it would only be looked up again.
    """

    def __init__(self, database: Database, *, relaxed: bool = False) -> None:
        self._database = database
        self._relaxed = relaxed
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, write: Write) -> bool:
        """Have ``write`` committed; its result. Raises what the transaction raises."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            error = await self._commit(batch)
            if error is None:
                continue
            if len(batch) == 1 or _away(error):
                _settle_all(batch, error)
                continue
            for one in batch:
                alone = await self._commit([one])
                if alone is not None:
                    _settle_all([one], alone)

    async def _commit(self, batch: list[Waiting]) -> Exception | None:
        """Commit these writes and settle them; the error if that failed, and then nothing of them is written."""

        def work(session: Session) -> list[bool]:
            if len(batch) > 1 and not self._database.sqlite:
                session.connection().exec_driver_sql(LOCK_WITHIN)
            return [write(session) for write, _ in batch]

        try:
            results = await self._database.write(work, Urgency.DELIVERY, relaxed=self._relaxed)
        except Exception as error:  # noqa: BLE001 — handed to each caller
            return error
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
        return None


def _away(error: Exception) -> bool:
    """Whether the database is out of reach, so that trying again one by one is of no use."""
    if not isinstance(error, OperationalError):
        return False
    state: str | None = getattr(error.orig, "sqlstate", None)  # none: no server behind it, or SQLite's lock or disk
    return state is None or state[:2] in _OUT_OF_REACH


def _settle_all(batch: list[Waiting], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
