"""What every function that changes a handoff has in common: load under a lock, move, leave a trace.

What must stay true: each move is guarded (``domain.handoff_stages``), dated and attributed, counts ``version`` up and
marks every message of the handoff stale, in one transaction.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Handoff, HandoffMove
from bot.db.rows import put
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.handoff_stages import ACCEPTED, DECLINED, HELD, LIVE, check_handoff_move
from bot.domain.terms import Role
from bot.outbox.enqueue import refresh
from bot.service.lead_changes import manages, name_of

CHANGED = ("state", "answered_at", "held_at", "ended_at", "end_reason", "version")
"""Columns of a handoff that a move changes."""


def get_handoff(session: Session, handoff_id: UUID) -> Handoff:
    """A handoff, locked until the commit, as it is now. Raises ``NotFound``."""
    handoff = session.scalars(
        select(Handoff)
        .where(Handoff.id == handoff_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if handoff is None:
        raise NotFound("That handoff is not there any more.")
    return handoff


def move(
    session: Session,
    handoff: Handoff,
    to_state: str,
    actor_id: UUID | None,
    now: datetime,
    reason: str = "",
    causation: UUID | None = None,
) -> None:
    """Move a locked handoff. Raises ``Gone`` where it cannot move so any more, ``UserError`` without a reason."""
    check_handoff_move(handoff.state, to_state, reason)
    before = handoff.state
    handoff.state = to_state
    live = to_state in LIVE
    handoff.ended_at = None if live else now
    handoff.end_reason = None if live else reason[:255] or None
    if to_state in (ACCEPTED, DECLINED):
        handoff.answered_at = now
    if to_state == HELD:
        handoff.held_at = now
    touched(session, handoff)
    note_step(session, handoff.id, before, to_state, actor_id, now, reason, causation)


def touched(session: Session, handoff: Handoff) -> None:
    """Count the version up and have its messages shown anew."""
    handoff.version += 1
    session.flush()
    refresh(session, str(handoff.id))


def note_step(
    session: Session,
    handoff_id: UUID,
    before: str | None,
    after: str,
    actor_id: UUID | None,
    now: datetime,
    reason: str = "",
    causation: UUID | None = None,
) -> None:
    """One line of a handoff's history."""
    put(
        session,
        HandoffMove,
        handoff_id=handoff_id,
        from_state=before,
        to_state=after,
        at=now,
        by_id=actor_id,
        reason=reason,
        causation_id=causation,
    )


def leads_it(session: Session, handoff: Handoff, actor: Actor) -> bool:
    """Whether ``actor`` is an admin, or manages the executive or the rep."""
    return actor.has(Role.ADMIN) or manages(session, actor, handoff.ae_id) or manages(session, actor, handoff.rep_id)


def check_executive(session: Session, handoff: Handoff, actor: Actor, what: str, also: UUID | None = None) -> None:
    """Let the executive, who covers for them (``also``), their manager or an admin. Raises ``NotAllowed``."""
    if actor.person_id not in (handoff.ae_id, also) and not leads_it(session, handoff, actor):
        raise NotAllowed(f"Only {name_of(session, handoff.ae_id)}, their manager or an admin can {what}.")
