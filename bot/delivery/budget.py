"""Slack's budgets: how fast this process may send, as one of those that share them.

What must stay true: a channel gets at most about one message a second (slack.md); hot alerts always find a part of
the workspace's budget, whatever else waits, and while there are none the others have all of it; what would have to
wait long takes nothing and makes room for others.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(slots=True)
class Shared:
    """A budget that all share, with a part of it kept for hot ones; the two bursts together are its burst."""

    whole: Bucket
    kept: Bucket

    @classmethod
    def full(cls, a_minute: float, burst: float, kept: float, now: float) -> "Shared":
        """``kept``: the share of it that hot ones find whatever else waits."""
        rate = a_minute / 60
        return cls(
            Bucket.full(rate, max(1.0, burst * (1 - kept)), now),
            Bucket.full(rate * kept, max(1.0, burst * kept), now),
        )

    def asked(self, priority: int, now: float) -> list[Bucket]:
        """What a message takes from, the one that it waits for first.

        What hot ones have of their own is the whole's too: others wait the longer for it.
        """
        if priority <= Priority.HOT and self.kept.missing(now) < self.whole.missing(now):
            return [self.kept, self.whole]
        return [self.whole]


class Method(StrEnum):
    """How Slack counts a request: posts by channel and workspace, others by their method's tier (slack.md)."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    HOME = "views.publish"


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second to one channel, and a minute to the whole workspace; None: unlimited.

    ``updates_a_minute``, ``homes_a_minute``: the tiers of ``chat.update`` and ``views.publish``, a workspace each.
    """

    channel_a_second: float | None = 1.0
    channel_burst: float = 3.0
    workspace_a_minute: float | None = 300.0
    workspace_burst_seconds: float = 2.0
    kept_for_hot: float = 0.1
    updates_a_minute: float | None = 50.0
    homes_a_minute: float | None = 100.0
    tier_burst: float = 10.0


NO_LIMITS = Limits(None, 0, None, updates_a_minute=None, homes_a_minute=None)


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
        self._shared: dict[Method, Shared] = {}
        self._sharers = 1

    def divide(self, sharers: int) -> None:
        """So many processes send now: each takes its part of every rate."""
        if sharers != self._sharers and sharers > 0:
            shared = [bucket for one in self._shared.values() for bucket in (one.whole, one.kept)]
            for bucket in (*shared, *self._channels.values()):
                bucket.rate *= self._sharers / sharers
            self._sharers = sharers

    async def wait(self, channel: str, priority: int, method: Method = Method.POST) -> float:
        """0 when a request of this priority may go to ``channel`` now; else seconds after which to ask again."""
        turn = self.turn(channel, priority, asyncio.get_running_loop().time(), method)
        if not turn.granted:
            return turn.seconds
        if turn.seconds > 0:
            await asyncio.sleep(turn.seconds)
        return 0.0

    def turn(self, channel: str, priority: int, now: float, method: Method = Method.POST) -> Turn:
        """When a request that asks at ``now`` (seconds of any steady clock) may go; counted if it is soon."""
        shared = self._of_all(method, now)
        taken = shared.asked(priority, now) if shared else []
        waits_for = taken[:1]
        if method is Method.POST and (own := self._channel(channel, now)) is not None:
            taken.append(own)
            waits_for.append(own)
        seconds = max((bucket.missing(now) for bucket in waits_for), default=0.0)
        if seconds > PATIENCE:
            return Turn(granted=False, seconds=seconds)
        for bucket in taken:
            bucket.tokens -= 1
        return Turn(granted=True, seconds=seconds)

    def _of_all(self, method: Method, now: float) -> Shared | None:
        """What all requests of a kind share; None if Slack counts none."""
        limits = self._limits
        a_minute, burst = {
            Method.POST: (
                limits.workspace_a_minute,
                (limits.workspace_a_minute or 0) / 60 * limits.workspace_burst_seconds,
            ),
            Method.UPDATE: (limits.updates_a_minute, limits.tier_burst),
            Method.HOME: (limits.homes_a_minute, limits.tier_burst),
        }[method]
        if a_minute is None:
            return None
        if method not in self._shared:
            share = a_minute / self._sharers
            self._shared[method] = Shared.full(share, burst / self._sharers, limits.kept_for_hot, now)
        return self._shared[method]

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
