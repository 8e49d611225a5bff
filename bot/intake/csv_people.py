"""Our people from people.csv into the database (design: ``handraiser people import people.csv``).

``email,name,roles,team,timezone,country,hours,weight,aligned_aes,channel,manager``: several roles, teams or AEs are
separated by ``;`` or ``|`` (roles and AEs also by spaces). ``manager`` is the e-mail of whoever leads the row's
teams, or ``yes`` if this person leads them (the role comes with it), or ``no``. An empty cell changes nothing;
``-`` clears hours, channel and aligned_aes. A timezone in the file goes before Slack's.

What must stay true: a refused row changes nothing; nobody is removed; the same file a second time changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.errors import UserError
from bot.domain.import_rows import ImportPeople, ImportReport, PersonRow, Refused
from bot.domain.people_checks import check_people
from bot.intake.csv_reading import open_csv
from bot.intake.people_rows import HEADINGS, read_person
from bot.intake.slices import Slices
from bot.service.people_import import (
    Imported,
    align_people,
    finish_people_import,
    import_people,
    known_people,
    nobody_administers,
)

_MOST = 5_000


def import_people_file(
    database: Database,
    source_file: Path | str | bytes,
    clock_now: Callable[[], datetime],
    *,
    actor: Actor | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import people.csv, or its bytes, on the calling thread, and say what became of each row.

    ``clock_now`` is the business clock. Raises ``UserError`` where the file as a whole cannot be read.
    """
    report = ImportReport("person", dry_run=dry_run)
    rows = _read(source_file, report)
    limits = database.playbook.people
    checked = check_people(rows, database.read_now(known_people), limits.min_aligned_aes, limits.max_aligned_aes)
    report.refused += checked.refused
    report.refused.sort(key=lambda refused: refused.line)
    report.duplicates += checked.duplicates
    if checked.missing:
        names = ", ".join(checked.missing[:20]) + (" …" if len(checked.missing) > 20 else "")
        report.warnings.append(f"Not in this file, left as they are: {names}.")
    done = _write(database, ImportPeople(checked.rows, actor), clock_now, dry_run=dry_run)
    report.added = len(done.added)
    report.changed = len(done.changed - done.added)
    report.unchanged = len(checked.rows) - report.added - report.changed
    if not dry_run and database.read_now(nobody_administers):
        report.warnings.append("Nobody holds the role admin. Give it to somebody, or set ADMIN_EMAIL.")
    return report


def _read(source_file: Path | str | bytes, report: ImportReport) -> list[PersonRow]:
    rows: list[PersonRow] = []
    with open_csv(source_file, HEADINGS.__contains__) as file:
        places = HEADINGS.found_in(file, {"email": "email"}, report)
        for row in file.rows:
            read = row if isinstance(row, Refused) else read_person(row, places)
            if isinstance(read, Refused):
                report.refused.append(read)
                continue
            rows.append(read)
            if len(rows) > _MOST:
                raise UserError(f"More than {_MOST:,} people; this looks like a file of contacts.")
    return rows


def _write(database: Database, command: ImportPeople, clock_now: Callable[[], datetime], *, dry_run: bool) -> Imported:
    if dry_run:
        # Whoever is aligned must be there: a dry run is one transaction that is rolled back.
        return Slices(database, dry_run=True).write(len(command.rows), partial(_both, command=command, now=clock_now()))
    done = Imported()
    slices = Slices(database, dry_run=False)
    for step in (import_people, align_people):
        for rows in slices.cut(command.rows):
            some = ImportPeople(rows, command.actor)
            done = done | slices.write(len(rows), partial(step, command=some, now=clock_now()))
    if done.added or done.changed:
        slices.write(1, partial(finish_people_import, actor=command.actor, now=clock_now(), done=done))
    return done


def _both(session: Session, command: ImportPeople, now: datetime) -> Imported:
    return import_people(session, command, now) | align_people(session, command, now)
