"""Doing one due thing: claim, carry out, strike off, in one transaction.

What must stay true: a due thing is done once, whoever does it; one that fails is put off with its reference in the
log and never stands in the way of the others.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import structlog
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from bot.db.models import DueTime
from bot.db.rows import run
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.domain.commands import Due
from bot.service.due import claim_tick

Run = Callable[[Session, Due, datetime], object]
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(hours=1)
log = structlog.get_logger("jobs")


@dataclass(frozen=True, slots=True)
class Row:
    """A due time as it stood when it was taken."""

    id: UUID
    job: str
    subject_id: str
    slot: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of one turn; ``nothing`` when none was due, or another worker holds what is."""

    result: Literal["done", "twice", "failed", "nothing"]
    row: Row | None = None


def next_due_at(session: Session, jobs: Collection[str]) -> datetime | None:
    """When the earliest thing of ``jobs`` falls due (business time)."""
    at: datetime | None = run(session, _EARLIEST, jobs=tuple(jobs)).scalar()
    return at


_EARLIEST = select(func.min(DueTime.due_at)).where(DueTime.job.in_(bindparam("jobs", expanding=True)))


def take(session: Session, until: datetime, jobs: Collection[str]) -> Row | None:
    """The earliest due time of ``jobs`` up to ``until``, locked for this transaction.

    One that another worker holds is skipped; a job of a newer release waits for a newer worker.
    """
    found = session.execute(
        select(DueTime.id, DueTime.job, DueTime.subject_id, DueTime.slot, DueTime.due_at, DueTime.attempts)
        .where(DueTime.due_at <= until, DueTime.job.in_(tuple(jobs)))
        .order_by(DueTime.due_at, DueTime.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    return Row(*found) if found else None


def carry_out(session: Session, row: Row, jobs: Mapping[str, Run], now: datetime) -> bool:
    """Run the row's job unless its tick is taken, then strike the row off; whether it ran.

    A job that falls due again replaces its row's slot or time, and the new one stays. Raises what the job raises.
    """
    first = claim_tick(session, row.job, row.subject_id, row.slot, now)
    if first:
        jobs[row.job](session, Due(row.job, row.subject_id, row.slot, row.due_at), now)
    session.execute(delete(DueTime).where(DueTime.id == row.id, DueTime.slot == row.slot, DueTime.due_at == row.due_at))
    return first


def put_off(session: Session, row: Row, now: datetime) -> None:
    """Try ``row`` again later, each time later than the last."""
    delay = min(FIRST_DELAY * 2 ** min(row.attempts, 20), LONGEST_DELAY)
    session.execute(
        update(DueTime)
        .where(DueTime.id == row.id, DueTime.slot == row.slot, DueTime.due_at == row.due_at)
        .values(due_at=now + delay, attempts=row.attempts + 1)
        .execution_options(synchronize_session=False)
    )


class Performer:
    """Carries out due things one by one.

    ``moment`` turns a due time into the ``now`` of its run: the due time itself while a clock jump is stepped
    through, else the time it is.
    """

    def __init__(self, database: Database, jobs: Mapping[str, Run], moment: Callable[[datetime], datetime]) -> None:
        self._database = database
        self._jobs = jobs
        self._moment = moment

    async def one(self, until: datetime) -> Performed:
        """Do the earliest thing due up to ``until``. Raises only what comes before it was taken."""
        taken: list[tuple[Row, datetime]] = []

        def work(session: Session) -> Performed:
            taken.clear()
            row = take(session, until, self._jobs.keys())
            if row is None:
                return Performed("nothing")
            now = self._moment(row.due_at)
            taken.append((row, now))
            return Performed("done" if carry_out(session, row, self._jobs, now) else "twice", row)

        try:
            return await self._database.write(work, Urgency.JOB)
        except Exception as error:
            if not taken:
                raise
            row, now = taken[0]
            _log_failure(row, error)
        await self._database.write(lambda session: put_off(session, row, now), Urgency.JOB)
        return Performed("failed", row)


def _log_failure(row: Row, error: Exception) -> None:
    # Database errors carry the parameters of the statement, a prospect's data: their text is not logged.
    told = None if isinstance(error, StatementError) else error
    log.error(
        "due_failed",
        reference=uuid4().hex[:8],
        job=row.job,
        subject=row.subject_id,
        slot=row.slot,
        attempts=row.attempts + 1,
        error=type(error).__name__,
        exc_info=told,
    )
