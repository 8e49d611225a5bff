"""The door out: claim, send, finish, until told to stop.

What must stay true: a lane and priority has one item on the way at a time; one channel's trouble holds up no other;
a hot item finds a place whatever else is slow; stopping finishes what is begun; a database that is away is waited for.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.delivery.budget import Budget
from bot.delivery.ledger import Ledger
from bot.delivery.sender import Sender, age_ms
from bot.delivery.trouble import tell_of_trouble
from bot.domain.notices import Priority
from bot.outbox.claims import (
    Claimed,
    Dead,
    Retry,
    Sent,
    Unknown,
    Verdict,
    claim,
    finish,
    leads_on,
    next_ready,
    release_expired,
)
from bot.outbox.shares import give_up_share, take_share
from bot.telemetry import DELIVERED, DELIVERY_AGE

log = structlog.get_logger(__name__)

WIDTH = 40
"""Items on the way at once."""
KEPT_FOR_HOT = 4
"""Places beyond ``WIDTH`` that only hot items get: a slow Slack that holds all others holds up no alert."""
POLL_SECONDS = 2.0
SWEEP_SECONDS = 3.0
STOP_WITHIN = 20.0
MOST_CRASHES = 8
"""Crashes of ours in a row after which an item is given up, and logged: 1 + 2 + … + 64 s, then the lane goes on."""


class Deliverer:
    """Delivers the outbox. ``wake`` may be called from any thread; ``finished`` hears of each committed verdict."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        ledger: Ledger,
        finished: Callable[[Claimed, Verdict], None] | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._database = database
        self._sender = sender
        self._ledger = ledger
        self._finished = finished
        self._budget = budget
        self._id = new_id()
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        self._tasks: set[asyncio.Task[bool]] = set()
        self._full = False
        """There was no room for all that is due."""
        self._swept_at = -SWEEP_SECONDS
        self._crashes: dict[int, int] = {}

    def wake(self) -> None:
        """There is something to deliver."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to wake
            self._loop.call_soon_threadsafe(self._wake.set)

    def sweep_soon(self) -> None:
        """Look for leases that ran out at the next turn."""
        self._swept_at = -SWEEP_SECONDS

    def stop(self) -> None:
        """Claim no more; ``run`` returns when what is begun is finished."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Deliver until stopped."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self._sweep()
                pause = await self._round()
            except DBAPIError as error:
                log.warning("outbox out of reach", kind=type(error.orig).__name__)
                pause = 1.0
            if pause > 0 and not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
        if self._shares:
            with contextlib.suppress(DBAPIError):
                await self._database.write(lambda session: give_up_share(session, self._id), Urgency.DELIVERY)

    @property
    def _shares(self) -> bool:
        """Whether others may send too: SQLite is one process's."""
        return self._budget is not None and not self._database.sqlite

    async def _round(self) -> float:
        """Claim and start what is due; seconds to wait for the next look."""
        hot_only = len(self._tasks) >= WIDTH
        free = WIDTH - len(self._tasks) + (KEPT_FOR_HOT if hot_only else 0)
        self._full = free <= 0
        if self._full:
            return POLL_SECONDS
        items, next_at = await self._database.write(
            lambda session: _claim(session, free, hot_only), Urgency.DELIVERY, relaxed=True
        )
        for item in items:
            self._start(item)
        self._full = hot_only or len(items) == free
        if not hot_only and self._full and items[-1].priority <= Priority.HOT:
            return 0.0  # there may be more of them, and places for them
        if self._full or next_at is None:
            return POLL_SECONDS
        until = (next_at - protocol_now()).total_seconds()
        # heads of busy lanes are due already and wait for the one before them: its end wakes us
        return min(POLL_SECONDS, until) if until > 0 else POLL_SECONDS

    def _start(self, item: Claimed) -> None:
        task = asyncio.create_task(self._deliver(item))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def has_room(self) -> bool:
        """Whether a hot item may come here without being claimed (``outbox.courier``); from any thread."""
        return not self._stopping and len(self._tasks) < WIDTH + KEPT_FOR_HOT

    def take(self, item: Claimed) -> None:
        """Carry an item that was handed over; from any thread. Once the loop is gone its lease runs out."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._start, item)

    def _done(self, task: asyncio.Task[bool]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("delivery crashed", kind=type(error).__name__, exc_info=error)
        if self._full or error is not None or task.cancelled() or task.result():
            self._wake.set()

    async def _deliver(self, item: Claimed) -> bool:
        """Send ``item``; whether that may have left something to claim."""
        verdict = await self._send(item)
        if verdict is None:
            return True
        try:
            more = await self._ledger.write(lambda session: self._finish(session, item, verdict))
        except DBAPIError as error:  # the lease runs out, and the item is looked up then
            log.warning("could not note a delivery", kind=type(error.orig).__name__)
            return True
        if not isinstance(verdict, Unknown):
            self._crashes.pop(item.seq, None)
        DELIVERED.labels(kind=item.kind, verdict=type(verdict).__name__.lower()).inc()
        if isinstance(verdict, Sent):
            DELIVERY_AGE.observe(age_ms(item) / 1000)
        if self._finished is not None:
            self._finished(item, verdict)
        return more

    async def _send(self, item: Claimed) -> Verdict | None:
        try:
            return await self._sender.send(item)
        except DBAPIError as error:
            log.warning("delivery without a database", kind=type(error.orig).__name__)
            return None
        except Exception:  # the edge of this door: a fault of ours must not hold up the lane for ever
            crashes = self._crashes[item.seq] = self._crashes.get(item.seq, 0) + 1
            log.exception("delivery failed unexpectedly", kind=item.kind, seq=item.seq, crashes=crashes)
            if crashes >= MOST_CRASHES:
                return Dead("unexpected")
            return Unknown(timedelta(seconds=2 ** (crashes - 1)), "unexpected")

    def _finish(self, session: Session, item: Claimed, verdict: Verdict) -> bool:
        """Write ``verdict``; whether something may be claimed now: an empty look costs as much as a full one."""
        finished = finish(session, item, verdict)
        if finished and isinstance(verdict, Retry | Unknown) and verdict.error.startswith("set-up: "):
            tell_of_trouble(session, item, verdict.error.removeprefix("set-up: "))
        elif finished and isinstance(verdict, Dead):
            tell_of_trouble(session, item, verdict.error, given_up=True)
        return not finished or not isinstance(verdict, Sent | Dead) or leads_on(session, item)

    async def _sweep(self) -> None:
        now = self._loop.time()
        if now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        freed = await self._database.write(release_expired, Urgency.DELIVERY)
        if freed:
            log.info("leases ran out", freed=freed)
        if self._budget is not None and self._shares:
            sharers = await self._database.write(lambda session: take_share(session, self._id), Urgency.DELIVERY)
            self._budget.divide(sharers)


def _claim(session: Session, limit: int, hot_only: bool) -> tuple[list[Claimed], datetime | None]:
    return claim(session, limit, hot_only=hot_only), next_ready(session)
