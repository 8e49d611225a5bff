"""A callback as its reminder shows it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Task


@dataclass(frozen=True, slots=True)
class CallbackReminder:
    """Whom to call, and what was agreed."""

    contact_id: UUID
    contact_name: str
    company: str | None
    phone: str | None
    note: str


def callback_reminder(session: Session, task_id: UUID) -> CallbackReminder | None:
    """The callback of a task; None if it was made or taken back meanwhile."""
    row = session.execute(
        select(
            Contact.id,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Contact.phone,
            Account.name.label("company"),
            Task.text,
        )
        .join(Contact, Contact.id == Task.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Task.id == task_id, Task.done_at.is_(None))
    ).first()
    if row is None:
        return None
    name = f"{row.first_name} {row.last_name}".strip() or row.email or row.phone or "somebody without a name"
    return CallbackReminder(row.id, name, row.company, row.phone, row.text)
