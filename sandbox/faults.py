"""Faults a test arms: what goes wrong with the next calls of a method, or with the next deliveries to the bot.

Each fault is used `times` times and then gone. `match` narrows it to calls whose arguments contain its values
(`{"channel": "C…", "text": "part of it", "metadata": "key"}`).
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BEFORE = ("reset", "http_500", "rate_limited", "error", "slow", "kill_before", "hold_before")
AFTER = ("lost_reply", "kill_after", "hold_after")
DELIVERY = ("redeliver", "socket_disconnect", "drop")
KINDS = frozenset((*BEFORE, *AFTER, *DELIVERY))


@dataclass
class Fault:
    """One armed fault.

    `method` is a Web API method, `response_url`, `*` for any; or for deliveries the envelope's type
    (`slash_commands`, `interactive`, `events_api`).
    `seconds`: how slow, how long to hold, or `Retry-After`. `error`: Slack's code. `pid`: whom to SIGKILL.
    """

    kind: str
    method: str = "*"
    times: int = 1
    match: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    error: str = "internal_error"
    pid: int | None = None
    callback: Callable[[], Awaitable[None] | None] | None = None
    used: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind}; there are {', '.join(sorted(KINDS))}")

    def fits(self, method: str, args: Mapping[str, Any]) -> bool:
        """Whether this call is one to go wrong."""
        if self.method not in {"*", method}:
            return False
        return all(part in str(args.get(key, "")) for key, part in self.match.items())

    async def strike(self) -> None:
        """Call the callback and kill the process, whichever are given."""
        if self.callback is not None:
            result = self.callback()
            if inspect.isawaitable(result):
                await result
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
        if self.kind.startswith("hold"):
            await asyncio.sleep(self.seconds)


class Faults:
    """The armed faults, oldest first."""

    def __init__(self) -> None:
        self.armed: list[Fault] = []
        self.struck: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Add one."""
        self.armed.append(fault)

    def clear(self) -> None:
        """Drop all."""
        self.armed.clear()

    def take(self, kinds: tuple[str, ...], method: str, args: Mapping[str, Any]) -> Fault | None:
        """The oldest armed fault of these kinds that fits, counted as used; None mostly."""
        if not self.armed:
            return None
        for fault in self.armed:
            if fault.kind in kinds and fault.fits(method, args):
                fault.used += 1
                if fault.used >= fault.times:
                    self.armed.remove(fault)
                self.struck.append(fault)
                return fault
        return None
