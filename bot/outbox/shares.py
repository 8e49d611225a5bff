"""Slack's budgets belong to the workspace, not to a process: those who deliver share them through the database.

What must stay true: each process that delivers holds an equal share while it is seen, in database time; one that
died leaves its share to the others within seconds.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.models import BudgetShare
from bot.outbox.claims import database_now

LEASE = timedelta(seconds=12)
"""A few of the deliverer's sweeps."""


def take_share(session: Session, deliverer_id: UUID) -> int:
    """Hold, or go on holding, a share; how many hold one now."""
    now = database_now(session)
    postgres = session.connection().dialect.name == "postgresql"
    statement = postgresql.insert(BudgetShare) if postgres else sqlite.insert(BudgetShare)
    session.execute(
        statement.values(deliverer_id=deliverer_id, seen_at=now).on_conflict_do_update(
            index_elements=["deliverer_id"], set_={"seen_at": now}
        )
    )
    session.execute(delete(BudgetShare).where(BudgetShare.seen_at < now - LEASE))
    return session.scalars(select(func.count()).select_from(BudgetShare)).one()


def give_up_share(session: Session, deliverer_id: UUID) -> None:
    """Leave the share to the others: the process stops."""
    session.execute(delete(BudgetShare).where(BudgetShare.deliverer_id == deliverer_id))
