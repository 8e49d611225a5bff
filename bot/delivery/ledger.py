"""Group commit: what several deliveries write at the same moment goes into one transaction.

What must stay true: each caller learns its own result only after the transaction that holds it is committed.
"""

import asyncio
from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.db.session import Database
from bot.db.threads import Urgency

Write = Callable[[Session], bool]
BATCH = 50
"""Writes in one transaction: keeps a slice well under 50 ms (design, point 5)."""


class Ledger:
    """Collects small writes while one batch is being committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Write, asyncio.Future[bool]]] = []
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
            try:
                results = await self._database.write(
                    lambda session, batch=batch: [write(session) for write, _ in batch],  # type: ignore[misc]
                    Urgency.DELIVERY,
                )
            except Exception as error:  # noqa: BLE001 — handed to each caller
                _settle_all(batch, error)
            else:
                for (_, future), result in zip(batch, results, strict=True):
                    if not future.done():
                        future.set_result(result)


def _settle_all(batch: list[tuple[Write, "asyncio.Future[bool]"]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
