"""Open deals from a CSV file into the database: ``handraiser import --deals deals.csv``.

``company,contact email,ae,amount,currency,type,stage,expected close,next step,id``: company or contact is enough;
type is new, add_on or renewal; stage is qualified or proposal; the id of the system it comes from tells deals with
one company apart.

What must stay true: rows are read before a transaction begins; a bad row is refused with its line and reason and the
good ones go in; the same file a second time changes nothing, also where a deal has moved on here.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.deal_rows import DealRow, ImportDeals
from bot.domain.errors import UserError
from bot.domain.import_rows import ImportReport, Refused
from bot.intake.csv_reading import CsvFile, open_csv
from bot.intake.deal_rows import MEANING, NEEDED, places_of, read_deal, unused
from bot.intake.slices import Slices
from bot.service.deals_import import DealsImported, finish_deals_import, import_deals


def import_deals_file(
    database: Database,
    source_file: Path | str | bytes,
    clock_now: Callable[[], datetime],
    *,
    actor: Actor | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a file of open deals, or its bytes, and say what became of each row.

    ``clock_now`` is the business clock. Raises ``UserError`` where the file as a whole cannot be read.
    """
    report = ImportReport("deal", dry_run=dry_run)
    slices = Slices(database, dry_run=dry_run)
    with open_csv(source_file, MEANING.__contains__) as file:
        rows = _first_of_each(_good(_read(file, database.playbook.metrics.hour_cost.currency, report), report), report)
        for some in slices.cut(rows):
            command = ImportDeals(some, actor)
            _count(report, slices.write(len(some), partial(import_deals, command=command, now=clock_now())))
    if report.added or report.changed:
        name = "" if isinstance(source_file, bytes) else Path(source_file).name
        counts = {"added": report.added, "changed": report.changed, "refused": len(report.refused)}
        slices.write(1, lambda session: finish_deals_import(session, actor, clock_now(), name, counts))
    report.refused.sort(key=lambda refused: refused.line)
    return report


def _read(file: CsvFile, currency: str, report: ImportReport) -> Iterator[DealRow | Refused]:
    places = places_of(file.headings)
    missing = [said for fact, said in NEEDED.items() if fact not in places]
    if "company" not in places and "email" not in places:
        missing.insert(0, "company or contact email")
    if missing:
        raise UserError(f"No column holds {' or '.join(missing)}. The first line must name the columns.")
    report.warnings += file.warnings
    if others := unused(file.headings):
        report.warnings.append(f"Columns that are not used: {', '.join(name[:40] for name in others[:10])}.")
    for row in file.rows:
        yield row if isinstance(row, Refused) else read_deal(row, places, currency)


def _good(rows: Iterable[DealRow | Refused], report: ImportReport) -> Iterator[DealRow]:
    for row in rows:
        if isinstance(row, Refused):
            report.refused.append(row)
        else:
            yield row


def _first_of_each(rows: Iterable[DealRow], report: ImportReport) -> Iterator[DealRow]:
    """Leave out rows that repeat a deal of the file."""
    first_lines: dict[str, int] = {}
    for row in rows:
        before = first_lines.setdefault(row.key, row.line)
        if before == row.line:
            yield row
        else:
            hint = "" if row.number else "; give both an id if they are two"
            report.duplicates.append(Refused(row.line, f"the same deal as on line {before}{hint}"))


def _count(report: ImportReport, done: DealsImported) -> None:
    report.added += done.added
    report.changed += done.changed
    report.unchanged += done.unchanged
    report.accounts_added += done.accounts_added
    report.refused.extend(done.refused)
    report.notes.extend(done.notes)
