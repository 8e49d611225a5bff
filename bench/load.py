"""Load: callers in a closed loop, and what their waiting comes to."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psutil

KEPT_SECONDS = 2.0
"""How long an idle connection is used again: less than the five seconds after which uvicorn closes it."""


@dataclass
class Run:
    """What some callers did: seconds by the wall, each call's own, the server's processor seconds.

    ``refused``: calls whose work was not done within the ack; they count for nothing else.
    """

    seconds: float = 0.0
    refused: int = 0
    cpu: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.waits) / self.seconds if self.seconds else 0.0


async def closed_loop(
    callers: int, seconds: float, call: Callable[[], Awaitable[bool]], server: psutil.Process | None = None
) -> Run:
    """``callers`` that each call again as soon as they are answered; whoever has begun finishes."""
    run = Run()
    cpu = cpu_seconds(server)
    began = time.perf_counter()

    async def caller() -> None:
        while time.perf_counter() - began < seconds:
            at = time.perf_counter()
            if await call():
                run.waits.append(time.perf_counter() - at)
            else:
                run.refused += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(caller())
    run.seconds = time.perf_counter() - began
    run.cpu = cpu_seconds(server) - cpu
    return run


def cpu_seconds(process: psutil.Process | None) -> float:
    """Processor time ``process`` has used so far; what others do on the machine hardly shows in it."""
    used = process.cpu_times() if process else None
    return used.user + used.system if used else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def in_turn(names: Sequence[str], number: int) -> list[str]:
    """The variants in an order that changes with the round, so that none always comes first."""
    start = number % len(names)
    return [*names[start:], *names[:start]]
