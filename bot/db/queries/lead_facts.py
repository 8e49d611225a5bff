"""What a lead's card holds: plain values, read once (process §1, §2).

What must stay true: outside text stands here as it came, to be escaped where it is rendered; times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.domain.compliance import Verdict
from bot.domain.terms import Channel, Intent, LeadState, Outcome, ScorePart, Source, Stage


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of us, as far as a card names them."""

    id: UUID
    name: str
    slack_user_id: str | None


@dataclass(frozen=True, slots=True)
class CardAccount:
    """The company of a lead. ``name`` and ``industry`` are outside text."""

    id: UUID
    name: str
    domain: str | None
    industry: str | None
    employees: int | None
    country: str | None
    stage: Stage
    owner: Somebody | None


@dataclass(frozen=True, slots=True)
class CardTouch:
    """An earlier touch. ``note`` is what the rep wrote."""

    id: UUID
    by: str
    channel: Channel
    outcome: Outcome
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class CardScoreLine:
    """One line of the score ledger."""

    part: ScorePart
    points: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CardAlert:
    """An alert that was given: to whom, in which round, why."""

    to: Somebody | None
    round: int
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class CardMove:
    """A line of the lead's history."""

    before: LeadState | None
    after: LeadState
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CardTurn:
    """Whose turn it was, by which rule, and why."""

    who: Somebody | None
    rule: str
    reason: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CardRaise:
    """One event of asking; ``message`` is outside text."""

    intent: Intent
    source: Source
    message: str
    at: datetime
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LeadCard:
    """Everything the alert and ``/lead`` need. Times are aware UTC, response times whole seconds.

    ``timezones``: where the person may be, one name if it is known. ``may_call``, ``may_write``: what the gate says
    now of a call and of an e-mail.
    ``raises``: newest first; more than one means that later events joined. ``marketing_qualified``: each condition of
    the playbook with whether it holds.
    """

    lead_id: UUID
    contact_id: UUID
    version: int
    state: LeadState
    hot: bool
    intent: Intent
    source: Source
    message: str
    first_name: str
    last_name: str
    title: str | None
    email: str | None
    phone: str | None
    linkedin: str | None
    contact_country: str | None
    contact_stage: Stage
    account: CardAccount | None
    timezones: tuple[str, ...]
    score: int
    score_lines: tuple[CardScoreLine, ...]
    parts: Mapping[ScorePart, int]
    marketing_qualified: tuple[tuple[str, bool], ...]
    owner: Somebody | None
    owner_reason: tuple[str, ...]
    raised_at: datetime
    received_at: datetime
    owned_at: datetime | None
    shift_held: bool
    seen_at: datetime | None
    claimed_at: datetime | None
    claimed_by: Somebody | None
    response_due_at: datetime | None
    first_response_at: datetime | None
    first_response_by: Somebody | None
    response_wall_seconds: int | None
    response_on_shift_seconds: int | None
    breached_at: datetime | None
    breach_cause: str | None
    round: int
    closed_at: datetime | None
    close_reason: str | None
    touches: tuple[CardTouch, ...]
    touch_count: int
    raises: tuple[CardRaise, ...]
    alerts: tuple[CardAlert, ...]
    moves: tuple[CardMove, ...]
    turns: tuple[CardTurn, ...]
    may_call: Verdict
    may_write: Verdict
    now: datetime

    @property
    def name(self) -> str:
        """How they are called; outside text."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "Somebody without a name"

    @property
    def company(self) -> str | None:
        """The company's name; outside text."""
        return self.account.name if self.account else None
