"""Finds the person that a few typed words mean, among candidates that the search index proposed.

What must stay true: an ambiguous name becomes a choice, never a guess; an exact e-mail address or phone number decides;
what is typed and matched nothing is handed back (``Ranked.unmatched``), so that it can stand in the note.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from rapidfuzz.distance import OSA

from bot.domain.name_words import (
    DOMAIN,
    LEGAL_FORMS,
    LONGEST_TEXT,
    MOST_TOKENS,
    PARTICLES,
    alike,
    alike_all,
    company_words,
    fold,
    tokens,
)

_MATCH_AT: Final = 86.0
"""From this score on a single candidate is taken; below it is offered."""
_OFFER_AT: Final = 60.0
_CLEAR_LEAD: Final = 8.0
"""A rival within this distance makes it a choice."""
_OWN_FIRST: Final = 4.0
_SOME_WORD_FITS: Final = 62.0
"""One word fits well, others belong to a note perhaps ("jane pricing"): offered, never taken."""
_FITS: Final = 0.97
_COMPANY_ONLY: Final = "company"

_SHORTEST_PREFIX: Final = 3
_SHORTEST_FUZZY: Final = 3
_CLOSE: Final = 0.74

_EMAIL: Final = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AT_COMPANY: Final = re.compile(r"\s+(?:at|from|of|@)\s+(?P<at>\S[^()]*)$|\((?P<in>[^()]+)\)\s*$", re.IGNORECASE)
_PHONE: Final = re.compile(r"[+(]?\d[\d\s()./-]{4,22}\d")
"""A whole query that is a phone number in any common writing: "+49 30 901820", "030/901820", "(212) 555-0134"."""
_TRUNK_ZERO: Final = re.compile(r"\(0\)")
_FEWEST_DIGITS: Final = 6
_TELLING_DIGITS: Final = 7
"""The last digits of a number are the same however its country and area are written."""
_TITLES: Final = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sir", "madam", "mme"])


@dataclass(frozen=True, slots=True)
class NameQuery:
    """What somebody typed to mean a person: an address, a phone number, a name, a company, or a name and a company.

    ``phone``: the number as typed, to be read with a country in mind.
    """

    text: str
    email: str | None = None
    words: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    phone: str | None = None

    @classmethod
    def read(cls, text: str) -> "NameQuery":
        """Takes "jane@acme.com", "Jane Doe", "Doe, Jane", "jane at acme", "jane (acme)", "acme.com"."""
        text = " ".join(text[:LONGEST_TEXT].split())
        phone = _TRUNK_ZERO.sub("", text) if _PHONE.fullmatch(text) else None
        phone = phone if len(_digits(phone)) >= _FEWEST_DIGITS else None
        email = _EMAIL.search(text)
        rest = _EMAIL.sub(" ", text) if email else text
        company: tuple[str, ...] = ()
        at = _AT_COMPANY.search(rest)
        if at is not None and rest[: at.start()].strip():
            company = company_words(at["at"] or at["in"])
            rest = rest[: at.start()]
        domain = DOMAIN.fullmatch(rest.strip())
        words = fold(domain[1] if domain else rest).split()
        named = [word for word in words if word not in _TITLES and word not in LEGAL_FORMS]
        return cls(text, email[0].casefold() if email else None, tuple(named or words)[:MOST_TOKENS], company, phone)

    @property
    def search_words(self) -> list[str]:
        """What to ask the search index for: a row that starts with any of these is a candidate."""
        return tokens(" ".join((*self.words, *self.company)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact that may be meant. ``mine``: the one who asks owns the account or lead."""

    id: UUID | int | str
    first_name: str
    last_name: str
    email: str | None = None
    company: str | None = None
    mine: bool = False
    last_touched: datetime | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score from 0 to 100, the reason in words, and the query's words it does not explain.

    ``whole``: their full name was typed, nothing more and nothing less, in whatever spelling.
    """

    candidate: Candidate
    score: float
    why: str
    unmatched: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One person is meant."""

    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Choice:
    """Several may be meant, or one perhaps: ask. Best first."""

    options: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody here fits the words."""


@dataclass(frozen=True, slots=True)
class _Folded:
    person: tuple[str, ...]
    wholes: frozenset[str]
    alike: frozenset[str]
    last: frozenset[str]
    company: tuple[str, ...]
    local: tuple[str, ...] = field(default=())


def rank(query: NameQuery | str, candidates: Sequence[Candidate]) -> list[Ranked]:
    """The candidates that may be meant, best first; own ones before others of like score, then by last touch."""
    asked = NameQuery.read(query) if isinstance(query, str) else query
    ranked = [result for candidate in candidates if (result := _score(asked, candidate)) is not None]
    ranked = [result for result in ranked if result.score >= _OFFER_AT]
    return sorted(ranked, key=_order)


def decide(ranked: Sequence[Ranked]) -> Match | Choice | Nothing:
    """Whether one person is meant.

    A full name wins over a longer one that has all its words. Of several with the very same score by name, the only
    own one wins. A company alone with several people is a choice always.
    """
    if not ranked:
        return Nothing()
    best = max(result.score for result in ranked)
    close = [result for result in ranked if result.score > best - _CLEAR_LEAD]
    if best >= _MATCH_AT:
        close = [result for result in close if result.whole] or close
        if len(close) == 1:
            return Match(close[0])
        own = [result for result in close if result.candidate.mine and result.why != _COMPANY_ONLY]
        if len(own) == 1 and own[0].score == best:
            return Match(own[0])
    return Choice(tuple(ranked))


def _order(result: Ranked) -> tuple[float, float, str, str]:
    candidate = result.candidate
    touched = candidate.last_touched or datetime(1970, 1, 1, tzinfo=UTC)
    own = _OWN_FIRST if candidate.mine else 0.0
    return -(result.score + own), -touched.timestamp(), candidate.last_name, candidate.first_name


def _score(query: NameQuery, candidate: Candidate) -> Ranked | None:
    if query.email is not None:
        return _by_email(query, query.email, candidate)
    if query.phone is not None and _same_number(query.phone, candidate.phone):
        return Ranked(candidate, 100.0, "phone number")
    if not query.words:
        return None
    them = _folded(candidate)
    score, why, unmatched = _by_name(query, them)
    return Ranked(candidate, score, why, unmatched, whole=alike_all(query.words) in them.alike)


def _digits(text: str | None) -> str:
    return "".join(re.findall(r"[0-9]", text or ""))


def _same_number(typed: str, known: str | None) -> bool:
    ending = _digits(typed)[-_TELLING_DIGITS:]
    return bool(known) and _digits(known).endswith(ending)


def _by_email(query: NameQuery, email: str, candidate: Candidate) -> Ranked | None:
    known = (candidate.email or "").casefold()
    if known == email:
        return Ranked(candidate, 100.0, "e-mail address")
    likeness = OSA.normalized_similarity(email, known) if known else 0.0
    if likeness >= 0.9:
        return Ranked(candidate, 80.0 * likeness, "similar e-mail address")
    if query.words:
        score, _, unmatched = _by_name(query, _folded(candidate))
        return Ranked(candidate, 0.75 * score, "same name, another e-mail address", unmatched)
    return None


def _by_name(query: NameQuery, them: _Folded) -> tuple[float, str, tuple[str, ...]]:
    no_words: tuple[str, ...] = ()
    if "".join(query.words) in them.wholes:
        score, why, unmatched = 100.0, "name", no_words
    elif "".join(query.words) in them.last:
        score, why, unmatched = 94.0, "last name", no_words
    else:
        score, why, unmatched = _word_by_word(query.words, them)
    if query.company:
        fit = min(_best(word, them.company) for word in query.company)
        if fit < _CLOSE:
            return 0.7 * score, f"{why}, another company", unmatched
        return min(100.0, score * (0.9 + 0.1 * fit) + 5.0 * fit), f"{why} and company", unmatched
    return score, why, unmatched


def _word_by_word(words: tuple[str, ...], them: _Folded) -> tuple[float, str, tuple[str, ...]]:
    total = gained = best = 0.0
    hits: set[str] = set()
    unmatched = []
    for word in words:
        weight = max(len(word), 2)
        likeness, where = max(
            (_best(word, them.person), "name"),
            (0.98 * _best(word, them.company), _COMPANY_ONLY),
            (0.95 * _best(word, them.local), "e-mail address"),
        )
        total += weight
        best = max(best, likeness)
        if likeness == 0.0:
            unmatched.append(word)
            continue
        gained += weight * likeness
        hits.add("last name" if where == "name" and _best(word, tuple(them.last)) == likeness else where)
    full = 100.0 if "last name" in hits and "name" in hits else 94.0
    if hits == {_COMPANY_ONLY}:
        full = 90.0
    why = "name" if {"last name", "name"} <= hits else " and ".join(sorted(hits, reverse=True))
    least = _SOME_WORD_FITS if unmatched and best >= _FITS else 0.0
    return max(full * gained / total, least), why, tuple(unmatched)


def _best(word: str, known: tuple[str, ...]) -> float:
    return max((_likeness(word, other) for other in known), default=0.0)


def _likeness(word: str, known: str) -> float:
    """1.0 the same, 0.98 another spelling, 0.93 the beginning, 0.85 a letter or two, less for a typing slip."""
    if word == known:
        return 1.0
    if alike(word) == alike(known):
        return 0.98
    if len(word) < _SHORTEST_PREFIX:
        return 0.85 if known.startswith(word) else 0.0
    if len(word) >= _SHORTEST_PREFIX and known.startswith(word):
        return 0.93
    if min(len(word), len(known)) < _SHORTEST_FUZZY:
        return 0.0
    likeness = OSA.normalized_similarity(word, known, score_cutoff=_CLOSE)
    return 0.95 * likeness


@lru_cache(maxsize=1024)
def _folded(candidate: Candidate) -> _Folded:
    first, last = fold(candidate.first_name).split(), fold(candidate.last_name).split()
    one, two = "".join(first), "".join(last)
    pieces = [word for word in tokens(f"{candidate.first_name} {candidate.last_name}") if len(word) > 2]
    email = (candidate.email or "").split("@")
    domain = email[1].rsplit(".", 1)[0] if len(email) == 2 else ""
    return _Folded(
        person=tuple(dict.fromkeys((*first, *last, *(word for word in (one, two) if word), *pieces))),
        wholes=frozenset(whole for whole in (one + two, two + one) if one and two and whole),
        alike=frozenset((alike_all([*first, *last]), alike_all([*last, *first])) if first and last else ()),
        last=frozenset(word for word in (two, *last) if word and word not in PARTICLES),
        company=tuple(dict.fromkeys((*company_words(candidate.company or ""), *fold(domain).split()))),
        local=tuple(fold(email[0]).split()),
    )
