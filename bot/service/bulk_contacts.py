"""Contacts of many rows at once: who is known already, and what a row says that is not stored.

What must stay true: an e-mail decides; without one a name counts only inside one company, and only if one person
there bears it; then a phone number with the same name.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.db.models import Contact
from bot.domain.import_rows import ContactRow
from bot.domain.matching import fold
from bot.service.bulk_accounts import Books

_FACTS = ("first_name", "last_name", "title", "phone", "linkedin", "timezone", "country")


class Stored(NamedTuple):
    """A contact as it stands in the database."""

    id: UUID
    account_id: UUID | None
    email: str | None
    first_name: str
    last_name: str
    title: str | None
    phone: str | None
    linkedin: str | None
    timezone: str | None
    country: str | None
    owner_id: UUID | None
    external_ids: dict[str, Any]
    extra: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ContactsOfRows:
    """The stored contact of each row that has one, by the row's line; lines that repeat somebody of the file."""

    by_line: dict[int, Stored]
    repeated: frozenset[int] = frozenset()

    @property
    def at(self) -> dict[int, UUID | None]:
        """The account each of them belongs to."""
        return {line: stored.account_id for line, stored in self.by_line.items()}


def contacts_of_rows(session: Session, rows: Iterable[ContactRow], books: Books, settled: Set[UUID]) -> ContactsOfRows:
    """Find who of the rows is known already; ``settled`` are those whom earlier rows of the file spoke of."""
    rows = list(rows)
    emails = {row.person.email for row in rows if row.person.email}
    by_email = (
        {one.email: one for one in _load(session, _contacts().where(Contact.email.in_(emails)))} if emails else {}
    )
    found = {row.line: by_email[row.person.email] for row in rows if row.person.email in by_email}
    taken = {one.id for one in found.values()}
    named, numbered = _Named(session, rows, books), _Numbered(session, rows)
    repeated: set[int] = set()
    for row in rows:
        if row.line in found:
            continue
        alike = named.find(row) or numbered.find(row)
        free = [one for one in alike if one.id not in taken and one.id not in settled]
        if len(free) < len(alike) and not row.person.email:
            repeated.add(row.line)
        elif len(free) == 1 or (free and free[0].email is None):
            taken.add(free[0].id)
            found[row.line] = free[0]
    return ContactsOfRows(found, frozenset(repeated))


def differences(row: ContactRow, stored: Stored, account_id: UUID | None, owner_id: UUID | None) -> dict[str, Any]:
    """Return the columns that the row gives another value; a cell left empty changes nothing."""
    person = row.person
    changes: dict[str, Any] = {
        fact: said for fact in _FACTS if (said := getattr(person, fact)) and said != getattr(stored, fact)
    }
    if stored.email is None and person.email:
        changes["email"] = person.email
    names_company = bool(row.company.name or row.company.domain)
    if account_id and account_id != stored.account_id and (stored.account_id is None or names_company):
        changes["account_id"] = account_id
    if owner_id and owner_id != stored.owner_id:
        changes["owner_id"] = owner_id
    for column, said in (("external_ids", row.external_ids), ("extra", row.extra)):
        merged = getattr(stored, column) | said
        if merged != getattr(stored, column):
            changes[column] = merged
    return changes


def _contacts() -> Select[Any]:
    return select(*(getattr(Contact, column) for column in Stored._fields))


def _load(session: Session, statement: Select[Any]) -> list[Stored]:
    return [Stored(*row) for row in session.execute(statement)]


def _full(row: ContactRow) -> str:
    return f"{row.person.first_name} {row.person.last_name}"


class _Named:
    """People by name inside the companies that the rows speak for."""

    def __init__(self, session: Session, rows: list[ContactRow], books: Books) -> None:
        self._places = {row.line: dict.fromkeys(books.candidates(row.line)) for row in rows if fold(_full(row))}
        self._people: dict[tuple[UUID | None, str], list[Stored]] = {}
        everywhere = {account_id for places in self._places.values() for account_id in places}
        if everywhere:
            there = _contacts().where(Contact.account_id.in_(everywhere)).order_by(Contact.id)
            for one in _load(session, there):
                self._people.setdefault((one.account_id, fold(f"{one.first_name} {one.last_name}")), []).append(one)

    def find(self, row: ContactRow) -> list[Stored]:
        """Return those without an address if there are any; a row with one can only be one of them."""
        name = fold(_full(row))
        alike = [one for place in self._places.get(row.line, ()) for one in self._people.get((place, name), ())]
        without_address = [one for one in alike if one.email is None]
        return without_address if without_address or row.person.email else alike


class _Numbered:
    """People by number and name; one who is at a company already is not somebody of another company."""

    def __init__(self, session: Session, rows: list[ContactRow]) -> None:
        phones = {row.person.phone for row in rows if row.person.phone and not row.person.email}
        self._people: dict[tuple[str | None, str], list[Stored]] = {}
        if phones:
            for one in _load(session, _contacts().where(Contact.phone.in_(phones)).order_by(Contact.id)):
                self._people.setdefault((one.phone, fold(f"{one.first_name} {one.last_name}")), []).append(one)

    def find(self, row: ContactRow) -> list[Stored]:
        if row.person.email or not row.person.phone:
            return []
        alike = self._people.get((row.person.phone, fold(_full(row))), [])
        names_company = bool(row.company.name or row.company.domain)
        return [one for one in alike if one.account_id is None or not names_company]
