"""Reading ``/handraiser reassign sam to ada, maya``: whose work, and who gets it.

What must stay true: every name of the line is looked up; nothing is dropped.
"""

import re
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"^\s*\S+\s*")
_TO: Final = re.compile(r"(?:^|\s+)to\s+", re.IGNORECASE)
_FROM: Final = re.compile(r"^(?:from|of)\s+", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*[,;&]\s*|\s+and\s+", re.IGNORECASE)
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class NamedOne:
    """Somebody of ours as they were named: the words, or the Slack user of a mention."""

    words: str
    slack_user_id: str = ""

    def fits(self, name: str) -> bool:
        """Whether each of the words begins a word of ``name``."""
        theirs = name.casefold().split()
        return all(any(one.startswith(word) for one in theirs) for word in self.words.casefold().split())

    def is_called(self, name: str) -> bool:
        """Whether each of the words is one of ``name``."""
        return set(self.words.casefold().split()) <= set(name.casefold().split())


def read_reassign(text: str) -> tuple[NamedOne | None, tuple[NamedOne, ...]]:
    """Take what follows the command, "reassign" first: whose work it is, and who is to have it."""
    rest = _WORD.sub("", text, count=1)
    givers, *takers = _TO.split(rest, maxsplit=1)
    giver = _one(_FROM.sub("", givers.strip()))
    found = tuple(one for part in _BETWEEN.split(takers[0] if takers else "") if (one := _one(part)) is not None)
    return giver, tuple(dict.fromkeys(found))


def _one(words: str) -> NamedOne | None:
    """One name. An "@sam.okafor" that Slack left as it was is the name."""
    mention = _MENTION.search(words)
    if mention is not None:
        return NamedOne(words.strip(), mention[1])
    name = words.replace("@", " ").replace(".", " ") if words.lstrip().startswith("@") else words
    return NamedOne(" ".join(name.split())) if name.strip() else None
