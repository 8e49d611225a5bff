"""The sweeps: leases of the dead, and rows that have served.

What must stay true: nothing that anybody can still look at is deleted; a sweep takes a bounded slice, what is left
goes with the next.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Base, BudgetLease, JobTick, SeenRequest
from bot.outbox.claims import release_expired

KEEP_REQUESTS = timedelta(days=3)
"""Slack redelivers within hours; a button's trigger is dead after seconds."""
KEEP_TICKS = timedelta(days=35)
KEEP_BUDGETS = timedelta(hours=1)
SLICE = 2000


def release_leases(session: Session, _now: datetime) -> None:
    """Give back what dead processes were about to send."""
    release_expired(session)


def forget_old_rows(session: Session, now: datetime) -> int:
    """Delete requests seen long ago, ticks of long ago and spent budgets; how many rows.

    A tick is kept until neither clock could bring its occurrence again.
    """
    real = protocol_now()
    before = min(now, real)
    return (
        _delete(session, SeenRequest, SeenRequest.at < before - KEEP_REQUESTS)
        + _delete(session, JobTick, JobTick.at < before - KEEP_TICKS)
        + _delete(session, BudgetLease, BudgetLease.slice_start < real - KEEP_BUDGETS)
    )


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
