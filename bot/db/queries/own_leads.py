"""A rep's own open leads, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Lead

PAGE: Final = 10


@dataclass(frozen=True, slots=True)
class OwnLead:
    """One open lead in a list; name and company are outside text."""

    contact_id: UUID
    name: str
    company: str | None
    intent: str
    hot: bool
    answered: bool
    raised_at: datetime
    response_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnLeads:
    """One page of them."""

    leads: tuple[OwnLead, ...]
    total: int
    offset: int


def own_leads(session: Session, person_id: UUID, offset: int = 0) -> OwnLeads:
    """Unanswered before answered, hot before the rest, then by when they are due and were raised."""
    mine = (Lead.owner_id == person_id, Lead.closed_at.is_(None))
    total = session.scalar(select(func.count()).select_from(Lead).where(*mine)) or 0
    rows = session.execute(
        select(
            Lead.contact_id,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Account.name.label("company"),
            Lead.intent,
            Lead.hot,
            Lead.first_response_at,
            Lead.raised_at,
            Lead.response_due_at,
        )
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(*mine)
        .order_by(
            Lead.first_response_at.is_not(None),
            Lead.hot.desc(),
            Lead.response_due_at.nulls_last(),
            Lead.raised_at,
            Lead.id,
        )
        .limit(PAGE)
        .offset(offset)
    )
    leads = tuple(
        OwnLead(
            row.contact_id,
            f"{row.first_name} {row.last_name}".strip() or row.email or "No name",
            row.company,
            row.intent.value,
            row.hot,
            row.first_response_at is not None,
            row.raised_at,
            row.response_due_at,
        )
        for row in rows
    )
    return OwnLeads(leads, total, offset)
