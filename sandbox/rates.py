"""Slack's rate limits, switchable: per channel, per method tier, and for posting in the whole workspace.

Buckets of tokens on a steady clock, the real one by default. A refusal says how many whole seconds to wait and takes
nothing from any bucket.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at `per_second`, never more than `burst`."""

    per_second: float
    burst: float
    tokens: float
    at: float

    def missing(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_second


@dataclass
class Limits:
    """How many of what; the defaults follow Slack's published figures."""

    on: bool = False
    channel_per_second: float = 1.0
    channel_burst: float = 3.0
    workspace_per_minute: float = 300.0
    tier_burst: float = 10.0
    tiers: dict[int, float] = field(default_factory=lambda: {1: 1.0, 2: 20.0, 3: 50.0, 4: 100.0})


class RateLimits:
    """The buckets in use."""

    def __init__(self, on: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.limits = Limits(on=on)
        self._buckets: dict[str, Bucket] = {}

    def set(self, **changes: float | bool) -> None:
        """Change some figures and begin with full buckets. Raises `ValueError` for a name that is none."""
        for name, value in changes.items():
            if name == "tiers" or not hasattr(self.limits, name):
                raise ValueError(f"no such limit: {name}")
            if name != "on" and not (isinstance(value, int | float) and value > 0):
                raise ValueError(f"{name} must be a number above 0")
            setattr(self.limits, name, bool(value) if name == "on" else float(value))
        self._buckets.clear()

    def _bucket(self, key: str, per_second: float, burst: float, now: float) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(per_second, burst, burst, now)
        return self._buckets[key]

    def wait(self, method: str, tier: int | None, channel: str | None) -> int:
        """Seconds to wait before this call may be made: 0 means it may, and is counted.

        `tier` None is for posting, which has its own figures; `channel` is where it posts.
        """
        if not self.limits.on:
            return 0
        now, figures = self._clock(), self.limits
        if tier is None:
            per_minute = figures.workspace_per_minute
            asked = [self._bucket("workspace", per_minute / 60, max(1.0, per_minute / 10), now)]
            if channel:
                asked.append(self._bucket(f"channel {channel}", figures.channel_per_second, figures.channel_burst, now))
        else:
            per_minute = figures.tiers[tier]
            burst = max(figures.tier_burst, per_minute)
            asked = [self._bucket(f"method {method}", per_minute / 60, burst, now)]
        missing = max(bucket.missing(now) for bucket in asked)
        if missing > 0:
            return max(1, math.ceil(missing))
        for bucket in asked:
            bucket.tokens -= 1
        return 0
