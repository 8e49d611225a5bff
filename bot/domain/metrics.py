"""What is watched (process §9): the ids of numbers and of kinds of rows, whose facts count, a value and its rows.

What must stay true: a number is nothing but its rows: their count, the sum of their money, the share of them that
count, or the value that a share of them do not exceed. Its meaning stands in ``metrics_defined``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from math import ceil
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


def money(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """The sums of (currency, cents), each currency by itself."""
    return sums(Money(cents, currency) for currency, cents in amounts)


def rank(share: float, rows: int) -> int:
    """The place, from 0, of the value that ``share`` of ``rows`` values in order do not exceed (nearest rank)."""
    return max(ceil(round(share * rows, 9)) - 1, 0)
