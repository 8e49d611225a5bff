"""Cadences under way from a CSV file into the database: ``handraiser import --steps steps.csv``.

``contact email,rep,started on,cycle,last e-mail sent on,last call,outcome,notes``, and name, company and reason where
the file has them. Days are the rep's; ``cycle`` is that of the last e-mail and is counted by the days where it is
missing; ``last call`` may hold the outcome too.

What must stay true: rows are read before a transaction begins; a bad row is refused with its line and reason and the
good ones go in; the same file a second time changes nothing, also where a plan has moved on here.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.errors import UserError
from bot.domain.import_rows import ImportReport, Refused
from bot.domain.step_rows import ImportSteps, StepRow
from bot.intake.csv_contacts import name_of
from bot.intake.csv_reading import CsvFile, open_csv
from bot.intake.slices import Slices
from bot.intake.step_rows import MEANING, NEEDED, places_of, read_step, unused
from bot.service.steps_import import StepsImported, finish_steps_import, import_steps

_AHEAD = timedelta(days=1)
"""Somewhere it is tomorrow already."""


def import_steps_file(
    database: Database,
    source_file: Path | str | bytes,
    clock_now: Callable[[], datetime],
    *,
    actor: Actor | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a file of cadences under way, or its bytes, and say what became of each row.

    ``clock_now`` is the business clock. Raises ``UserError`` where the file as a whole cannot be read.
    """
    report = ImportReport("step", dry_run=dry_run)
    slices = Slices(database, dry_run=dry_run)
    with open_csv(source_file, MEANING.__contains__) as file:
        read = _read(file, (clock_now() + _AHEAD).date(), report)
        for some in slices.cut(_first_of_each(_good(read, report), report)):
            command = ImportSteps(some, actor)
            _count(report, slices.write(len(some), partial(import_steps, command=command, now=clock_now())))
    if report.added or report.changed:
        counts = {"added": report.added, "changed": report.changed, "refused": len(report.refused)}
        finish = partial(finish_steps_import, actor=actor, now=clock_now(), name=name_of(source_file), counts=counts)
        slices.write(1, finish)
    report.refused.sort(key=lambda refused: refused.line)
    return report


def _read(file: CsvFile, today: date, report: ImportReport) -> Iterator[StepRow | Refused]:
    places = places_of(file.headings)
    missing = [said for fact, said in NEEDED.items() if fact not in places]
    if missing:
        raise UserError(f"No column holds {' or '.join(missing)}. The first line must name the columns.")
    report.warnings += file.warnings
    if others := unused(file.headings):
        report.warnings.append(f"Columns that are not used: {', '.join(name[:40] for name in others[:10])}.")
    for row in file.rows:
        yield row if isinstance(row, Refused) else read_step(row, places, today)


def _good(rows: Iterable[StepRow | Refused], report: ImportReport) -> Iterator[StepRow]:
    for row in rows:
        if isinstance(row, Refused):
            report.refused.append(row)
        else:
            yield row


def _first_of_each(rows: Iterable[StepRow], report: ImportReport) -> Iterator[StepRow]:
    """Leave out rows that repeat a person of the file."""
    first_lines: dict[str, int] = {}
    for row in rows:
        before = first_lines.setdefault(row.email, row.line)
        if before == row.line:
            yield row
        else:
            report.duplicates.append(Refused(row.line, f"the same person as on line {before}"))


def _count(report: ImportReport, done: StepsImported) -> None:
    report.added += done.added
    report.changed += done.changed
    report.unchanged += done.unchanged
    report.accounts_added += done.accounts_added
    report.refused.extend(done.refused)
    report.notes.extend(done.notes)
