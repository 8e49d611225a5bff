"""What is watched (process §9): each number's id, name, one-sentence definition and unit, and its value from rows.

What must stay true: a number is nothing but its rows: their count, the sum of their money, the share of them that
count, or the value that a share of them do not exceed. What SQL says and what ``value_of`` says of the rows is equal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from math import ceil
from typing import Final
from uuid import UUID

from bot.domain.money import Money, sums


class Unit(StrEnum):
    """What a number is made of: rows, cents by currency, a share of rows, seconds."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    SECONDS = "seconds"


class Number(StrEnum):
    """Every number of ``/pipeline``; buttons standing in Slack carry these words."""

    CLOSED = "closed"
    CLOSED_NEW = "closed_new"
    CLOSED_ADD_ON = "closed_add_on"
    CLOSED_RENEWAL = "closed_renewal"
    CLOSE_RATE = "close_rate"
    PIPELINE = "pipeline"
    OPPORTUNITY_RATE = "opportunity_rate"
    DISCOVERY_CALLS = "discovery_calls"
    INTRO_CALLS = "intro_calls"
    LEADS = "leads"
    RESPONDED = "responded"
    HANDED_OFF = "handed_off"
    ACCEPTED = "accepted"
    HELD = "held"
    QUALIFIED = "qualified"
    WON = "won"
    ENROLLED = "enrolled"
    TOUCHED = "touched"
    REPLIED = "replied"
    MEETING = "meeting"
    RESPONSE_MEDIAN = "response_median"
    RESPONSE_P90 = "response_p90"
    SHIFT_MEDIAN = "shift_median"
    SHIFT_P90 = "shift_p90"
    INSIDE_SLA = "inside_sla"


class RowSet(StrEnum):
    """The kinds of rows that numbers are made of."""

    WON_DEALS = "won_deals"
    DECIDED_DEALS = "decided_deals"
    QUALIFIED_DEALS = "qualified_deals"
    LEADS = "leads"
    ANSWERED_LEADS = "answered_leads"
    DUE_LEADS = "due_leads"
    CONVERSATIONS = "conversations"
    INTRO_CALLS = "intro_calls"
    ENROLMENTS = "enrolments"


class LeadStep(IntEnum):
    """How far a lead has come; whoever got further has passed the steps before."""

    RAISED = 1
    RESPONDED = 2
    HANDED_OFF = 3
    ACCEPTED = 4
    HELD = 5
    QUALIFIED = 6
    WON = 7


class OutboundStep(IntEnum):
    """How far an enrolment has come."""

    ENROLLED = 1
    TOUCHED = 2
    REPLIED = 3
    MEETING = 4


@dataclass(frozen=True, slots=True)
class Definition:
    """One number: ``sentence`` is what it means to a person; ``rows`` names what stands behind it.

    ``kind``: only deals of this kind. ``step``: only rows that came this far. ``share``: the share of rows, of those
    in order of seconds, that the value is not exceeded by. ``on_shift``: seconds on shift, not by the wall.
    """

    number: Number
    name: str
    sentence: str
    unit: Unit
    rows: RowSet
    kind: str | None = None
    step: int = 0
    share: float = 0.0
    on_shift: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose facts count: everyone's, or those of these people and of the members of these teams.

    Resolved from the roles of whoever asks, never from what a message says. A lead counts for its owner and, once
    handed off, for the rep and the account executive of the handoff; a deal for both of its.
    """

    everyone: bool = False
    people: tuple[UUID, ...] = ()
    teams: tuple[UUID, ...] = ()

    def encode(self) -> str:
        """As a notice carries it."""
        if self.everyone:
            return "*"
        return ",".join([*(f"p{one.hex}" for one in self.people), *(f"t{one.hex}" for one in self.teams)])

    @classmethod
    def decode(cls, text: str) -> "Scope":
        """Read what ``encode`` wrote. Raises ``ValueError``."""
        if text == "*":
            return cls(everyone=True)
        parts = text.split(",") if text else []
        return cls(
            people=tuple(UUID(part[1:]) for part in parts if part[0] == "p"),
            teams=tuple(UUID(part[1:]) for part in parts if part[0] == "t"),
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A number's value. ``rows``: how many rows; ``hits``: of a share, those that count; ``money`` by currency's name.

    ``seconds`` is None where there are no rows.
    """

    rows: int = 0
    hits: int = 0
    money: tuple[Money, ...] = ()
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row behind a number; names are outside text. ``counts``: of a share, whether it is a hit; else it does.

    ``at``: aware UTC, or the rep's local day of an enrolment.
    """

    id: UUID
    at: datetime | date
    name: str
    company: str
    rep: str
    ae: str
    source: str
    what: str
    counts: bool
    cents: int | None = None
    currency: str | None = None
    seconds: int | None = None
    shift_seconds: int | None = None


_TYPES = (
    (Number.CLOSED_NEW, "new", "new"),
    (Number.CLOSED_ADD_ON, "add-on", "add_on"),
    (Number.CLOSED_RENEWAL, "renewal", "renewal"),
)
_LEAD_STEPS = (
    (Number.LEADS, "Leads", "Hands raised in the period, junk left out.", LeadStep.RAISED),
    (Number.RESPONDED, "Responded", "Leads of the period that got a first human response.", LeadStep.RESPONDED),
    (Number.HANDED_OFF, "Handed off", "Leads of the period handed to an account executive.", LeadStep.HANDED_OFF),
    (Number.ACCEPTED, "Accepted", "Leads of the period whose handoff was accepted.", LeadStep.ACCEPTED),
    (Number.HELD, "Intro call held", "Leads of the period whose intro call was held.", LeadStep.HELD),
    (Number.QUALIFIED, "Qualified", "Leads of the period that became an opportunity.", LeadStep.QUALIFIED),
    (Number.WON, "Won", "Leads of the period that were won.", LeadStep.WON),
)
_OUTBOUND_STEPS = (
    (Number.ENROLLED, "Enrolled", "Enrollments in a cadence that began in the period.", OutboundStep.ENROLLED),
    (Number.TOUCHED, "Touched", "Enrollments of the period with at least one touch.", OutboundStep.TOUCHED),
    (
        Number.REPLIED,
        "Replied",
        "Enrollments of the period that were answered: a reply, or a conversation on the phone.",
        OutboundStep.REPLIED,
    ),
    (Number.MEETING, "Meeting", "Enrollments of the period with a meeting booked or held.", OutboundStep.MEETING),
)
_SPEEDS = (
    (Number.RESPONSE_MEDIAN, "First response, median", "by the wall clock", 0.5, False),
    (Number.RESPONSE_P90, "First response, p90", "by the wall clock", 0.9, False),
    (Number.SHIFT_MEDIAN, "On shift, median", "counting only time on shift", 0.5, True),
    (Number.SHIFT_P90, "On shift, p90", "counting only time on shift", 0.9, True),
)


def _results() -> list[Definition]:
    return [
        Definition(
            Number.CLOSED,
            "Closed business",
            "Money of the deals won in the period: new, add-on and renewal together.",
            Unit.MONEY,
            RowSet.WON_DEALS,
        ),
        *(
            Definition(
                number,
                f"Closed, {word}",
                f"Money of the {word} deals won in the period.",
                Unit.MONEY,
                RowSet.WON_DEALS,
                kind=kind,
            )
            for number, word, kind in _TYPES
        ),
        Definition(
            Number.CLOSE_RATE,
            "Qualified opportunity → closed",
            "Of the opportunities decided in the period, won or lost, the share that was won.",
            Unit.SHARE,
            RowSet.DECIDED_DEALS,
        ),
        Definition(
            Number.PIPELINE,
            "Qualified pipeline generated",
            "Money of the opportunities that an account executive accepted as qualified in the period; deals of an "
            "imported file were qualified before.",
            Unit.MONEY,
            RowSet.QUALIFIED_DEALS,
        ),
        Definition(
            Number.OPPORTUNITY_RATE,
            "Lead → opportunity",
            "Of the leads raised in the period, the share that is an opportunity by now; young leads may still become "
            "one.",
            Unit.SHARE,
            RowSet.LEADS,
        ),
        Definition(
            Number.DISCOVERY_CALLS,
            "Discovery calls held",
            "Conversations that a rep (MRR or SDR) had in the period: calls that connected and meetings held.",
            Unit.COUNT,
            RowSet.CONVERSATIONS,
        ),
        Definition(
            Number.INTRO_CALLS,
            "Intro calls held",
            "Handoffs whose intro call an account executive held in the period.",
            Unit.COUNT,
            RowSet.INTRO_CALLS,
        ),
    ]


def _speed() -> list[Definition]:
    found = [
        Definition(
            number,
            name,
            f"Time from the raised hand to the first human response, {clock}, that {round(share * 100)} % of the "
            "answered leads of the period do not exceed.",
            Unit.SECONDS,
            RowSet.ANSWERED_LEADS,
            share=share,
            on_shift=shift,
        )
        for number, name, clock, share, shift in _SPEEDS
    ]
    inside = Definition(
        Number.INSIDE_SLA,
        "Answered inside SLA",
        "Of the leads of the period that are answered or overdue, the share answered by the time they were due.",
        Unit.SHARE,
        RowSet.DUE_LEADS,
    )
    return [*found, inside]


def _steps() -> list[Definition]:
    leads = [Definition(n, name, text, Unit.COUNT, RowSet.LEADS, step=step) for n, name, text, step in _LEAD_STEPS]
    outbound = [
        Definition(n, name, text, Unit.COUNT, RowSet.ENROLMENTS, step=step) for n, name, text, step in _OUTBOUND_STEPS
    ]
    return leads + outbound


DEFINITIONS: Final[dict[Number, Definition]] = {one.number: one for one in (*_results(), *_steps(), *_speed())}
RESULTS: Final = tuple(one.number for one in _results())
FUNNEL: Final = tuple(number for number, *_ in _LEAD_STEPS)
OUTBOUND: Final = tuple(number for number, *_ in _OUTBOUND_STEPS)
SPEED: Final = tuple(one.number for one in _speed())
DEAL_KINDS: Final = {kind: number for number, _, kind in _TYPES}


def money(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """The sums of (currency, cents), each currency by itself."""
    return sums(Money(cents, currency) for currency, cents in amounts)


def rank(share: float, rows: int) -> int:
    """The place, from 0, of the value that ``share`` of ``rows`` values in order do not exceed (nearest rank)."""
    return max(ceil(round(share * rows, 9)) - 1, 0)


def value_of(definition: Definition, rows: Sequence[Row]) -> Value:
    """A number, recounted from its rows."""
    hits = sum(row.counts for row in rows) if definition.unit is Unit.SHARE else 0
    sums = ((row.currency or "", row.cents or 0) for row in rows) if definition.unit is Unit.MONEY else ()
    seconds = None
    if definition.unit is Unit.SECONDS and rows:
        waits = sorted((row.shift_seconds if definition.on_shift else row.seconds) or 0 for row in rows)
        seconds = waits[rank(definition.share, len(waits))]
    return Value(len(rows), hits, money(sums), seconds)
