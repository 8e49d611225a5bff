"""Slack's budgets: how fast this process may send, as one of those that share them.

What must stay true: a channel gets at most about one message a second (slack.md); a share of the workspace's
budget is kept for hot alerts, whatever else waits; what would have to wait long takes nothing and makes room for
others.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.domain.notices import Priority

KEPT_CHANNELS = 5000
PATIENCE = 1.5
"""Seconds a message may wait here, holding one of the places on the way to Slack."""


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a steady rate, up to a small burst. Below zero they are promised to who waits."""

    rate: float
    burst: float
    tokens: float
    at: float

    @classmethod
    def full(cls, rate: float, burst: float, now: float) -> "Bucket":
        """A bucket nobody has taken from."""
        return cls(rate, burst, burst, now)

    def missing(self, now: float) -> float:
        """Seconds until one more token may be used."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.tokens) / self.rate)


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second to one channel, and a minute to the whole workspace; None: unlimited."""

    channel_a_second: float | None = 1.0
    channel_burst: float = 3.0
    workspace_a_minute: float | None = 300.0
    workspace_burst_seconds: float = 2.0
    kept_for_hot: float = 0.1


@dataclass(frozen=True, slots=True)
class Turn:
    """When a message's turn is. Not ``granted``: nothing was taken, ask again after ``seconds``."""

    granted: bool
    seconds: float


class Budget:
    """Waits until a message may go out."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._channels: OrderedDict[str, Bucket] = OrderedDict()
        self._hot: Bucket | None = None
        self._others: Bucket | None = None
        self._sharers = 1

    def divide(self, sharers: int) -> None:
        """So many processes send now: each takes its part of every rate."""
        if sharers != self._sharers and sharers > 0:
            for bucket in (self._hot, self._others, *self._channels.values()):
                if bucket is not None:
                    bucket.rate *= self._sharers / sharers
            self._sharers = sharers

    async def wait(self, channel: str, priority: int) -> float:
        """0 when a message of this priority may go to ``channel`` now; else seconds after which to ask again."""
        turn = self.turn(channel, priority, asyncio.get_running_loop().time())
        if not turn.granted:
            return turn.seconds
        if turn.seconds > 0:
            await asyncio.sleep(turn.seconds)
        return 0.0

    def turn(self, channel: str, priority: int, now: float) -> Turn:
        """When a message that asks at ``now`` (seconds of any steady clock) may go; counted if it is soon."""
        asked = [bucket for bucket in (self._share(priority, now), self._channel(channel, now)) if bucket is not None]
        seconds = max((bucket.missing(now) for bucket in asked), default=0.0)
        if seconds > PATIENCE:
            return Turn(granted=False, seconds=seconds)
        for bucket in asked:
            bucket.tokens -= 1
        return Turn(granted=True, seconds=seconds)

    def _share(self, priority: int, now: float) -> Bucket | None:
        """The part of the workspace's budget a message is counted against; hot ones have theirs, and the rest too."""
        limits = self._limits
        if limits.workspace_a_minute is None:
            return None
        if self._hot is None or self._others is None:
            rate, kept = limits.workspace_a_minute / 60 / self._sharers, limits.kept_for_hot
            burst = rate * limits.workspace_burst_seconds
            self._hot = Bucket.full(rate * kept, max(1.0, burst * kept), now)
            self._others = Bucket.full(rate * (1 - kept), max(1.0, burst * (1 - kept)), now)
        if priority <= Priority.HOT and self._hot.missing(now) <= self._others.missing(now):
            return self._hot
        return self._others

    def _channel(self, channel: str, now: float) -> Bucket | None:
        limits = self._limits
        if limits.channel_a_second is None:
            return None
        bucket = self._channels.get(channel)
        if bucket is None:
            bucket = self._channels[channel] = Bucket.full(
                limits.channel_a_second / self._sharers, limits.channel_burst, now
            )
            if len(self._channels) > KEPT_CHANNELS:
                self._channels.popitem(last=False)
        else:
            self._channels.move_to_end(channel)
        return bucket
