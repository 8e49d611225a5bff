"""The times of a ``/touch`` line: of the callback or meeting, the end of a "not now", and when it happened.

What must stay true: a time that has been is never taken as one to come, and a time to come never as when it
happened; what is vague ("asap") is a choice.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.domain.terms import Outcome
from bot.domain.time_clock import place
from bot.domain.time_days import skip_weekend
from bot.domain.time_past import Earlier, earlier_at, find_past
from bot.domain.time_words import Found as FoundTime
from bot.domain.time_words import When, find_when, read_when, say_for
from bot.domain.time_zones import zone_of
from bot.domain.touch_details import DURATION
from bot.domain.touch_draft import TO_COME, Option, Question, QuestionKind, Span
from bot.domain.touch_hits import Hit
from bot.domain.touch_outcome import Verdict
from bot.domain.touch_reading import SEPARATORS, Line
from bot.domain.touch_vocabulary import FILLERS, KNOWN, SOFT, STOPS, TIMED

_MOST_PAST: Final = 5
"""So many times are looked at; a line of more is no line of one touch."""
_HAS_DURATION: Final = re.compile(r"\dh|\dm|\d (?:h|m)|hour", re.IGNORECASE)
_MOST_FALLBACK_WORDS: Final = 4
_VAGUE: Final = re.compile(
    r"\b(?:asap|a\.s\.a\.p|as soon as possible|right away|immediately|at once|soon|later)\b", re.IGNORECASE
)
_SOON: Final = timedelta(hours=1)
_QUARTER: Final = timedelta(minutes=15)
_MORNING: Final = time(9)
_EVENING: Final = time(18)
_FAR: Final = timedelta(days=270)
"""A meeting or callback further away than this, said without a year, is likely a slip about the past."""
_APPOINTED: Final = frozenset([Outcome.CALLBACK, Outcome.MEETING_BOOKED, Outcome.RESCHEDULED])
_NO_DAYS: Final = FILLERS | STOPS | SOFT | KNOWN
_LEAD_IN: Final = frozenset(["", "on", "at"])
_LONGEST_START: Final = 60
_GOES_ON: Final = re.compile(r"[.@/&]\w")
"""A word that a time is only the beginning of: "monday.com"."""
_BETWEEN: Final = frozenset(["on", "at", "was", "it"])
_NO_HOUR: Final = re.compile(r"\s*,?\s*(?:at\s+)?(\d{1,2}[:.]\d\d)(?![\d.:])")
"""What stands behind a day like an hour, and is none: "tue 25:99"."""


def asides(line: Line, hits: Sequence[Hit]) -> list[tuple[int, int]]:
    """Where times and durations stand; a time to come only if an outcome of the line may want one."""
    spans = [match.span() for match in DURATION.finditer(line.text)] if _HAS_DURATION.search(line.text) else []
    past = find_past(line.text, line.now, line.tz)
    if past is not None:
        spans.append((past.start, past.end))
    if (first := _at_the_start(line)) is not None:
        spans.append(first)
    if any(hit.term.outcome in TIMED for hit in hits):
        found = line.first_time = find_when(line.text, line.now, line.tz)
        phrase = line.text[found.start : found.end] if found else ""
        name = phrase.isalpha() and phrase[0].isupper() and len(phrase) == 3
        if found is not None and not name:
            spans.append((found.start, found.end))
    return spans


def _at_the_start(line: Line) -> tuple[int, int] | None:
    """A time that the line begins with: "tomorrow jane no answer". A lone capital word may be a name: "Sunday"."""
    if not line.words:
        return None
    found = find_when(line.text[:_LONGEST_START], line.now, line.tz)
    if found is None or line.text[: found.start].strip(SEPARATORS).casefold() not in _LEAD_IN:
        return None
    if _GOES_ON.match(line.text, found.end):
        return None
    phrase = line.text[found.start : found.end]
    lone = phrase.isalpha() and (len(phrase) <= 3 or (phrase[0].isupper() and phrase.casefold() != "tomorrow"))
    return None if lone else (line.words[0].start, found.end)


def outcome_time(line: Line, verdict: Verdict) -> When | None:
    """The time that the outcome wants, or a question for it."""
    outcome = verdict.outcome
    if outcome is None:
        _offer_time(line)
    if outcome not in TIMED or outcome is None or verdict.main is None:
        return None
    after = line.words[verdict.main.last - 1].end
    found = time_after(line, after)
    if found is None:
        if outcome != Outcome.RESCHEDULED:
            line.questions.append(_when_question(line, outcome, after))
        return None
    hour = _NO_HOUR.match(line.text, found.end) if found.when.date_only else None
    if hour is not None:
        line.questions.append(Question(QuestionKind.WHEN, why=f"“{hour[1]}” is no time of day."))
        return None
    line.spans.append(Span(found.start, found.end, "when"))
    when, said = found.when, line.text[found.start : found.end]
    choices = _choices(outcome, when, line)
    if choices:
        why = f"“{said}” has passed this year." if when.next_year and not when.others else ""
        line.questions.append(Question(QuestionKind.WHEN, choices, said, why=why))
    elif not (when.theirs or when.unknown_place):
        line.assumed.extend(when.assumed)
    return replace(when, said=said)


def _choices(outcome: Outcome, when: When, line: Line) -> tuple[Option, ...]:
    """What a time has to be asked about with: its readings, or hours for "today" alone."""
    if when.others:
        return tuple(_instant(replace(when, at=at, others=()), line.tz) for at in (when.at, *when.others))
    if when.next_year and outcome in _APPOINTED and when.at - line.now > _FAR:
        return (_instant(when, line.tz),)
    if outcome == Outcome.CALLBACK and when.date_only and when.at <= line.now:
        return _soon_options(line)
    return ()


def _when_question(line: Line, outcome: Outcome, after: int) -> Question:
    past = find_past(line.text, line.now, line.tz)
    if past is not None and not line.overlaps(past.start, past.end) and not line.text[after : past.start].strip():
        return Question(QuestionKind.WHEN, why=f"“{line.text[past.start : past.end]}” is in the past.")
    vague = _VAGUE.search(line.text, after)
    if outcome == Outcome.CALLBACK and vague is not None:
        return Question(QuestionKind.WHEN, _soon_options(line), vague[0])
    this_part = re.match(
        r"\s*(this (?:morning|afternoon|evening)|tonight|today[^,;]{0,12})", line.text[after:], re.IGNORECASE
    )
    if this_part is not None:
        return Question(QuestionKind.WHEN, why=f"“{this_part[1].strip()}” is in the past.")
    return Question(QuestionKind.WHEN)


def _soon_options(line: Line) -> tuple[Option, ...]:
    """In about an hour, and the next working morning."""
    zone = zone_of(line.tz)
    local = line.now.astimezone(zone)
    on = skip_weekend(local.date() + timedelta(days=1))
    soon = line.now + _SOON
    soon += -timedelta(minutes=soon.minute, seconds=soon.second, microseconds=soon.microsecond) % _QUARTER
    times = [soon] if soon.astimezone(zone).date() == local.date() and soon.astimezone(zone).time() < _EVENING else []
    times.append(_at(on, _MORNING, line.tz))
    return tuple(_instant(When(at, line.tz), line.tz) for at in times)


def _at(on: date, clock: time, tz: str) -> datetime:
    return place(datetime.combine(on, clock), tz)[0]


def _offer_time(line: Line) -> None:
    """A question whose answer may want a time carries the one that was said; the words stay in the note."""
    for number, question in enumerate(line.questions):
        if any(option.value in TIMED for option in question.options) and question.kind == QuestionKind.OUTCOME:
            found = time_after(line, 0)
            line.questions[number] = replace(question, when=found.when if found else None)


def _instant(when: When, tz: str) -> Option:
    return Option(say_for(when, tz), when.at.astimezone(UTC).isoformat())


def time_after(line: Line, after: int) -> FoundTime | None:
    """The time after the outcome, else before it; else what the fallback reads right behind the outcome."""
    at = after
    while at < len(line.text) and line.text[at] in SEPARATORS + "(":
        at += 1
    if line.first_time is not None and line.first_time.start == at and not line.is_taken(line.first_time):
        return line.first_time
    for start, bare_month in ((at, after > 0), (0, False)):
        found = find_when(line.text, line.now, line.tz, start, bare_month=bare_month)
        if found is not None and not line.is_taken(found):
            return _with_foreign_day(line, at, found)
    if after == 0:
        return None
    phrase = re.match(r"[^,;\n()]{2,40}(?=$|[,;\n()])", line.text[at : at + 42])
    if phrase is None or len(phrase[0].split()) > _MOST_FALLBACK_WORDS or line.overlaps(at, at + phrase.end()):
        return None
    words = re.sub(r"^(?:until|till|til|on|at|back)\s+", "", phrase[0], flags=re.IGNORECASE)
    when = read_when(words, line.now, line.tz)
    return FoundTime(when, at, at + phrase.end()) if when is not None else None


def _with_foreign_day(line: Line, at: int, found: FoundTime) -> FoundTime:
    """The hour with the one word before it, where that is a day in another language: "morgen 15:00"."""
    word = line.text[at : found.start].strip(SEPARATORS)
    if not word.isalpha() or word.casefold() in _NO_DAYS or line.overlaps(at, found.start):
        return found
    from bot.domain.time_fallback import read_loosely  # slow to load, and few lines need it

    when = read_loosely(f"{word} {line.text[found.start : found.end]}", line.now, line.tz)
    return found if when is None or when.at == found.when.at else FoundTime(when, at, found.end)


def happened(line: Line, verdict: Verdict, meant: Sequence[Hit]) -> datetime | None:
    """When it happened, if the line says so beside what is understood; ``None`` means when it was typed."""
    covered = line.covered()
    for hit in meant:
        covered[hit.first : hit.last] = [True] * (hit.last - hit.first)
    past = find_past(line.text, line.now, line.tz)
    for _ in range(_MOST_PAST):
        if past is None:
            break
        if not line.overlaps(past.start, past.end) and _is_beside(line, past, covered, said_past=True):
            if any(question.why.startswith(f"“{line.text[past.start : past.end]}”") for question in line.questions):
                return None
            return _took(line, past)
        past = find_past(line.text, line.now, line.tz, past.end)
    if verdict.outcome is None or verdict.outcome in TIMED:
        return None
    for start in _behind_understood(line):
        earlier = earlier_at(line.text, start, line.now, line.tz)
        if earlier is not None and _is_beside(line, earlier, covered, said_past=False):
            return _took(line, earlier)
    return None


def still_to_come(line: Line, verdict: Verdict, was: datetime | None, meant: Sequence[Hit]) -> None:
    """A plain time to come beside what has happened already is asked about: it is no touch of now."""
    if was is not None or verdict.outcome is None or verdict.outcome in TIMED or verdict.main is None:
        return
    covered = line.covered()
    for hit in meant:
        covered[hit.first : hit.last] = [True] * (hit.last - hit.first)
    found = find_when(line.text, line.now, line.tz)
    for _ in range(_MOST_PAST):
        if found is None:
            return
        beside = _is_beside(line, Earlier(None, found.start, found.end), covered, said_past=False)
        if beside and found.when.at > line.now and not line.overlaps(found.start, found.end):
            said = line.text[found.start : found.end]
            line.questions.append(Question(QuestionKind.WHEN, (), said, found.when, TO_COME))
            return
        found = find_when(line.text, line.now, line.tz, found.end)


def _took(line: Line, past: Earlier) -> datetime | None:
    if past.at is None:
        said = line.text[past.start : past.end]
        line.assumed.append(f"“{said}” names no day, so it counts as now; “Change” sets the time")
        return None
    line.spans.append(Span(past.start, past.end, "happened"))
    line.assumed.extend(past.assumed)
    return past.at


def _behind_understood(line: Line) -> Iterator[int]:
    """Where words begin that follow something understood, or nothing."""
    covered = line.covered()
    for at, word in enumerate(line.words):
        if not covered[at] and (at == 0 or covered[at - 1]):
            yield word.start


def _is_beside(line: Line, past: Earlier, covered: Sequence[bool], *, said_past: bool) -> bool:
    """Whether a time that has been touches what is understood, and is not the beginning of another sentence."""
    words = line.words
    inside = [at for at, word in enumerate(words) if past.start <= word.start < past.end]
    if not inside:
        return False
    first, last = inside[0], inside[-1] + 1
    while first > 0 and words[first - 1].key in SOFT | _BETWEEN and not covered[first - 1]:
        first -= 1
    ends = last == len(words) or words[last].opens or covered[last]
    if first == 0 or words[inside[0]].opens:
        return ends
    return covered[first - 1] and (said_past or ends)
