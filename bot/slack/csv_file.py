"""Rows as a CSV file that a spreadsheet opens safely.

What must stay true: no text from outside begins a formula; the columns of figures add up to the number.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.domain.metrics import Row

COLUMNS = (
    "id",
    "at",
    "name",
    "company",
    "rep",
    "account_executive",
    "source",
    "what",
    "counts",
    "amount",
    "currency",
    "seconds",
    "seconds_on_shift",
)
# The wide ones begin formulas too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows_csv(rows: Iterable[Row]) -> bytes:
    """The file: UTF-8 with its mark, so that spreadsheets read names right. Times are UTC in ISO 8601."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _cells(row: Row) -> list[str]:
    said = (row.name, row.company, row.rep, row.ae, row.source, row.what)
    at = row.at.astimezone(UTC).isoformat() if isinstance(row.at, datetime) else row.at.isoformat()
    figures = (row.seconds, row.shift_seconds)
    return [
        str(row.id),
        at,
        *(safe(text) for text in said),
        "1" if row.counts else "0",
        "" if row.cents is None else f"{row.cents // 100}.{row.cents % 100:02}",
        safe(row.currency or ""),
        *("" if figure is None else str(figure) for figure in figures),
    ]


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    kept = text.replace("\x00", "")
    return f"'{kept}" if kept.lstrip(" ").startswith(_FORMULA) else kept
