"""Taking back a no to a handoff, a verdict or a deal's step, with all that it changed, while nothing followed
(design, rules).

What must stay true: everything goes back or nothing; whoever was told is told again; the history keeps both lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db.models import AuditEntry, Base, Handoff, Lead, Opportunity, Touch
from bot.domain.commands import Actor, Undo
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.handoff_stages import STEP_BACK
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.opportunities import DealState
from bot.domain.terms import LeadState, Role
from bot.outbox.enqueue import refresh, tell
from bot.service.actors import actor_by_id
from bot.service.audit import record
from bot.service.call_watch import watch_handoff
from bot.service.context import playbook
from bot.service.deal_changes import note_deal_move
from bot.service.handoff_leads import handed_off_already
from bot.service.handoff_moves import note_step
from bot.service.handoffs import DECLINE, ask_again
from bot.service.lead_changes import disarm, name_of, note_move
from bot.service.trail import take_back
from bot.service.undo import undo

VERDICTS = frozenset(["hold_call", "miss_call", "qualify", "not_qualified"])
DEAL_STEPS = frozenset(["begin_deal", "propose", "win", "lose", "change_deal", "reopen_deal"])
TAKEN_BACK = STEP_BACK
Facts = dict[str, str | int | float | bool | None]
_STILL_DECLINED = "The rep can hand it to you again."
_STILL = "You can still change the deal with /deal."


@dataclass(frozen=True, slots=True)
class StepUndone:
    """What was taken back, in a sentence."""

    sentence: str
    handoff_id: UUID | None
    deal_id: UUID | None


def undo_step(session: Session, command: Undo, now: datetime) -> StepUndone:
    """Take back a no to a handoff, a verdict or a deal's step.

    Raises ``Gone`` when its time is over or something followed, ``NotAllowed`` for others' steps, ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.command not in VERDICTS | DEAL_STEPS | {DECLINE}:
        raise NotFound("There is nothing to take back here.")
    _may_undo(session, entry, command.actor, now)
    kept: dict[str, Any] = entry.undo or {}
    if entry.command == DECLINE:
        _nothing_followed(session, entry, command.actor, now)
    if kept.get("touch"):
        _undo_touch(session, UUID(kept["touch"]), now)
    handoffs: set[UUID] = set()
    take_back(
        session, kept["rows"], lambda row, became: _noted(session, row, became, entry, command.actor, handoffs, now)
    )
    entry.undone_at = now
    session.flush()
    record(session, "undo", command.actor, now, str(entry.subject_id), causation_id=entry.id)
    for handoff_id in handoffs:
        refresh(session, str(handoff_id))
        if entry.command == DECLINE:
            ask_again(session, handoff_id, command.actor, now)
        watch_handoff(session, handoff_id, now)
    _tell(session, entry, command.actor, kept.get("told") or [])
    deal = entry.command in DEAL_STEPS
    subject = UUID(str(entry.subject_id))
    return StepUndone(_SENTENCES[entry.command], None if deal else subject, subject if deal else None)


_SENTENCES = {
    DECLINE: "Taken back: it is not declined, and the call stands as it did.",
    "hold_call": "Taken back: the call counts as not held yet.",
    "miss_call": "Taken back that they did not come. The lead is handed off again.",
    "qualify": "Taken back: it is no opportunity yet.",
    "not_qualified": "Taken back: the verdict is open again.",
    "begin_deal": "Taken back: the deal is gone.",
    "propose": "Taken back: no proposal is out.",
    "win": "Taken back: the deal is not won yet.",
    "lose": "Taken back: the deal is open again.",
    "change_deal": "Taken back: the deal says what it said before.",
    "reopen_deal": "Taken back: the deal stands as it stood before.",
}


def _may_undo(session: Session, entry: AuditEntry, actor: Actor, now: datetime) -> None:
    if entry.actor_id != actor.person_id and not actor.has(Role.ADMIN):
        raise NotAllowed("Only the one who did it can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    limit = playbook(session).touches.undo_for
    if now - entry.at > limit:
        still = _STILL_DECLINED if entry.command == DECLINE else _STILL
        raise Gone(f"Undo works for {int(limit.total_seconds() // 60)} minutes. {still}")


def _nothing_followed(session: Session, entry: AuditEntry, actor: Actor, now: datetime) -> None:
    """Whom the rep handed to somebody else, or spoke with, or who has a deal, is not put back. Raises ``Gone``."""
    contact_id = session.get_one(Handoff, UUID(str(entry.subject_id))).contact_id
    if said := handed_off_already(session, contact_id, actor, now):
        raise Gone(f"{said} So this cannot be taken back.")
    deal = exists().where(
        Opportunity.contact_id == contact_id, Opportunity.qualified_at >= entry.at, Opportunity.id > entry.id
    )
    if session.scalar(select(deal)):
        raise Gone("A deal with them was begun since, so this cannot be taken back.")
    since = select(Touch.person_id).where(
        Touch.contact_id == contact_id, Touch.logged_at >= entry.at, Touch.id > entry.id, Touch.undone_at.is_(None)
    )
    by = session.scalar(since.order_by(Touch.id.desc()).limit(1))
    if by is not None:
        who = name_of(session, by)
        raise Gone(f"{who} has logged a touch with them since, so this cannot be taken back. {_STILL_DECLINED}")


def _undo_touch(session: Session, causation_id: UUID, now: datetime) -> None:
    """The meeting was logged as the account executive's: they take it back."""
    logged = session.get_one(AuditEntry, causation_id)
    if logged.actor_id is not None and logged.undone_at is None:
        undo(session, Undo(actor_by_id(session, logged.actor_id), causation_id), now)


def _noted(
    session: Session,
    row: Base,
    became: Mapping[str, Any],
    entry: AuditEntry,
    actor: Actor,
    handoffs: set[UUID],
    now: datetime,
) -> None:
    """Keep the history of what was put back readable, and have its messages shown anew."""
    before = became.get("state")
    if isinstance(row, Handoff):
        handoffs.add(row.id)
        note_step(session, row.id, before, row.state, actor.person_id, now, TAKEN_BACK, entry.id)
    elif isinstance(row, Lead):
        if row.closed_at is not None:
            disarm(session, row.id)
        refresh(session, str(row.id))
        note_move(session, row.id, LeadState(str(before)), row.state, now, actor.person_id, TAKEN_BACK, entry.id)
    elif isinstance(row, Opportunity):
        if row.handoff_id is not None:
            handoffs.add(row.handoff_id)
        was = DealState(before or row.state)
        note_deal_move(session, row.id, was, DealState(row.state), now, actor.person_id, entry.id, TAKEN_BACK)


def _tell(session: Session, entry: AuditEntry, actor: Actor, told: list[str]) -> None:
    kind = NoticeKind.VERDICT_STEP if entry.command in VERDICTS else NoticeKind.DEAL_STEP
    for person_id in told:
        to = Address.person(UUID(person_id))
        facts: Facts = {
            "step": TAKEN_BACK,
            "by": actor.name,
            "what": entry.command,
            "deal": str((entry.detail or {}).get("named", "")),
        }
        tell(session, Notice(kind, to, f"undone:{entry.id}:{person_id}", str(entry.subject_id), Priority.PERSON, facts))
