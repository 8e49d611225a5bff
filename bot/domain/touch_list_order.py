"""Which due work stands on a rep's list of the day, and in which order (process §5, §3, §10).

What must stay true: one line per person besides the question who replied; the e-mails of a day keep to the mailbox's
measure and to the company's; nothing that the gate refuses for good is offered; while a rep's own leads are overdue
nobody new is begun; what is left off is counted, with the reason.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.business_time import WorkWeek, working_days_between
from bot.domain.compliance import Allowed, Refused, Verdict
from bot.domain.touch_list import DueItem, ItemKind
from bot.domain.touch_list_windows import Span, Spans, call_spans, common, mail_spans
from bot.playbook.schema import Playbook


class Wave(StrEnum):
    """The two lists of a day."""

    MORNING = "morning"
    EVENING = "evening"


class Held(StrEnum):
    """Why something due is not on the list today."""

    TARGET = "target"
    COMPANY = "company"
    LEADS_FIRST = "leads_first"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A due item with what else decides about its place.

    ``zones``: where they may be. ``domain``: of their company, None for a free-mail or unknown one. ``cold_first``:
    the first step toward somebody who did not raise a hand.
    """

    due: DueItem
    zones: tuple[str, ...] = ()
    domain: str | None = None
    cold_first: bool = False
    verdict: Verdict = field(default_factory=Allowed)


@dataclass(frozen=True, slots=True)
class RepDay:
    """A rep's day. ``span``: midnight to midnight; ``evening_at``: when the evening list comes, None if none does."""

    now: datetime
    timezone: str
    span: Span
    shifts: Spans
    evening_at: datetime | None
    wave: Wave = Wave.MORNING


@dataclass(frozen=True, slots=True)
class Measure:
    """What today's e-mails still may be: in all, and to each company domain sent already."""

    emails_left: int
    to_domain: Mapping[str, int]
    leads_overdue: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One line. ``due_at``: from when it makes sense; None for at once."""

    due: DueItem
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The lines in order, and how many due ones are held back, by reason."""

    lines: tuple[Planned, ...]
    held: Mapping[Held, int]


@dataclass(frozen=True, slots=True)
class _Placed:
    one: Candidate
    rank: int
    key: tuple[float, ...]
    due_at: datetime | None


_RANKS = {ItemKind.REPLY: 0, ItemKind.HOT: 1, ItemKind.LEAD: 2, ItemKind.CALLBACK: 3}
_EMAIL_NOW, _CALL, _REST = 4, 5, 6


def mail_target(rules: Playbook, week: WorkWeek, began_on: date | None, today: date) -> int:
    """How many e-mails a rep's day aims at: the target, ramped up for a new mailbox (process §5, §10)."""
    book = rules.touch_list
    most = min(book.target_emails_per_day, book.max_emails_per_day, rules.compliance.emails_per_mailbox_per_day)
    if began_on is None:
        return most
    days = working_days_between(week, began_on, today) if today > began_on else 0
    return min(most, book.ramp_from + book.ramp_step * days)


def arrange(candidates: Iterable[Candidate], day: RepDay, measure: Measure, rules: Playbook) -> Arranged:
    """Choose and order the lines of one list."""
    held: Counter[Held] = Counter()
    placed: list[_Placed] = []
    for one in _one_each(candidates):
        if _refused(one, day):
            held[Held.GATE] += 1
        elif measure.leads_overdue and one.cold_first:
            held[Held.LEADS_FIRST] += 1
        elif (place := _place(one, day, rules)) is not None:
            placed.append(place)
    kept = _within_measure(placed, measure, rules, held)
    ordered = sorted(kept, key=lambda one: (one.rank, one.key, one.one.due.contact_id.int))
    return Arranged(tuple(Planned(one.one.due, one.due_at) for one in ordered), dict(held))


def _one_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of several due items of one person the most pressing; the question who replied stands beside it."""
    best: dict[tuple[UUID, bool], Candidate] = {}
    for one in candidates:
        whose = (one.due.contact_id, one.due.kind is ItemKind.REPLY)
        if whose not in best or _rank(one.due) < _rank(best[whose].due):
            best[whose] = one
    return list(best.values())


def _rank(due: DueItem) -> int:
    if due.lead_id is not None and due.kind in (ItemKind.EMAIL, ItemKind.CALL):
        return _RANKS[ItemKind.LEAD]
    return _RANKS.get(due.kind, _CALL if due.kind is ItemKind.CALL else _REST)


def _refused(one: Candidate, day: RepDay) -> bool:
    """Whether waiting within this day does not help. Leads and callbacks are shown all the same: somebody waits."""
    verdict = one.verdict
    if not isinstance(verdict, Refused) or one.due.kind is ItemKind.REPLY:
        return False
    if verdict.for_good or verdict.until is None:
        return True
    waits = one.due.kind in (ItemKind.HOT, ItemKind.LEAD, ItemKind.CALLBACK)
    return not waits and verdict.until >= (day.shifts[-1][1] if day.shifts else day.span[1])


def _place(one: Candidate, day: RepDay, rules: Playbook) -> _Placed | None:
    """Where it stands; None if it belongs on the other list of this day."""
    due = one.due
    if due.kind is ItemKind.EMAIL:
        return _place_mail(one, day, rules)
    if day.wave is Wave.EVENING:
        return None
    if due.kind is ItemKind.CALL:
        spans = common(call_spans(one.zones or (day.timezone,), day.span, rules), _rest_of(day))
        start, end = spans[0] if spans else (None, day.span[1])
        return _Placed(one, _rank(due), (end.timestamp(), -due.overdue_days), _later(start, day))
    return _Placed(one, _rank(due), (_epoch(due.due_at),), due.due_at if _is_later(due.due_at, day) else None)


def _place_mail(one: Candidate, day: RepDay, rules: Playbook) -> _Placed | None:
    due = one.due
    theirs = (due.window,) if due.window else mail_spans(one.zones or (day.timezone,), day.span, rules)
    evening = day.evening_at
    if day.wave is Wave.EVENING:
        return _Placed(one, _EMAIL_NOW, (-due.overdue_days,), None)
    fits = common(theirs, _rest_of(day))
    before = [span for span in fits if evening is None or span[0] < evening]
    if not before and evening is not None and common(theirs, ((evening, day.span[1]),)):
        return None
    rank = _rank(due) if due.lead_id is not None else _REST
    if not before:
        return _Placed(one, rank, (day.span[1].timestamp(), -due.overdue_days), None)
    start, end = before[0]
    opens = _later(start, day)
    if due.lead_id is None and opens is None:
        rank = _EMAIL_NOW
    return _Placed(one, rank, (_epoch(opens), end.timestamp(), -due.overdue_days), opens)


def _rest_of(day: RepDay) -> Spans:
    return common(day.shifts, ((day.now, day.span[1]),))


def _later(start: datetime | None, day: RepDay) -> datetime | None:
    """``start`` if it comes after the day has begun for the rep."""
    return start if _is_later(start, day) else None


def _is_later(at: datetime | None, day: RepDay) -> bool:
    left = _rest_of(day)
    return at is not None and at > (left[0][0] if left else day.now)


def _epoch(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _within_measure(placed: Sequence[_Placed], measure: Measure, rules: Playbook, held: Counter[Held]) -> list[_Placed]:
    """Keep to the day's e-mails: leads first, then plans that are under way and late, then new ones."""
    kept = [one for one in placed if one.one.due.kind is not ItemKind.EMAIL]
    mails = [one for one in placed if one.one.due.kind is ItemKind.EMAIL]
    mails.sort(key=lambda one: (one.one.due.lead_id is None, one.one.cold_first, -one.one.due.overdue_days, one.rank))
    to_domain = Counter(measure.to_domain)
    left = measure.emails_left
    for one in mails:
        domain = one.one.domain
        if left <= 0:
            held[Held.TARGET] += 1
        elif domain is not None and to_domain[domain] >= rules.compliance.emails_per_domain_per_day:
            held[Held.COMPANY] += 1
        else:
            left -= 1
            if domain is not None:
                to_domain[domain] += 1
            kept.append(one)
    return kept
