"""What is known of somebody who is about to be handed over: it fills the form in (process §7).

What must stay true: what they said comes first, in their own words; what an earlier handoff knew is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Handoff, Lead, Meeting, Touch
from bot.domain.errors import NotFound

NOTES = 3
PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class HandoffStart:
    """A contact as the form begins. ``answers``: by the contract's keys; ``notes``: the last ones, newest first.

    ``booked_at``: a meeting that stands already. Names, answers and notes may be outside text.
    """

    contact_id: UUID
    name: str
    title: str | None
    company: str | None
    answers: Mapping[str, str]
    notes: tuple[str, ...]
    booked_at: datetime | None


def handoff_start(session: Session, contact_id: UUID, now: datetime) -> HandoffStart:
    """Read what fills the form in. Raises ``NotFound``."""
    row = session.execute(
        select(Contact, Account.name)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Contact.id == contact_id)
    ).first()
    if row is None:
        raise NotFound("That person is not in the database any more.", field="contact")
    contact: Contact = row[0]
    notes = tuple(
        session.scalars(
            select(Touch.note)
            .where(Touch.contact_id == contact_id, Touch.undone_at.is_(None), Touch.note != "")
            .order_by(Touch.happened_at.desc(), Touch.id.desc())
            .limit(NOTES)
        )
    )
    booked_at = session.scalar(
        select(Meeting.starts_at)
        .where(Meeting.contact_id == contact_id, Meeting.state == "booked", Meeting.starts_at > now)
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    return HandoffStart(
        contact_id=contact_id,
        name=f"{contact.first_name} {contact.last_name}".strip() or contact.email or contact.phone or "No name",
        title=contact.title,
        company=row[1],
        answers=_answers(session, contact_id),
        notes=notes,
        booked_at=booked_at,
    )


def _answers(session: Session, contact_id: UUID) -> dict[str, str]:
    """The last contract, if there was one; else what they asked, as the problem."""
    before = session.scalar(
        select(Handoff.contract)
        .where(Handoff.contact_id == contact_id)
        .order_by(Handoff.created_at.desc(), Handoff.id.desc())
        .limit(1)
    )
    if before:
        return {key: str(said) for key, said in before.items()}
    message = session.scalar(
        select(Lead.message)
        .where(Lead.contact_id == contact_id, Lead.message != "")
        .order_by(Lead.raised_at.desc(), Lead.id.desc())
        .limit(1)
    )
    return {PROBLEM: message} if message else {}
