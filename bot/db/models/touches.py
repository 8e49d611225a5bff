"""What a rep does: touches, what is owed to somebody, enrolments, touch lists."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Long, Short, When, ref, where_known
from bot.db.types import Json, Timestamp, words
from bot.domain.terms import Channel, Outcome

CONVERSATION = text("undone_at IS NULL AND outcome IN ('connected', 'held')")
"""Which touches are conversations; queries say it in the same words, so that the index serves them (process §9)."""
STANDING = text("undone_at IS NULL")
"""Touches that were not taken back. Its index holds what it tests too: SQLite reads the row for it otherwise."""


class Touch(Base):
    """One call, e-mail, social act or meeting, as it was logged. Corrections and undo keep the row."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_contact_at", "contact_id", "happened_at"),
        Index("ix_touches_person_at", "person_id", "happened_at"),
        Index(
            "ix_touches_conversations",
            "happened_at",
            "person_id",
            "outcome",
            "undone_at",
            sqlite_where=CONVERSATION,
            postgresql_where=CONVERSATION,
        ),
        Index(
            "ix_touches_standing",
            "contact_id",
            "local_date",
            "outcome",
            "undone_at",
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        where_known("ix_touches_lead_id", "lead_id"),
        CheckConstraint("duration_minutes IS NULL OR duration_minutes >= 0", name="duration_not_negative"),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE")
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    lead_id: Mapped[UUID | None] = ref("leads", ondelete="SET NULL")
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
        Index(
            "ix_enrolments_live_person_due",
            "person_id",
            "next_due_on",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_enrolments_started", "started_on", "kind", "contact_id", "person_id"),
        Index("ix_enrolments_contact_started", "contact_id", "started_on"),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    person_id: Mapped[UUID] = ref("people")
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[Long] = mapped_column(default="")
    """Why them; outside text may be in it."""
    fact: Mapped[Long] = mapped_column(default="")
    """The one noted fact of the research before a first touch (process §5)."""
    segment: Mapped[Short | None]
    variant: Mapped[Short | None]
    round: Mapped[int] = mapped_column(default=1)
    cycle: Mapped[int] = mapped_column(default=1)
    step: Mapped[Short | None]
    next_due_on: Mapped[date | None] = mapped_column(Date)
    """The rep's local date of the next step; None while nothing is planned (paused without a date, ended)."""
    started_on: Mapped[date] = mapped_column(Date)
    """Day 1, the rep's local date."""
    last_email_on: Mapped[date | None] = mapped_column(Date)
    """When the last e-mail actually went out, the rep's local date; the call's day is counted from it."""
    paused_until: Mapped[date | None] = mapped_column(Date)
    rests_until: Mapped[date | None] = mapped_column(Date)
    """After the end: until when nobody begins anew (recycled, not now)."""
    state: Mapped[Data] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    end_reason: Mapped[Short | None]
    playbook_version: Mapped[int | None]


class TouchList(Base):
    """A rep's touch list: exactly one for each rep, local date and wave (process §5)."""

    __tablename__ = "touch_lists"
    __table_args__ = (
        UniqueConstraint("person_id", "local_date", "wave"),
        CheckConstraint("wave IN ('morning', 'evening')", name="known_wave"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = ref("people", ondelete="CASCADE")
    local_date: Mapped[date] = mapped_column(Date)
    wave: Mapped[str] = mapped_column(String(16), default="morning")
    built_at: Mapped[When]
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
    page: Mapped[int] = mapped_column(default=0)
    """Which page of it stands in Slack."""
    held: Mapped[Data] = mapped_column(default=dict)
    """How many due touches are not on it, by reason (``domain.touch_list_order.Held``)."""
    version: Mapped[int] = mapped_column(default=1)


class TouchItem(Base):
    """One line of a touch list: somebody to touch, why, and what became of it."""

    __tablename__ = "touch_items"
    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        CheckConstraint(
            "kind IN ('reply', 'hot', 'lead', 'callback', 'email', 'call', 'task')",
            name="known_kind",
        ),
        CheckConstraint("state IN ('open', 'opened', 'done', 'skipped', 'snoozed', 'gone')", name="known_state"),
        CheckConstraint("(state IN ('open', 'opened')) = (handled_at IS NULL)", name="handled_has_date"),
        Index("ix_touch_items_contact_state", "contact_id", "state"),
    )

    id: Mapped[Id]
    list_id: Mapped[UUID] = ref("touch_lists", ondelete="CASCADE")
    position: Mapped[int]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE")
    kind: Mapped[str] = mapped_column(String(16))
    enrolment_id: Mapped[UUID | None] = ref("enrolments", ondelete="SET NULL", index=True)
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("leads.id", ondelete="SET NULL"), index=True)
    task_id: Mapped[UUID | None] = ref("tasks", ondelete="SET NULL", index=True)
    step: Mapped[Short] = mapped_column(default="")
    """Where in the plan, e.g. ``cycle 2 of 4, day 6 of 21``."""
    why: Mapped[Long] = mapped_column(default="")
    due_at: Mapped[datetime | None] = mapped_column(Timestamp)
    state: Mapped[str] = mapped_column(String(16), default="open")
    handled_at: Mapped[datetime | None] = mapped_column(Timestamp)
    snoozed_until: Mapped[datetime | None] = mapped_column(Timestamp)
    skip_reason: Mapped[Short | None]
    touch_id: Mapped[UUID | None] = ref("touches", ondelete="SET NULL", index=True)
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The e-mail as the rep approved or changed it: ``subject``, ``body``, ``approved_at``."""
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    version: Mapped[int] = mapped_column(default=1)
