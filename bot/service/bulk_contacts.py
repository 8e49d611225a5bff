"""Contacts of many rows at once: who is known already, and what a row says that is not stored.

What must stay true: an e-mail decides; without one a name counts only inside one company, and only if one person
there bears it; then a phone number with the same name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.db.models import Contact
from bot.domain.import_rows import ContactRow
from bot.domain.matching import fold
from bot.service.bulk_accounts import AccountsOfRows

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
    """The stored contact of each row that has one, by the row's line."""

    by_line: dict[int, Stored]


def contacts_of_rows(session: Session, rows: Iterable[ContactRow], accounts: AccountsOfRows) -> ContactsOfRows:
    """Find who of the rows is known already."""
    rows = list(rows)
    emails = {row.person.email for row in rows if row.person.email}
    by_email = (
        {one.email: one for one in _load(session, _contacts().where(Contact.email.in_(emails)))} if emails else {}
    )
    found = {row.line: by_email[row.person.email] for row in rows if row.person.email in by_email}
    left = [row for row in rows if row.line not in found]
    found |= _by_name(session, left, accounts)
    found |= _by_phone(session, [row for row in left if row.line not in found])
    return ContactsOfRows(found)


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


def _by_name(session: Session, rows: list[ContactRow], accounts: AccountsOfRows) -> dict[int, Stored]:
    """Find people by name inside their company; a row with an address takes only one that has none yet."""
    places = {
        account.id
        for row in rows
        if (account := accounts.by_line.get(row.line)) and not account.new and _full(row).strip()
    }
    if not places:
        return {}
    named: dict[tuple[UUID | None, str], list[Stored]] = {}
    for one in _load(session, _contacts().where(Contact.account_id.in_(places))):
        named.setdefault((one.account_id, fold(f"{one.first_name} {one.last_name}")), []).append(one)
    found: dict[int, Stored] = {}
    taken: set[UUID] = set()
    for row in rows:
        account = accounts.by_line.get(row.line)
        name = fold(_full(row))
        alike = named.get((account.id, name), []) if account and name else []
        without_address = [one for one in alike if one.email is None]
        alike = without_address if without_address or row.person.email else alike
        if len(alike) == 1 and alike[0].id not in taken:
            taken.add(alike[0].id)
            found[row.line] = alike[0]
    return found


def _by_phone(session: Session, rows: list[ContactRow]) -> dict[int, Stored]:
    rows = [row for row in rows if row.person.phone and not row.person.email]
    if not rows:
        return {}
    phones = {row.person.phone for row in rows}
    known = {
        (one.phone, fold(f"{one.first_name} {one.last_name}")): one
        for one in _load(session, _contacts().where(Contact.phone.in_(phones)))
    }
    pairs = ((row.line, known.get((row.person.phone, fold(_full(row))))) for row in rows)
    return {line: one for line, one in pairs if one is not None}
