"""Handing a hot notice to the process's own delivery in the very transaction that causes it.

What must stay true: what is handed over is leased and its ``sending_at`` is committed with its cause, so a crash
after the commit is looked up like any other; nothing live of its lane and priority is passed by; on PostgreSQL
nothing is handed over, as two transactions there do not see each other's items.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import OutboxItem
from bot.db.rows import run
from bot.domain.notices import Priority

LEASE = timedelta(seconds=15)
"""Longer than a request to Slack may take (``slack.client.TIMEOUT_SECONDS``)."""
LIVE = ("ready", "claimed", "unknown")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item this process holds until ``lease_until``."""

    seq: int
    key: str
    kind: str
    lane: str
    priority: int
    living_id: UUID | None
    notice: dict[str, Any]
    attempts: int
    sending_at: datetime | None
    """Set: an earlier request may have reached Slack; look before sending again."""
    lookups: int
    """How often it was looked for in vain."""
    created_at: datetime
    token: UUID
    begun: bool = False
    """Handed over: that a request goes out now is committed already."""


class Courier(Protocol):
    """This process's delivery, as the one who causes a notice sees it. Called on the writing thread."""

    def has_room(self) -> bool:
        """Whether one more item could be carried at once."""

    def take(self, item: Claimed) -> None:
        """Carry ``item``; its transaction is committed."""


def live(item: Any) -> ColumnElement[bool]:
    """Items on their way, in the very words of the partial indexes: with parameters SQLite would read every item."""
    in_words: ColumnElement[bool] = item.state.in_([literal_column(f"'{state}'") for state in LIVE])
    return in_words


def lease_at_once(session: Session, lane: str, priority: int) -> dict[str, Any]:
    """What the row of a new item is to say if it may be handed over; nothing if it has to wait to be claimed."""
    courier: Courier | None = session.info.get("courier")
    if courier is None or priority > Priority.HOT or session.in_nested_transaction():  # a savepoint may be taken back
        return {}
    if not courier.has_room() or anything_live(session, lane, priority):
        return {}
    now = protocol_now()
    return {
        "state": "claimed",
        "attempts": 1,
        "lease_token": new_id(),
        "lease_until": now + LEASE,
        "sending_at": now,
    }


def hand_over(session: Session, item: Claimed) -> None:
    """Have the courier take ``item`` when this transaction is committed."""
    session.info.setdefault("after_commit", []).append(lambda: session.info["courier"].take(item))


def anything_live(session: Session, lane: str, priority: int) -> bool:
    """Whether something of this lane and priority is on its way."""
    return run(session, _live_in_lane(), lane=lane, priority=priority).first() is not None


@lru_cache(maxsize=1)
def _live_in_lane() -> Select[*tuple[Any, ...]]:
    return (
        select(OutboxItem.seq)
        .where(
            OutboxItem.lane == bindparam("lane"),
            OutboxItem.priority == bindparam("priority"),
            live(OutboxItem),
        )
        .limit(1)
    )
