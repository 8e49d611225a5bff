"""Due times and ticks: what falls due when, and the proof that it was done once.

What must stay true: one due time per job and subject; a tick is claimed in the transaction of its effect, so two
workers or a restart do a thing once.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import DueTime, JobTick
from bot.db.session import announce
from bot.outbox.enqueue import insert_once

TOPIC = "due"


def fall_due(session: Session, job: str, subject_id: str, slot: str, at: datetime) -> None:
    """Have ``job`` done for ``subject_id`` at ``at`` (business time); replaces what was set before."""
    postgres = session.connection().dialect.name == "postgresql"
    insert = postgresql.insert(DueTime) if postgres else sqlite.insert(DueTime)
    session.execute(
        insert.values(
            id=new_id(), job=job, subject_id=subject_id, slot=slot, due_at=at, attempts=0
        ).on_conflict_do_update(index_elements=["job", "subject_id"], set_={"slot": slot, "due_at": at, "attempts": 0})
    )
    announce(session, TOPIC)


def forget_due(session: Session, job: str, subject_id: str) -> None:
    """It need not be done any more."""
    session.execute(delete(DueTime).where(DueTime.job == job, DueTime.subject_id == subject_id))


def claim_tick(session: Session, job: str, subject_id: str, slot: str, now: datetime) -> bool:
    """True for the first to ask for this occurrence, False for everybody after."""
    row = session.execute(
        insert_once(session, JobTick).values(job=job, subject_id=subject_id, slot=slot, at=now).returning(JobTick.job)
    ).first()
    return row is not None
