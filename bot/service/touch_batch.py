"""One confirmation for the e-mails that went out, and taking it back (process §5).

What must stay true: a touch is logged for each; what was settled meanwhile is left out, and said; a batch that was
taken back waits to be marked again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.models import AuditEntry, TouchItem
from bot.domain.commands import Actor, LogTouch, Undo
from bot.domain.counting import counted
from bot.domain.errors import Gone
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_list import ItemKind
from bot.service.audit import record
from bot.service.touch_items import Settled, own_list
from bot.service.touch_list_state import drop_settled
from bot.service.touches import log_touch
from bot.service.undo import undo

BATCH = "batch_sent"
"""Name of the command in the audit log."""


def mark_sent(session: Session, actor: Actor, list_id: UUID, lines: Sequence[UUID], now: datetime) -> Settled:
    """One confirmation for the drafts that were opened and are sent: a touch is logged for each."""
    own_list(session, actor, list_id, over=True)  # they were sent, whenever it is said
    drop_settled(session, actor.person_id, list_id, now)
    rows = session.execute(
        select(TouchItem.id, TouchItem.contact_id, TouchItem.version)
        .where(TouchItem.list_id == list_id, TouchItem.state == "opened", TouchItem.id.in_(lines))
        .where(TouchItem.kind != ItemKind.REPLY.value)
        .order_by(TouchItem.position)
        .with_for_update()
    ).all()
    caused = [_sent(session, actor, row, now) for row in rows]
    if not caused:
        return Settled(_left_out(len(set(lines))) if lines else "No draft was waiting to be marked.", already=True)
    causation = record(
        session,
        BATCH,
        actor,
        now,
        str(list_id),
        {"sent": len(caused)},
        {"touches": [str(one) for one in caused], "lines": [str(row.id) for row in rows]},
    )
    said = f"{counted(len(caused), 'e-mail')} marked sent."
    return Settled(
        said + (f" {_left_out(len(set(lines)) - len(rows))}" if len(set(lines)) > len(rows) else ""), causation
    )


def _left_out(count: int) -> str:
    lines = counted(count, "line was", "lines were")
    return f"{lines} settled meanwhile, or not opened; /touch logs what went out all the same."


def _sent(session: Session, actor: Actor, row: Any, now: datetime) -> UUID:
    key = f"line:{row.id}:{row.version}:sent"
    command = LogTouch(actor, row.contact_id, Channel.EMAIL, Outcome.SENT, now, request_key=key)
    logged = log_touch(session, command, now)
    values = {"state": "done", "handled_at": now, "touch_id": logged.touch_id, "version": TouchItem.version + 1}
    left = update(TouchItem).where(TouchItem.id == row.id, TouchItem.state == "opened").values(**values)
    session.execute(left.execution_options(synchronize_session=False))  # of a list that is over
    return logged.causation_id


def batch_back(session: Session, entry: AuditEntry, actor: Actor, now: datetime) -> str:
    """Take back each e-mail of a batch by itself; one that something followed stays. Whose and when is asked before."""
    kept = 0
    touches = [UUID(one) for one in (entry.undo or {})["touches"]]
    taken = set(
        session.scalars(select(AuditEntry.id).where(AuditEntry.id.in_(touches), AuditEntry.undone_at.is_(None)))
    )
    for causation_id in reversed(touches):
        if causation_id not in taken:
            continue
        try:
            undo(session, Undo(actor, causation_id), now)
        except Gone:
            kept += 1
    _opened_again(session, (entry.undo or {}).get("lines", ()))
    entry.undone_at = now
    session.flush()
    record(session, "undo", actor, now, entry.subject_id or "", causation_id=entry.id)
    said = f"Taken back: {counted(len(taken) - kept, 'e-mail')} not sent after all."
    return said + (f" {counted(kept, 'e-mail')} stay logged, something followed them." if kept else "")


def _opened_again(session: Session, lines: Sequence[str]) -> None:
    """Their drafts were opened before they were marked sent, and wait to be marked again."""
    opened = update(TouchItem).where(TouchItem.id.in_([UUID(one) for one in lines]), TouchItem.state == "open")
    values = {"state": "opened", "version": TouchItem.version + 1}
    session.execute(opened.values(**values).execution_options(synchronize_session=False))
