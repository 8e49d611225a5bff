"""Signs of life that one process reads of another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Setting

LAST_TICK = "worker:last_tick"
"""The setting in which a worker leaves the real time of its last round."""
SILENT_AFTER = 180.0
"""Seconds. A worker leaves a tick each minute; three missed ones are too many."""


def last_tick(session: Session) -> datetime | None:
    """When a worker showed up last (protocol time); None if none ever has."""
    value = session.scalar(select(Setting.value).where(Setting.key == LAST_TICK))
    return datetime.fromisoformat(value["at"]) if value else None


def seconds_silent(tick: datetime | None) -> float | None:
    """How long ago ``tick`` was, by the real clock."""
    return max(0.0, (protocol_now() - tick).total_seconds()) if tick is not None else None
