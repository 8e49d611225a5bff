"""Contacts of a file, a slice at a time (process §1: a row from a bought list is a prospect, and no lead).

What must stay true: a person is found again by e-mail, else by name in the same company, else by phone; only what
a row says is changed; a stage never moves; nobody who asked to be left alone comes back by a list (process §10).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Person
from bot.domain.cadence import EndReason
from bot.domain.commands import Actor
from bot.domain.import_rows import ContactRow, ImportContacts, Refused
from bot.domain.matching import fold, normalise_email
from bot.domain.terms import Source, Stage
from bot.outbox.enqueue import insert_once
from bot.service import audit
from bot.service.bulk_account_people import Said, account_facts
from bot.service.bulk_accounts import AccountsOfRows, Books
from bot.service.bulk_consents import keep_consents
from bot.service.bulk_contacts import ContactsOfRows, contacts_of_rows, differences
from bot.service.bulk_suppressions import left_alone, suppress_rows
from bot.service.enrolment_ends import end_for_contacts
from bot.service.name_index import contact_words, rewrite_contact_words, write_words

_NAMES = frozenset(["first_name", "last_name", "email"])
_TRIES = 3
"""Another process may add the same person at the same moment; then the row is read again."""


@dataclass(slots=True)
class SliceImported:
    """What became of a slice. ``settled`` are accounts and contacts that later rows of the file leave alone."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    accounts_added: int = 0
    contacts: dict[int, UUID] = field(default_factory=dict)
    """Who each line that went in is."""
    settled: frozenset[UUID] = frozenset()
    duplicates: list[Refused] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[Refused] = field(default_factory=list)


def import_contacts(session: Session, command: ImportContacts, now: datetime) -> SliceImported:
    """Carry a slice in: new people, changed facts, wishes not to be called or written to."""
    done = SliceImported()
    said, unknown = account_facts(session, command.rows)
    refused = unknown | left_alone(session, command.rows)
    done.refused = [Refused(row.line, refused[row.line]) for row in command.rows if row.line in refused]
    rows = [row for row in command.rows if row.line not in refused]
    books = Books(session, rows)
    known = contacts_of_rows(session, rows, books, command.settled)
    accounts = books.settle(known.at, command.settled, now, said)
    owners = _owners(session, rows)
    done.notes = [Refused(row.line, f"the owner “{row.owner[:60]}” is none of us") for row in _ownerless(rows, owners)]
    done.notes += _unheard(rows, said, accounts)
    touched = set(accounts.changed_lines)
    added: dict[int, UUID] = {}
    settled = set(accounts.ids)
    repeated = set(known.repeated)
    waiting = [row for row in rows if row.line not in repeated]
    for _ in range(_TRIES):
        settled |= {one.id for one in known.by_line.values()}
        done.contacts |= {line: one.id for line, one in known.by_line.items() if line not in repeated}
        touched |= _change(session, waiting, known, accounts, owners)
        new = _once([row for row in waiting if row.line not in known.by_line], accounts, repeated)
        made = _add(session, new, command.source, accounts, owners, now)
        added |= made
        waiting = [row for row in new if row.line not in made]
        if not waiting:
            break
        known = contacts_of_rows(session, waiting, books, command.settled)
    done.refused += [Refused(row.line, "somebody else is changing this person; import it again") for row in waiting]
    done.duplicates = [Refused(line, "the same person as on an earlier line") for line in sorted(repeated)]
    done.contacts |= added
    kept = [row for row in rows if row.line not in repeated]
    touched = {line for line in touched if line not in repeated} | suppress_rows(session, kept, command.actor, now)
    touched |= keep_consents(session, kept, done.contacts)
    silent = [done.contacts[row.line] for row in kept if row.do_not_email and row.line in done.contacts]
    end_for_contacts(session, silent, EndReason.SUPPRESSED, now)
    done.settled = frozenset(settled | set(added.values()))
    done.accounts_added = accounts.added
    done.added = len(added)
    done.changed = len(touched - added.keys())
    done.unchanged = len(kept) - len(waiting) - done.added - done.changed
    return done


def _once(rows: list[ContactRow], accounts: AccountsOfRows, repeated: set[int]) -> list[ContactRow]:
    """Leave out rows without an address that repeat a new person of the same company; note their lines."""
    seen: set[tuple[UUID, str]] = set()
    kept: list[ContactRow] = []
    for row in rows:
        account, name = accounts.by_line.get(row.line), fold(f"{row.person.first_name} {row.person.last_name}")
        if account and name and not row.person.email and (account.id, name) in seen:
            repeated.add(row.line)
            continue
        if account and name:
            seen.add((account.id, name))
        kept.append(row)
    return kept


def finish_contacts_import(
    session: Session, actor: Actor | None, now: datetime, file_name: str, counts: dict[str, int]
) -> UUID:
    """Write into the audit log that a file was imported."""
    return audit.record(session, "import_contacts", actor, now, "", {"file": file_name[:255], **counts})


def _owners(session: Session, rows: Iterable[ContactRow]) -> dict[str, UUID]:
    """Our people by e-mail and by name, as the rows write them; a name that two share is nobody's."""
    asked = {row.owner for row in rows if row.owner}
    if not asked:
        return {}
    by_email: dict[str, UUID] = {}
    by_name: dict[str, list[UUID]] = {}
    for person_id, email, name in session.execute(select(Person.id, Person.email, Person.name)):
        by_email[email.casefold()] = person_id
        by_name.setdefault(fold(name), []).append(person_id)
    found: dict[str, UUID] = {}
    for text in asked:
        address = normalise_email(text) or ""
        named = by_name.get(fold(text), [])
        if address in by_email:
            found[text] = by_email[address]
        elif len(named) == 1:
            found[text] = named[0]
    return found


def _ownerless(rows: Iterable[ContactRow], owners: dict[str, UUID]) -> list[ContactRow]:
    return [row for row in rows if row.owner and row.owner not in owners]


def _unheard(rows: Iterable[ContactRow], said: Mapping[int, Said], accounts: AccountsOfRows) -> list[Refused]:
    """What is said of a company and has no effect yet, for the reader of the report."""
    notes = []
    for row in rows:
        account, facts = accounts.by_line.get(row.line), said.get(row.line, {})
        if facts and account is None:
            notes.append(Refused(row.line, "there is no company of which the row says whose it is or how it counts"))
        elif facts.get("strategic") and account is not None and account.owner_id is None:
            notes.append(Refused(row.line, "a strategic account is its owner's, and the company has none yet"))
    return notes


def _change(
    session: Session,
    rows: Iterable[ContactRow],
    known: ContactsOfRows,
    accounts: AccountsOfRows,
    owners: dict[str, UUID],
) -> set[int]:
    """Write what rows say that differs from what is stored; return their lines."""
    lines: set[int] = set()
    for row in rows:
        stored = known.by_line.get(row.line)
        if stored is None:
            continue
        account = accounts.by_line.get(row.line)
        changes = differences(row, stored, account.id if account else None, owners.get(row.owner))
        if not changes:
            continue
        lines.add(row.line)
        session.execute(update(Contact).where(Contact.id == stored.id).values(**changes))
        if changes.keys() & _NAMES:
            after = stored._replace(**{part: changes[part] for part in _NAMES if part in changes})
            rewrite_contact_words(session, after.id, after.first_name, after.last_name, after.email)
    return lines


def _add(
    session: Session,
    rows: list[ContactRow],
    source: Source,
    accounts: AccountsOfRows,
    owners: dict[str, UUID],
    now: datetime,
) -> dict[int, UUID]:
    """Insert people; return their ids by line, without those that another process was faster with."""
    if not rows:
        return {}
    by_id: dict[UUID, ContactRow] = {}
    values: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row.person.email or ""):
        person, account = row.person, accounts.by_line.get(row.line)
        contact_id = new_id()
        by_id[contact_id] = row
        values.append(
            {
                "id": contact_id,
                "account_id": account.id if account else None,
                "email": person.email,
                "first_name": person.first_name,
                "last_name": person.last_name,
                "title": person.title,
                "phone": person.phone,
                "linkedin": person.linkedin,
                "timezone": person.timezone,
                "country": person.country,
                "stage": Stage.PROSPECT,
                "source": source,
                "owner_id": owners.get(row.owner),
                "external_ids": dict(row.external_ids),
                "extra": dict(row.extra),
                "score": 0,
                "created_at": now,
            }
        )
    statement = insert_once(session, Contact).returning(Contact.id)
    inserted = set(session.connection().execute(statement, values).scalars())
    words = (
        contact_words(contact_id, row.person.first_name, row.person.last_name, row.person.email)
        for contact_id, row in by_id.items()
        if contact_id in inserted
    )
    write_words(session, [word for some in words for word in some])
    return {row.line: contact_id for contact_id, row in by_id.items() if contact_id in inserted}
