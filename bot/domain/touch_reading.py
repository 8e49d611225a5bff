"""One ``/touch`` line while it is read: its words, what was understood so far, what is to be asked.

What must stay true: a span once taken is never taken again for something else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain.time_words import Found as FoundTime
from bot.domain.touch_draft import Question, Span
from bot.domain.touch_hits import Hit
from bot.domain.touch_text import Word

SEPARATORS: Final = " \t\n,;:-–—·•|&"


@dataclass
class Line:
    """``now`` is aware UTC, ``tz`` the rep's zone. ``promise``: the callback said beside something else."""

    text: str
    words: list[Word]
    now: datetime
    tz: str
    spans: list[Span] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    first_time: FoundTime | None = None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether something between is understood already."""
        return any(span.start < end and start < span.end for span in self.spans)

    def is_taken(self, found: FoundTime) -> bool:
        """Whether a time stands in the name, or is another's."""
        return any(s.what in {"who", "callback"} and s.start < found.end and found.start < s.end for s in self.spans)

    def covered(self) -> list[bool]:
        """For each word whether it is understood."""
        taken = [False] * len(self.words)
        for span in self.spans:
            for at, word in enumerate(self.words):
                if span.start < word.end and word.start < span.end:
                    taken[at] = True
        return taken

    def take(self, first: int, last: int, what: str) -> None:
        """Words ``first`` up to ``last`` are understood."""
        self.spans.append(Span(self.words[first].start, self.words[last - 1].end, what))

    def quote(self, hit: Hit) -> str:
        """The words of a find as typed."""
        return self.text[self.words[hit.first].start : self.words[hit.last - 1].end]
