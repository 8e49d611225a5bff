"""Taking back what was done with a list: a touch, a skip, a line put off, who replied, a batch (process §5, §6).

What must stay true: it works as long as a touch can be taken back, by the one who did it; a line that something else
settled meanwhile stays as it is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.models import AuditEntry, TouchItem
from bot.domain.commands import Actor, Undo
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.service.audit import record
from bot.service.context import playbook
from bot.service.enrolment_courses import moved_on, put_back
from bot.service.touch_batch import BATCH, batch_back
from bot.service.touch_items import NO_REPLY, SKIP, SNOOZE
from bot.service.touch_list_state import lists_changed, plan_changed
from bot.service.undo import undo

_SAID = {
    SKIP: "Taken back: the line is open again.",
    SNOOZE: "Taken back: the line is where it was.",
    NO_REPLY: "Taken back: the question who replied is open again.",
}


def take_back(session: Session, command: Undo, now: datetime) -> str:
    """Take back the last thing done on a list; what was taken back, in a sentence.

    Raises ``Gone`` when its time is over or it was taken back already, ``NotAllowed`` for others', ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True)
    if entry is None:
        raise NotFound("There is nothing to take back here.")
    if entry.command == BATCH:
        _may(session, entry, command.actor, now)
        return batch_back(session, entry, command.actor, now)
    if entry.command not in _SAID:
        return undo(session, command, now).sentence
    _may(session, entry, command.actor, now)
    plan = (entry.undo or {}).get("plan")
    if plan is not None:
        if blocked := moved_on(session, plan):
            raise Gone(f"{blocked} It cannot be taken back now.")
        put_back(session, plan)
        plan_changed(session, UUID(plan["enrolment"]), now, but=command.actor.person_id)
    lists = {one for line in (entry.undo or {})["lines"] if (one := _line_back(session, line)) is not None}
    entry.undone_at = now
    session.flush()
    record(session, "undo", command.actor, now, entry.subject_id or "", causation_id=entry.id)
    lists_changed(session, lists, now)
    return _SAID[entry.command]


def _may(session: Session, entry: AuditEntry, actor: Actor, now: datetime) -> None:
    if entry.actor_id != actor.person_id:
        raise NotAllowed("Only the one who did it can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    if now - entry.at > playbook(session).touches.undo_for:
        raise Gone("It is too late to take that back.")


def _line_back(session: Session, line: dict[str, Any]) -> UUID | None:
    """Put a line back as it was, unless a touch settled it; its list."""
    values: dict[str, Any] = {"state": line["state"], "handled_at": None, "snoozed_until": None, "skip_reason": None}
    if line.get("moved"):
        values["due_at"] = datetime.fromisoformat(line["due_at"]) if line["due_at"] else None
    found: UUID | None = session.scalar(
        update(TouchItem)
        .where(TouchItem.id == UUID(line["id"]), TouchItem.touch_id.is_(None))
        .values(version=TouchItem.version + 1, **values)
        .returning(TouchItem.list_id)
        .execution_options(synchronize_session=False)
    )
    return found
