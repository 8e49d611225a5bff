"""Who a ``/touch`` line is about: the words before the first understood one, or after a verb.

What must stay true: an e-mail address or a Slack user anywhere decides, a phone number where nobody is named; a name
is never stretched over a sentence; what is not taken for the name stays for the note.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.touch_draft import Span, Who
from bot.domain.touch_hits import Hit
from bot.domain.touch_text import Word
from bot.domain.touch_vocabulary import FILLERS, SOFT, STOPS, WISHES, Sense

_LONGEST_NAME: Final = 6
_UNMARKED_NAME: Final = 2
"""How many small-letter words after "called" are taken for a name, when nothing ends it sooner."""
_JOINS: Final = frozenset(["with", "to", "for", "from", "the", "at"])
_AT: Final = frozenset(["at", "from", "of", "@"])
_BEFORE_VERB: Final = (FILLERS - {"a", "an", "the"}) | SOFT
_VERBS: Final = frozenset(["contacted", "tried", "texted", "pinged", "messaged", "told", "asked", "chased", "nudged"])
_NEVER_NAMES: Final = frozenset(["i", "we", "hi", "hey", "im", "ive", "just", "had", "tried"])
_PRONOUNS: Final = frozenset(
    ["she", "he", "they", "her", "him", "them", "me", "us", "you", "it", "somebody", "someone"]
)
_STOPS: Final = STOPS | WISHES | _VERBS | {"do", "did", "does", "didnt", "dont", "doesnt"}
_EMOJI: Final = re.compile(r":[a-z][a-z0-9_+-]{1,40}:")
_PARTICLES: Final = frozenset(
    ["van", "von", "der", "den", "de", "del", "della", "di", "da", "la", "le", "ter", "el", "al"]
)


Aside = tuple[int, int]
"""From where to where a time or a duration stands in the line: never part of a name."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is, the spans that say so, and whether the first hit was a name after all ("Busy, connected")."""

    who: Who
    spans: tuple[Span, ...] = ()
    first_hit_is_name: bool = False


def find_who(text: str, words: Sequence[Word], hits: Sequence[Hit], asides: Sequence[Aside]) -> Found:
    """Who the line is about."""
    limit = _before_referral(words, hits)
    mail = next((at for at in range(limit) if words[at].kind == "email"), None)
    user = next((at for at in range(limit) if words[at].kind == "user"), None)
    name, as_name = _name(words, hits, asides)
    if as_name and (mail is not None or user is not None):
        name, as_name = range(0), False
    near = _beside(words, hits, mail, name)
    kept = [at for at in near if words[at].kind == "word"]
    number = next((at for at in range(limit) if words[at].kind == "phone"), None)
    if not kept and mail is None and user is None and number is not None:
        kept = [number]
    spans = [_span(text, words, kept)] if kept else []
    spans += [Span(words[at].start, words[at].end, "who") for at in (mail, user) if at is not None]
    who = Who(
        email=words[mail].key if mail is not None else None,
        slack_id=words[user].key[2:-1] if user is not None else None,
        text=_clean(text, spans[0]) if kept else "",
    )
    return Found(who, tuple(spans), as_name)


def _before_referral(words: Sequence[Word], hits: Sequence[Hit]) -> int:
    """Addresses after "referred to" are the other person's, unless nobody is named before it."""
    for hit in hits:
        if hit.term.outcome is not None and hit.term.outcome.value == "referral":
            return hit.last if hit.first > 0 else len(words)
    return len(words)


def _name(words: Sequence[Word], hits: Sequence[Hit], asides: Sequence[Aside]) -> tuple[range, bool]:
    aside = [any(start <= word.start < end for start, end in asides) for word in words]
    if not hits:
        at = next((at for at, word in enumerate(words) if word.key not in _VERBS and not aside[at]), 0)
        return _unmarked(words, at, len(words), hits, aside), False
    first = hits[0]
    lead = _leading(words, first.first, aside)
    if lead:
        return lead, False
    after = _unmarked(words, _skip(words, hits, aside), len(words), hits, aside)
    if after:
        return after, False
    if first.first > 0:
        return range(first.first) if not any(aside[: first.first]) else range(0), False
    alone = len(hits) > 1 and first.last == 1 and first.term.sense == Sense.OUTCOME and words[0].capital
    return (range(1), True) if alone and hits[1].term.sense != Sense.KEEN else (range(0), False)


def _leading(words: Sequence[Word], end: int, aside: Sequence[bool]) -> range:
    """The name before the first hit, without "I just" before and "said she" behind it."""
    start = 0
    while end > 0 and words[end - 1].key in _BEFORE_VERB and not words[end - 1].capital:
        end -= 1
    while start < end and (aside[start] or _before_name(words[start])):
        start += 1
    stop = next((at for at in range(start, end) if aside[at] or (at > start and _ends_name(words[at]))), end)
    if stop - start <= _LONGEST_NAME:
        return range(start, stop)
    return _unmarked(words, start, stop)


def _before_name(word: Word) -> bool:
    return word.key in _NEVER_NAMES or (word.key in _BEFORE_VERB | _VERBS and not word.capital)


def _ends_name(word: Word) -> bool:
    return word.kind == "phone" or (word.key in _STOPS and not word.capital)


def _skip(words: Sequence[Word], hits: Sequence[Hit], aside: Sequence[bool]) -> int:
    """The first word after the leading run of hits, times and small words like "with"."""
    at, ends = hits[0].first, {hit.first: hit.last for hit in hits}
    while at < len(words):
        if at in ends:
            at = ends[at]
        elif aside[at] or words[at].key in _JOINS or words[at].kind == "phone":
            at += 1
        else:
            break
    return at


def _unmarked(
    words: Sequence[Word], start: int, end: int, hits: Sequence[Hit] = (), aside: Sequence[bool] = ()
) -> range:
    """A name that nothing marks: capitals as long as they go, or two small words; "at acme" belongs to it."""
    stops = {hit.first for hit in hits} | {at for at, is_aside in enumerate(aside) if is_aside}
    at, small = start, 0
    if start < end and words[start].key in _PRONOUNS:
        return range(start, start)
    capitals = start < end and words[start].capital
    while at < end and at - start < _LONGEST_NAME and at not in stops:
        word = words[at]
        if word.kind in {"user", "phone"} or (at > start and word.opens):
            break
        if at > start and word.key in _AT and at + 1 < end and at + 1 not in stops:
            return range(start, at + 2)
        if word.key in _STOPS and not (word.capital and (at == start or words[at - 1].capital)):
            break
        if word.kind == "word" and word.key not in _PARTICLES:
            small += not word.capital
            if (capitals and not word.capital) or (not capitals and small > _UNMARKED_NAME):
                break
        at += 1
    return range(start, at)


def _beside(words: Sequence[Word], hits: Sequence[Hit], mail: int | None, name: range) -> range:
    """With an address given, only words that touch it are the name; a sentence elsewhere is a note."""
    if mail is not None and mail in name:
        return range(name.start, mail)
    if mail is None or (name and name.stop == mail):
        return name
    if name and name.start == 0 and hits and hits[0].first == name.stop and len(name) <= _UNMARKED_NAME + 1:
        return name
    return range(0)


def _span(text: str, words: Sequence[Word], kept: Sequence[int]) -> Span:
    start, end = words[kept[0]].start, words[kept[-1]].end
    if text[start:end].count("(") > text[start:end].count(")") and text[end : end + 1] == ")":
        end += 1
    return Span(start, end, "who")


def _clean(text: str, span: Span) -> str:
    name = " ".join(_EMOJI.sub(" ", text[span.start : span.end]).split())
    return name.removesuffix("'s").removesuffix("’s")
