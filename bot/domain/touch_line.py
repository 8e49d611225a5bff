"""Reads one natural line for ``/touch`` (process §6): who, how, what came of it, when, and the note.

What must stay true: pure and linear in the text; no word is lost (it is understood or in the note); a wish
is never a booking; what is unclear becomes a question, never a guess; what was added is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from bot.domain.terms import OUTCOMES, Outcome
from bot.domain.time_words import Found as FoundTime
from bot.domain.time_words import When, find_when, read_when, say_when
from bot.domain.touch_draft import Option, Question, QuestionKind, Referral, Span, TouchDraft
from bot.domain.touch_hits import Hit, Sureness, corrected_hits, find_hits, is_meant, without_name
from bot.domain.touch_outcome import Verdict, judge, wished_meeting
from bot.domain.touch_text import Word, plain, split
from bot.domain.touch_vocabulary import FILLERS, STOPS, TIMED, Sense
from bot.domain.touch_who import find_who

_HELP: Final = frozenset(["help", "?", "-h", "--help", "hilfe", "usage"])
_DURATION: Final = re.compile(
    r"(?:for\s+)?(?:(?P<min>\d{1,3})\s*(?:min|mins|minutes?|m)|(?P<h>\d)\s*(?:hrs?|hours?)|(?P<half>half an hour)"
    r"|(?P<one>an? hour))\b",
    re.IGNORECASE,
)
_HAS_DURATION: Final = re.compile(r"\dh|\dm|\d (?:h|m)|hour", re.IGNORECASE)
_TITLE: Final = re.compile(
    r"\b(?:the\s+)?(?P<title>c[efiotm]o|cmo|cro|chro|ciso|owner|founder|president|managing director|md|partner"
    r"|(?:vp|head|director|evp|svp)(?:\s+of)?(?:\s+\w{2,20})?)\s+(?:said|says|told|decided|refused|replied)\b",
    re.IGNORECASE,
)
_SAID_BY: Final = re.compile(r"\b(?:said by|according to|per)\s+(?:the\s+)?(?P<title>[^\s,;.()]+(?:\s[A-Z]\w+)?)")
_WISH: Final = re.compile(
    r"\b(?:wants?|wanted|would (?:like|love)|asked for|asks for|interested in|open (?:to|for)|happy to|keen on|prefers?"
    r"|suggest(?:s|ed)?|propos(?:es|ed)|needs?|looking for|let'?s|to book|could (?:do|meet)|wishes)\b[^,;.\n]{0,40}?"
    r"\b(?:demo|meeting|meet|call(?!\s*back)|chat|talk|intro|session|appointment|slot)\b",
    re.IGNORECASE,
)
_SEPARATORS: Final = " \t\n,;:-–—·•|&"
_EMOJI: Final = re.compile(r":[a-z][a-z0-9_+-]{1,40}:")
_NO_NAME: Final = STOPS | FILLERS | {"from", "at", "of"}
_MOST_FALLBACK_WORDS: Final = 4
_TALKS: Final = frozenset([
    Outcome.CONNECTED, Outcome.HELD, Outcome.CALLBACK, Outcome.NOT_NOW, Outcome.REFERRAL, Outcome.MEETING_BOOKED,
    Outcome.NOT_INTERESTED, Outcome.GATEKEEPER,
])  # fmt: skip
_JOINING: Final = FILLERS | {"for", "from", "at", "of"}
_NOES: Final = frozenset(
    [Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE, Outcome.DO_NOT_CALL, Outcome.NOT_NOW, Outcome.OPTED_OUT]
)
_KEEN_ENOUGH: Final = frozenset([None, Outcome.CONNECTED, Outcome.REPLY_POSITIVE, Outcome.THEY_RESPONDED, Outcome.HELD])


@dataclass
class _Line:
    """One line while it is read."""

    text: str
    words: list[Word]
    now: datetime
    tz: str
    spans: list[Span] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    first_time: FoundTime | None = None

    def overlaps(self, start: int, end: int) -> bool:
        return any(span.start < end and start < span.end for span in self.spans)

    def in_name(self, found: FoundTime) -> bool:
        return any(s.what == "who" and s.start < found.end and found.start < s.end for s in self.spans)

    def covered(self) -> list[bool]:
        return [self.overlaps(word.start, word.end) for word in self.words]

    def take(self, first: int, last: int, what: str) -> None:
        """Words ``first`` up to ``last`` are understood."""
        self.spans.append(Span(self.words[first].start, self.words[last - 1].end, what))


def read_line(text: str, now: datetime, tz: str) -> TouchDraft:
    """Reads a line as typed in Slack. ``now`` is aware UTC; ``tz`` is the rep's IANA zone.

    Never raises on any text. Empty text wants the form, "help" wants help. Follow ``TouchDraft.questions``
    before logging; ``who`` is words only, ``names.rank`` finds the person.
    """
    line = plain(text)
    stripped = line.strip().casefold()
    if not stripped or stripped in _HELP:
        return TouchDraft(line, note=line.strip(), wants_form=not stripped, wants_help=bool(stripped))
    reading = _Line(line, split(line), now, tz)
    return _read(reading)


def _read(line: _Line) -> TouchDraft:
    hits = _hits(line.words)
    asides = _asides(line, hits)
    found = find_who(line.text, line.words, hits, asides)
    if found.first_hit_is_name:
        hits = hits[1:]
    hits = [hit for hit in hits if not any(_within(line.words, hit, span) for span in found.spans)]
    line.spans.extend(found.spans)
    meant, others = _meant(line, hits, asides)
    verdict = judge(line.text, line.words, meant, others)
    line.questions.extend(verdict.questions)
    line.assumed.extend(verdict.assumed)
    for hit in verdict.used:
        line.take(hit.first, hit.last, "outcome" if hit.term.outcome else "channel")
    when = _when(line, verdict)
    referral = _referral(line, verdict)
    duration = _duration(line, verdict)
    _wish(line, verdict)
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
        referral=referral,
        said_by=_said_by(line.text, verdict),
        duration_minutes=duration,
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


def _meant(line: _Line, hits: Sequence[Hit], asides: Sequence[tuple[int, int]]) -> tuple[list[Hit], list[Hit]]:
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


def _asides(line: _Line, hits: Sequence[Hit]) -> list[tuple[int, int]]:
    """Where times and durations stand; a time only if an outcome of the line may want one."""
    asides = [match.span() for match in _DURATION.finditer(line.text)] if _HAS_DURATION.search(line.text) else []
    if any(hit.term.outcome in TIMED for hit in hits):
        found = line.first_time = find_when(line.text, line.now, line.tz)
        phrase = line.text[found.start : found.end] if found else ""
        name = phrase.isalpha() and phrase[0].isupper() and len(phrase) == 3
        if found is not None and not name:
            asides.append((found.start, found.end))
    return asides


def _when(line: _Line, verdict: Verdict) -> When | None:
    outcome = verdict.outcome
    if outcome is None:
        _offer_time(line)
    if outcome not in TIMED or verdict.main is None:
        return None
    after = line.words[verdict.main.last - 1].end
    found = _time_after(line, after)
    if found is None:
        if outcome != Outcome.RESCHEDULED:
            line.questions.append(Question(QuestionKind.WHEN))
        return None
    line.spans.append(Span(found.start, found.end, "when"))
    when = found.when
    if when.others:
        options = tuple(_instant(replace(when, at=at, others=())) for at in (when.at, *when.others))
        line.questions.append(Question(QuestionKind.WHEN, options, line.text[found.start : found.end]))
    else:
        line.assumed.extend(when.assumed)
    return when


def _offer_time(line: _Line) -> None:
    """A question whose answer may want a time carries the one that was said; the words stay in the note."""
    for number, question in enumerate(line.questions):
        if any(option.value in TIMED for option in question.options) and question.kind == QuestionKind.OUTCOME:
            found = _time_after(line, 0)
            line.questions[number] = replace(question, when=found.when if found else None)


def _instant(when: When) -> Option:
    return Option(say_when(when), when.at.astimezone(UTC).isoformat())


def _time_after(line: _Line, after: int) -> FoundTime | None:
    """The time after the outcome, else before it; else what the fallback reads right behind the outcome."""
    at = after
    while at < len(line.text) and line.text[at] in _SEPARATORS + "(":
        at += 1
    if line.first_time is not None and line.first_time.start == at and not line.in_name(line.first_time):
        return line.first_time
    for start, bare_month in ((at, after > 0), (0, False)):
        found = find_when(line.text, line.now, line.tz, start, bare_month=bare_month)
        if found is not None and not line.in_name(found):
            return found
    if after == 0:
        return None
    phrase = re.match(r"[^,;\n()]{2,40}(?=$|[,;\n()])", line.text[at : at + 42])
    if phrase is None or len(phrase[0].split()) > _MOST_FALLBACK_WORDS or line.overlaps(at, at + phrase.end()):
        return None
    words = re.sub(r"^(?:until|till|til|on|at|back)\s+", "", phrase[0], flags=re.IGNORECASE)
    when = read_when(words, line.now, line.tz)
    return FoundTime(when, at, at + phrase.end()) if when is not None else None


def _referral(line: _Line, verdict: Verdict) -> Referral | None:
    if verdict.outcome != Outcome.REFERRAL or verdict.main is None:
        return None
    at = verdict.main.last
    while at < len(line.words) and line.words[at].key in {"to", "her", "his", "their", "colleague", "me", "the"}:
        at += 1
    start, name = at, []
    while at < len(line.words) and at - start < 4 and line.words[at].kind == "word":
        word = line.words[at]
        if (at > start and word.opens) or (word.key in _NO_NAME and not word.capital):
            break
        name.append(line.text[word.start : word.end])
        at += 1
    mail = next((i for i in range(start, len(line.words)) if line.words[i].kind == "email"), None)
    if mail is not None and any(span.what == "who" and span.start == line.words[mail].start for span in line.spans):
        mail = None
    if not name and mail is None:
        line.questions.append(Question(QuestionKind.REFERRAL))
        return None
    if name:
        line.take(start, at, "referral")
    if mail is not None:
        line.take(mail, mail + 1, "referral")
    return Referral(" ".join(name), line.words[mail].key if mail is not None else None)


def _duration(line: _Line, verdict: Verdict) -> int | None:
    """Minutes of a talk, said beside what is understood; "in 20 min" is a time, "takes 20 min" a note."""
    if verdict.outcome not in _TALKS:
        return None
    covered = line.covered()
    for at, word in enumerate(line.words):
        match = _DURATION.match(line.text, word.start)
        if match is None or covered[at]:
            continue
        beside = at > 0 and (covered[at - 1] or line.words[at - 1].key in {"for", "about", "ca"})
        if beside and line.words[at - 1].key not in {"in", "within"}:
            line.spans.append(Span(match.start(), match.end(), "duration"))
            if match["min"]:
                return int(match["min"])
            return 30 if match["half"] else 60 * int(match["h"] or 1)
    return None


def _wish(line: _Line, verdict: Verdict) -> None:
    """A wish for a meeting at a time is asked about: it is not a booking until confirmed (process §6)."""
    if verdict.outcome not in _KEEN_ENOUGH:
        return
    match = _WISH.search(line.text)
    if match is None and verdict.wish_at is None:
        return
    start = match.start() if match else line.words[verdict.wish_at or 0].start
    found = find_when(line.text, line.now, line.tz, start)
    if found is None and match is not None:
        return
    when = found.when if found else None
    label = f"Yes, {say_when(when)}" if when else "Yes, it is booked"
    options = (Option(label, "yes"), Option("No, only a wish", "no"))
    about = line.text[start : found.end if found else match.end() if match else start + 40]
    line.questions.append(Question(QuestionKind.BOOKING, options, about, when))


def _said_by(text: str, verdict: Verdict) -> str | None:
    if verdict.outcome not in _NOES:
        return None
    match = _TITLE.search(text) or _SAID_BY.search(text)
    return match["title"] if match else None


def _small_words(line: _Line) -> None:
    """ "she said", "and then" between two understood pieces are grammar, not note."""
    covered = line.covered()
    run: list[int] = []
    for at, word in enumerate(line.words):
        if covered[at]:
            if run:
                line.take(run[0], run[-1] + 1, "small words")
            run = []
        elif word.key in _JOINING and (run or at == 0 or covered[at - 1]):
            run.append(at)
        else:
            run = []


def _note(text: str, spans: Sequence[Span]) -> str:
    """What is in no span, in order."""
    pieces, at = [], 0
    for span in (*spans, Span(len(text), len(text), "")):
        piece = text[at : span.start]
        piece = piece.strip(_SEPARATORS.replace(":", "") if _EMOJI.search(piece) else _SEPARATORS)
        if piece.startswith("(") and piece.find(")") in {-1, len(piece) - 1}:
            piece = piece.strip("()").strip(_SEPARATORS)
        if piece.count("(") != piece.count(")"):
            piece = piece.lstrip(")" + _SEPARATORS).rstrip("(" + _SEPARATORS)
        if piece.strip("().!?\"'“”"):
            pieces.append(piece)
        at = max(at, span.end)
    return "; ".join(pieces)
