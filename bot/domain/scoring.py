"""The score as lines of a ledger, and junk (process §2).

What must stay true: the score is the sum of its lines; every line has points other than zero and a reason that
a person understands; points come from the playbook alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.domain.matching import company_domain, company_name_key, fold, is_free_mail, registrable_domain
from bot.domain.months import add_months
from bot.domain.terms import Intent, Outcome, ScorePart, Source
from bot.playbook.schema import Playbook
from bot.playbook.schema.inbound import SeniorityName

_RANKS: tuple[SeniorityName, ...] = ("c_level", "vp", "director", "manager", "staff")
_SENIORITY_NAMES: dict[SeniorityName, str] = {
    "c_level": "top management",
    "vp": "vice president",
    "director": "director",
    "manager": "manager",
    "staff": "staff",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What is known of a person and their company when a score is made; all of it may be missing."""

    email: str | None = None
    title: str | None = None
    company_name: str | None = None
    company_domain: str | None = None
    industry: str | None = None
    employees: int | None = None
    country: str | None = None
    intent: Intent | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One entry of the ledger."""

    part: ScorePart
    points: int
    reason: str


def score(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    """Return all lines for facts: who they are, their company, what they did, and what speaks against them."""
    return [*profile_lines(facts, playbook), *behaviour_lines(facts, playbook)]


def profile_lines(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    """Return the lines that hold however often somebody raises a hand: person, company, negatives."""
    lines = [*_demographic(facts, playbook), *_firmographic(facts, playbook), *_negative(facts, playbook)]
    return [line for line in lines if line.points]


def behaviour_lines(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    """Return the lines of one event: what they asked for, and where they came from."""
    lines: list[ScoreLine] = []
    if facts.intent is not None:
        points = playbook.scoring.intents.get(facts.intent.value, 0)
        lines.append(ScoreLine(ScorePart.BEHAVIOURAL, points, f"Asked: {_words(facts.intent)}"))
    if facts.source is not None:
        points = playbook.scoring.sources.get(facts.source.value, 0)
        lines.append(ScoreLine(ScorePart.BEHAVIOURAL, points, f"Came by {_words(facts.source)}"))
    return [line for line in lines if line.points]


def changed_lines(before: Iterable[ScoreLine], after: Iterable[ScoreLine]) -> list[ScoreLine]:
    """Return what to add to a ledger that holds ``before`` so that its sum is that of ``after``.

    Lines that no longer hold are taken back by new ones; nothing in a ledger is ever changed.
    """
    old, new = list(before), list(after)
    added = []
    for line in new:
        if line in old:
            old.remove(line)
        else:
            added.append(line)
    return [ScoreLine(line.part, -line.points, f"No longer: {line.reason}") for line in old] + added


def decay_due_at(last_activity: datetime, decays_since: int, playbook: Playbook) -> datetime:
    """Return when the next decay entry falls due, given how many were written since the last activity."""
    decay = playbook.scoring.decay
    return add_months(last_activity, decay.after_months + decays_since * decay.every_months)


def decay_lines(total: int, months: int, playbook: Playbook) -> list[ScoreLine]:
    """Return the decay entry for a score of ``total`` after ``months`` without activity; empty at the floor."""
    decay = playbook.scoring.decay
    points = max(decay.points, min(decay.floor - total, 0))
    quiet = "a month" if months == 1 else f"{months} months"
    return [ScoreLine(ScorePart.BEHAVIOURAL, points, f"Nothing heard for {quiet}")] if points else []


def seniority(title: str | None, playbook: Playbook) -> SeniorityName:
    """Read the seniority from a title: the highest word that matches, longer phrases before their parts.

    What follows "to" is somebody else: an assistant to the CEO is an assistant.
    """
    folded = fold(re.split(r"\bto\b", title or "", maxsplit=1, flags=re.IGNORECASE)[0])
    spans: list[tuple[int, int, SeniorityName]] = []
    for rank in _RANKS:
        for word in playbook.scoring.seniority_words.get(rank, ()):
            spans.extend((found.start(), found.end(), rank) for found in _word(word).finditer(folded))
    outer = [
        rank
        for start, end, rank in spans
        if not any(a <= start and end <= b and (b - a) > (end - start) for a, b, _ in spans)
    ]
    return min(outer, key=_RANKS.index, default="unknown")


def decides(title: str | None, playbook: Playbook) -> bool:
    """Whether a title is a senior decision maker's: above a manager's (process §4)."""
    return seniority(title, playbook) in _RANKS[: _RANKS.index("manager")]


def is_junk(facts: ScoreFacts, lines: Iterable[ScoreLine], playbook: Playbook) -> str | None:
    """Return why a lead is junk, as a plain sentence, or None. Disposable, competitor, or a score too low."""
    if _disposable(facts, playbook):
        return "The address is a disposable one."
    if _competitor(facts, playbook):
        return "The company is a competitor."
    total = sum(line.points for line in lines)
    if total <= playbook.scoring.junk_at:
        return f"The score of {total} is at or below {playbook.scoring.junk_at}."
    return None


def _demographic(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    rank = seniority(facts.title, playbook)
    points = playbook.scoring.seniority.get(rank, 0)
    reason = f"Title: {facts.title} ({_SENIORITY_NAMES[rank]})" if facts.title else "No title known"
    return [ScoreLine(ScorePart.DEMOGRAPHIC, points, reason)]


def _firmographic(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    table = playbook.scoring
    lines: list[ScoreLine] = []
    if facts.employees is not None:
        band = next((b for b in table.employees if b.up_to is None or facts.employees <= b.up_to), None)
        points = band.points if band else 0
        lines.append(ScoreLine(ScorePart.FIRMOGRAPHIC, points, f"{facts.employees:,} employees"))
    if facts.industry:
        wanted = fold(facts.industry)
        points = next((value for name, value in table.industries.items() if _word(name).fullmatch(wanted)), 0)
        lines.append(ScoreLine(ScorePart.FIRMOGRAPHIC, points, f"Industry: {facts.industry}"))
    if facts.country:
        points = table.countries.get(facts.country.upper(), 0)
        lines.append(ScoreLine(ScorePart.FIRMOGRAPHIC, points, f"Country: {facts.country.upper()}"))
    return lines


def _negative(facts: ScoreFacts, playbook: Playbook) -> list[ScoreLine]:
    points = playbook.scoring.negatives
    lines: list[ScoreLine] = []
    if _disposable(facts, playbook):
        lines.append(ScoreLine(ScorePart.NEGATIVE, points.disposable, "Disposable address"))
    elif facts.email and is_free_mail(facts.email.rpartition("@")[2].lower()):
        lines.append(ScoreLine(ScorePart.NEGATIVE, points.free_mail, "Free-mail address"))
    if _has_word(facts.title, playbook.scoring.student_words):
        lines.append(ScoreLine(ScorePart.NEGATIVE, points.student, f"Title: {facts.title} (student)"))
    if _competitor(facts, playbook):
        lines.append(ScoreLine(ScorePart.NEGATIVE, points.competitor, "Competitor"))
    return lines


def _disposable(facts: ScoreFacts, playbook: Playbook) -> bool:
    host = (facts.email or "").rpartition("@")[2].lower()
    known = playbook.junk.disposable_domains
    return bool(host) and (host in known or (registrable_domain(host) or "") in known)


def _competitor(facts: ScoreFacts, playbook: Playbook) -> bool:
    rivals = {registrable_domain(domain) or domain for domain in playbook.junk.competitor_domains}
    domains = {company_domain(facts.company_domain), company_domain(facts.email)} - {None}
    if domains & rivals:
        return True
    name = company_name_key(facts.company_name or "")
    return bool(name) and name in {company_name_key(rival) for rival in playbook.junk.competitor_names}


def _has_word(text: str | None, words: Iterable[str]) -> bool:
    folded = fold(text or "")
    return any(_word(word).search(folded) for word in words)


@lru_cache(maxsize=4096)
def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(fold(word))}\b")


def _words(term: Intent | Source | Outcome) -> str:
    return term.value.replace("_", " ")
