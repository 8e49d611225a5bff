"""The loop that does what falls due.

What must stay true: it wakes within two seconds of the earliest due time; a jump of the business clock is stepped
through, each due thing at its own time; hours the worker was down are caught up with the real now; a database that
is away is waited for.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.clocks import Clock, ShiftedClock, protocol_now
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.jobs.perform import Performer, Run, next_due_at
from bot.jobs.schedule import DUE_JOBS, SWEEPS, Sweep
from bot.service.due import TOPIC, claim_tick
from bot.service.vital_signs import leave_tick

POLL = 1.5
"""Seconds between looks at the earliest due time when nothing wakes the worker: another process may have set one."""
HELD_BY_ANOTHER = 0.2
SWEEP_EVERY = 60
MISFIRE_GRACE = 30
DATABASE_PAUSE = 2.0
log = structlog.get_logger("jobs")


class Worker:
    """Does due things and sweeps until it is stopped. ``jobs`` and ``sweeps`` are tables of ``bot.jobs.schedule``."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        jobs: Mapping[str, Run] = DUE_JOBS,
        sweeps: Sequence[Sweep] = SWEEPS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sweeps = sweeps
        self._next = partial(next_due_at, jobs=jobs.keys())
        self._performer = Performer(database, jobs, self._moment)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._sweep_due = False
        self._earliest: datetime | None = None
        database.on_commit(self._on_commit)

    def wake(self) -> None:
        """Have the worker look at once; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # closed between the question and the call
                loop.call_soon_threadsafe(self._bell.set)

    def _on_commit(self, topics: set[str]) -> None:
        if TOPIC in topics:
            self.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; what was begun is finished."""
        self._loop = asyncio.get_running_loop()
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._ring_sweep,
            "interval",
            seconds=SWEEP_EVERY,
            misfire_grace_time=MISFIRE_GRACE,
            coalesce=True,
            max_instances=1,
        )
        scheduler.start()
        stopper = asyncio.create_task(self._wake_on(stop))
        try:
            self._sweep_due = True
            while not stop.is_set():
                await self._turn(stop)
        finally:
            stopper.cancel()
            scheduler.shutdown(wait=False)
            self._loop = None

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.set()

    async def _ring_sweep(self) -> None:
        self._sweep_due = True
        self._bell.set()

    async def _turn(self, stop: asyncio.Event) -> None:
        self._bell.clear()
        try:
            if self._sweep_due:
                self._sweep_due = False
                await self.sweep()
            await self.catch_up(stop)
            pause = self._pause()
        except SQLAlchemyError as error:
            # The text of a database error carries a prospect's data.
            log.warning("worker_database", error=type(error).__name__)
            self._sweep_due = True
            pause = DATABASE_PAUSE
        if pause > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), pause)

    def _pause(self) -> float:
        """Seconds until the earliest due time that ``catch_up`` saw; one that is set meanwhile rings the bell."""
        if self._earliest is None:
            return POLL
        left = (self._earliest - self._clock.now()).total_seconds()
        # Something overdue is still there: another worker has it in hand.
        return HELD_BY_ANOTHER if left <= 0 else min(left, POLL)

    async def catch_up(self, stop: asyncio.Event | None = None) -> int:
        """Do all that is due by now, earliest first; how many. Lets a held clock go when it is done."""
        done = 0
        while stop is None or not stop.is_set():
            target, offset = self._target(), self._offset()
            earliest = self._earliest = await self._database.read(self._next)
            if earliest is None or earliest > target:
                if self._offset() != offset:
                    continue  # the clock jumped while we looked
                break
            performed = await self._performer.one(target)
            if performed.result == "nothing":
                break
            done += 1
        if isinstance(self._clock, ShiftedClock):
            self._clock.release()
        return done

    def _target(self) -> datetime:
        """Up to when things are due: where a jumping clock will stand, else now."""
        return self._clock.target if isinstance(self._clock, ShiftedClock) else self._clock.now()

    def _offset(self) -> timedelta:
        return self._clock.offset if isinstance(self._clock, ShiftedClock) else timedelta()

    def _moment(self, due_at: datetime) -> datetime:
        """The ``now`` of a due thing: its own time while the clock is held for a jump, else the time it is."""
        if isinstance(self._clock, ShiftedClock) and self._clock.held:
            self._clock.hold(due_at)
        return self._clock.now()

    async def sweep(self) -> None:
        """What is done each minute, whatever falls due: each sweep by one worker, each in its own transaction."""
        real = protocol_now()
        await self._database.write(lambda session: leave_tick(session, real), Urgency.JOB)
        for one in self._sweeps:
            try:
                await self._database.write(partial(self._sweep_once, one, real), Urgency.JOB)
            except SQLAlchemyError:
                raise
            except Exception:  # the edge: one sweep that fails leaves the others alone
                log.exception("sweep_failed", sweep=one.name, reference=uuid4().hex[:8])

    def _sweep_once(self, one: Sweep, real: datetime, session: Session) -> None:
        slot = str(int(real.timestamp() // one.every.total_seconds()))
        if claim_tick(session, "sweep", one.name, slot, real):
            one.run(session, self._clock.now())
