"""The business clock: real time and an offset. It never goes backwards, except by an explicit reset."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.watch import Watch
from sandbox.workdays import DAY, HOME_COUNTRIES, working_day

KEY = "clock"


class BusinessClock:
    """What the bot takes for now, moved forward from the page or a test."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._offset = timedelta()
        self._moves: list[tuple[float, float]] = []

    def now(self) -> datetime:
        """Business now, aware UTC."""
        return datetime.now(UTC) + self._offset

    def at(self, ts: str) -> float:
        """Business time, in epoch seconds, when a message got its `ts` (which is always real): the page shows that."""
        real = float(ts)
        after = bisect_right(self._moves, (real, float("inf")))
        return real + (self._moves[after - 1][1] if after else 0.0)

    def state(self) -> dict[str, Any]:
        """What `GET /sandbox/clock` answers."""
        return {
            "offset_seconds": self._offset.total_seconds(),
            "version": self._watch.version(KEY),
            "now": self.now().isoformat(),
        }

    def move(self, how: Mapping[str, Any]) -> None:
        """Move by `advance_seconds`, to `to` (ISO with offset), `tomorrow` or `workday` at HH:MM in `tz`, `reset`.

        `workday` is the next day that is neither at a weekend nor a holiday where most of the made-up company lives.

        Raises `ValueError` with a sentence for what cannot be understood or would go backwards.
        """
        if how.get("reset"):
            self._offset = timedelta()
        else:
            ahead = self._ahead(how)
            if ahead < timedelta():
                raise ValueError("the business clock never goes backwards")
            self._offset += ahead
        self._moves.append((datetime.now(UTC).timestamp(), self._offset.total_seconds()))
        self._watch.changed(KEY)

    def _ahead(self, how: Mapping[str, Any]) -> timedelta:
        if "advance_seconds" in how:
            return timedelta(seconds=float(how["advance_seconds"]))
        if "to" in how:
            goal = datetime.fromisoformat(str(how["to"]))
            if goal.tzinfo is None:
                raise ValueError("the time needs an offset, like 2026-01-31T07:30:00+01:00")
            return goal - self.now()
        if "tomorrow" in how or "workday" in how:
            return self._next_day(how) - self.now()
        raise ValueError("say advance_seconds, to, tomorrow, workday or reset")

    def _next_day(self, how: Mapping[str, Any]) -> datetime:
        try:
            zone = ZoneInfo(str(how.get("tz", "UTC")))
        except ZoneInfoNotFoundError as error:
            raise ValueError(f"no such timezone: {how['tz']}") from error
        day = self.now().astimezone(zone).date() + DAY
        if "workday" in how:
            day = working_day(day, (*HOME_COUNTRIES, "GB"))
        at = str(how["workday"] if "workday" in how else how["tomorrow"])
        return datetime.combine(day, time.fromisoformat(at), zone)
