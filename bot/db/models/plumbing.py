"""What makes nothing lost and nothing twice: inbox, seen requests, outbox, living messages, ticks, audit, playbooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Long, Short, When, new_id, ref, where_known
from bot.db.types import Json, Timestamp

LIVE_OUTBOX = text("state IN ('ready', 'claimed', 'unknown')")


class InboxEvent(Base):
    """A raw event as it came in, stored in the transaction of its effect. The key makes a repeat harmless."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("sender", "event_key"),)

    id: Mapped[Id]
    sender: Mapped[str] = mapped_column(String(64))
    event_key: Mapped[Short]
    received_at: Mapped[When] = mapped_column(index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    content_type: Mapped[Short] = mapped_column(default="")
    result: Mapped[str] = mapped_column(String(32))
    """``lead``, ``joined``, ``junk``, ``prospect`` or ``refused``."""
    explanation: Mapped[Long] = mapped_column(default="")
    lead_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)


class SeenRequest(Base):
    """A Slack request that was carried out, by its event id, trigger id or payload; what was answered then."""

    __tablename__ = "seen_requests"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[When] = mapped_column(index=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)


class OutboxItem(Base):
    """One thing to tell. ``seq`` is the order; ``lane`` and ``priority`` say within which it holds.

    States: ``ready`` -> ``claimed`` (leased) -> ``sent`` | ``dead`` | ``ready`` again (retry) | ``unknown``.
    Leases and ``sending_at`` are in database time, the protocol clock.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(lease_token IS NULL) = (lease_until IS NULL)", name="lease_is_whole"),
        CheckConstraint("state IN ('ready', 'claimed', 'unknown', 'sent', 'dead')", name="known_state"),
        CheckConstraint("(state = 'claimed') = (lease_token IS NOT NULL)", name="claimed_has_lease"),
        Index(
            "ix_outbox_live_lane",
            "lane",
            "priority",
            "seq",
            sqlite_where=LIVE_OUTBOX,
            postgresql_where=LIVE_OUTBOX,
        ),
        Index("ix_outbox_live_due", "not_before", sqlite_where=LIVE_OUTBOX, postgresql_where=LIVE_OUTBOX),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    key: Mapped[Short] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(48))
    lane: Mapped[Short]
    priority: Mapped[int]
    living_id: Mapped[UUID | None] = ref("living_messages", ondelete="CASCADE", index=True)
    notice: Mapped[Data]
    state: Mapped[str] = mapped_column(String(16), default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    lookups: Mapped[int] = mapped_column(default=0)
    """How often an unknown message was looked for and not found."""
    not_before: Mapped[When]
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    lease_until: Mapped[datetime | None] = mapped_column(Timestamp)
    sending_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[When]
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
    slack_channel: Mapped[str | None] = mapped_column(String(32))
    slack_ts: Mapped[str | None] = mapped_column(String(32))
    last_error: Mapped[Short | None]


class LivingMessage(Base):
    """A message that is a function of state: which subject, where in Slack, how fresh (design, point 1)."""

    __tablename__ = "living_messages"
    __table_args__ = (
        UniqueConstraint("view", "subject_id", "place"),
        CheckConstraint("sent_version <= stale_version", name="never_ahead"),
        CheckConstraint("ts IS NULL OR channel IS NOT NULL", name="ts_has_channel"),
        Index("ix_living_messages_subject", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    view: Mapped[str] = mapped_column(String(48))
    subject_id: Mapped[str] = mapped_column(String(64))
    place: Mapped[Short]
    """Tells apart several messages of one view and subject, e.g. ``round:2``."""
    address: Mapped[Short]
    """Whom it is for, as ``domain.notices.Address`` writes itself."""
    priority: Mapped[int]
    channel: Mapped[str | None] = mapped_column(String(32))
    ts: Mapped[str | None] = mapped_column(String(32))
    stale_version: Mapped[int] = mapped_column(default=1)
    sent_version: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[datetime | None] = mapped_column(Timestamp)
    refreshed_at: Mapped[datetime | None] = mapped_column(Timestamp)


class DueTime(Base):
    """When something of ours falls due; business time. The worker wakes at the earliest (design, point 4)."""

    __tablename__ = "due_times"
    __table_args__ = (UniqueConstraint("job", "subject_id"),)

    id: Mapped[Id]
    job: Mapped[str] = mapped_column(String(48))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    slot: Mapped[Short]
    """Which occurrence this is; the tick's last part."""
    due_at: Mapped[When] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)


class JobTick(Base):
    """Proof that a due thing was done once: claimed in the transaction of its effect."""

    __tablename__ = "job_ticks"

    job: Mapped[str] = mapped_column(String(48), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[When] = mapped_column(index=True)


class AuditEntry(Base):
    """Who did what, when; ``undo`` is what it takes to revert it, ``causation_id`` what it belongs to."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_actor_at", "actor_id", "at"),
        # Every touch writes here: what only few rows have is not looked up among those that lack it.
        where_known("ix_audit_log_causation_id", "causation_id"),
    )

    id: Mapped[Id]
    command: Mapped[str] = mapped_column(String(48))
    actor_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    at: Mapped[When]
    subject_id: Mapped[str | None] = mapped_column(String(64), index=True)
    detail: Mapped[Data] = mapped_column(default=dict)
    undo: Mapped[dict[str, Any] | None] = mapped_column(Json)
    causation_id: Mapped[UUID | None] = mapped_column(Uuid)
    undone_at: Mapped[datetime | None] = mapped_column(Timestamp)
    playbook_version: Mapped[int | None]


class PlaybookVersion(Base):
    """A valid playbook as it was stored; the newest is in force (design, point 6)."""

    __tablename__ = "playbook_versions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[Long]
    stored_at: Mapped[When]
    stored_by: Mapped[Short] = mapped_column(default="")


class BudgetShare(Base):
    """A process that delivers, and so holds an equal share of Slack's budgets while it is seen (protocol clock)."""

    __tablename__ = "budget_shares"

    deliverer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seen_at: Mapped[When] = mapped_column(index=True)
