"""Due times and ticks: what falls due when, and the proof that it was done once.

What must stay true: one due time per job and subject; a tick is claimed in the transaction of its effect, so two
workers or a restart do a thing once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.models import DueTime, JobTick
from bot.db.rows import put_latest
from bot.db.session import announce
from bot.outbox.enqueue import insert_once

TOPIC = "due"


def fall_due(session: Session, job: str, subject_id: str, slot: str, at: datetime) -> None:
    """Have ``job`` done for ``subject_id`` at ``at`` (business time); replaces what was set before."""
    fall_due_together(session, [(job, subject_id, slot, at)])


def fall_due_together(session: Session, dues: Sequence[tuple[str, str, str, datetime]]) -> None:
    """Set several due times (job, subject, slot, when) in one statement; each replaces what was set before."""
    if not dues:
        return
    rows = [
        {"job": job, "subject_id": subject, "slot": slot, "due_at": at, "attempts": 0}
        for job, subject, slot, at in dues
    ]
    put_latest(session, DueTime, ("job", "subject_id"), rows)
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
