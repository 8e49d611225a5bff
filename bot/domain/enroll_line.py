"""Reading ``/enroll``: whom, and why them.

What must stay true: every part of the line is either somebody to look up or the reason; nothing is dropped.
"""

import re
from dataclasses import dataclass
from typing import Final

_REASON: Final = re.compile(r"(?:^|\s)(because|anyway)\b[:,]?\s*", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[,;\n]+")
MOST: Final = 50
"""People named in one line; more come from a file."""


@dataclass(frozen=True, slots=True)
class EnrollLine:
    """Whom to look up, one by one, and the reason. ``anyway``: a rest may be cut short for it."""

    people: tuple[str, ...]
    reason: str = ""
    anyway: bool = False

    @property
    def override(self) -> str:
        """Why a rest is cut short; empty if it is to be kept."""
        return self.reason if self.anyway else ""


def read_enroll(text: str) -> EnrollLine:
    """Take "jane doe, tim@acme.com because they hired": names by comma, semicolon or line, a reason at the end."""
    found = _REASON.search(text)
    names, reason = (text[: found.start()], text[found.end() :].strip()) if found else (text, "")
    people = (" ".join(part.split()) for part in _BETWEEN.split(names))
    anyway = found is not None and found[1].casefold() == "anyway"
    return EnrollLine(tuple(dict.fromkeys(part for part in people if part)), reason, anyway)
