"""A second fact in one ``/touch`` line: a callback beside a voicemail, a meeting, a no (process §6).

What must stay true: a callback that was said is promised, asked about, or told to be no more than a note; it never
pushes aside what came of the touch.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.terms import OUTCOMES, Outcome
from bot.domain.time_words import Found as FoundTime
from bot.domain.time_words import When, find_when, say_for
from bot.domain.touch_details import NOES
from bot.domain.touch_draft import Option, Question, QuestionKind, Span, say
from bot.domain.touch_hits import Hit
from bot.domain.touch_outcome import Verdict
from bot.domain.touch_reading import Line
from bot.domain.touch_vocabulary import TIMED, Sense

_WEAK: Final = frozenset([Outcome.CONNECTED, Outcome.GATEKEEPER, Outcome.BUSY, Outcome.CALLBACK])
"""Beside a callback they only say how it came about."""
_UNTIL: Final = frozenset([Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE])
_OF_A_CALL: Final = _WEAK | {Outcome.NO_ANSWER, Outcome.VOICEMAIL}
_CALL_AT: Final = re.compile(
    r"\b(?:call|ring|phone|try)(?:\s+(?:me|her|him|them|again|back))*\s+(?=in\b|on\b|at\b|next\b|tom|mon|tue|wed|thu|fri"
    r"|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A callback said beside another outcome, where it stands, and its time."""

    start: int
    end: int
    when: When
    hits: tuple[Hit, ...] = ()


def find_promise(line: Line, meant: Sequence[Hit], others: Sequence[Hit]) -> Promise | None:
    """The callback with a time that stands beside another outcome, or beside a channel that has no callbacks."""
    callback = next((hit.first for hit in meant if hit.term.outcome == Outcome.CALLBACK), len(line.words))
    rivals = [hit for hit in meant if _is_rival(hit, callback)]
    if not rivals:
        return None
    for hit in (*meant, *others):
        if hit.term.outcome == Outcome.CALLBACK:
            found = _time_of(line, hit, rivals)
            if found is not None:
                return _promise(line, line.words[hit.first].start, found, (hit,))
    return _call_at(line, rivals, (*meant, *others))


def _is_rival(hit: Hit, callback: int) -> bool:
    """Whether a find says something that a callback must not push aside."""
    term = hit.term
    if term.sense == Sense.CHANNEL:
        return hit.first < callback and term.channel is not None and Outcome.CALLBACK not in OUTCOMES[term.channel]
    return term.sense == Sense.REPLY or (term.outcome is not None and term.outcome not in _WEAK)


def _time_of(line: Line, hit: Hit, rivals: Sequence[Hit]) -> FoundTime | None:
    """The time behind the callback and before the next outcome; before it only where nothing else wants one."""
    begins = line.words[hit.last - 1].end
    timed = [rival for rival in rivals if rival.term.outcome in TIMED]
    stop = min((line.words[one.first].start for one in timed if one.first >= hit.last), default=len(line.text))
    at = begins + len(line.text[begins:]) - len(line.text[begins:].lstrip(" ,;:("))
    found = find_when(line.text, line.now, line.tz, at, bare_month=True)
    if found is not None and found.start < stop and not line.is_taken(found):
        return found
    if timed:
        return None
    found = find_when(line.text, line.now, line.tz)
    return found if found is not None and not line.is_taken(found) else None


def _call_at(line: Line, rivals: Sequence[Hit], hits: Sequence[Hit]) -> Promise | None:
    """ "… but call in january", behind an outcome."""
    outcomes = [hit for hit in rivals if hit.term.outcome is not None]
    if not outcomes:
        return None
    match = _CALL_AT.search(line.text, line.words[outcomes[0].last - 1].end)
    if match is None:
        return None
    found = find_when(line.text, line.now, line.tz, match.end())
    if found is None or line.text[match.end() : found.start].strip() or line.is_taken(found):
        return None
    inside = tuple(hit for hit in hits if match.start() <= line.words[hit.first].start < match.end())
    return _promise(line, match.start(), found, inside)


def _promise(line: Line, start: int, found: FoundTime, hits: tuple[Hit, ...]) -> Promise:
    begin, end = min(start, found.start), max(found.end, line.words[hits[0].last - 1].end if hits else 0)
    if line.text[begin:end].count("(") != line.text[begin:end].count(")"):
        begin = start
    return Promise(begin, end, replace(found.when, said=line.text[found.start : found.end]), hits)


def take_promise(line: Line, promise: Promise) -> None:
    """What says the callback is understood; words between stay in the note."""
    said = promise.when.said
    at = line.text.find(said, promise.start)
    line.spans.append(Span(at, at + len(said), "callback"))
    for hit in promise.hits:
        line.spans.append(Span(line.words[hit.first].start, line.words[hit.last - 1].end, "callback"))


def settle(line: Line, promise: Promise | None, verdict: Verdict, own: When | None) -> tuple[When | None, When | None]:
    """What is done about the callback: the outcome's own time, and when to call back.

    A no beside a callback is asked about; "not now, call in March" is one thing.
    """
    outcome = verdict.outcome
    if promise is None:
        return own, None
    if outcome in _UNTIL and own is None:
        line.questions[:] = [one for one in line.questions if one.kind != QuestionKind.WHEN]
        line.assumed.extend(promise.when.assumed)
        return promise.when, None
    if outcome in NOES and outcome is not None:
        line.questions.append(_ask(outcome, promise.when, line, verdict))
        line.spans[:] = [span for span in line.spans if span.what != "callback"]
        return own, None
    if outcome is None:
        _offer(line, promise.when)
    if not (promise.when.theirs or promise.when.unknown_place):
        line.assumed.extend(promise.when.assumed)
    return own, promise.when


def _ask(outcome: Outcome, when: When, line: Line, verdict: Verdict) -> Question:
    at = say_for(when, line.tz)
    both = [] if outcome == Outcome.DO_NOT_CALL else [Option(f"Both: {say(outcome)}, and call {at}", "both")]
    if outcome in {Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE}:
        both.insert(0, Option(f"Not now, until {at}", "until"))
    options = (*both, Option(f"Only {say(outcome)}", "first"), Option(f"Only a callback {at}", "second"))
    return Question(QuestionKind.SECOND, options, line.quote(verdict.main) if verdict.main else say(outcome), when)


def _offer(line: Line, when: When) -> None:
    """What came of it is asked; that it was nothing but the callback is one answer."""
    for number, question in enumerate(line.questions):
        if question.kind == QuestionKind.OUTCOME:
            values = {option.value for option in question.options}
            more = () if Outcome.CALLBACK in values else (Option("Only the callback", Outcome.CALLBACK),)
            line.questions[number] = replace(question, options=(*question.options, *more), when=when)


def tell_leftovers(line: Line, meant: Sequence[Hit], verdict: Verdict, promise: Promise | None) -> None:
    """Say which other outcomes of the line are no more than a note."""
    if verdict.outcome is None:
        return
    acted = {*verdict.used, *(promise.hits if promise else ())}
    for hit in meant:
        outcome = hit.term.outcome
        if hit in acted or outcome is None or outcome == verdict.outcome:
            continue
        if outcome == Outcome.CALLBACK:
            line.assumed.append(f"no time was said for “{line.quote(hit)}”, so I remind you of nothing")
        elif outcome not in _OF_A_CALL:
            line.assumed.append(f"“{line.quote(hit)}” stays a note; log it as a touch of its own if it was one")
