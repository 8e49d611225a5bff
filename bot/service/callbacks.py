"""Ringing a callback when it falls due.

What must stay true: a callback that was done, taken back or moved rings nobody. The gate is asked when it rings and
again when the reminder is shown (``callback_reminder``); refused for now, it rings once more when it may (process §10).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Contact, Person, Task
from bot.db.queries.callbacks import callback_reminder
from bot.domain.commands import Due
from bot.domain.compliance import Refused
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.enqueue import tell
from bot.service.cover import cover_of
from bot.service.due import fall_due
from bot.service.touch_effects import CALLBACK

JOB = CALLBACK


def ring_callback(session: Session, due: Due, now: datetime) -> None:
    """Tell the rep that somebody waits for their call; who covers while they are away, the owner where they left."""
    task = session.get(Task, UUID(due.subject_id))
    if task is None or task.done_at is not None:
        return
    rep_id = _who_calls(session, task)
    if rep_id is None:
        return
    covering = cover_of(session, rep_id, now)
    tell(
        session,
        Notice(
            kind=NoticeKind.CALLBACK_DUE,
            to=Address.person(covering.cover_id if covering else rep_id),
            key=f"callback:{task.id}:{due.slot}",
            subject_id=str(task.id),
            priority=Priority.PERSON,
            facts={"covers_for": covering.away} if covering else {},
        ),
    )
    reminder = callback_reminder(session, task.id, now)
    may_call = reminder.may_call if reminder else None
    if isinstance(may_call, Refused) and may_call.until is not None:
        fall_due(session, JOB, due.subject_id, may_call.until.isoformat(), may_call.until)


def _who_calls(session: Session, task: Task) -> UUID | None:
    """The rep; if they left, the owner of the contact, who then owes the call."""
    row = session.execute(select(Person.active).where(Person.id == task.person_id)).first()
    if row is not None and row.active:
        return task.person_id
    owner = session.scalar(
        select(Person.id)
        .join(Contact, Contact.owner_id == Person.id)
        .where(Contact.id == task.contact_id, Person.active.is_(True))
    )
    if owner is not None:
        task.person_id = owner
    return owner
