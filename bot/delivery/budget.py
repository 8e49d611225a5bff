"""Slack's budgets: how fast one process may send.

What must stay true: a channel gets at most about one message a second (slack.md); a share of the workspace's
budget is kept for hot alerts; waiting here never holds up another channel.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.domain.notices import Priority

KEPT_CHANNELS = 5000


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a steady rate, up to a small burst."""

    rate: float
    burst: float
    tokens: float
    at: float

    def take(self, now: float, keep: float = 0.0) -> float:
        """Take one token; the seconds to wait before it may be used. ``keep`` tokens stay for others."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        self.tokens -= 1
        return max(0.0, (keep - self.tokens) / self.rate)


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second to one channel, and a minute to the whole workspace; None: unlimited."""

    channel_a_second: float | None = 1.0
    channel_burst: float = 3.0
    workspace_a_minute: float | None = 3000.0
    kept_for_hot: float = 0.1


class Budget:
    """Waits until a message may go out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._channels: OrderedDict[str, Bucket] = OrderedDict()
        rate = (limits.workspace_a_minute or 0) / 60
        self._workspace = Bucket(rate, rate * 2, rate * 2, 0.0) if rate else None

    async def wait(self, channel: str, priority: int) -> None:
        """Return when a message of this priority may go to ``channel``."""
        delay = self._delay(channel, priority, asyncio.get_running_loop().time())
        if delay > 0:
            await asyncio.sleep(delay)

    def _delay(self, channel: str, priority: int, now: float) -> float:
        delay = 0.0
        if self._workspace is not None:
            kept = 0.0 if priority <= Priority.HOT else self._workspace.burst * self._limits.kept_for_hot
            delay = self._workspace.take(now, kept)
        if self._limits.channel_a_second is not None:
            delay = max(delay, self._bucket(channel, now).take(now))
        return delay

    def _bucket(self, channel: str, now: float) -> Bucket:
        bucket = self._channels.get(channel)
        if bucket is None:
            rate, burst = self._limits.channel_a_second or 1.0, self._limits.channel_burst
            bucket = self._channels[channel] = Bucket(rate, burst, burst, now)
            if len(self._channels) > KEPT_CHANNELS:
                self._channels.popitem(last=False)
        else:
            self._channels.move_to_end(channel)
        return bucket
