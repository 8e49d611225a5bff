"""Due times and ticks: what falls due when, and the proof that it was done once.

What must stay true: one due time per job and subject; a tick is claimed in the transaction of its effect, so two
workers or a restart do a thing once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlalchemy.orm import Session

from bot.db.models import DueTime, JobTick
from bot.db.rows import put_latest, put_once, run
from bot.db.session import announce

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
    run(session, _FORGETTING, which_job=job, which_subject=subject_id)


_FORGETTING = delete(DueTime).where(
    DueTime.job == bindparam("which_job"), DueTime.subject_id == bindparam("which_subject")
)


def claim_tick(session: Session, job: str, subject_id: str, slot: str, now: datetime) -> bool:
    """True for the first to ask for this occurrence, False for everybody after."""
    return put_once(session, JobTick, job=job, subject_id=subject_id, slot=slot, at=now)
