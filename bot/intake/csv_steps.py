"""Cadences under way from a CSV file into the database: ``handraiser import --steps steps.csv``.

``contact email,rep,started on,cycle,last e-mail sent on,last call,outcome,notes``, and name, company and reason where
the file has them. Days are the rep's; ``cycle`` is that of the last e-mail and is counted by the days where it is
missing; ``last call`` may hold the outcome too.

What must stay true: rows are read before a transaction begins; a bad row is refused with its line and reason and the
good ones go in; the same file a second time changes nothing, also where a plan has moved on here.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.import_rows import ImportReport, Refused
from bot.domain.step_rows import ImportSteps, StepRow
from bot.intake.csv_reading import CsvFile, open_csv
from bot.intake.csv_rows import count, first_of_each, good, name_of, sums
from bot.intake.slices import Slices
from bot.intake.step_rows import HEADINGS, NEEDED, read_step
from bot.service.steps_import import finish_steps_import, import_steps

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
    with open_csv(source_file, HEADINGS.__contains__) as file:
        rows = good(_read(file, (clock_now() + _AHEAD).date(), report), report)
        for some in slices.cut(first_of_each(rows, report, lambda row: row.email, lambda _row: "the same person")):
            command = ImportSteps(some, actor)
            count(report, slices.write(len(some), partial(import_steps, command=command, now=clock_now())))
    if report.added or report.changed:
        finish = partial(
            finish_steps_import, actor=actor, now=clock_now(), name=name_of(source_file), counts=sums(report)
        )
        slices.write(1, finish)
    report.refused.sort(key=lambda refused: refused.line)
    return report


def _read(file: CsvFile, today: date, report: ImportReport) -> Iterator[StepRow | Refused]:
    places = HEADINGS.found_in(file, NEEDED, report)
    for row in file.rows:
        yield row if isinstance(row, Refused) else read_step(row, places, today)
