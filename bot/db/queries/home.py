"""What App Home shows one of us."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Lead, Task, Touch
from bot.domain.commands import Actor

SHOWN = 10


@dataclass(frozen=True, slots=True)
class OpenLead:
    """One of somebody's open leads, most pressing first."""

    lead_id: UUID
    contact_id: UUID
    name: str
    company: str
    intent: str
    hot: bool
    state: str
    raised_at: datetime
    response_due_at: datetime | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Callback:
    """Something promised to somebody; ``kind`` as on its task: callback, referral, social_answer."""

    contact_id: UUID
    name: str
    company: str
    due_at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class HomeState:
    """One person's day so far."""

    leads: tuple[OpenLead, ...]
    more_leads: int
    callbacks: tuple[Callback, ...]
    touches_today: int


def home_state(session: Session, actor: Actor, today_from: datetime) -> HomeState:
    """The open leads, callbacks and touches of ``actor``; ``today_from`` is their midnight, aware UTC."""
    mine = (Lead.owner_id == actor.person_id) & Lead.closed_at.is_(None)
    rows = session.execute(
        select(Lead, Contact.first_name, Contact.last_name, Contact.email, Account.name)
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .where(mine)
        .order_by(Lead.first_response_at.is_not(None), Lead.hot.desc(), Lead.raised_at)
        .limit(SHOWN)
    ).all()
    total = session.scalars(select(func.count()).select_from(Lead).where(mine)).one()
    callbacks = session.execute(
        select(
            Task.contact_id, Contact.first_name, Contact.last_name, Contact.email, Account.name, Task.due_at, Task.kind
        )
        .join(Contact, Contact.id == Task.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Task.person_id == actor.person_id, Task.done_at.is_(None))
        .order_by(Task.due_at)
        .limit(SHOWN)
    ).all()
    touches = session.scalars(
        select(func.count())
        .select_from(Touch)
        .where(Touch.person_id == actor.person_id, Touch.happened_at >= today_from, Touch.undone_at.is_(None))
    ).one()
    return HomeState(
        leads=tuple(
            OpenLead(
                lead_id=lead.id,
                contact_id=lead.contact_id,
                name=_name(first, last, email),
                company=company or "",
                intent=lead.intent.value,
                hot=lead.hot,
                state=lead.state.value,
                raised_at=lead.raised_at,
                response_due_at=lead.response_due_at,
                answered=lead.first_response_at is not None,
            )
            for lead, first, last, email, company in rows
        ),
        more_leads=max(0, total - SHOWN),
        callbacks=tuple(
            Callback(contact_id, _name(first, last, email), company or "", due_at, kind)
            for contact_id, first, last, email, company, due_at, kind in callbacks
        ),
        touches_today=touches,
    )


def _name(first: str, last: str, email: str | None) -> str:
    return f"{first} {last}".strip() or email or "somebody"
