"""Reads one natural line for ``/touch`` (process §6): who, how, what came of it, when, and the note.

What must stay true: pure and linear in the text; no word is lost (it is understood or in the note); a wish
is never a booking; what is unclear becomes a question, never a guess; what was added is told.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.terms import OUTCOMES
from bot.domain.touch_details import duration, referral, said_by, wish
from bot.domain.touch_draft import Question, QuestionKind, Span, TouchDraft
from bot.domain.touch_hits import Hit, Sureness, corrected_hits, find_hits, is_meant, without_name
from bot.domain.touch_outcome import judge, wished_meeting
from bot.domain.touch_reading import SEPARATORS, Line
from bot.domain.touch_rest import second_line
from bot.domain.touch_second import find_promise, settle, take_promise, tell_leftovers
from bot.domain.touch_text import Word, plain, split
from bot.domain.touch_times import asides, happened, outcome_time, still_to_come
from bot.domain.touch_vocabulary import FILLERS, Sense
from bot.domain.touch_who import find_who

_HELP: Final = frozenset(["help", "?", "-h", "--help", "hilfe", "usage"])
_EMOJI: Final = re.compile(r":[a-z][a-z0-9_+-]{1,40}:")
_JOINING: Final = FILLERS | {"for", "from", "at", "of"}
_PRONOUNS: Final = frozenset(["her", "him", "them", "me", "us"])
_JOINTS: Final = frozenset(["at", "to", "of", "and", "but", "from", "with"])


def read_line(text: str, now: datetime, tz: str) -> TouchDraft:
    """Reads a line as typed in Slack. ``now`` is aware UTC; ``tz`` is the rep's IANA zone.

    Never raises on any text. Empty text wants the form, "help" wants help. Follow ``TouchDraft.questions``
    before logging; ``who`` is words only, ``names.rank`` finds the person.
    """
    line = plain(text)
    stripped = line.strip().casefold()
    if not stripped or stripped in _HELP:
        return TouchDraft(line, note=line.strip(), wants_form=not stripped, wants_help=bool(stripped))
    reading = Line(line, split(line), now, tz)
    hits = _hits(reading.words)
    at = second_line(reading, hits)
    first = _read_first(reading, at) if at is not None else None
    return first if first is not None and first.who.named else _read(reading, hits)


def _read_first(line: Line, at: int) -> TouchDraft:
    """The line up to ``at``; what follows is about somebody else and stays a note."""
    first, rest = line.text[:at], line.text[at:].strip()
    words = split(first)
    draft = _read(Line(first, words, line.now, line.tz), _hits(words))
    return replace(draft, text=line.text, note="; ".join(part for part in (draft.note, rest) if part), rest=rest)


def _read(line: Line, hits: list[Hit]) -> TouchDraft:
    apart = asides(line, hits)
    found = find_who(line.text, line.words, hits, apart)
    if found.first_hit_is_name:
        hits = hits[1:]
    hits = [hit for hit in hits if not any(_within(line.words, hit, span) for span in found.spans)]
    line.spans.extend(found.spans)
    meant, others = _meant(line, hits, apart)
    promise = find_promise(line, meant, others)
    if promise is not None:
        take_promise(line, promise)
        meant = [hit for hit in meant if hit not in promise.hits]
        others = [hit for hit in others if hit not in promise.hits]
    verdict = judge(line.text, line.words, meant, others)
    line.questions.extend(verdict.questions)
    line.assumed.extend(verdict.assumed)
    for hit in verdict.used:
        line.take(hit.first, hit.last, "outcome" if hit.term.outcome else "channel")
    own = outcome_time(line, verdict)
    when, callback = settle(line, promise, verdict, own)
    named = referral(line, verdict)
    minutes = duration(line, verdict)
    was = happened(line, verdict, meant)
    wish(line, verdict)
    still_to_come(line, verdict, was, meant)
    tell_leftovers(line, meant, verdict, promise)
    _small_words(line)
    if not found.who.named:
        line.questions.insert(0, Question(QuestionKind.WHO))
    spans = tuple(sorted(line.spans, key=lambda span: (span.start, span.end)))
    return TouchDraft(
        text=line.text,
        who=found.who,
        channel=verdict.channel,
        outcome=verdict.outcome,
        when=when,
        callback=callback,
        happened_at=was,
        referral=named,
        said_by=said_by(line.text, verdict),
        duration_minutes=minutes,
        note=_note(line.text, spans),
        questions=tuple(line.questions),
        assumed=tuple(line.assumed),
        understood=spans,
    )


def _hits(words: Sequence[Word]) -> list[Hit]:
    """The vocabulary in the line; misspellings only where no outcome is written right, or beside one."""
    keys = [word.key for word in words]
    hits = [hit for hit in without_name(words, find_hits(words, keys)) if not wished_meeting(words, hit)]
    if not any(hit.term.sense != Sense.CHANNEL for hit in hits):
        mended = [hit for hit in corrected_hits(words) if not wished_meeting(words, hit)]
        return mended or hits
    first = hits[0].first
    if first > 1:
        beside = [hit for hit in corrected_hits(words[:first]) if hit.last == first and hit.first > 0]
        beside = [hit for hit in beside if _fits_beside(hit, hits[0]) and not _is_surname(words, hit)]
        hits = [replace(hit, sureness=Sureness.SURE) for hit in beside] + hits
    return hits


def _fits_beside(hit: Hit, following: Hit) -> bool:
    """Whether a mended word may be meant: what is beyond doubt, or a channel by which the outcome can come."""
    channel, outcome = hit.term.channel, following.term.outcome
    fits = hit.term.sense == Sense.CHANNEL and channel is not None and outcome in OUTCOMES[channel]
    return hit.sureness != Sureness.EXACT and (fits or hit.sureness == Sureness.SURE)


def _is_surname(words: Sequence[Word], hit: Hit) -> bool:
    """A capital after a capital, in a line that has small words as well."""
    name = words[hit.first].capital and words[hit.first - 1].capital and not words[hit.first].opens
    return name and any(not word.capital for word in words)


def _within(words: Sequence[Word], hit: Hit, span: Span) -> bool:
    return words[hit.first].start >= span.start and words[hit.last - 1].end <= span.end


def _meant(line: Line, hits: Sequence[Hit], asides: Sequence[tuple[int, int]]) -> tuple[list[Hit], list[Hit]]:
    """The hits that speak for the touch, and those that only stand in a sentence."""
    covered = [
        taken or any(start <= word.start < end for start, end in asides)
        for word, taken in zip(line.words, line.covered(), strict=True)
    ]
    meant: list[Hit] = []
    others: list[Hit] = []
    for number, hit in enumerate(hits):
        if number == 0 or is_meant(hit, line.words, covered):
            meant.append(hit)
            covered[hit.first : hit.last] = [True] * (hit.last - hit.first)
        else:
            others.append(hit)
    return meant, others


def _small_words(line: Line) -> None:
    """ "she said", "and then" between two understood pieces are grammar, not note; so is "her" behind "spoke to"."""
    covered = line.covered()
    run: list[int] = []
    for at, word in enumerate(line.words):
        if covered[at]:
            if run:
                line.take(run[0], run[-1] + 1, "small words")
            run = []
        elif _ends_with_pronoun(line, at, covered):
            line.take(at, at + 1, "small words")
            covered[at] = True
        elif word.key in _JOINING and (run or at == 0 or covered[at - 1]):
            run.append(at)
        else:
            run = []
    _joints(line)


def _ends_with_pronoun(line: Line, at: int, covered: Sequence[bool]) -> bool:
    word = line.words[at]
    behind = at > 0 and covered[at - 1] and not word.opens
    return behind and word.key in _PRONOUNS and (at + 1 == len(covered) or line.words[at + 1].opens)


def _joints(line: Line) -> None:
    """ "at" and "to" right before something understood belong to it, not to the note before them."""
    covered = line.covered()
    for at in range(len(line.words) - 2, -1, -1):
        word, after = line.words[at], line.words[at + 1]
        if covered[at + 1] and not covered[at] and not after.opens and word.key in _JOINTS:
            line.take(at, at + 1, "small words")
            covered[at] = True


def _note(text: str, spans: Sequence[Span]) -> str:
    """What is in no span, in order."""
    pieces, at = [], 0
    for span in (*spans, Span(len(text), len(text), "")):
        piece = text[at : span.start]
        piece = piece.strip(SEPARATORS.replace(":", "") if _EMOJI.search(piece) else SEPARATORS)
        if piece.startswith("(") and piece.find(")") in {-1, len(piece) - 1}:
            piece = piece.strip("()").strip(SEPARATORS)
        if piece.count("(") != piece.count(")"):
            piece = piece.lstrip(")" + SEPARATORS).rstrip("(" + SEPARATORS)
        if piece.strip("().!?\"'“”"):
            pieces.append(piece)
        at = max(at, span.end)
    return "; ".join(pieces)
