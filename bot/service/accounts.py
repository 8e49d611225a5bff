"""Finding or making the account that an event speaks of (process §2, intake path).

What must stay true: one account per registrable domain; what somebody says of their company only fills gaps; every
change of a name keeps the words it is found by (``name_tokens``) up to date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account
from bot.db.rows import put_once, run
from bot.domain.commands import CompanyFacts, PersonFacts
from bot.domain.countries import country_code
from bot.domain.matching import best_company, company_domain, company_name_key
from bot.domain.terms import Stage
from bot.service.contact_text import clean, clean_or_none
from bot.service.context import playbook
from bot.service.name_index import rewrite_account_words

ACCOUNT_FACTS = ("id", "name", "domain", "industry", "employees", "country", "stage", "owner_id", "csm_id")
"""Columns, in the order of ``AccountFacts``."""
NAME_KEY_PREFIX = 3
MOST_ALIKE = 2000
"""Accounts looked at for a name that is spelled almost alike; they share its first letters."""


@dataclass(slots=True)
class AccountFacts:
    """An account as an event finds or makes it."""

    id: UUID
    name: str
    domain: str | None
    industry: str | None
    employees: int | None
    country: str | None
    stage: Stage
    owner_id: UUID | None
    csm_id: UUID | None
    new: bool = False
    why: str = ""


def _account() -> Select[Any]:
    return select(*(getattr(Account, name) for name in ACCOUNT_FACTS))


def _facts(values: Sequence[Any], why: str) -> AccountFacts:
    facts = AccountFacts(*values)
    facts.why = why
    return facts


def account_of(known: Row[Any]) -> AccountFacts | None:
    """The account that a look-up found: the contact's own (``own_``), else the domain's (``domain_``)."""
    found = known._mapping
    for prefix, why in (("own_", "They are known at this company."), ("domain_", "The address has its domain.")):
        if found[f"{prefix}id"] is not None:
            return _facts([found[f"{prefix}{name}"] for name in ACCOUNT_FACTS], why)
    return None


def find_account(session: Session, company: CompanyFacts, domain: str | None) -> AccountFacts | None:
    """By name, spelled alike. A company with another domain is another company."""
    name_key = company_name_key(clean(company.name))
    if not name_key:
        return None
    begins = name_key[:NAME_KEY_PREFIX]
    rows = run(session, _alike(bool(domain)), first=begins, after=_after(begins)).all()
    found = best_company(clean(company.name), ((row.id, row.name_key) for row in rows), playbook(session))
    if found is None:
        return None
    account_id, _, likeness = found
    row = session.execute(_account().where(Account.id == account_id)).one()
    alike = "The company's name is the same." if likeness == 100 else f"The company's name is {likeness:.0f} % alike."
    return _facts(row, alike)


@lru_cache(maxsize=2)
def _alike(without_domain: bool) -> Select[UUID, str]:
    alike = select(Account.id, Account.name_key).where(
        Account.name_key >= bindparam("first"), Account.name_key < bindparam("after")
    )
    return (alike.where(Account.domain.is_(None)) if without_domain else alike).limit(MOST_ALIKE)


def _after(prefix: str) -> str:
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def make_account(
    session: Session, company: CompanyFacts, domain: str | None, person: PersonFacts, now: datetime
) -> AccountFacts | None:
    """Make the account of a company we did not know; None where nothing is said of one."""
    name = clean(company.name) or (domain or "")
    if not name:
        return None
    country = country_code(clean(company.country or person.country))
    industry = clean_or_none(company.industry)
    employees = company.employees
    made = AccountFacts(new_id(), name, domain, industry, employees, country, Stage.PROSPECT, None, None, new=True)
    made.why = "A company we did not know."
    stored = put_once(
        session,
        Account,
        id=made.id,
        name=name,
        name_key=company_name_key(name),
        domain=domain,
        industry=industry,
        employees=employees,
        country=country,
        stage=Stage.PROSPECT,
        last_activity_at=now,
        created_at=now,
    )
    if not stored:  # another event of the same company was faster
        found = session.execute(_account().where(Account.domain == domain)).one()
        return _facts(found, "The address has its domain.")
    return made


def fill_account(session: Session, account: AccountFacts, company: CompanyFacts, domain: str | None) -> None:
    """Fill in what we did not know of a company."""
    given: dict[str, Any] = {
        "domain": domain if domain and domain == company_domain(domain) else None,
        "industry": clean_or_none(company.industry),
        "employees": company.employees,
        "country": country_code(clean(company.country)) if company.country else None,
    }
    gaps = {name: value for name, value in given.items() if value is not None and getattr(account, name) is None}
    if "domain" in gaps and session.scalar(select(Account.id).where(Account.domain == domain)) is not None:
        del gaps["domain"]  # it is another account's already
    if not gaps:
        return
    session.execute(
        update(Account).where(Account.id == account.id).values(**gaps).execution_options(synchronize_session=False)
    )
    for name, value in gaps.items():
        setattr(account, name, value)
    if "domain" in gaps:
        rewrite_account_words(session, account.id, account.name, domain)
