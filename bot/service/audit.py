"""The audit log: who did what, and what it would take to revert it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import AuditEntry
from bot.db.rows import put
from bot.domain.commands import Actor
from bot.service.context import playbook_number


def record(
    session: Session,
    command: str,
    actor: Actor | None,
    now: datetime,
    subject_id: str,
    detail: dict[str, Any] | None = None,
    undo: dict[str, Any] | None = None,
    causation_id: UUID | None = None,
    entry_id: UUID | None = None,
) -> UUID:
    """Write one entry; its id is the causation id of all that the command causes.

    ``entry_id``: given where rows that carry it are written before the entry, so that it is written only once.
    """
    entry_id = entry_id or new_id()
    put(
        session,
        AuditEntry,
        id=entry_id,
        command=command,
        actor_id=actor.person_id if actor else None,
        at=now,
        subject_id=subject_id,
        detail=detail or {},
        undo=undo,
        causation_id=causation_id,
        playbook_version=playbook_number(session),
    )
    return entry_id
