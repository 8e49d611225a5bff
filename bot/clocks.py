"""The two clocks (design, point 4).

What must stay true: the *business clock* says whose day it is and what is due, and may be moved forward by the
demo; the *protocol clock* (signatures, triggers, leases, rate limits) is always real. Nothing else asks the
machine for the time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


def protocol_now() -> datetime:
    """The real time, aware UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Something that tells the business time."""

    def now(self) -> datetime:
        """The business time, aware UTC."""
        ...


class RealClock:
    """Business time is real time: every install but the demo."""

    def now(self) -> datetime:
        """The business time, aware UTC."""
        return protocol_now()


class ShiftedClock:
    """Business time runs ahead of real time by an offset that only grows (the demo, the tests).

    ``hold`` keeps the clock at an instant while the due times up to a jump's end are stepped through;
    ``release`` lets it run again.
    """

    def __init__(self, real: Callable[[], datetime] = protocol_now) -> None:
        self._real = real
        self._offset = timedelta()
        self._held: datetime | None = None

    @property
    def offset(self) -> timedelta:
        """How far business time runs ahead of real time."""
        return self._offset

    @property
    def held(self) -> bool:
        """Whether the clock stands still while a jump is stepped through."""
        return self._held is not None

    @property
    def target(self) -> datetime:
        """Where the clock will be once it is no longer held."""
        return self._real() + self._offset

    def now(self) -> datetime:
        """The business time, aware UTC."""
        return self._held or self.target

    def set_offset(self, offset: timedelta) -> None:
        """Move forward; a smaller offset than before is ignored, the clock never goes back."""
        self._offset = max(self._offset, offset)

    def hold(self, at: datetime) -> None:
        """Stand still at ``at``; never behind where it stood."""
        self._held = max(at, self._held) if self._held else at

    def release(self) -> None:
        """Run on from the target."""
        self._held = None
