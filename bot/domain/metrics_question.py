"""What ``/pipeline`` is asked: a period, and whose results, from where; read from words, carried by buttons.

What must stay true: each word is either understood or named in the help that follows; nothing is guessed silently.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz, process

from bot.domain.metrics_period import Period, Span, ends_first, no_such_day, read_period, unit_of
from bot.domain.terms import Source
from bot.domain.touch_text import plain

MOST_WORDS: Final = 24
EVERYONE: Final = "*"
"""Whose results a menu's option means that stands for all."""
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_NOISE: Final = frozenset(
    ["for", "in", "of", "by", "the", "results", "result", "pipeline", "show", "numbers", "please", "and", "from", "on"]
)
_MINE: Final = frozenset(["me", "mine", "my", "own", "myself"])
_ALL: Final = frozenset(["all", "everyone", "everybody", "company", "total", "overall"])
_MY_TEAM: Final = re.compile(r"\b(?:my|our) teams?\b", re.IGNORECASE)
_ENDS: Final = frozenset(["to", "until", "till"])
_PERIODS: Final = (
    "today",
    "yesterday",
    *(f"{which} {unit}" for which in ("this", "last") for unit in ("week", "month", "quarter", "year")),
)
_PERIOD_ALIKE: Final = 82
"""How alike words must be to a period to be offered it, of 100."""
_SOURCE_LETTERS: Final = 3
"""A shorter beginning means no source: "to" is none."""
_ALIKE: Final = 72
"""How alike a name must be to be offered as a guess, of 100."""


class Kind(StrEnum):
    """What a name in the words can mean."""

    TEAM = "team"
    PERSON = "rep"
    SOURCE = "source"
    SEGMENT = "segment"


_KEYWORDS: Final = {
    "team": Kind.TEAM,
    "rep": Kind.PERSON,
    "person": Kind.PERSON,
    "ae": Kind.PERSON,
    "source": Kind.SOURCE,
    "segment": Kind.SEGMENT,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be shown. Neither team nor person: all that whoever asks may see."""

    period: Period
    team_id: UUID | None = None
    person_id: UUID | None = None
    source: Source | None = None
    segment_key: str | None = None

    def encode(self) -> str:
        """As buttons carry it; at most 150 characters where a segment's key has 40."""
        who = f"t{self.team_id.hex}" if self.team_id else f"p{self.person_id.hex}" if self.person_id else ""
        return "~".join((self.period.encode(), who, self.source or "", self.segment_key or ""))

    @classmethod
    def decode(cls, text: str) -> "Question":
        """Read what ``encode`` wrote. Raises ``ValueError``."""
        period, who, source, segment = text.split("~")
        question = cls(Period.decode(period), source=Source(source) if source else None, segment_key=segment or None)
        return question.about(who)

    def about(self, who: str) -> "Question":
        """The same of somebody else: ``t`` or ``p`` and an id; nothing: all. Raises ``ValueError``."""
        if who in ("", EVERYONE):
            return replace(self, team_id=None, person_id=None)
        if who[0] not in "tp":
            raise ValueError("neither a team nor a person")
        subject = UUID(who[1:])
        return replace(self, team_id=subject if who[0] == "t" else None, person_id=subject if who[0] == "p" else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """The words, taken apart. ``named``: names behind a keyword; ``rest``: words that may be a name of any kind."""

    period: Period | None = None
    named: tuple[tuple[Kind, str], ...] = ()
    rest: tuple[str, ...] = ()
    slack_user_id: str | None = None
    mine: bool = False
    everyone: bool = False
    my_team: bool = False
    fault: str = ""
    """A sentence on what is wrong with the days, if something is."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that words can mean."""

    kind: Kind
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Words that mean nothing here, or several things; ``offers`` are what they may have meant."""

    words: str
    offers: tuple[Name, ...] = ()
    several: bool = False
    period: str = ""
    """Words of a period that they may be a slip of."""


def usual_period(today: date) -> Period:
    """What is shown where no period is said: this month so far; on its first day, last month."""
    return unit_of(Span.MONTH, today, 1 if today.day == 1 else 0)


def take_apart(text: str, today: date) -> Asked:
    """Find the period, keywords and names in what was typed after ``/pipeline``."""
    mention = _MENTION.search(text)
    words = [_unmarked(one) for one in plain(_MENTION.sub(" ", text)).replace(",", " ").split()[:MOST_WORDS]]
    fault = _fault(words, today)
    my_team = _MY_TEAM.search(" ".join(words)) is not None
    period, words = _find_period(words, today)
    asked = Asked(period, slack_user_id=mention[1] if mention else None, my_team=my_team, fault=fault)
    named: list[tuple[Kind, str]] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        kind = _KEYWORDS.get(words[at].casefold())
        if kind is None:
            rest.append(words[at])
            at += 1
            continue
        end = next((i for i in range(at + 1, len(words)) if words[i].casefold() in _KEYWORDS), len(words))
        if end > at + 1:
            named.append((kind, " ".join(words[at + 1 : end])))
        at = end
    told = [word for word in rest if word.casefold() not in _NOISE]
    return replace(
        asked,
        named=tuple(named),
        rest=tuple(word for word in told if word.casefold() not in _MINE | _ALL),
        mine=any(word.casefold() in _MINE for word in told),
        everyone=any(word.casefold() in _ALL for word in told),
    )


def _unmarked(word: str) -> str:
    """A word, or the name in an "@sam" that Slack left as it was."""
    return word.removeprefix("@") or word


def _find_period(words: list[str], today: date) -> tuple[Period | None, list[str]]:
    """The longest run of words that says a period, and the words without it."""
    for length in range(min(len(words), 9), 0, -1):
        for start in range(len(words) - length, -1, -1):  # of two that are as long, the later one
            if start and words[start - 1].casefold() in _KEYWORDS:
                continue  # "rep April" is somebody, not a month
            period = read_period(" ".join(words[start : start + length]), today)
            if period is not None:
                return period, words[:start] + words[start + length :]
    return None, words


def _fault(words: list[str], today: date) -> str:
    """What is wrong with the days, as a sentence; empty where nothing is."""
    wrong = no_such_day(" ".join(words))
    if wrong:
        return f"There is no {wrong.title()}."
    runs = [(at, end) for at in range(len(words)) for end in range(at + 1, min(at + 9, len(words)) + 1)]
    if any(ends_first(" ".join(words[at:end]), today) for at, end in runs if end - at > 1):
        return "The end is before the beginning. Turn them round, or write the years: `20 dec 2025 to 10 jan 2026`."
    if words and words[0].casefold() in _ENDS and any(read_period(" ".join(words[1:end]), today) for _, end in runs):
        return "From which day? Say the beginning too, like `1 sep to 1 oct`, or `since 1 sep`."
    return ""


def _period_like(words: Sequence[str]) -> str:
    """The period that the first words, or the only one, may be a slip of; empty where none is near."""
    for text in (" ".join(words[:2]), words[0]):
        close = process.extractOne(text.casefold(), _PERIODS, scorer=fuzz.ratio, score_cutoff=_PERIOD_ALIKE)
        if close:
            return str(close[0])
    return ""


def find_names(asked: Asked, names: Sequence[Name]) -> list[Name] | NotUnderstood:
    """The names that the words mean, or what was not understood."""
    found: list[Name] = []
    rest = list(asked.rest)
    for kind, text in asked.named:
        one = _first(text.split(), [name for name in names if name.kind is kind])
        if isinstance(one, NotUnderstood):
            return one
        found.append(one[0])
        rest = [*one[1], *rest]
    while rest:
        one = _first(rest, names)
        if isinstance(one, NotUnderstood):
            return one
        found.append(one[0])
        rest = one[1]
    return found


def _first(words: list[str], names: Sequence[Name]) -> tuple[Name, list[str]] | NotUnderstood:
    """The name that the most of the first words mean, and the words after it."""
    for size in range(len(words), 0, -1):
        one = _find(" ".join(words[:size]), names)
        if isinstance(one, Name):
            return one, words[size:]
    missed = _find(" ".join(words), names)
    assert isinstance(missed, NotUnderstood)
    return missed if missed.several else replace(missed, period=_period_like(words))


def resembling(text: str, names: Sequence[Name]) -> list[Name]:
    """The names that begin with what is typed, then those alike; all where nothing is typed."""
    wanted = _folded(text)
    if not wanted:
        return list(names)
    begun = [name for name in names if _begins(wanted.split(), _folded(name.text).split())]
    missed = _find(text, [name for name in names if name not in begun])
    return begun + (list(missed.offers) if isinstance(missed, NotUnderstood) else [missed])


def _find(text: str, names: Sequence[Name]) -> Name | NotUnderstood:
    wanted = _folded(text)
    exact = [name for name in names if _folded(name.text) == wanted]
    begun = exact or [
        name
        for name in names
        if (name.kind is not Kind.SOURCE or len(wanted) >= _SOURCE_LETTERS)
        and _begins(wanted.split(), _folded(name.text).split())
    ]
    if len(begun) == 1:
        return begun[0]
    if begun:
        return NotUnderstood(text, tuple(begun[:5]), several=True)
    choices: Mapping[int, str] = {place: _folded(name.text) for place, name in enumerate(names)}
    alike = process.extract(wanted, choices, scorer=fuzz.WRatio, limit=3, score_cutoff=_ALIKE)
    return NotUnderstood(text, tuple(names[place] for _, _, place in alike))


def _begins(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each word is the beginning of a word of its own."""
    left = list(words)
    for word in wanted:
        hit = next((one for one in left if one.startswith(word)), None)
        if hit is None:
            return False
        left.remove(hit)
    return bool(wanted)


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
