"""Whom a touch is about, read in one statement, and what the gate says of touching them.

What must stay true: what has happened is logged whatever the gate says; its reason is kept beside the touch.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Contact, Enrolment, Lead, Person, Task, TouchItem
from bot.db.queries.gate import Whom, gate
from bot.db.rows import run
from bot.domain.commands import LogTouch
from bot.domain.compliance import Refused, Verdict, Warned
from bot.domain.errors import NotFound
from bot.domain.terms import Channel, LeadState, Outcome, Stage
from bot.service.context import playbook
from bot.service.touch_list_state import UNSETTLED

_THEIRS = frozenset(set(Outcome) - {Outcome.SENT})
"""Outcomes by which an e-mail touch is something they did; the gate is about what we do."""


@dataclass(frozen=True, slots=True)
class TouchSubject:
    """A contact as a touch finds them.

    ``has_tasks``, ``enrolled``, ``listed``: something of theirs waits, with a rep, in a plan, on a list, worth a look.
    """

    contact_id: UUID
    account_id: UUID | None
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    timezone: str | None
    country: str | None
    stage: Stage
    last_touched_at: datetime | None
    account_name: str | None
    account_country: str | None
    account_activity_at: datetime | None
    lead_id: UUID | None
    lead_state: LeadState | None
    lead_answered: bool
    owner_id: UUID | None
    owner_name: str | None
    has_tasks: bool
    enrolled: bool
    listed: bool

    @property
    def name(self) -> str:
        """How they are called in sentences."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "somebody without a name"


_OWNER = aliased(Person)
# Built once: putting a statement together costs more than running it.
_SUBJECT = (
    select(
        Contact.id.label("contact_id"),
        Contact.account_id,
        Contact.first_name,
        Contact.last_name,
        Contact.email,
        Contact.phone,
        Contact.timezone,
        Contact.country,
        Contact.stage,
        Contact.last_touched_at,
        Account.name.label("account_name"),
        Account.country.label("account_country"),
        Account.last_activity_at.label("account_activity_at"),
        Lead.id.label("lead_id"),
        Lead.state.label("lead_state"),
        Lead.first_response_at.is_not(None).label("lead_answered"),
        Lead.owner_id,
        _OWNER.name.label("owner_name"),
        exists().where(Task.contact_id == Contact.id, Task.done_at.is_(None)).label("has_tasks"),
        exists().where(Enrolment.contact_id == Contact.id, Enrolment.ended_at.is_(None)).label("enrolled"),
        exists().where(TouchItem.contact_id == Contact.id, UNSETTLED).label("listed"),
    )
    .select_from(Contact)
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Lead, and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None)))
    .outerjoin(_OWNER, _OWNER.id == Lead.owner_id)
    .where(Contact.id == bindparam("contact_id"))
)


def read_subject(session: Session, contact_id: UUID) -> TouchSubject:
    """Read a contact with company, open lead and what waits for them. Raises ``NotFound``."""
    session.flush()  # changes in objects count too
    row = run(session, _SUBJECT, contact_id=contact_id).first()
    if row is None:
        raise NotFound("That person is not in the database any more.", field="contact")
    return TouchSubject(**row._mapping)


def call_verdict(session: Session, them: TouchSubject, at: datetime) -> Verdict:
    """What the gate says of calling them at ``at`` (process §10)."""
    (verdict,) = gate(session, playbook(session), _whom(them), at, Channel.CALL)
    return verdict


def gate_reason(session: Session, them: TouchSubject, command: LogTouch) -> str | None:
    """What the gate would have said at the time of the touch, or None (process §10)."""
    channel = command.channel
    if channel is Channel.MEETING or (channel is Channel.EMAIL and command.outcome in _THEIRS):
        return None
    (verdict,) = gate(session, playbook(session), _whom(them), command.happened_at, channel)
    return verdict.reason if isinstance(verdict, Refused | Warned) else None


def _whom(them: TouchSubject) -> Whom:
    return Whom(them.contact_id, them.email, them.phone, them.timezone, them.country, them.account_country, them.stage)
