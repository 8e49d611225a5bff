"""Signs of life that one process leaves for the others."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.models import Setting

LAST_TICK = "worker:last_tick"
"""The setting in which a worker leaves the real time of its last round; ``/readyz`` reads it."""


def leave_tick(session: Session, real: datetime) -> None:
    """Leave a sign of life (protocol time)."""
    postgres = session.connection().dialect.name == "postgresql"
    insert = postgresql.insert(Setting) if postgres else sqlite.insert(Setting)
    value = {"at": real.isoformat()}
    session.execute(
        insert.values(key=LAST_TICK, value=value).on_conflict_do_update(index_elements=["key"], set_={"value": value})
    )
