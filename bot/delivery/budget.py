"""Slack's budgets: how fast this process may send, as one of those that share them.

What must stay true: a channel gets at most about one message a second (slack.md); hot alerts always find a part of
the workspace's budget, whatever else waits, and while there are none the others have all of it; what would have to
wait long takes nothing and makes room for others.
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
        self._workspace: Bucket | None = None
        self._kept: Bucket | None = None
        """For hot ones alone: what they may send at once, whatever else waits for the workspace."""
        self._sharers = 1

    def divide(self, sharers: int) -> None:
        """So many processes send now: each takes its part of every rate."""
        if sharers != self._sharers and sharers > 0:
            for bucket in (self._workspace, self._kept, *self._channels.values()):
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
        channel_bucket, workspace = self._channel(channel, now), self._of_workspace(now)
        first = self._kept if priority <= Priority.HOT and self._is_sooner(now) else workspace
        seconds = max((bucket.missing(now) for bucket in (channel_bucket, first) if bucket is not None), default=0.0)
        if seconds > PATIENCE:
            return Turn(granted=False, seconds=seconds)
        taken = [channel_bucket, workspace, first if first is not workspace else None]
        for bucket in taken:  # what hot ones have of their own is the workspace's too: others wait the longer
            if bucket is not None:
                bucket.tokens -= 1
        return Turn(granted=True, seconds=seconds)

    def _is_sooner(self, now: float) -> bool:
        """Whether what is kept for hot ones is to be had sooner than what all share."""
        kept, workspace = self._kept, self._workspace
        return kept is not None and workspace is not None and kept.missing(now) < workspace.missing(now)

    def _of_workspace(self, now: float) -> Bucket | None:
        """What all share, made with what is kept for hot ones: the two bursts together are the workspace's."""
        limits = self._limits
        if limits.workspace_a_minute is None:
            return None
        if self._workspace is None:
            rate, kept = limits.workspace_a_minute / 60 / self._sharers, limits.kept_for_hot
            burst = rate * limits.workspace_burst_seconds
            self._kept = Bucket.full(rate * kept, max(1.0, burst * kept), now)
            self._workspace = Bucket.full(rate, max(1.0, burst * (1 - kept)), now)
        return self._workspace

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
