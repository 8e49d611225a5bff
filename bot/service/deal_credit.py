"""Which rep opened the door to a deal that an executive begins without a handoff (process §8, §9).

What must stay true: of the deals begun without one, a handoff or a lead counts for one, and only until its company
would be dormant again; one that is under way counts by its verdict; nobody is credited for their own deal.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from bot.db.models import Contact, Handoff, Lead, Opportunity, PersonRole
from bot.domain.handoff_stages import QUALIFIED, TAKEN_BACK
from bot.domain.months import add_months
from bot.domain.terms import LeadState, Role
from bot.service.context import playbook

REPS = (Role.MRR, Role.SDR)


@dataclass(frozen=True, slots=True)
class Credit:
    """The rep, the lead it came of, and why, as the end of a sentence."""

    rep_id: UUID
    lead_id: UUID
    why: str


def credit_of(session: Session, contact_id: UUID, ae_id: UUID, now: datetime) -> Credit | None:
    """Whose handoff or lead of the last months it came of, the handoff first; None for nobody's."""
    # Of two deals begun at once the second one waits to see the first, which may have the credit.
    session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update())
    under_way = exists().where(Handoff.contact_id == contact_id, Handoff.ended_at.is_(None))
    if session.scalar(select(under_way)):
        return None
    since = add_months(now, -playbook(session).pool.dormant_months)
    handoff = session.scalars(
        select(Handoff)
        .where(
            Handoff.contact_id == contact_id,
            Handoff.created_at >= since,
            Handoff.state.not_in((QUALIFIED, TAKEN_BACK)),
            ~_counted(Handoff.lead_id),
        )
        .order_by(Handoff.created_at.desc(), Handoff.id.desc())
        .limit(1)
    ).first()
    if handoff is not None:
        return Credit(handoff.rep_id, handoff.lead_id, "who handed them over") if handoff.rep_id != ae_id else None
    works = exists().where(PersonRole.person_id == Lead.owner_id, PersonRole.role.in_(REPS))
    lead = session.execute(
        select(Lead.id, Lead.owner_id)
        .where(
            Lead.contact_id == contact_id,
            Lead.raised_at >= since,
            Lead.state != LeadState.JUNK,
            Lead.owner_id != ae_id,
            works,
            ~_counted(Lead.id),
        )
        .order_by(Lead.raised_at.desc(), Lead.id.desc())
        .limit(1)
    ).first()
    return Credit(lead.owner_id, lead.id, "whose lead they are") if lead is not None else None


def _counted(lead_id: Any) -> ColumnElement[bool]:
    return exists().where(Opportunity.lead_id == lead_id)
