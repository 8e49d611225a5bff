"""Reading ``/enroll``: whom, on whose list, and why them.

What must stay true: every part of the line is somebody to look up, the rep or the reason; nothing is dropped.
"""

import re
from dataclasses import dataclass
from typing import Final

_REASON: Final = re.compile(r"(?:^|\s)(because|anyway)\b[:,]?\s*", re.IGNORECASE)
_REP: Final = re.compile(r"(?:^|\s)for\s+(?:<@([UW][A-Z0-9]+)>|@(\S+))\s*$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[,;\n]+")
MOST: Final = 50
"""People named in one line; more come from a file."""


@dataclass(frozen=True, slots=True)
class EnrollLine:
    """Whom to look up, one by one, and the reason. ``anyway``: a rest may be cut short for it.

    ``rep``: the Slack user whose list it is; empty for one's own. ``rep_unknown``: a name after @ that is no user.
    """

    people: tuple[str, ...]
    reason: str = ""
    anyway: bool = False
    rep: str = ""
    rep_unknown: str = ""

    @property
    def override(self) -> str:
        """Why a rest is cut short; empty if it is to be kept."""
        return self.reason if self.anyway else ""


def read_enroll(text: str) -> EnrollLine:
    """Take "jane doe, tim@acme.com because they hired": names by comma, semicolon or line, a reason at the end.

    "for @sam" stands after the names, or after the reason.
    """
    found = _REASON.search(text)
    names, reason = (text[: found.start()], text[found.end() :].strip()) if found else (text, "")
    rep = _REP.search(names)
    if rep is not None:
        names = names[: rep.start()]
    elif (rep := _REP.search(reason)) is not None:
        reason = reason[: rep.start()].strip()
    people = (" ".join(part.split()) for part in _BETWEEN.split(names))
    anyway = found is not None and found[1].casefold() == "anyway"
    named, user, unknown = tuple(dict.fromkeys(part for part in people if part)), rep and rep[1], rep and rep[2]
    return EnrollLine(named, reason, anyway, (user or "").upper(), unknown or "")
