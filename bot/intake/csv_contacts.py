"""Contacts from a CSV file into the database (design, Names that stay: ``handraiser import contacts.csv``).

What must stay true: rows are read before a transaction begins; a bad row is refused with its line and reason and
the good ones go in; the same file a second time changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.errors import UserError
from bot.domain.import_rows import ContactRow, ImportContacts, ImportReport, Refused
from bot.domain.matching import fold
from bot.domain.terms import Source
from bot.intake.contact_columns import MEANING, Columns
from bot.intake.contact_consent import ConsentRules
from bot.intake.contact_rows import ContactReader
from bot.intake.csv_enrolling import FileEnrolling
from bot.intake.csv_reading import Row, open_csv
from bot.intake.csv_rows import count, name_of, sums
from bot.intake.slices import Slices
from bot.service.contacts_import import finish_contacts_import, import_contacts


def import_contacts_file(
    database: Database,
    source_file: Path | str | bytes,
    clock_now: Callable[[], datetime],
    *,
    source: Source = Source.LIST,
    actor: Actor | None = None,
    enroll: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Import a file, or its bytes, in short transactions on the calling thread, and say what became of each row.

    ``clock_now`` is the business clock. ``enroll``: the e-mail or name of the rep into whose cadence everybody goes
    whose row does not name another. Raises ``UserError`` where the file as a whole cannot be read; what was
    imported before an interruption stays, and running the file again goes on from there.
    """
    report = ImportReport("contact", dry_run=dry_run)
    slices = Slices(database, dry_run=dry_run)
    settled: set[UUID] = set()
    with open_csv(source_file, MEANING.__contains__) as file:
        columns = Columns(file.headings)
        if not columns.has("email", "name", "first_name", "last_name"):
            raise UserError("No column holds an e-mail address or a name. Name one “Email” or “First Name”.")
        report.warnings.extend(file.warnings)
        enrolling = FileEnrolling(database, enroll, actor)
        playbook = database.playbook
        rules = ConsentRules(playbook.compliance.consent_bases, clock_now())
        reader = ContactReader(columns, playbook.people.country, rules)
        for rows in slices.cut(_good(_first_of_each(_read(reader, file.rows), report), report)):
            command = ImportContacts(rows, source, actor, settled)
            done = slices.write(len(rows), partial(import_contacts, command=command, now=clock_now()))
            settled |= done.settled
            count(report, done)
            report.duplicates.extend(done.duplicates)
            enrolling.note(rows, done.contacts)
    enrolling.carry_out(slices, report, name_of(source_file), clock_now)
    if report.added or report.changed:
        finish = partial(
            finish_contacts_import, actor=actor, now=clock_now(), file_name=name_of(source_file), counts=sums(report)
        )
        slices.write(1, finish)
    report.refused.sort(key=lambda refused: refused.line)
    return report


def _read(reader: ContactReader, rows: Iterable[Row | Refused]) -> Iterator[ContactRow | Refused]:
    for row in rows:
        yield row if isinstance(row, Refused) else reader.read(row)


def _good(rows: Iterable[ContactRow | Refused], report: ImportReport) -> Iterator[ContactRow]:
    for row in rows:
        if isinstance(row, Refused):
            report.refused.append(row)
            continue
        report.notes.extend(Refused(row.line, note) for note in row.notes)
        yield row


def _first_of_each(rows: Iterable[ContactRow | Refused], report: ImportReport) -> Iterator[ContactRow | Refused]:
    """Leave out rows that repeat a person of the file; remembers a number for each person."""
    first_lines: dict[int, int] = {}
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        before = first_lines.setdefault(hash(_identity(row)), row.line)
        if before == row.line:
            yield row
        else:
            report.duplicates.append(Refused(row.line, f"the same person as on line {before}"))


def _identity(row: ContactRow) -> tuple[str, ...]:
    person, company = row.person, row.company
    if person.email:
        return (person.email,)
    where = company.domain or fold(company.name or "") or person.phone or ""
    return (fold(f"{person.first_name} {person.last_name}"), where)
