"""A callback as its reminder shows it.

What must stay true: the gate is asked at the time of the call, not when the callback was agreed (process §10).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Task
from bot.db.queries.gate import gate, gate_subject
from bot.db.session import PlaybookInForce
from bot.domain.compliance import Verdict
from bot.domain.terms import Channel


@dataclass(frozen=True, slots=True)
class CallbackReminder:
    """Whom to call, what was agreed, and what the gate says of the call now."""

    contact_id: UUID
    contact_name: str
    company: str | None
    phone: str | None
    note: str
    may_call: Verdict


def callback_reminder(session: Session, task_id: UUID, now: datetime) -> CallbackReminder | None:
    """The callback of a task; None if it was made or taken back meanwhile."""
    row = session.execute(
        select(Contact, Account, Task.text)
        .join(Contact, Contact.id == Task.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Task.id == task_id, Task.done_at.is_(None))
    ).first()
    if row is None:
        return None
    contact: Contact = row[0]
    account: Account | None = row[1]
    in_force: PlaybookInForce = session.info["playbook"]
    (may_call,) = gate(session, in_force.playbook, gate_subject(contact, account), now, Channel.CALL)
    name = f"{contact.first_name} {contact.last_name}".strip()
    return CallbackReminder(
        contact_id=contact.id,
        contact_name=name or contact.email or contact.phone or "somebody without a name",
        company=account.name if account else None,
        phone=contact.phone,
        note=row.text,
        may_call=may_call,
    )
