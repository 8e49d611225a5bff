"""Signs of life that one process leaves for the others."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Setting
from bot.db.queries.vital_signs import LAST_TICK
from bot.db.rows import put_latest


def leave_tick(session: Session, real: datetime) -> None:
    """Leave a sign of life (protocol time); ``/readyz`` and ``/handraiser`` read it."""
    put_latest(session, Setting, ("key",), [{"key": LAST_TICK, "value": {"at": real.isoformat()}}])
