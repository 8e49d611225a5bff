"""What a handoff's messages show: plain values, read once (process §7).

What must stay true: outside text stands here as it came, to be escaped where it is rendered; times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.db.queries.lead_facts import CardTouch, Somebody
from bot.domain.compliance import Verdict
from bot.domain.terms import ScorePart, Source, Stage


@dataclass(frozen=True, slots=True)
class CardMeeting:
    """The intro call. ``place`` is the video link, or empty; ``state``: booked, held, no_show or cancelled."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    place: str
    uid: str
    sequence: int
    moved: bool
    """Somebody gave it another time; its sequence counts up for other reasons too."""


@dataclass(frozen=True, slots=True)
class CardOpportunity:
    """What came of the handoff (process §8). Money is integer cents."""

    id: UUID
    state: str
    kind: str
    amount_cents: int
    currency: str
    expected_close_on: date | None
    qualified_at: datetime
    proposal_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    next_step: str
    version: int
    guard: Mapping[str, Any]
    """The proposal guard as it is stored (``domain.opportunities.Guard``)."""


@dataclass(frozen=True, slots=True)
class CardStep:
    """A line of the handoff's history."""

    before: str | None
    after: str
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class HandoffCard:
    """Everything a handoff's post, the rep's copy and the manager's question show.

    ``contract``: question and answer, in the playbook's order. ``sales_qualified``: each condition of the playbook
    with whether it holds. ``guard_wanted``: what it wants confirmed before a proposal. ``timezones``: where the buyer
    may be. ``cover``: who covers while the executive is away. ``touches``: the latest; ``touch_count``: all of them.
    """

    handoff_id: UUID
    lead_id: UUID
    contact_id: UUID
    account_id: UUID | None
    kind: str
    state: str
    version: int
    rep: Somebody
    ae: Somebody | None
    ae_timezone: str
    ae_reason: str
    contract: tuple[tuple[str, str], ...]
    sales_qualified: tuple[tuple[str, bool], ...]
    created_at: datetime
    answered_at: datetime | None
    held_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    first_name: str
    last_name: str
    title: str | None
    email: str | None
    phone: str | None
    company: str | None
    contact_stage: Stage
    source: Source
    message: str
    score: int
    parts: Mapping[ScorePart, int]
    timezones: tuple[str, ...]
    touches: tuple[CardTouch, ...]
    touch_count: int
    steps: tuple[CardStep, ...]
    meeting: CardMeeting | None
    opportunity: CardOpportunity | None
    guard_wanted: tuple[str, ...]
    away_until: date | None
    cover: Somebody | None
    may_call: Verdict
    may_write: Verdict
    now: datetime

    @property
    def name(self) -> str:
        """How the buyer is called; outside text."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "Somebody without a name"

    @property
    def live(self) -> bool:
        """Whether somebody is on the line: a transfer."""
        return self.kind == "transfer"
