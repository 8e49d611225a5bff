"""The work: touches, callbacks, enrolments, handoffs, meetings, opportunities."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Long, Short, When, ref
from bot.db.types import Timestamp, words
from bot.domain.terms import Channel, Outcome


class Touch(Base):
    """One call, e-mail, social act or meeting, as it was logged. Corrections and undo keep the row."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_contact_at", "contact_id", "happened_at"),
        Index("ix_touches_person_at", "person_id", "happened_at"),
        CheckConstraint("duration_minutes IS NULL OR duration_minutes >= 0", name="duration_not_negative"),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE")
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[UUID] = ref("people")
    channel: Mapped[Channel] = mapped_column(words(Channel))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    happened_at: Mapped[When]
    local_date: Mapped[date] = mapped_column(Date)
    """The day it was for the rep; touches count by distinct days (process §3)."""
    note: Mapped[Long] = mapped_column(default="")
    typed: Mapped[Long] = mapped_column(default="")
    """The line as the rep typed it."""
    follow_up_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """Callback, until or meeting time, as the outcome wants."""
    said_by: Mapped[Short | None]
    referral_name: Mapped[Short | None]
    referral_email: Mapped[str | None] = mapped_column(String(320))
    duration_minutes: Mapped[int | None]
    gate: Mapped[Short | None]
    """What the gate warned of, if anything."""
    logged_at: Mapped[When]
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    corrected_at: Mapped[datetime | None] = mapped_column(Timestamp)
    undone_at: Mapped[datetime | None] = mapped_column(Timestamp)
    version: Mapped[int] = mapped_column(default=1)


class Task(Base):
    """Something a rep owes somebody at a time: a callback, a social answer, a referral to follow."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_person_due", "person_id", "due_at"),)

    id: Mapped[Id]
    person_id: Mapped[UUID] = ref("people", ondelete="CASCADE")
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(32))
    due_at: Mapped[When]
    text: Mapped[Long] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(Timestamp)
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)


class Enrolment(Base):
    """A contact in a cadence or follow-up plan (process §4); one live enrolment per contact."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "uq_enrolments_live_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("kind IN ('cadence', 'follow_up')", name="known_kind"),
        CheckConstraint("round >= 1", name="round_from_one"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE")
    person_id: Mapped[UUID] = ref("people")
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(16))
    segment: Mapped[Short | None]
    variant: Mapped[Short | None]
    round: Mapped[int] = mapped_column(default=1)
    cycle: Mapped[int] = mapped_column(default=1)
    step: Mapped[Short | None]
    next_due_on: Mapped[date | None] = mapped_column(Date, index=True)
    started_on: Mapped[date] = mapped_column(Date)
    paused_until: Mapped[date | None] = mapped_column(Date)
    state: Mapped[Data] = mapped_column(default=dict)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    end_reason: Mapped[Short | None]
    playbook_version: Mapped[int | None]


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
    )

    id: Mapped[Id]
    lead_id: Mapped[UUID] = ref("leads", ondelete="CASCADE")
    rep_id: Mapped[UUID] = ref("people")
    ae_id: Mapped[UUID | None] = ref("people", index=True)
    state: Mapped[str] = mapped_column(String(32))
    contract: Mapped[Data]
    ae_reason: Mapped[Short] = mapped_column(default="")
    created_at: Mapped[When]
    answered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    end_reason: Mapped[Short | None]
    version: Mapped[int] = mapped_column(default=1)


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
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"))
    handoff_id: Mapped[UUID | None] = ref("handoffs", ondelete="SET NULL")
    ae_id: Mapped[UUID] = ref("people", index=True)
    rep_id: Mapped[UUID | None] = ref("people", index=True)
    kind: Mapped[str] = mapped_column(String(16), default="new")
    state: Mapped[str] = mapped_column(String(16), default="qualified")
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    expected_close_on: Mapped[date | None] = mapped_column(Date)
    qualified_at: Mapped[When]
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    close_reason: Mapped[Short | None]
