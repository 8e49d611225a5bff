"""Following the business clock of the demo (``CLOCK_URL``) by long poll.

What must stay true: the clock only moves forward; on a jump it is held where it stood until the worker has stepped
through what fell due in between; a clock that cannot be reached leaves business time running as it was.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx2
import structlog

from bot.clocks import ShiftedClock

POLL_TIMEOUT = 30.0
"""Seconds; the other side answers a long poll after at most 20."""
PAUSE = 1.0
JUMP = timedelta(seconds=1)
"""A smaller step is no jump: nothing is held for it."""
log = structlog.get_logger("jobs")


class ClockFollower:
    """Keeps ``clock`` with the one at ``url``.

    ``on_jump``: what wakes the worker that steps through a jump and then lets the clock go; None in a process
    without one, where the clock simply moves.
    """

    def __init__(self, url: str, clock: ShiftedClock, on_jump: Callable[[], None] | None = None) -> None:
        self._url = url
        self._clock = clock
        self._on_jump = on_jump
        self._version: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until ``stop`` is set."""
        secure = not self._url.lower().startswith("http:")  # to read all certificates takes a start's time
        async with httpx2.AsyncClient(timeout=POLL_TIMEOUT, verify=secure) as client:
            stopping = asyncio.create_task(stop.wait())
            try:
                while not stop.is_set():
                    asking = asyncio.create_task(self.ask(client))
                    await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    if not asking.done():
                        asking.cancel()
                        await asyncio.wait({asking})
                    elif not asking.result():
                        await asyncio.wait({stopping}, timeout=PAUSE)
            finally:
                stopping.cancel()

    async def ask(self, client: httpx2.AsyncClient) -> bool:
        """Ask once; the first time for where it stands, then for the next change. False if there was no answer."""
        params = {} if self._version is None else {"after": str(self._version)}
        try:
            answer = await client.get(self._url, params=params)
            answer.raise_for_status()
            told = answer.json()
            offset, version = timedelta(seconds=float(told["offset_seconds"])), int(told["version"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("clock_unreachable", error=type(error).__name__)
            return False
        first, self._version = self._version is None, version
        self.move(offset, first)
        return True

    def move(self, offset: timedelta, first: bool = False) -> None:
        """Let business time run ``offset`` ahead of real time.

        The first answer after a start is no jump: what fell due before is caught up with the time it is.
        """
        before = self._clock.now()
        jumps = self._on_jump is not None and not first and offset - self._clock.offset >= JUMP
        if jumps:
            self._clock.hold(before)
        self._clock.set_offset(offset)
        if self._on_jump is not None:
            self._on_jump()
