"""What every import of rows shares: which column holds what, good rows from refused ones, the first of each.

What must stay true: of two columns for one fact the first counts; a column nobody uses is said, not dropped unseen;
each row is counted once.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from bot.domain.errors import UserError
from bot.domain.import_rows import ImportReport, Refused
from bot.intake.csv_reading import CsvFile, heading_key

MOST_NAMED = 10
"""How many unused columns are named."""


class Numbered(Protocol):
    """A row that knows its line in the file."""

    @property
    def line(self) -> int:
        """The first is 1."""


class Counted(Protocol):
    """What one slice of an import did."""

    added: int
    changed: int
    unchanged: int
    accounts_added: int
    refused: list[Refused]
    notes: list[Refused]


R = TypeVar("R", bound=Numbered)


class Headings:
    """The headings of one kind of file. ``ways``: for each fact its headings as ``heading_key`` leaves them."""

    def __init__(self, ways: Mapping[str, str]) -> None:
        self.meaning = {key: fact for fact, keys in ways.items() for key in keys.split()}

    def __contains__(self, key: str) -> bool:
        return key in self.meaning

    def places(self, headings: list[str]) -> dict[str, int]:
        """Where each fact stands."""
        places: dict[str, int] = {}
        for place, heading in enumerate(headings):
            fact = self.meaning.get(heading_key(heading))
            if fact:
                places.setdefault(fact, place)
        return places

    def unused(self, headings: list[str]) -> list[str]:
        """The headings that mean nothing here."""
        return [heading for heading in headings if heading and heading_key(heading) not in self.meaning]

    def found_in(self, file: CsvFile, needed: Mapping[str, str], report: ImportReport) -> dict[str, int]:
        """Where each fact stands in ``file``; what is odd about it goes into the report.

        ``needed``: facts it cannot do without, each as a person calls it. Raises ``UserError`` naming those it lacks.
        """
        places = self.places(file.headings)
        if missing := [said for fact, said in needed.items() if not any(one in places for one in fact.split())]:
            raise UserError(f"No column holds {' or '.join(missing)}. The first line must name the columns.")
        report.warnings += file.warnings
        if others := self.unused(file.headings):
            named = ", ".join(name[:40] for name in others[:MOST_NAMED])
            report.warnings.append(f"Columns that are not used: {named}.")
        return places


def good(rows: Iterable[R | Refused], report: ImportReport) -> Iterator[R]:
    """The rows that could be read; the others go into the report."""
    for row in rows:
        if isinstance(row, Refused):
            report.refused.append(row)
        else:
            yield row


def first_of_each(
    rows: Iterable[R], report: ImportReport, key: Callable[[R], Hashable], again: Callable[[R], str]
) -> Iterator[R]:
    """Leave out rows that repeat another's ``key``; ``again`` says what is repeated, the line is added."""
    first_lines: dict[Hashable, int] = {}
    for row in rows:
        before = first_lines.setdefault(key(row), row.line)
        if before == row.line:
            yield row
        else:
            what, _, hint = again(row).partition("; ")
            report.duplicates.append(Refused(row.line, f"{what} as on line {before}" + (f"; {hint}" if hint else "")))


def count(report: ImportReport, done: Counted) -> None:
    """Add what one slice did."""
    report.added += done.added
    report.changed += done.changed
    report.unchanged += done.unchanged
    report.accounts_added += done.accounts_added
    report.refused.extend(done.refused)
    report.notes.extend(done.notes)


def sums(report: ImportReport) -> dict[str, int]:
    """What the audit log keeps of a file."""
    return {"added": report.added, "changed": report.changed, "refused": len(report.refused)}


def name_of(source_file: Path | str | bytes) -> str:
    """How a file is called; empty for bytes."""
    return "" if isinstance(source_file, bytes) else Path(source_file).name
