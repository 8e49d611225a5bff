"""A second person on one ``/touch`` line: "tim bell voicemail; ruth vance no answer" (process §6).

What must stay true: one line is one touch; what came of somebody else is never taken for the first one's.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from bot.domain.terms import Outcome
from bot.domain.touch_hits import Hit
from bot.domain.touch_reading import Line
from bot.domain.touch_vocabulary import FILLERS, KNOWN, NEGATIONS, SOFT, STOPS

_NAMES: Final = range(1, 3)
_AFTER_COMMA: Final = 2
"""A name of one word is told from a remark only behind a semicolon or in a new line."""
_OTHERS: Final = (
    "i we he she they it him her them his their my our you who ceo cfo cto coo cmo vp boss manager assistant secretary "
    "reception receptionist wife husband colleague office desk mobile phone cell line number first second third try "
    "attempt still again today tomorrow then now also case study deck proposal quote info details slides brochure "
    "mailbox number contract invite calendar pricing was were is are has had very really not no"
)
_NOBODY: Final = FILLERS | KNOWN | NEGATIONS | SOFT | STOPS | frozenset(_OTHERS.split())
_OF_THINGS: Final = frozenset([Outcome.SENT])


def second_line(line: Line, hits: Sequence[Hit]) -> int | None:
    """Where the words begin that say what came of somebody else; None if nobody else is on the line.

    They begin a segment behind an outcome, with a name's words right before another outcome.
    """
    outcomes = [hit for hit in hits if hit.term.outcome is not None]
    for before, hit in pairwise(outcomes):
        first = _segment(line, hit)
        name = line.words[first : hit.first]
        if first < before.last or len(name) not in _NAMES or any(word.key in _NOBODY for word in name):
            continue
        if name[0].kind not in {"word", "email", "user"}:
            continue
        strong = re.search(r"[;\n]\s*$", line.text[: name[0].start]) is not None
        comma = line.text[: name[0].start].rstrip().endswith(",")
        sure = name[0].kind != "word" or (len(name) == _AFTER_COMMA and hit.term.outcome not in _OF_THINGS)
        if strong or (comma and sure):
            return name[0].start
    return None


def _segment(line: Line, hit: Hit) -> int:
    at = hit.first
    while at > 0 and not line.words[at].opens:
        at -= 1
    return at
