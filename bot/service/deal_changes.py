"""What every service function that changes a deal has in common: load under a lock, move, note, tell, undo.

What must stay true: each move leaves a dated, attributed row; a deal is changed by its account executive, a manager
of theirs or an admin; what somebody else changed since it was looked at is not overwritten.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Opportunity, OpportunityMove
from bot.db.rows import put
from bot.domain.commands import Actor
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.opportunities import DealState, at_least
from bot.domain.terms import Role, Stage
from bot.outbox.enqueue import refresh, tell
from bot.service.audit import record
from bot.service.context import playbook
from bot.service.cover import cover_of
from bot.service.lead_changes import manages, name_of
from bot.service.trail import Trail


@dataclass(frozen=True, slots=True)
class Dealt:
    """What a command did: a sentence for whoever asked, and what takes it back until ``undo_until``."""

    deal_id: UUID | None
    handoff_id: UUID | None
    causation_id: UUID
    sentence: str
    undo_until: datetime


def get_deal(session: Session, deal_id: UUID) -> Opportunity:
    """A deal, locked until the commit, as it is now. Raises ``NotFound``."""
    deal = session.get(Opportunity, deal_id, with_for_update=True, populate_existing=True)
    if deal is None:
        raise NotFound("That deal is not there any more.")
    return deal


def deal_of(session: Session, actor: Actor, deal_id: UUID, version: int, what: str) -> Opportunity:
    """A deal that ``actor`` may change and nobody changed since. Raises ``NotAllowed``, ``Gone``, ``NotFound``."""
    deal = get_deal(session, deal_id)
    may_decide(session, actor, deal.ae_id, what)
    if deal.version != version:
        raise Gone("This deal has been changed since you looked at it. Have another look with /deal.")
    return deal


def may_judge(session: Session, actor: Actor, ae_id: UUID | None, what: str, now: datetime) -> None:
    """The same for a call and its verdict, and for who covers while the executive is away. Raises ``NotAllowed``."""
    if not stands_in(session, actor, ae_id, now):
        may_decide(session, actor, ae_id, what)


def stands_in(session: Session, actor: Actor, ae_id: UUID | None, now: datetime) -> bool:
    """Whether ``actor`` covers for the account executive today."""
    covering = cover_of(session, ae_id, now) if ae_id is not None and ae_id != actor.person_id else None
    return covering is not None and covering.cover_id == actor.person_id


def may_decide(session: Session, actor: Actor, ae_id: UUID | None, what: str) -> None:
    """Let the account executive, a manager of theirs or an admin do ``what``. Raises ``NotAllowed``."""
    if not decides(session, actor, ae_id):
        raise NotAllowed(f"Only {name_of(session, ae_id)}, a manager of the team or an admin can {what}.")


def decides(session: Session, actor: Actor, ae_id: UUID | None) -> bool:
    """Whether ``actor`` is the account executive, a manager of theirs, or an admin."""
    return actor.person_id == ae_id or actor.has(Role.ADMIN) or manages(session, actor, ae_id)


def note_deal_move(
    session: Session,
    deal_id: UUID,
    before: DealState | None,
    after: DealState,
    now: datetime,
    by_id: UUID | None,
    causation_id: UUID,
    reason: str = "",
) -> None:
    """One line of a deal's history."""
    put(
        session,
        OpportunityMove,
        opportunity_id=deal_id,
        from_state=before.value if before else None,
        to_state=after.value,
        at=now,
        by_id=by_id,
        reason=reason,
        causation_id=causation_id,
    )


def raise_stages(trail: Trail, contact_id: UUID | None, account_id: UUID | None, stage: Stage) -> None:
    """Bring person and company at least to ``stage`` (process §1); nobody falls back."""
    for row in stage_rows(trail.session, contact_id, account_id):
        after = at_least(row.stage, stage)
        if after is not row.stage:
            trail.change(row, stage=after)


def stage_rows(session: Session, contact_id: UUID | None, account_id: UUID | None) -> list[Account | Contact]:
    """The person and the company of a deal, locked in this order."""
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True) if contact_id else None
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True) if account_id else None
    return [row for row in (contact, account) if row is not None]


def deal_named(session: Session, deal: Opportunity) -> str:
    """How a deal is called in sentences: its company, else its person."""
    if deal.account_id is not None:
        name = session.scalar(select(Account.name).where(Account.id == deal.account_id))
        if name:
            return name
    return contact_named(session, deal.contact_id)


def contact_named(session: Session, contact_id: UUID | None) -> str:
    """How a person outside is called in sentences."""
    contact = session.get(Contact, contact_id) if contact_id else None
    if contact is None:
        return "the deal"
    return f"{contact.first_name} {contact.last_name}".strip() or contact.email or "somebody without a name"


def today_of(actor: Actor, now: datetime) -> date:
    """The actor's day."""
    return now.astimezone(ZoneInfo(actor.timezone)).date()


def tell_of_deal(
    session: Session,
    deal: Opportunity,
    step: str,
    to: UUID | None,
    actor: Actor,
    causation_id: UUID,
    **facts: str | int | None,
) -> None:
    """Tell somebody of ours what became of a deal; nobody is told what they did themselves."""
    if to is None or to == actor.person_id:
        return
    told: dict[str, str | int | float | bool | None] = {"step": step, "by": actor.name, **facts}
    key = f"deal:{step}:{causation_id}:{to}"
    tell(session, Notice(NoticeKind.DEAL_STEP, Address.person(to), key, str(deal.id), Priority.PERSON, told))


def done_with_deal(
    session: Session,
    command: str,
    deal: Opportunity,
    actor: Actor,
    now: datetime,
    sentence: str,
    trail: Trail,
    causation_id: UUID,
    told: tuple[UUID | None, ...] = (),
    **detail: Any,
) -> Dealt:
    """Leave the audit entry with what takes the command back; the handoff's messages are stale."""
    undo = {"rows": trail.records, "told": [str(one) for one in told if one and one != actor.person_id]}
    record(session, command, actor, now, str(deal.id), detail, undo, entry_id=causation_id)
    if deal.handoff_id is not None:
        refresh(session, str(deal.handoff_id))
    return Dealt(deal.id, deal.handoff_id, causation_id, sentence, now + playbook(session).touches.undo_for)
