"""Who a ``/touch`` line is about: the words before the first understood one, or after a verb.

What must stay true: an e-mail address or a Slack user anywhere decides; a name is never stretched over a
sentence; what is not taken for the name stays for the note.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.touch_draft import Span, Who
from bot.domain.touch_hits import Hit
from bot.domain.touch_text import Word
from bot.domain.touch_vocabulary import FILLERS, SOFT, STOPS, TIMED, Sense

_LONGEST_NAME: Final = 6
_UNMARKED_NAME: Final = 2
"""How many small-letter words after "called" are taken for a name, when nothing ends it sooner."""
_JOINS: Final = frozenset(["with", "to", "for", "from", "the", "at"])
_AT: Final = frozenset(["at", "from", "of", "@"])
_BEFORE_VERB: Final = (FILLERS - {"a", "an", "the"}) | SOFT
_EMOJI: Final = re.compile(r":[a-z][a-z0-9_+-]{1,40}:")
_PARTICLES: Final = frozenset(
    ["van", "von", "der", "den", "de", "del", "della", "di", "da", "la", "le", "ter", "el", "al"]
)


EndOfTime = Callable[[int], int]
"""Where a time or duration that begins at an offset of the line ends; the offset itself if there is none."""
TimeIn = Callable[[str, int, int], int]
"""Where a time between two offsets begins; the second one if there is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is, the spans that say so, and whether the first hit was a name after all ("Busy, connected")."""

    who: Who
    spans: tuple[Span, ...] = ()
    first_hit_is_name: bool = False


def find_who(text: str, words: Sequence[Word], hits: Sequence[Hit], end_of_time: EndOfTime, time_in: TimeIn) -> Found:
    """Who the line is about."""
    limit = _before_referral(words, hits)
    mail = next((at for at in range(limit) if words[at].kind == "email"), None)
    user = next((at for at in range(limit) if words[at].kind == "user"), None)
    name, as_name = _name(text, words, hits, end_of_time, time_in)
    if as_name and (mail is not None or user is not None):
        name, as_name = range(0), False
    near = _beside(words, hits, mail, name)
    kept = [at for at in near if words[at].kind == "word"]
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


def _name(
    text: str, words: Sequence[Word], hits: Sequence[Hit], end_of_time: EndOfTime, time_in: TimeIn
) -> tuple[range, bool]:
    if not hits:
        return _unmarked(words, 0, len(words)), False
    first = hits[0]
    if first.first > 0:
        lead = _leading(text, words, hits, time_in)
        if lead:
            return lead, False
    at = _skip(words, hits, text, end_of_time)
    after = _unmarked(words, at, len(words), hits)
    if after:
        return after, False
    alone = len(hits) > 1 and first.last == 1 and first.term.sense == Sense.OUTCOME and words[0].capital
    return (range(1), True) if alone and hits[1].term.sense != Sense.KEEN else (range(0), False)


def _leading(text: str, words: Sequence[Word], hits: Sequence[Hit], time_in: TimeIn) -> range:
    """The name before the first hit, without "I just" before and "said she" behind it."""
    start, end = 0, hits[0].first
    while end > 0 and words[end - 1].key in _BEFORE_VERB and not words[end - 1].capital:
        end -= 1
    while start < end and words[start].key in _BEFORE_VERB and not words[start].capital:
        start += 1
    if end - start > 1 and any(hit.term.outcome in TIMED for hit in hits):
        past = time_in(text, words[start].start, words[end - 1].end)
        end = next((at for at in range(start + 1, end) if words[at].end > past), end)
    stop = next((at for at in range(start + 1, end) if words[at].key in STOPS and not words[at].capital), end)
    if stop - start <= _LONGEST_NAME:
        return range(start, stop)
    return _unmarked(words, start, stop)


def _skip(words: Sequence[Word], hits: Sequence[Hit], text: str, end_of_time: EndOfTime) -> int:
    """The first word after the leading run of hits, times and small words like "with"."""
    at, ends = hits[0].first, {hit.first: hit.last for hit in hits}
    while at < len(words):
        if at in ends:
            at = ends[at]
            continue
        past = end_of_time(words[at].start)
        if past > words[at].start:
            while at < len(words) and words[at].start < past:
                at += 1
            continue
        if words[at].key not in _JOINS:
            break
        at += 1
    return at


def _unmarked(words: Sequence[Word], start: int, end: int, hits: Sequence[Hit] = ()) -> range:
    """A name that nothing marks: capitals as long as they go, or two small words; "at acme" belongs to it."""
    stops = {hit.first for hit in hits}
    at, small = start, 0
    capitals = start < end and words[start].capital
    while at < end and at - start < _LONGEST_NAME:
        word = words[at]
        if at in stops or word.kind == "user" or (at > start and word.opens):
            break
        if at > start and word.key in _AT and at + 1 < end and at + 1 not in stops:
            at, small = at + 2, 0
            capitals = words[at - 1].capital
            end = min(end, at + 1) if not capitals else end
            if not capitals:
                break
            continue
        if word.key in STOPS and not (word.capital and (at == start or words[at - 1].capital)):
            break
        if capitals and not word.capital and word.key not in _PARTICLES and word.kind == "word":
            break
        if not capitals and word.kind == "word" and word.key not in _PARTICLES:
            small += 1
            if small > _UNMARKED_NAME:
                break
        at += 1
    return range(start, at)


def _beside(words: Sequence[Word], hits: Sequence[Hit], mail: int | None, name: range) -> range:
    """With an address given, only words that touch it are the name; a sentence elsewhere is a note."""
    if mail is None or mail in name or (name and name.stop == mail):
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
