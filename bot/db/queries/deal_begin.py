"""What is known of a company or person with whom a deal is to begin: it fills the form in (process §8).

What must stay true: names are outside text, handed on as they came; a company's people are read no further than a
menu holds.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Opportunity, Person, PersonRole
from bot.db.queries.lead_facts import Somebody
from bot.domain.commands import Actor
from bot.domain.errors import NotFound
from bot.domain.opportunities import OPEN_DEALS, DealKind
from bot.domain.terms import Role, Stage

PEOPLE: Final = 90
_CLIENTS: Final = (Stage.CLIENT, Stage.CHAMPION)


@dataclass(frozen=True, slots=True)
class DealContact:
    """Somebody at the company; outside text."""

    id: UUID
    name: str
    title: str | None


@dataclass(frozen=True, slots=True)
class DealStart:
    """A deal before it begins. ``company`` is empty for a person without one; ``contacts``: last touched first.

    ``chosen``: the person who was typed. ``ae``: whose it will be as things stand. ``usual``: the likely type.
    """

    account_id: UUID | None
    company: str
    contacts: tuple[DealContact, ...]
    more_contacts: int
    chosen: UUID | None
    ae: Somebody | None
    open_deals: int
    usual: DealKind


def deal_start(session: Session, actor: Actor, account_id: UUID | None, contact_id: UUID | None) -> DealStart:
    """Read what fills the form in. Raises ``NotFound``."""
    person = session.get(Contact, contact_id) if contact_id else None
    if contact_id and person is None:
        raise NotFound("That person is not in the database any more.")
    account_id = account_id or (person.account_id if person else None)
    account = session.get(Account, account_id) if account_id else None
    if account is None and person is None:
        raise NotFound("That company is not there any more.")
    stage = account.stage if account else person.stage if person else Stage.PROSPECT
    contacts, more = _people(session, account.id if account else None, person)
    return DealStart(
        account_id=account.id if account else None,
        company=account.name if account else "",
        contacts=contacts,
        more_contacts=more,
        chosen=person.id if person else (contacts[0].id if len(contacts) == 1 else None),
        ae=_executive(session, actor, account.owner_id if account else None),
        open_deals=_open(session, account, person),
        usual=DealKind.ADD_ON if stage in _CLIENTS else DealKind.NEW,
    )


def _people(session: Session, account_id: UUID | None, person: Contact | None) -> tuple[tuple[DealContact, ...], int]:
    """The company's people, the one who was typed first; and how many more there are."""
    first = [_contact(person)] if person is not None else []
    if account_id is None:
        return tuple(first), 0
    others = Contact.account_id == account_id
    if person is not None:
        others = others & (Contact.id != person.id)
    total = session.scalar(select(func.count()).select_from(Contact).where(others)) or 0
    newest = (Contact.last_touched_at.is_(None), Contact.last_touched_at.desc(), Contact.id)
    rows = session.scalars(select(Contact).where(others).order_by(*newest).limit(PEOPLE - len(first))).all()
    return (*first, *(_contact(row) for row in rows)), total - len(rows)


def _contact(contact: Contact) -> DealContact:
    name = f"{contact.first_name} {contact.last_name}".strip() or contact.email or contact.phone or "No name"
    return DealContact(contact.id, name, contact.title)


def _executive(session: Session, actor: Actor, owner_id: UUID | None) -> Somebody | None:
    """The account's owner if that is an executive and the actor may begin deals for others; else the actor."""
    mine = actor.person_id if actor.has(Role.AE) else None
    wanted = [owner_id, mine] if actor.has(Role.MANAGER, Role.ADMIN) else [mine]
    holds = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.AE)
    for person_id in wanted:
        row = session.scalars(select(Person).where(Person.id == person_id, Person.active.is_(True), holds)).first()
        if row is not None:
            return Somebody(row.id, row.name, row.slack_user_id)
    return None


def _open(session: Session, account: Account | None, person: Contact | None) -> int:
    states = Opportunity.state.in_([state.value for state in OPEN_DEALS])
    if account is not None:
        whose = Opportunity.account_id == account.id
    else:
        whose = Opportunity.contact_id == (person.id if person else None)
    return session.scalar(select(func.count()).select_from(Opportunity).where(states, whose)) or 0
