"""Open deals from a CSV file into the database: ``handraiser import --deals deals.csv``.

``company,contact email,ae,amount,currency,type,stage,expected close,next step,id``: company or contact is enough;
type is new, add_on or renewal; stage is qualified or proposal; the id of the system it comes from tells deals with
one company apart.

What must stay true: rows are read before a transaction begins; a bad row is refused with its line and reason and the
good ones go in; the same file a second time changes nothing, also where a deal has moved on here.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.deal_rows import DealRow, ImportDeals
from bot.domain.import_rows import ImportReport, Refused
from bot.intake.csv_reading import CsvFile, open_csv
from bot.intake.csv_rows import count, first_of_each, good, name_of, sums
from bot.intake.deal_rows import HEADINGS, NEEDED, read_deal
from bot.intake.slices import Slices
from bot.playbook.schema import Playbook
from bot.service.deals_import import finish_deals_import, import_deals


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
    with open_csv(source_file, HEADINGS.__contains__) as file:
        rows = good(_read(file, database.playbook, report), report)
        for some in slices.cut(first_of_each(rows, report, lambda row: row.key, _again)):
            command = ImportDeals(some, actor)
            count(report, slices.write(len(some), partial(import_deals, command=command, now=clock_now())))
    if report.added or report.changed:
        finish = partial(
            finish_deals_import, actor=actor, now=clock_now(), name=name_of(source_file), counts=sums(report)
        )
        slices.write(1, finish)
    report.refused.sort(key=lambda refused: refused.line)
    return report


def _read(file: CsvFile, rules: Playbook, report: ImportReport) -> Iterator[DealRow | Refused]:
    places = HEADINGS.found_in(file, NEEDED, report)
    usual, most = rules.metrics.hour_cost.currency, rules.opportunities.most_amount
    for row in file.rows:
        yield row if isinstance(row, Refused) else read_deal(row, places, usual, most)


def _again(row: DealRow) -> str:
    return "the same deal" if row.number else "the same deal; give both an id if they are two"
