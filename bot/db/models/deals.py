"""From the handoff to the money: handoffs, meetings, opportunities, and the history of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Long, Short, When, ref
from bot.db.types import Timestamp


class Handoff(Base):
    """A lead handed hot to an account executive (process §7); one waiting handoff per lead."""

    __tablename__ = "handoffs"
    __table_args__ = (
        Index(
            "uq_handoffs_live_lead",
            "lead_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint(
            "state IN ('waiting', 'accepted', 'held', 'qualified', 'not_qualified', 'declined', 'no_show',"
            " 'taken_back')",
            name="known_state",
        ),
        CheckConstraint("(ended_at IS NULL) = (state IN ('waiting', 'accepted', 'held'))", name="ended_state_has_date"),
    )

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE", index=True)
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    rep_id: Mapped[UUID] = ref("people", index=True)
    ae_id: Mapped[UUID | None] = ref("people", index=True)
    kind: Mapped[str] = mapped_column(String(16), default="intro_call")
    """``intro_call`` with a time, or ``transfer`` of a live conversation."""
    state: Mapped[str] = mapped_column(String(32))
    contract: Mapped[Data]
    """The playbook's questions by key, answered; outside text."""
    ae_reason: Mapped[Long] = mapped_column(default="")
    """Why this account executive; with the rep's own reason where the rep chose another."""
    created_at: Mapped[When] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """Accepted or declined."""
    held_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    end_reason: Mapped[Short | None]
    version: Mapped[int] = mapped_column(default=1)


class HandoffMove(Base):
    """A handoff's dated, attributed history (process §7)."""

    __tablename__ = "handoff_moves"

    id: Mapped[Id]
    handoff_id: Mapped[UUID] = ref("handoffs", ondelete="CASCADE", index=True)
    from_state: Mapped[str | None] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    at: Mapped[When]
    by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    reason: Mapped[Long] = mapped_column(default="")
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)


class Meeting(Base):
    """A calendar entry with a prospect. ``uid`` and ``sequence`` are its identity in calendar files."""

    __tablename__ = "meetings"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    handoff_id: Mapped[UUID | None] = ref("handoffs", ondelete="SET NULL", index=True)
    person_id: Mapped[UUID] = ref("people", index=True)
    kind: Mapped[str] = mapped_column(String(32))
    starts_at: Mapped[When]
    ends_at: Mapped[When]
    uid: Mapped[Short] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(32))
    place: Mapped[Short] = mapped_column(default="")
    """Where: the video link of an intro call; may be empty."""
    organiser_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL", index=True)
    """The rep who arranged it, where ``person_id`` is the account executive who holds it."""
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)


class Opportunity(Base):
    """A deal an account executive accepted as qualified (process §8). Money is integer cents."""

    __tablename__ = "opportunities"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        CheckConstraint("kind IN ('new', 'add_on', 'renewal')", name="known_kind"),
        CheckConstraint("state IN ('qualified', 'proposal', 'won', 'lost')", name="known_state"),
        CheckConstraint("(closed_at IS NULL) = (state IN ('qualified', 'proposal'))", name="closed_has_date"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    contact_id: Mapped[UUID | None] = ref("contacts", ondelete="SET NULL", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    handoff_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("handoffs.id", ondelete="SET NULL"), unique=True)
    """The handoff it came of; one opportunity for each."""
    ae_id: Mapped[UUID] = ref("people", index=True)
    rep_id: Mapped[UUID | None] = ref("people", index=True)
    kind: Mapped[str] = mapped_column(String(16), default="new")
    state: Mapped[str] = mapped_column(String(16), default="qualified")
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    expected_close_on: Mapped[date | None] = mapped_column(Date)
    qualified_at: Mapped[When]
    proposal_at: Mapped[datetime | None] = mapped_column(Timestamp)
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp, index=True)
    close_reason: Mapped[Short | None]
    next_step: Mapped[Long] = mapped_column(default="")
    guard: Mapped[Data] = mapped_column(default=dict)
    """The proposal guard: ``confirmed``, the playbook's words; ``override``, the reason where some are missing."""
    promised: Mapped[Long] = mapped_column(default="")
    """What the client was promised when it was won; told to customer success."""
    external_key: Mapped[Short | None] = mapped_column(unique=True)
    """What an imported deal is known by, so that the same file twice is one deal."""
    imported_as: Mapped[Short | None]
    """A hash of what its row said, so that a repeat changes nothing that moved on here."""
    version: Mapped[int] = mapped_column(default=1)


class OpportunityMove(Base):
    """An opportunity's dated, attributed history (process §8)."""

    __tablename__ = "opportunity_moves"

    id: Mapped[Id]
    opportunity_id: Mapped[UUID] = ref("opportunities", ondelete="CASCADE", index=True)
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    at: Mapped[When]
    by_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    reason: Mapped[Long] = mapped_column(default="")
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
