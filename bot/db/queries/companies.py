"""Reads about companies: one with its history, finding one by name, colleagues to put on it.

What must stay true: outside text is handed on as it came; every search is a range of an index with a LIMIT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, AuditEntry, Contact, NameToken, Opportunity, OpportunityMove, Person, PersonRole
from bot.db.queries.name_search import AFTER
from bot.domain.companies import CALLED, CompanySaid
from bot.domain.errors import NotFound
from bot.domain.matching import fold
from bot.domain.name_words import tokens
from bot.domain.opportunities import DealState, goes_back
from bot.domain.terms import Role, Stage

EVENTS: Final = 8
_WORDS: Final = 6
_COLLEAGUES: Final = 20


@dataclass(frozen=True, slots=True)
class CompanyEvent:
    """A dated line of a company's history. ``deal``: the state a deal came to; else ``changed`` names facts.

    ``again``: the deal went a step back, or was taken up again.
    """

    at: datetime
    by: str | None
    deal: DealState | None
    changed: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class CompanyCard:
    """A company as its form shows it. ``name``, ``domain`` and ``industry`` are outside text; events newest first."""

    account_id: UUID
    name: str
    domain: str | None
    stage: Stage
    contacts: int
    said: CompanySaid
    owner: str | None
    csm: str | None
    events: tuple[CompanyEvent, ...]


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company in a choice; outside text."""

    id: UUID
    name: str
    domain: str | None


@dataclass(frozen=True, slots=True)
class ColleagueName:
    """One of us in a typeahead."""

    id: UUID
    name: str
    email: str


def company_card(session: Session, account_id: UUID) -> CompanyCard:
    """One company with what can be said of it. Raises ``NotFound``."""
    owner, csm = aliased(Person), aliased(Person)
    row = session.execute(
        select(Account, owner.name, csm.name)
        .outerjoin(owner, owner.id == Account.owner_id)
        .outerjoin(csm, csm.id == Account.csm_id)
        .where(Account.id == account_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("That company is not there any more.")
    account: Account = row[0]
    contacts = session.scalar(select(func.count()).select_from(Contact).where(Contact.account_id == account_id)) or 0
    return CompanyCard(
        account_id=account.id,
        name=account.name,
        domain=account.domain,
        stage=account.stage,
        contacts=contacts,
        said=CompanySaid(
            account.owner_id,
            account.csm_id,
            account.strategic,
            account.partner,
            account.industry,
            account.employees,
            account.country,
        ),
        owner=row[1],
        csm=row[2],
        events=_events(session, account_id),
    )


def find_companies(session: Session, typed: str, limit: int = 3) -> tuple[CompanyName, ...]:
    """Companies whose own name or domain has every typed word, by name."""
    words = [tokens(word) for word in typed.split()[:_WORDS]]
    named = [_named(spellings) for spellings in words if spellings]
    if not named:
        return ()
    statement = select(Account.id, Account.name, Account.domain).where(*named).order_by(Account.name_key, Account.id)
    return tuple(CompanyName(*row) for row in session.execute(statement.limit(limit)))


def colleagues(session: Session, typed: str, role: Role | None = None) -> tuple[ColleagueName, ...]:
    """Active people of ours whose name or address begins with what was typed, in any of its words; by name."""
    statement = select(Person.id, Person.name, Person.email).where(Person.active.is_(True)).order_by(Person.name)
    held = exists().where(PersonRole.person_id == Person.id)
    statement = statement.where(held.where(PersonRole.role == role) if role is not None else held)
    sought, found = fold(typed), []
    for row in session.execute(statement):
        begins = fold(row.name).startswith(sought) or any(
            word.startswith(sought) for word in (*fold(row.name).split(), row.email.casefold())
        )
        if begins:
            found.append(ColleagueName(*row))
    return tuple(found[:_COLLEAGUES])


def _named(spellings: Sequence[str]) -> ColumnElement[bool]:
    begins = or_(*(and_(NameToken.token >= word, NameToken.token < word + AFTER) for word in spellings))
    return Account.id.in_(select(NameToken.account_id).where(NameToken.account_id.is_not(None), begins))


def _events(session: Session, account_id: UUID) -> tuple[CompanyEvent, ...]:
    """What happened to it: its deals' moves, and what one of us changed; newest first."""
    moves = session.execute(
        select(OpportunityMove.at, Person.name, OpportunityMove.from_state, OpportunityMove.to_state)
        .join(Opportunity, Opportunity.id == OpportunityMove.opportunity_id)
        .outerjoin(Person, Person.id == OpportunityMove.by_id)
        .where(
            Opportunity.account_id == account_id,
            OpportunityMove.from_state.is_distinct_from(OpportunityMove.to_state),
        )
        .order_by(OpportunityMove.at.desc(), OpportunityMove.id.desc())
        .limit(EVENTS)
    )
    changes = session.execute(
        select(AuditEntry.at, Person.name, AuditEntry.detail)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.subject_id == str(account_id),
            AuditEntry.command == "change_company",
            AuditEntry.undone_at.is_(None),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(EVENTS)
    )
    events = [CompanyEvent(at, by, DealState(after), again=_back(before, after)) for at, by, before, after in moves]
    events += [CompanyEvent(at, by, None, _changed(detail)) for at, by, detail in changes]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:EVENTS])


def _back(before: str | None, after: str) -> bool:
    return before is not None and goes_back(DealState(before), DealState(after))


def _changed(detail: dict[str, Any]) -> tuple[str, ...]:
    return tuple(CALLED[name] for name in detail.get("now", {}) if name in CALLED)
