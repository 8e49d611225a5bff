"""Finds the vocabulary in a line's words, misspelt or not, and tells which finds are meant.

What must stay true: linear in the words; a negated phrase ("no voicemail") is no find; a phrase deep in a
sentence is not meant, one that begins a segment or follows another find is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.touch_text import Word
from bot.domain.touch_vocabulary import FILLERS, KNOWN, NEGATIONS, NOT_TYPOS, PHRASES, SOFT, SPELLINGS, Sense, Term


class Sureness(StrEnum):
    """How a word was read: as written, corrected beyond doubt, or a guess to be asked about."""

    EXACT = "exact"
    SURE = "sure"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the vocabulary at words ``first`` up to ``last``."""

    first: int
    last: int
    term: Term
    sureness: Sureness = Sureness.EXACT
    read_as: str = ""


_SEARCHED_FOR_SLIPS: Final = 14
_SHORTEST: Final = 4
_SURE_LENGTH: Final = 7
_TWO_SLIPS_SURE: Final = 10
_TWO_SLIPS_MAYBE: Final = 6


def find_hits(words: Sequence[Word], keys: Sequence[str]) -> list[Hit]:
    """All phrases in ``keys`` (the words' keys, corrected perhaps), left to right, longest first."""
    hits = []
    at = 0
    while at < len(keys):
        found = _phrase_at(words, keys, at)
        if found is None:
            at += 1
            continue
        size, term = found
        negated = at > 0 and keys[at - 1] in NEGATIONS and not words[at].opens
        if term.sense != Sense.NOTHING and not negated:
            hits.append(Hit(at, at + size, term))
        at += size
    return hits


def without_name(words: Sequence[Word], hits: Sequence[Hit]) -> list[Hit]:
    """The finds of "Grace Sent voicemail" without the surname: a capital after a capital, more in small behind."""
    for hit in hits[:2]:
        at = hit.first
        surname = 0 < at <= 2 and words[at].capital and words[at - 1].capital and not words[at].opens
        if surname and hit.term.sense != Sense.CHANNEL and any(not word.capital for word in words[at + 1 :]):
            keys = [word.key for word in words]
            keys[at] = ""
            left = find_hits(words, keys)
            if any(other.term.outcome for other in left):
                return left
    return list(hits)


def _phrase_at(words: Sequence[Word], keys: Sequence[str], at: int) -> tuple[int, Term] | None:
    for phrase, term in PHRASES.get(keys[at], ()):
        size = len(phrase)
        if size == 1 or (
            tuple(keys[at : at + size]) == phrase and not any(word.opens for word in words[at + 1 : at + size])
        ):
            return size, term
    return None


def corrected_hits(words: Sequence[Word]) -> list[Hit]:
    """Phrases found once misspellings among the first words are mended.

    A capital after a capital is likely a surname ("Jane Bouncer"): a guess at best.
    """
    keys = [word.key for word in words]
    mended: dict[int, Sureness] = {}
    shouted = all(word.capital for word in words)
    for at, word in enumerate(words[:_SEARCHED_FOR_SLIPS]):
        slip = correct(word.key) if word.kind == "word" else None
        if slip is not None and (at > 0 or slip[1] == Sureness.SURE):
            keys[at], mended[at] = slip
            if at > 0 and word.capital and words[at - 1].capital and not shouted:
                mended[at] = Sureness.MAYBE
    if not mended:
        return []
    return [_judged(hit, keys, mended) for hit in find_hits(words, keys)]


def _judged(hit: Hit, keys: Sequence[str], mended: dict[int, Sureness]) -> Hit:
    slips = [mended[at] for at in range(hit.first, hit.last) if at in mended]
    if not slips:
        return hit
    company = hit.last - hit.first > len(slips)  # a word beside it that is spelt right takes the doubt away
    sure = company or all(slip == Sureness.SURE for slip in slips)
    read_as = " ".join(keys[hit.first : hit.last])
    return Hit(hit.first, hit.last, hit.term, Sureness.SURE if sure else Sureness.MAYBE, read_as)


def correct(key: str) -> tuple[str, Sureness] | None:
    """The vocabulary's word that a misspelt one means: "voicemial" -> voicemail, sure; "bussy" -> busy, maybe."""
    if len(key) < _SHORTEST or key in KNOWN or key in NOT_TYPOS or not key.isascii():
        return None
    most = 2 if len(key) >= _TWO_SLIPS_MAYBE else 1
    near = process.extract(key, SPELLINGS, scorer=OSA.distance, score_cutoff=most, limit=6)
    if not near:
        return None
    letters = sorted(key)
    word, slips = min(
        ((word, int(slips)) for word, slips, _ in near),
        key=lambda pair: (pair[1], sorted(pair[0]) != letters, pair[0][0] != key[0], -len(pair[0])),
    )
    length = max(len(key), len(word))
    if slips == 1:
        return word, Sureness.SURE if length >= _SURE_LENGTH else Sureness.MAYBE
    if word[0] != key[0]:
        return None
    return word, Sureness.SURE if length >= _TWO_SLIPS_SURE else Sureness.MAYBE


def is_meant(hit: Hit, words: Sequence[Word], covered: Sequence[bool]) -> bool:
    """Whether a find begins a segment, or follows what is understood with nothing but small words between."""
    at = hit.first
    while True:
        if words[at].opens or at == 0 or covered[at - 1]:
            return True
        if words[at - 1].key not in FILLERS and words[at - 1].key not in SOFT:
            return False
        at -= 1
