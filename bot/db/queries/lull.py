"""What an account executive can do with a gap in the day: strategic accounts, customers, partners (process §7).

What must stay true: in that order; each account stands once, under the first heading it fits; within a heading, those
nobody spoke to for the longest come first; nobody who may not be called or written to is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Opportunity
from bot.db.queries.gate import gate, gate_subject
from bot.db.session import PlaybookInForce
from bot.domain.compliance import Refused
from bot.domain.opportunities import OPEN_DEALS
from bot.domain.terms import Channel, Stage

_CLIENTS: Final = (Stage.CLIENT, Stage.CHAMPION)


@dataclass(frozen=True, slots=True)
class LullAccount:
    """An account worth a call now. ``name``, ``contact`` and ``title`` are outside text.

    ``contact_id``: the person there who was touched last and may be called or written to; None where nobody may.
    """

    account_id: UUID
    name: str
    contact_id: UUID | None
    contact: str
    title: str | None
    last_touched_at: datetime | None
    open_deals: int


@dataclass(frozen=True, slots=True)
class LullList:
    """The three headings, in the process's order; any may be empty."""

    strategic: tuple[LullAccount, ...]
    customers: tuple[LullAccount, ...]
    partners: tuple[LullAccount, ...]
    now: datetime

    @property
    def empty(self) -> bool:
        """Whether there is nothing to offer."""
        return not (self.strategic or self.customers or self.partners)


def lull_list(session: Session, person_id: UUID, now: datetime) -> LullList:
    """The accounts of an executive under each heading, at most the playbook's number for each."""
    in_force: PlaybookInForce = session.info["playbook"]
    most = in_force.playbook.handoff.lull_accounts
    headings: tuple[ColumnElement[bool], ...] = (
        Account.strategic.is_(True),
        Account.stage.in_(_CLIENTS),
        Account.partner.is_(True),
    )
    found: list[tuple[LullAccount, ...]] = []
    for place, heading in enumerate(headings):
        before = [~earlier for earlier in headings[:place]]
        accounts = _accounts(session, person_id, [heading, *before], most)
        found.append(tuple(_offered(session, account, now) for account in accounts))
    strategic, customers, partners = found
    return LullList(strategic, customers, partners, now)


def _accounts(session: Session, person_id: UUID, which: Sequence[ColumnElement[bool]], most: int) -> Sequence[Account]:
    """Theirs: they own them, or closed or work a deal there."""
    worked = select(Opportunity.account_id).where(Opportunity.ae_id == person_id, Opportunity.account_id.is_not(None))
    mine = (Account.owner_id == person_id) | (Account.owner_id.is_(None) & Account.id.in_(worked))
    longest = (Account.last_activity_at.is_not(None), Account.last_activity_at, Account.id)
    return session.scalars(select(Account).where(mine, *which).order_by(*longest).limit(most)).all()


def _offered(session: Session, account: Account, now: datetime) -> LullAccount:
    contact = _whom(session, account, now)
    deals = select(Opportunity.id).where(
        Opportunity.account_id == account.id, Opportunity.state.in_([state.value for state in OPEN_DEALS])
    )
    return LullAccount(
        account_id=account.id,
        name=account.name,
        contact_id=contact.id if contact else None,
        contact=(f"{contact.first_name} {contact.last_name}".strip() or contact.email or "") if contact else "",
        title=contact.title if contact else None,
        last_touched_at=account.last_activity_at,
        open_deals=len(session.scalars(deals).all()),
    )


def _whom(session: Session, account: Account, now: datetime) -> Contact | None:
    """Who was touched last there and may be reached by call or e-mail at all."""
    in_force: PlaybookInForce = session.info["playbook"]
    latest: tuple[Any, ...] = (Contact.last_touched_at.is_(None), Contact.last_touched_at.desc(), Contact.id)
    people = session.scalars(select(Contact).where(Contact.account_id == account.id).order_by(*latest).limit(5)).all()
    for contact in people:
        whom = gate_subject(contact, account)
        verdicts = gate(session, in_force.playbook, whom, now, Channel.CALL, Channel.EMAIL)
        if any(not (isinstance(one, Refused) and one.for_good) for one in verdicts):
            return contact
    return None
