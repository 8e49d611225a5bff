"""The sweeps: cards nobody refreshes, and rows that have served.

What must stay true: nothing that anybody can still look at is deleted; what was told and what came in raw is kept no
longer than it serves; a sweep takes a bounded slice, what is left goes with the next.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, inspect, select, tuple_, update
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Base, InboxEvent, JobTick, OutboxItem, SeenRequest
from bot.outbox.living import refresh_forgotten

KEEP_REQUESTS = timedelta(days=3)
"""Slack redelivers within hours; a button's trigger is dead after seconds."""
KEEP_TICKS = timedelta(days=35)
KEEP_NOTICES = timedelta(days=30)
"""What was told stands in Slack; the row serves whoever asks what became of it."""
KEEP_RAW = timedelta(days=90)
"""The raw event repeats personal data; ninety days to look into what a sender really sent."""
SLICE = 2000


def refresh_cards(session: Session, _now: datetime) -> None:
    """Take up cards that are stale and that nothing is on its way to refresh."""
    refresh_forgotten(session)


def forget_old_rows(session: Session, now: datetime) -> int:
    """Delete requests, ticks and notices of long ago, and empty raw events; how many rows.

    A tick is kept until neither clock could bring its occurrence again. Of a raw event the key stays, so that the
    same event is still known, and what became of it.
    """
    real = protocol_now()
    before = min(now, real)
    return (
        _delete(session, SeenRequest, SeenRequest.at < before - KEEP_REQUESTS)
        + _delete(session, JobTick, JobTick.at < before - KEEP_TICKS)
        + _delete(session, OutboxItem, OutboxItem.finished_at < real - KEEP_NOTICES)
        + _empty_raw_events(session, before - KEEP_RAW)
    )


def _empty_raw_events(session: Session, before: datetime) -> int:
    slice_ = select(InboxEvent.id).where(InboxEvent.received_at < before, InboxEvent.body != b"").limit(SLICE)
    rows = session.execute(
        update(InboxEvent)
        .where(InboxEvent.id.in_(slice_))
        .values(body=b"")
        .returning(InboxEvent.id)
        .execution_options(synchronize_session=False)
    )
    return len(rows.all())


def _delete(session: Session, model: type[Base], which: Any) -> int:
    keys = list(inspect(model).primary_key)
    slice_ = select(*keys).where(which).limit(SLICE)
    rows = session.execute(
        delete(model)
        .where(tuple_(*keys).in_(slice_) if len(keys) > 1 else keys[0].in_(slice_))
        .returning(keys[0])
        .execution_options(synchronize_session=False)
    )
    return len(rows.all())
