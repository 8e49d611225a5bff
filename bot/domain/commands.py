"""Commands: what somebody, or the clock, wants done. One service function carries out each.

What must stay true: a command holds plain values only, is complete when it is made, and says who asks.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.domain.terms import Channel, Intent, Outcome, Role, Source


@dataclass(frozen=True, slots=True)
class Actor:
    """One of us, asking for something."""

    person_id: UUID
    name: str
    timezone: str
    roles: frozenset[Role]
    slack_user_id: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of ``roles``."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a sender said of a person; outside text, as it came, trimmed."""

    email: str | None = None
    first_name: str = ""
    last_name: str = ""
    title: str | None = None
    phone: str | None = None
    linkedin: str | None = None
    timezone: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What a sender said of a company."""

    name: str | None = None
    domain: str | None = None
    industry: str | None = None
    employees: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class RawEvent:
    """The event as it came in, kept whole, with the key that makes a repeat harmless."""

    sender: str
    event_key: str
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """Somebody asked, signed up or downloaded (process §2)."""

    raw: RawEvent
    intent: Intent
    source: Source
    person: PersonFacts
    company: CompanyFacts = field(default_factory=CompanyFacts)
    message: str = ""
    occurred_at: datetime | None = None
    consent_basis: str | None = None
    consent_text: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    proven: bool = False
    """The sender proved who they are. What others say of a known person fills gaps and replaces nothing."""


@dataclass(frozen=True, slots=True)
class RefuseEvent:
    """An event that was proven but cannot be used; kept, with the reason, for the admin's list."""

    raw: RawEvent
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimLead:
    """ "I'll take it"."""

    actor: Actor
    lead_id: UUID


@dataclass(frozen=True, slots=True)
class DeclineLead:
    """ "Can't take it": the next one gets it at once."""

    actor: Actor
    lead_id: UUID
    round: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReassignLead:
    """Give a lead to somebody else by hand."""

    actor: Actor
    lead_id: UUID
    to_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class JunkLead:
    """This one is junk. ``reason`` is one of the playbook's, ``remark`` is the rep's own words."""

    actor: Actor
    lead_id: UUID
    reason: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ReopenLead:
    """Take a junked or closed lead up again, with a reason."""

    actor: Actor
    lead_id: UUID
    reason: str


NO_MEETING = UUID(int=0)
"""Says of a touch that it is about none of the meetings that are booked: somebody was transferred live."""


@dataclass(frozen=True, slots=True)
class LogTouch:
    """A touch as understood, for one contact. Times are aware UTC."""

    actor: Actor
    contact_id: UUID
    channel: Channel
    outcome: Outcome
    happened_at: datetime
    note: str = ""
    typed: str = ""
    follow_up_at: datetime | None = None
    callback_at: datetime | None = None
    """A callback promised beside another outcome: "voicemail, callback in 2 hours"."""
    said_by: str | None = None
    referral_name: str | None = None
    referral_email: str | None = None
    duration_minutes: int | None = None
    request_key: str | None = None
    """What makes a repeat of the same Slack request harmless."""
    meeting_id: UUID | None = None
    """The meeting it is about, ``NO_MEETING``, or None: the one that has begun last is meant."""


@dataclass(frozen=True, slots=True)
class CorrectTouch:
    """Change a logged touch; the row keeps its history in the audit log."""

    touch_id: UUID
    version: int
    corrected: LogTouch


@dataclass(frozen=True, slots=True)
class HandOff:
    """Hand a lead hot to an account executive (process §7).

    ``contract``: answers by the playbook's keys. ``offered_id``: whom the form proposed; another ``ae_id`` needs an
    ``ae_reason``. ``kind``: ``intro_call`` with ``starts_at``, or ``transfer`` of somebody on the line.
    """

    actor: Actor
    contact_id: UUID
    contract: dict[str, str]
    ae_id: UUID | None = None
    offered_id: UUID | None = None
    ae_reason: str = ""
    kind: str = "intro_call"
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnswerHandoff:
    """The account executive accepts, or declines with a reason of the playbook's and words of their own."""

    actor: Actor
    handoff_id: UUID
    accepted: bool
    reason: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class UndoAccept:
    """The executive clicked too fast: the handoff waits for an answer again."""

    actor: Actor
    handoff_id: UUID


@dataclass(frozen=True, slots=True)
class MoveIntroCall:
    """Another time for an intro call, or the first one for a handoff without; None cancels it."""

    actor: Actor
    handoff_id: UUID
    starts_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakeBackHandoff:
    """The rep takes a handoff back before it is answered."""

    actor: Actor
    handoff_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class DecideHandoff:
    """The manager decides on a handoff nobody answered: another account executive, or None to wait on."""

    actor: Actor
    handoff_id: UUID
    ae_id: UUID | None
    starts_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back a command and all that it caused (design, rules)."""

    actor: Actor
    causation_id: UUID


@dataclass(frozen=True, slots=True)
class Due:
    """The clock: ``job`` of ``subject_id`` fell due for ``slot``."""

    job: str
    subject_id: str
    slot: str
    due_at: datetime
