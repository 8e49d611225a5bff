"""Where living messages stand."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import LivingMessage, OutboxItem
from bot.db.rows import run
from bot.outbox.claims import LIVE
from bot.outbox.enqueue import refresh


@dataclass(frozen=True, slots=True)
class Living:
    """A living message: what it shows, where it stands, how fresh it is."""

    id: UUID
    view: str
    subject_id: str
    place: str
    address: str
    channel: str | None
    ts: str | None
    stale_version: int
    sent_version: int


_COLUMNS = (
    LivingMessage.id,
    LivingMessage.view,
    LivingMessage.subject_id,
    LivingMessage.place,
    LivingMessage.address,
    LivingMessage.channel,
    LivingMessage.ts,
    LivingMessage.stale_version,
    LivingMessage.sent_version,
)


_BY_ID = select(*_COLUMNS).where(LivingMessage.id == bindparam("living"))


def living(session: Session, living_id: UUID) -> Living | None:
    """One living message."""
    row = run(session, _BY_ID, living=living_id).first()
    return Living(*row) if row else None


def is_coming(session: Session, living_id: UUID) -> bool:
    """Whether anything waits to post or refresh this living message."""
    waiting = select(OutboxItem.seq).where(OutboxItem.living_id == living_id, OutboxItem.state.in_(LIVE)).limit(1)
    return session.scalar(waiting) is not None


def refresh_forgotten(session: Session) -> int:
    """The net: stale messages that nothing is waiting to refresh are enqueued again; how many."""
    waiting = select(OutboxItem.seq).where(OutboxItem.living_id == LivingMessage.id, OutboxItem.state.in_(LIVE))
    rows = session.execute(
        select(LivingMessage.subject_id, LivingMessage.view, LivingMessage.place)
        .where(
            LivingMessage.sent_version < LivingMessage.stale_version, ~waiting.exists(), LivingMessage.ts.is_not(None)
        )
        .limit(200)
    ).all()
    for row in rows:
        refresh(session, row.subject_id, row.view, row.place)
    return len(rows)
