"""CSV files as people have them: any encoding, any delimiter, broken quotes and all.

What must stay true: any bytes give rows, refused rows or one ``UserError``, never another exception; a file is
streamed, so its length costs no memory; a broken row costs that row and none after it; cells are text and are
never evaluated.
"""

import codecs
import csv
import io
import re
import shutil
import tempfile
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from bot.domain.errors import UserError
from bot.domain.import_rows import Refused

DELIMITERS: Final = ",;\t|:"
_SAMPLE_BYTES: Final = 64 * 1024
_SAMPLE_ROWS: Final = 20
_LONGEST_LINE: Final = 1_000_000
_MOST_LINES: Final = 200
"""A row over more lines than this has a quotation mark that was never closed."""
_MOST_COLUMNS: Final = 500
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_UNREADABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_OPEN_QUOTE: Final = "a quotation mark is opened and never closed"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells, as many as there are headings; trimmed, control characters gone."""

    line: int
    cells: list[str]


@dataclass(slots=True)
class CsvFile:
    """An open file. ``rows`` can be walked once."""

    headings: list[str]
    delimiter: str
    warnings: list[str]
    rows: Iterator[Row | Refused]


def heading_key(heading: str) -> str:
    """Return the form headings are compared in: "First Name", "first_name" and "FIRST NAME" are one."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def clean(cell: str) -> str:
    """Return a cell on one line, composed, without control characters and outer space."""
    if not (cell.isascii() and cell.isprintable()):
        cell = unicodedata.normalize("NFC", _UNREADABLE.sub(" ", cell)).lstrip("\ufeff")
    return " ".join(cell.split())


@contextmanager
def open_csv(source: Path | str | bytes, is_known: Callable[[str], bool]) -> Iterator[CsvFile]:
    """Open a file, or its bytes, for reading; ``is_known`` tells whether a heading key is one we use.

    Raises ``UserError`` where there is nothing to read: no such file, a workbook, an empty file, no known heading.
    """
    with _binary(source) as binary:
        encoding, warnings = _encoding(binary)
        delimiter, told = _delimiter(binary, encoding, is_known)
        binary.seek(0)
        with io.TextIOWrapper(binary, encoding, errors="replace", newline="") as text:
            lines = _Lines(text)
            if told:
                lines.skip()
            records = _records(lines, delimiter)
            headings = _headings(records, is_known)
            yield CsvFile(headings, delimiter, warnings, _rows(records, len(headings)))


def _binary(source: Path | str | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return _seekable(Path(source).open("rb"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "the name cannot be used"
        raise UserError(f"I can't read {source}: {why}.") from None


def _seekable(binary: BinaryIO) -> BinaryIO:
    """The file, or what comes through a pipe in a file without a name: it is looked at more than once."""
    if binary.seekable():
        return binary
    kept = tempfile.TemporaryFile()  # noqa: SIM115 — the caller closes it
    with binary:
        shutil.copyfileobj(binary, kept)
    kept.seek(0)
    return cast(BinaryIO, kept)


def _encoding(binary: BinaryIO) -> tuple[str, list[str]]:
    head = binary.read(4)
    binary.seek(0)
    if not head:
        raise UserError("The file is empty.")
    if head.startswith(_WORKBOOKS):
        raise UserError("This is a spreadsheet workbook, not a CSV file. Save it as “CSV UTF-8” and try again.")
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return "utf-32", []
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := binary.read(_SAMPLE_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        binary.seek(0)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", ["Some characters are not valid UTF-8; they show as �. Save the file as UTF-8."]
        return "cp1252", ["The file is not UTF-8; it was read as Windows-1252. Check names with accents."]
    binary.seek(0)
    return "utf-8-sig", []


def _delimiter(binary: BinaryIO, encoding: str, is_known: Callable[[str], bool]) -> tuple[str, bool]:
    """Return the delimiter, and whether a first line ``sep=;`` told it."""
    block = binary.read(_SAMPLE_BYTES)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(block, final=len(block) < _SAMPLE_BYTES)
    lines = text.splitlines(keepends=True)[:_MOST_LINES]
    told = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if told and told[1] in DELIMITERS:
        return told[1], True
    return max(DELIMITERS, key=lambda mark: _likelihood(lines, mark, is_known)), False


def _likelihood(lines: Sequence[str], mark: str, is_known: Callable[[str], bool]) -> tuple[int, float, int]:
    """Known headings count first, then rows as wide as the heading. Of equals ``max`` takes the first."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # what can be read decides
        rows.extend(row for row in islice(csv.reader(lines, delimiter=mark), _SAMPLE_ROWS) if row)
    if not rows:
        return 0, 0.0, 0
    width = len(rows[0])
    known = sum(is_known(heading_key(cell)) for cell in rows[0][:_MOST_COLUMNS])
    return known, sum(len(row) == width for row in rows) / len(rows), width


class _RunawayError(Exception):
    """The row does not end where a row ends."""


class _LongLineError(Exception):
    """One line of the file is longer than any line of contacts."""


class _Lines:
    """The file's lines, with those of the row being read, so that they can be given back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 0
        self._waiting: deque[tuple[int, str | None]] = deque()
        self._taken: list[tuple[int, str | None]] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self._taken) >= _MOST_LINES:
            raise _RunawayError
        numbered = self._waiting.popleft() if self._waiting else self._read()
        if numbered is None:
            if self._taken:
                raise _RunawayError
            raise StopIteration
        line = numbered[1]
        if line is None and self._taken:
            self._waiting.appendleft(numbered)
            raise _RunawayError
        self._taken.append(numbered)
        if line is None:
            raise _LongLineError
        return line

    def _read(self) -> tuple[int, str | None] | None:
        line = self._text.readline(_LONGEST_LINE)
        if not line:
            return None
        self._number += 1
        if len(line) < _LONGEST_LINE or line.endswith(("\n", "\r")):
            return self._number, line
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(_LONGEST_LINE)
        return self._number, None

    def skip(self) -> None:
        self._read()

    def begin(self) -> None:
        """Begin a row."""
        self._taken.clear()

    @property
    def first(self) -> int:
        """The line on which the row begins."""
        return self._taken[0][0] if self._taken else self._number

    def give_back(self) -> int:
        """Put all but the row's first line back and return that one's number."""
        first = self.first
        self._waiting.extendleft(reversed(self._taken[1:]))
        return first


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]] | Refused]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _LongLineError:
            yield Refused(lines.first, f"the line has more than {_LONGEST_LINE:,} characters")
        except _RunawayError:
            yield Refused(lines.give_back(), _OPEN_QUOTE)
        except csv.Error:
            yield Refused(lines.give_back(), f"a cell is too long, or {_OPEN_QUOTE}")
        else:
            if any(cells):
                yield lines.first, cells


def _headings(records: Iterator[tuple[int, list[str]] | Refused], is_known: Callable[[str], bool]) -> list[str]:
    first = next(records, None)
    if first is None:
        raise UserError("The file is empty.")
    if isinstance(first, Refused):
        raise UserError(f"I can't read the headings on line {first.line}: {first.reason}.")
    headings = [clean(cell)[:255] for cell in first[1]]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > _MOST_COLUMNS:
        raise UserError(f"The file has {len(headings):,} columns; at most {_MOST_COLUMNS} can be read.")
    if not any(is_known(heading_key(heading)) for heading in headings):
        shown = ", ".join(heading[:40] for heading in headings[:5])
        raise UserError(
            f"I know none of the headings on line {first[0]} ({shown}). The first line must name the columns."
        )
    return headings


def _rows(records: Iterator[tuple[int, list[str]] | Refused], width: int) -> Iterator[Row | Refused]:
    for record in records:
        if isinstance(record, Refused):
            yield record
            continue
        line, raw = record
        cells = [clean(cell) for cell in raw]
        if not any(cells):
            continue
        if any(cells[width:]):
            yield Refused(
                line, f"it has {len(cells)} cells under {width} headings; text with the delimiter needs quotes"
            )
            continue
        yield Row(line, cells[:width] + [""] * (width - len(cells)))
