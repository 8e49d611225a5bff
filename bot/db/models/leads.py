"""Leads: who raised a hand, when, who answers, and how each number came about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Lines, Long, Short, When, ref
from bot.db.types import Timestamp, words
from bot.domain.terms import Intent, LeadState, ScorePart, Source


class Lead(Base):
    """One open lead per contact (process §1). Clocks are never reset by a second event.

    ``raised_at``: the hand raise, wall clock. ``owned_at``: the current owner's turn began.
    ``first_response_at``: a logged call, e-mail or meeting; a claim is none (process §2).
    ``response_on_shift_seconds``: of those, how long anybody of the owner's was on shift.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index(
            "uq_leads_open_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_leads_owner_open", "owner_id", "closed_at"),
        CheckConstraint("(claimed_at IS NULL) = (claimed_by_id IS NULL)", name="claim_is_whole"),
        CheckConstraint("first_response_at IS NULL OR first_response_by_id IS NOT NULL", name="response_has_rep"),
        CheckConstraint(
            "(closed_at IS NULL) = (state IN ('open', 'claimed', 'responded'))", name="closed_state_has_date"
        ),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    state: Mapped[LeadState] = mapped_column(words(LeadState), default=LeadState.OPEN)
    intent: Mapped[Intent] = mapped_column(words(Intent))
    hot: Mapped[bool]
    source: Mapped[Source] = mapped_column(words(Source))
    message: Mapped[Long] = mapped_column(default="")
    """What they asked, in their own words; outside text."""
    owner_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    owner_reason: Mapped[Lines] = mapped_column(default=list)
    raised_at: Mapped[When] = mapped_column(index=True)
    received_at: Mapped[When]
    owned_at: Mapped[datetime | None] = mapped_column(Timestamp)
    shift_held: Mapped[bool] = mapped_column(default=False)
    """Nobody was on shift: waits as first item of the next one."""
    seen_at: Mapped[datetime | None] = mapped_column(Timestamp)
    claimed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    claimed_by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    response_due_at: Mapped[datetime | None] = mapped_column(Timestamp)
    first_response_at: Mapped[datetime | None] = mapped_column(Timestamp)
    first_response_by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    response_on_shift_seconds: Mapped[int | None]
    breached_at: Mapped[datetime | None] = mapped_column(Timestamp)
    breach_cause: Mapped[str | None] = mapped_column(String(32))
    """``rep``, ``nobody_on_shift``, ``routing`` or ``slack_unreachable`` (process §2)."""
    round: Mapped[int] = mapped_column(default=0)
    """Counts up with each owner and each re-alert: a re-ping is a new post."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts up with each change; buttons carry it."""
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    close_reason: Mapped[Short | None]
    playbook_version: Mapped[int | None]


class HandRaise(Base):
    """One event of somebody asking; the first opens the lead, later ones join it."""

    __tablename__ = "hand_raises"

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE", index=True)
    inbox_id: Mapped[UUID | None] = ref("inbox", ondelete="SET NULL")
    intent: Mapped[Intent] = mapped_column(words(Intent))
    source: Mapped[Source] = mapped_column(words(Source))
    message: Mapped[Long] = mapped_column(default="")
    raised_at: Mapped[When]
    extra: Mapped[Data] = mapped_column(default=dict)


class LeadMove(Base):
    """A lead's dated, attributed history: state moves with their reason (process §1)."""

    __tablename__ = "lead_moves"

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE", index=True)
    from_state: Mapped[LeadState | None] = mapped_column(words(LeadState, "from_state"))
    to_state: Mapped[LeadState] = mapped_column(words(LeadState, "to_state"))
    at: Mapped[When]
    by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    reason: Mapped[Short] = mapped_column(default="")
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)


class Assignment(Base):
    """Who was given a lead and why; every assignment is kept (process §2, owner)."""

    __tablename__ = "assignments"

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE", index=True)
    person_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL", index=True)
    rule: Mapped[str] = mapped_column(String(32))
    reason: Mapped[Lines]
    at: Mapped[When]
    by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")


class ScoreEntry(Base):
    """One dated line of the score ledger; the score is their sum (process §2)."""

    __tablename__ = "score_entries"

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    part: Mapped[ScorePart] = mapped_column(words(ScorePart))
    points: Mapped[int]
    reason: Mapped[Short]
    at: Mapped[When]
    playbook_version: Mapped[int | None]


class LeadAlert(Base):
    """Each alert given for a lead: to whom, when, in which round; what the response time is measured from."""

    __tablename__ = "lead_alerts"

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE", index=True)
    person_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    round: Mapped[int]
    at: Mapped[When]
    cause: Mapped[str] = mapped_column(String(32))
