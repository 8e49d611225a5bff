"""Commands about intro calls, verdicts and deals (process §7, §8).

What must stay true: a command holds plain values only, is complete when it is made, and says who asks. ``version`` is
the row's as the person saw it: what somebody else changed since is not overwritten.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from bot.domain.commands import Actor
from bot.domain.money import Money
from bot.domain.opportunities import DealKind, Guard


@dataclass(frozen=True, slots=True)
class HoldCall:
    """The intro call took place."""

    actor: Actor
    handoff_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class MissCall:
    """The prospect did not come."""

    actor: Actor
    handoff_id: UUID


@dataclass(frozen=True, slots=True)
class RescheduleCall:
    """The intro call has another time; aware UTC."""

    actor: Actor
    handoff_id: UUID
    starts_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Qualify:
    """The account executive, having spoken to the prospect, takes it as an opportunity."""

    actor: Actor
    handoff_id: UUID
    kind: DealKind
    money: Money
    expected_close_on: date | None
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class BeginDeal:
    """A deal begins without a handoff. ``ae_id`` None: the actor's own, if they are an account executive."""

    actor: Actor
    kind: DealKind
    money: Money
    expected_close_on: date | None
    account_id: UUID | None = None
    contact_id: UUID | None = None
    ae_id: UUID | None = None
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class NotQualified:
    """It is none. ``reason`` is one of the playbook's, ``remark`` is the executive's own words."""

    actor: Actor
    handoff_id: UUID
    reason: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Propose:
    """A proposal goes out."""

    actor: Actor
    deal_id: UUID
    version: int
    guard: Guard = field(default_factory=Guard)


@dataclass(frozen=True, slots=True)
class Win:
    """They bought. ``guard`` counts where it is won without a proposal of its own."""

    actor: Actor
    deal_id: UUID
    version: int
    kind: DealKind
    money: Money
    promised: str = ""
    guard: Guard = field(default_factory=Guard)


@dataclass(frozen=True, slots=True)
class Lose:
    """They will not buy. ``reason`` is one of the playbook's, ``remark`` is the executive's own words."""

    actor: Actor
    deal_id: UUID
    version: int
    reason: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ChangeDeal:
    """A correction of what a deal says; of a closed one its type and amount too."""

    actor: Actor
    deal_id: UUID
    version: int
    kind: DealKind
    money: Money
    expected_close_on: date | None
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class ReopenDeal:
    """A closed deal goes on, or a proposal is taken back, with a reason."""

    actor: Actor
    deal_id: UUID
    version: int
    reason: str
