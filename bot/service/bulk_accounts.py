"""Companies of many rows at once: found by domain, then by name, else made (process §2, matching).

What must stay true: a free-mail domain is never a company's; an account is made once however many rows name it;
where rows of one file disagree on a company, the first one counts.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account
from bot.domain.import_rows import ContactRow
from bot.domain.matching import company_domain, company_name_key
from bot.domain.terms import Stage
from bot.outbox.enqueue import insert_once
from bot.service.bulk_account_people import Said
from bot.service.name_index import account_words, rewrite_account_words, write_words

_FACTS = ("industry", "employees", "country")


@dataclass(slots=True)
class Known:
    """An account as far as matching needs it; ``id`` of a new one may be replaced when another process was faster."""

    id: UUID
    name: str
    name_key: str
    domain: str | None
    industry: str | None = None
    employees: int | None = None
    country: str | None = None
    owner_id: UUID | None = None
    csm_id: UUID | None = None
    strategic: bool = False
    partner: bool = False
    new: bool = False
    changes: dict[str, Any] = field(default_factory=dict)

    def set(self, column: str, value: Any) -> None:
        """Change a fact, to be written with the rest."""
        setattr(self, column, value)
        if not self.new:
            self.changes[column] = value


@dataclass(frozen=True, slots=True)
class AccountsOfRows:
    """Which account each row belongs to, by the row's line."""

    by_line: dict[int, Known]
    changed_lines: frozenset[int]
    added: int

    @property
    def ids(self) -> frozenset[UUID]:
        """Every account the rows named."""
        return frozenset(account.id for account in self.by_line.values())


@lru_cache(maxsize=4096)
def _company(host: str) -> str | None:
    return company_domain(host)


@dataclass(frozen=True, slots=True)
class _Asked:
    row: ContactRow
    site: str | None
    mail: str | None
    name_key: str

    @classmethod
    def of(cls, row: ContactRow) -> "_Asked":
        return cls(
            row,
            _company(row.company.domain or ""),
            _company((row.person.email or "").rpartition("@")[2]),
            company_name_key(row.company.name) if row.company.name else "",
        )


class Books:
    """The accounts in play for some rows, by domain and by name."""

    def __init__(self, session: Session, rows: Iterable[ContactRow]) -> None:
        self._session = session
        self._asked = [_Asked.of(row) for row in rows]
        self._all: list[Known] = []
        self._by_domain: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = {}
        self._by_line = {one.row.line: one for one in self._asked}
        for account in _load(session, self._asked):
            self._add(account)

    def candidates(self, line: int) -> list[UUID]:
        """Return the accounts in the database that anything in the row speaks for."""
        return [account.id for account in self._spoken_for(self._by_line[line]) if not account.new]

    def settle(
        self, at: Mapping[int, UUID | None], settled: Set[UUID], now: datetime, said: Mapping[int, Said] | None = None
    ) -> AccountsOfRows:
        """Find or make, and write, the account of every row that names a company or has a company's address.

        ``at`` says by line where somebody known is now: they stay as long as anything in the row speaks for it.
        ``said``: by line what is said of the company beside its own facts.
        """
        stated: set[UUID] = set()
        by_line: dict[int, Known] = {}
        changed: set[int] = set()
        for one in self._asked:
            account = self._find(one, at.get(one.row.line)) or self._make(one)
            if account is None:
                continue
            by_line[one.row.line] = account
            if self._adopt_domain(account, one) | _tell(
                account,
                one.row,
                (said or {}).get(one.row.line, {}),
                first=account.id not in stated and account.id not in settled,
            ):
                changed.add(one.row.line)
            stated.add(account.id)
        added = _insert(self._session, [account for account in self._all if account.new], now)
        _update(self._session, [account for account in self._all if account.changes])
        return AccountsOfRows(by_line, frozenset(changed), added)

    def _spoken_for(self, asked: _Asked) -> list[Known]:
        by_domain = [
            self._by_domain[domain] for domain in (asked.site, asked.mail) if domain and domain in self._by_domain
        ]
        return [*by_domain, *self._by_name.get(asked.name_key, ())]

    def _add(self, account: Known) -> None:
        self._all.append(account)
        if account.domain:
            self._by_domain[account.domain] = account
        if account.name_key:
            self._by_name.setdefault(account.name_key, []).append(account)

    def _find(self, asked: _Asked, at: UUID | None) -> Known | None:
        for account in self._spoken_for(asked):
            if account.id == at:
                return account
        for domain in (asked.site, asked.mail):
            if domain and domain in self._by_domain:
                return self._by_domain[domain]
        # Two companies may share a name: another website means another company, another mail domain does not.
        for account in self._by_name.get(asked.name_key, ()):
            if account.domain is None or asked.site is None:
                return account
        return None

    def _make(self, asked: _Asked) -> Known | None:
        domain = asked.site or asked.mail
        # A name without a letter or digit would never be found again.
        name = asked.row.company.name if asked.name_key else domain
        if not name:
            return None
        key = asked.name_key or company_name_key(name)
        account = Known(new_id(), name, key, domain, country=asked.row.person.country, new=True)
        self._add(account)
        return account

    def _adopt_domain(self, account: Known, asked: _Asked) -> bool:
        domain = asked.site or asked.mail
        if account.domain is not None or domain is None or domain in self._by_domain:
            return False
        account.set("domain", domain)
        self._by_domain[domain] = account
        return True


def _load(session: Session, asked: list[_Asked]) -> list[Known]:
    domains = {domain for one in asked for domain in (one.site, one.mail) if domain}
    names = {one.name_key for one in asked if one.name_key}
    found = session.execute(
        select(
            Account.id,
            Account.name,
            Account.name_key,
            Account.domain,
            Account.industry,
            Account.employees,
            Account.country,
            Account.owner_id,
            Account.csm_id,
            Account.strategic,
            Account.partner,
        )
        .where(or_(Account.domain.in_(domains), Account.name_key.in_(names)))
        .order_by(Account.id)
    )
    return [Known(*row) for row in found]


def _tell(account: Known, row: ContactRow, more: Said, *, first: bool) -> bool:
    """Take over what the row says of its company; a later row of the same file only fills gaps."""
    changed = False
    for fact, said in ({fact: getattr(row.company, fact) for fact in _FACTS} | dict(more)).items():
        stored = getattr(account, fact)
        if said is not None and said != stored and (first or stored is None):
            account.set(fact, said)
            changed = True
    if row.company.name and account.name == account.domain and row.company.name != account.name:
        account.set("name", row.company.name)
        account.set("name_key", company_name_key(row.company.name))
        changed = True
    return changed


def _insert(session: Session, accounts: list[Known], now: datetime) -> int:
    if not accounts:
        return 0
    values = [
        {
            "id": account.id,
            "name": account.name,
            "name_key": account.name_key,
            "domain": account.domain,
            "industry": account.industry,
            "employees": account.employees,
            "country": account.country,
            "owner_id": account.owner_id,
            "csm_id": account.csm_id,
            "strategic": account.strategic,
            "partner": account.partner,
            "stage": Stage.PROSPECT,
            "created_at": now,
        }
        # In one order everywhere, so that two imports on PostgreSQL never wait for each other in a ring.
        for account in sorted(accounts, key=lambda account: account.domain or "")
    ]
    statement = insert_once(session, Account).returning(Account.id)
    inserted = set(session.connection().execute(statement, values).scalars())
    late = {account.domain: account for account in accounts if account.id not in inserted and account.domain}
    if late:
        # Another process made them a moment ago.
        for faster in session.execute(select(Account.id, Account.domain).where(Account.domain.in_(late))):
            late[faster.domain].id = faster.id
    made = [account for account in accounts if account.id in inserted]
    write_words(session, [row for one in made for row in account_words(one.id, one.name, one.domain)])
    return len(inserted)


def _update(session: Session, accounts: list[Known]) -> None:
    for account in accounts:
        session.execute(update(Account).where(Account.id == account.id).values(**account.changes))
        if account.changes.keys() & {"name", "domain"}:
            rewrite_account_words(session, account.id, account.name, account.domain)
