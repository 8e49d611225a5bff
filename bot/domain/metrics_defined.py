"""What each number means (process §9): its name, one sentence, its unit and the rows it is made of.

What must stay true: every number is defined here once; what SQL says and what ``value_of`` says of the rows is equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.metrics import LeadStep, Number, OutboundStep, Row, RowSet, Unit, Value, money, rank


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


def value_of(definition: Definition, rows: Sequence[Row]) -> Value:
    """A number, recounted from its rows."""
    hits = sum(row.counts for row in rows) if definition.unit is Unit.SHARE else 0
    sums = ((row.currency or "", row.cents or 0) for row in rows) if definition.unit is Unit.MONEY else ()
    seconds = None
    if definition.unit is Unit.SECONDS and rows:
        waits = sorted((row.shift_seconds if definition.on_shift else row.seconds) or 0 for row in rows)
        seconds = waits[rank(definition.share, len(waits))]
    return Value(len(rows), hits, money(sums), seconds)
