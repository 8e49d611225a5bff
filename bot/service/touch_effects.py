"""The tools that outcomes are made of: tasks, suppression, the end of a lead, points; each with its record.

What must stay true: each effect leaves a record with what it takes to revert it (``touch_reverts``), and a sentence
for the one who logged.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, DueTime, ScoreEntry, Suppression, Task
from bot.domain.commands import LogTouch
from bot.domain.stages import check_move
from bot.domain.terms import LeadState, ScorePart
from bot.outbox.enqueue import insert_once
from bot.service.context import playbook_number
from bot.service.due import fall_due
from bot.service.lead_changes import LEAD_JOBS, change, disarm, get_lead, note_move
from bot.service.stored import packed
from bot.service.touch_list_state import promise_on_list
from bot.service.touch_subject import TouchSubject

CALLBACK = "callback"
"""The job that rings a callback, and the kind of its task."""


@dataclass(slots=True)
class Effects:
    """What was caused: records to revert it by, and sentences."""

    records: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    first_response: bool = False
    response_seconds: int = 0


@dataclass(frozen=True, slots=True)
class TouchInHand:
    """A touch while its outcome is carried out."""

    session: Session
    command: LogTouch
    them: TouchSubject
    causation_id: UUID
    now: datetime
    effects: Effects

    def note(self, kind: str, sentence: str = "", **facts: Any) -> None:
        """Keep what it takes to revert an effect, and its sentence for the one who logged."""
        self.effects.records.append({"kind": kind, **{name: packed(value) for name, value in facts.items()}})
        if sentence:
            self.effects.sentences.append(sentence)


def new_task(touch: TouchInHand, kind: str, due_at: datetime, contact_id: UUID, text: str) -> UUID:
    """Something the rep owes somebody at ``due_at``."""
    task_id = new_id()
    touch.session.execute(
        insert(Task).values(
            id=task_id,
            person_id=touch.command.actor.person_id,
            contact_id=contact_id,
            lead_id=touch.them.lead_id if contact_id == touch.them.contact_id else None,
            kind=kind,
            due_at=due_at,
            text=text,
            causation_id=touch.causation_id,
        )
    )
    touch.note("task", task=task_id)
    return task_id


def remind(touch: TouchInHand, due_at: datetime, text: str) -> None:
    """A task that rings at its time (``callbacks.ring_callback``)."""
    task_id = new_task(touch, CALLBACK, due_at, touch.them.contact_id, text)
    fall_due(touch.session, CALLBACK, str(task_id), due_at.isoformat(), due_at)
    rep, day = touch.command.actor, due_at.astimezone(ZoneInfo(touch.command.actor.timezone)).date()
    contact_id, causation_id = touch.them.contact_id, touch.causation_id
    promise_on_list(touch.session, rep.person_id, contact_id, task_id, day, due_at, causation_id, touch.now)


def end_lead(touch: TouchInHand, state: LeadState, reason: str) -> None:
    """End the open lead, if there is one, with its reason in the history."""
    lead_id = touch.them.lead_id
    if lead_id is None:
        return
    lead = get_lead(touch.session, lead_id)
    if lead.closed_at is not None:
        return
    before = lead.state
    check_move(before, state, reason)
    note_move(
        touch.session, lead_id, before, state, touch.now, touch.command.actor.person_id, reason, touch.causation_id
    )
    change(touch.session, lead, state=state, closed_at=touch.now, close_reason=reason)
    dues = pending_dues(touch.session, lead_id)
    disarm(touch.session, lead_id)
    for effect in touch.effects.records:
        if effect["kind"] == "response":
            effect["ended"] = state.value
    touch.note("lead_ended", f"The lead is {state.value}: {reason}.", lead=lead_id, was=before, became=state, dues=dues)


def suppress(touch: TouchInHand, kind: str, key: str, covers: str, reason: str) -> None:
    """Put a hashed address or number on the suppression list, at once (process §10)."""
    row = touch.session.execute(
        insert_once(touch.session, Suppression)
        .values(
            id=new_id(),
            kind=kind,
            value_hash=key,
            covers=covers,
            reason=reason,
            created_at=touch.now,
            created_by=touch.command.actor.person_id,
            causation_id=touch.causation_id,
        )
        .returning(Suppression.id)
    ).first()
    if row is not None:
        touch.note("suppression", suppression=row.id)


def pending_dues(session: Session, lead_id: UUID) -> list[list[str]]:
    """What is set to happen to a lead: job, slot and instant, as an undo stores them."""
    rows = session.execute(
        select(DueTime.job, DueTime.slot, DueTime.due_at).where(
            DueTime.subject_id == str(lead_id), DueTime.job.in_(LEAD_JOBS)
        )
    )
    return [[row.job, row.slot, row.due_at.isoformat()] for row in rows]


def add_points(
    session: Session, contact_id: UUID, lead_id: UUID | None, points: int, reason: str, now: datetime
) -> None:
    """Write a line of the score ledger and keep the sum."""
    session.execute(
        insert(ScoreEntry).values(
            id=new_id(),
            contact_id=contact_id,
            lead_id=lead_id,
            part=ScorePart.BEHAVIOURAL,
            points=points,
            reason=reason,
            at=now,
            playbook_version=playbook_number(session),
        )
    )
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id)
        .values(score=func.coalesce(Contact.score, 0) + points)
        .execution_options(synchronize_session=False)
    )
