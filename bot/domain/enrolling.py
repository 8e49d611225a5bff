"""Who may be enrolled in a cadence, and if not, why (process §3, §4, §10).

What must stay true: nobody who said no, is a client, has an open lead or deal, or is worked by a colleague is ever
enrolled; with a reason, a rest may be cut short and an account may have more people than the playbook wants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.cadence import EndReason
from bot.domain.compliance import Refused, Subject, Suppressed, may_touch
from bot.domain.counting import counted
from bot.domain.terms import Channel, Stage
from bot.playbook.schema import Playbook


class Why(StrEnum):
    """Why somebody is not enrolled: the kinds of it, for counts."""

    UNKNOWN = "unknown"
    NO_EMAIL = "no_email"
    ENROLLED = "enrolled"
    LEAD = "lead"
    SAID_NO = "said_no"
    RESTS = "rests"
    ROUNDS = "rounds"
    CLIENT = "client"
    DEAL = "deal"
    GIVEN_UP = "given_up"
    MAY_NOT_WRITE = "may_not_write"
    COLLEAGUE = "colleague"
    ENOUGH = "enough"
    FULL = "full"


_WITH_A_REASON = frozenset({Why.RESTS, Why.ROUNDS, Why.ENOUGH})
"""What a reason overrides; everything else stays refused."""


@dataclass(frozen=True, slots=True)
class Past:
    """Somebody's newest enrolment in a cadence. ``live_with``: who has them in a plan now, by name and by id."""

    round: int
    end_reason: str | None
    rests_until: date | None
    ended_on: date | None
    live_with: str | None = None
    live_with_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to be enrolled, as far as the rules look at them; ``subject``: as far as the gate does."""

    contact_id: UUID
    name: str
    subject: Subject
    stage: Stage
    account_id: UUID | None
    account: str | None
    account_stage: Stage | None
    account_country: str | None
    lead_with: str | None
    """Who has their open lead; empty for nobody yet, None without one."""
    past: Past | None = None
    suppressed: tuple[Suppressed, ...] = ()
    industry: str | None = None
    employees: int | None = None


@dataclass(slots=True)
class AccountWork:
    """What is going on at one account. ``starts``: day 1 of each live cadence there."""

    worked_by: str | None = None
    """A colleague who works it: in a plan, or with an open lead there."""
    deal: bool = False
    given_up: bool = False
    starts: list[date] = field(default_factory=list)

    @property
    def enrolled(self) -> int:
        """How many people of it are in a cadence."""
        return len(self.starts)


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """Somebody who was left out, with the reason: ``sentence`` goes on after the name, "rests until 3 Jun"."""

    contact_id: UUID
    name: str
    why: Why
    sentence: str


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody who was enrolled; ``starts_on`` is day 1, the rep's local date."""

    enrolment_id: UUID
    contact_id: UUID
    name: str
    company: str | None
    starts_on: date


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of it. ``causation_id`` takes it back until ``undo_until`` (aware UTC)."""

    causation_id: UUID
    rep_id: UUID
    rep_name: str
    begun: tuple[Begun, ...]
    left_out: tuple[NotEnrolled, ...]
    undo_until: datetime
    researched: bool


def next_round(past: Past | None) -> int:
    """Which round an enrolment today is: a rest after a whole cadence counts one up."""
    if past is None:
        return 1
    return past.round + (past.end_reason == EndReason.RECYCLED)


def objection(
    them: Wanted, work: AccountWork, rules: Playbook, now: datetime, today: date, override: str = ""
) -> NotEnrolled | None:
    """What speaks against enrolling somebody; None if nothing does.

    ``today``: the rep's local date of ``now``. ``override``: the reason to do it all the same.
    """
    for why, sentence in _objections(them, work, rules, now, today):
        if not (override.strip() and why in _WITH_A_REASON):
            return NotEnrolled(them.contact_id, them.name, why, sentence)
    return None


def _objections(them: Wanted, work: AccountWork, rules: Playbook, now: datetime, today: date) -> list[tuple[Why, str]]:
    """Everything that speaks against it, weightiest first."""
    found = _of_the_past(them.past, rules, today)
    company = them.account or "their company"
    if Stage.CLIENT in (them.stage, them.account_stage) or Stage.CHAMPION in (them.stage, them.account_stage):
        found.append((Why.CLIENT, "is a client; clients are not put into a cadence"))
    if work.deal or Stage.OPPORTUNITY in (them.stage, them.account_stage):
        found.append((Why.DEAL, f"has an open deal at {company}"))
    if them.lead_with is not None:
        found.append((Why.LEAD, f"has an open lead with {them.lead_with or 'nobody yet'}"))
    if work.given_up:
        found.append((Why.GIVEN_UP, f"works at {company}, which was given up"))
    if not them.subject.email:
        found.append((Why.NO_EMAIL, "has no e-mail address"))
    elif refused := _may_not_write(them, rules, now):
        found.append((Why.MAY_NOT_WRITE, refused))
    if work.worked_by is not None:
        found.append((Why.COLLEAGUE, f"works at {company}, and {work.worked_by} is working there"))
    if work.enrolled >= rules.pool.max_contacts_per_account:
        people = counted(work.enrolled, "person", "people")
        found.append((Why.ENOUGH, f"waits: {people} at {company} are in a cadence already"))
    return found


def _of_the_past(past: Past | None, rules: Playbook, today: date) -> list[tuple[Why, str]]:
    if past is None:
        return []
    if past.live_with is not None:
        return [(Why.ENROLLED, f"is in a plan already, {past.live_with}'s")]
    if past.end_reason == EndReason.NO:
        on = f" on {past.ended_on:%-d %b %Y}" if past.ended_on else ""
        return [(Why.SAID_NO, f"said no{on}")]
    if past.rests_until is not None and past.rests_until > today:
        return [(Why.RESTS, f"rests until {past.rests_until:%-d %b %Y}")]
    if next_round(past) > rules.cadence.recycle_rounds:
        return [(Why.ROUNDS, f"has been through {counted(past.round, 'round')} without a conversation")]
    return []


def _may_not_write(them: Wanted, rules: Playbook, now: datetime) -> str | None:
    verdict = may_touch(Channel.EMAIL, them.subject, them.suppressed, rules, now)
    return f"may not be written to: {verdict.reason}" if isinstance(verdict, Refused) else None


def by_reason(refused: Sequence[NotEnrolled]) -> Mapping[Why, int]:
    """How many were left out, by reason, most first."""
    counts: dict[Why, int] = {}
    for one in refused:
        counts[one.why] = counts.get(one.why, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))
