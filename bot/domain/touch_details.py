"""The smaller facts of a ``/touch`` line: whom they named, how long it took, whose no it was, a wished-for meeting.

What must stay true: a wish is never a booking; what is not understood stays for the note.
"""

import re
from typing import Final

from bot.domain.terms import Outcome
from bot.domain.time_words import find_when, say_for
from bot.domain.touch_draft import Option, Question, QuestionKind, Referral, Span
from bot.domain.touch_outcome import Verdict
from bot.domain.touch_reading import Line
from bot.domain.touch_vocabulary import FILLERS, STOPS

DURATION: Final = re.compile(
    r"(?:for\s+)?(?:(?P<min>\d{1,3})\s*(?:min|mins|minutes?|m)|(?P<h>\d)\s*(?:hrs?|hours?)|(?P<half>half an hour)"
    r"|(?P<one>an? hour))\b(?!\s+ago\b)",
    re.IGNORECASE,
)
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
_NO_NAME: Final = STOPS | FILLERS | {"from", "at", "of"}
_TALKS: Final = frozenset([
    Outcome.CONNECTED, Outcome.HELD, Outcome.CALLBACK, Outcome.NOT_NOW, Outcome.REFERRAL, Outcome.MEETING_BOOKED,
    Outcome.NOT_INTERESTED, Outcome.GATEKEEPER,
])  # fmt: skip
NOES: Final = frozenset(
    [Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE, Outcome.DO_NOT_CALL, Outcome.NOT_NOW, Outcome.OPTED_OUT]
)
_KEEN_ENOUGH: Final = frozenset(
    [None, Outcome.CONNECTED, Outcome.CALLBACK, Outcome.REPLY_POSITIVE, Outcome.THEY_RESPONDED, Outcome.HELD]
)


def referral(line: Line, verdict: Verdict) -> Referral | None:
    """Whom they named, or a question for it."""
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


def duration(line: Line, verdict: Verdict) -> int | None:
    """Minutes of a talk, said beside what is understood; "in 20 min" is a time, "takes 20 min" a note."""
    if verdict.outcome not in _TALKS:
        return None
    covered = line.covered()
    for at, word in enumerate(line.words):
        match = DURATION.match(line.text, word.start)
        if match is None or covered[at]:
            continue
        beside = at > 0 and (covered[at - 1] or line.words[at - 1].key in {"for", "about", "ca"})
        if beside and line.words[at - 1].key not in {"in", "within"}:
            line.spans.append(Span(match.start(), match.end(), "duration"))
            if match["min"]:
                return int(match["min"])
            return 30 if match["half"] else 60 * int(match["h"] or 1)
    return None


def wish(line: Line, verdict: Verdict) -> None:
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
    label = f"Yes, {say_for(when, line.tz)}" if when else "Yes, it is booked"
    options = (Option(label, "yes"), Option("No, only a wish", "no"))
    about = line.text[start : found.end if found else match.end() if match else start + 40]
    line.questions.append(Question(QuestionKind.BOOKING, options, about, when))


def said_by(text: str, verdict: Verdict) -> str | None:
    """Whose no it was, if the line says so."""
    if verdict.outcome not in NOES:
        return None
    match = _TITLE.search(text) or _SAID_BY.search(text)
    return match["title"] if match else None
