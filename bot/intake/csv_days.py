"""Days as files write them: 2026-06-30, 30.06.2026, 30/06/2026.

What must stay true: a day that can be read in two ways is refused, never guessed.
"""

import re
from datetime import date
from typing import Final

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DOTS: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class CellError(Exception):
    """A cell cannot be used; the message is a plain sentence."""


def read_day(cell: str) -> date | None:
    """The day a cell means; None for an empty one. Raises ``CellError``."""
    if not cell:
        return None
    for pattern, order in ((_ISO, (0, 1, 2)), (_DOTS, (2, 1, 0))):
        if found := pattern.fullmatch(cell):
            return _date(cell, *(int(found.groups()[place]) for place in order))
    if found := _SLASHES.fullmatch(cell):
        first, second, year = (int(part) for part in found.groups())
        if first > 12 or second > 12 or first == second:
            month, day = (second, first) if first > 12 else (first, second)
            return _date(cell, year, month, day)
    raise CellError(f"I can't tell which day “{cell[:40]}” is; write it like 2026-06-30")


def _date(cell: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(f"there is no day {cell[:40]}; write it like 2026-06-30") from None
