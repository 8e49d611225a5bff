"""The people outside: accounts (companies) and contacts (persons), their consent, and whom not to touch."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Data, Id, Long, Short, When, ref
from bot.db.types import SortedText, Timestamp, words
from bot.domain.terms import Source, Stage


class Account(Base):
    """A company. ``domain`` is its registrable domain, never a free-mail one."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("employees IS NULL OR employees >= 0", name="employees_not_negative"),)

    id: Mapped[Id]
    name: Mapped[Short]
    name_key: Mapped[str] = mapped_column(SortedText, index=True)
    domain: Mapped[Short | None] = mapped_column(unique=True)
    industry: Mapped[Short | None]
    employees: Mapped[int | None]
    country: Mapped[str | None] = mapped_column(String(2))
    stage: Mapped[Stage] = mapped_column(words(Stage), default=Stage.PROSPECT)
    owner_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL", index=True)
    csm_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    strategic: Mapped[bool] = mapped_column(default=False)
    """One of its owner's strategic accounts: offered first when the owner's day has a gap (process §7)."""
    partner: Mapped[bool] = mapped_column(default=False)
    """A channel partner."""
    given_up_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """Disqualified, on the no of who decides there or as not a fit (process §4)."""
    given_up_reason: Mapped[Short | None]
    last_activity_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[When]


class Contact(Base):
    """A person outside. ``email`` is normalised; ``external_ids`` maps a system's name to its id."""

    __tablename__ = "contacts"

    id: Mapped[Id]
    account_id: Mapped[UUID | None] = ref("accounts", ondelete="SET NULL", index=True)
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    first_name: Mapped[Short] = mapped_column(default="")
    last_name: Mapped[Short] = mapped_column(default="")
    title: Mapped[Short | None]
    phone: Mapped[str | None] = mapped_column(String(32), index=True)
    """E.164."""
    linkedin: Mapped[Short | None]
    timezone: Mapped[str | None] = mapped_column(String(64))
    country: Mapped[str | None] = mapped_column(String(2))
    stage: Mapped[Stage] = mapped_column(words(Stage), default=Stage.PROSPECT)
    source: Mapped[Source] = mapped_column(words(Source), default=Source.OTHER)
    owner_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL", index=True)
    external_ids: Mapped[Data] = mapped_column(default=dict)
    extra: Mapped[Data] = mapped_column(default=dict)
    score: Mapped[int] = mapped_column(default=0)
    """Always the sum of this contact's score ledger."""
    last_touched_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[When]


def _once_each(subject: str) -> Index:
    # One of the two ids is always NULL, and NULLs are never equal: a word is unique within each kind by itself.
    given = text(f"{subject} IS NOT NULL")
    name = f"uq_name_tokens_{subject}_token"
    return Index(name, subject, "token", unique=True, sqlite_where=given, postgresql_where=given)


class NameToken(Base):
    """One folded word of a contact's or account's name or address, for finding people as they are typed."""

    __tablename__ = "name_tokens"
    __table_args__ = (
        _once_each("contact_id"),
        _once_each("account_id"),
        CheckConstraint("(contact_id IS NULL) <> (account_id IS NULL)", name="one_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    token: Mapped[str] = mapped_column(SortedText, index=True)
    contact_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("contacts.id", ondelete="CASCADE"))
    account_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("accounts.id", ondelete="CASCADE"))


class Consent(Base):
    """On what ground somebody may be written to (process §10: CASL, GDPR)."""

    __tablename__ = "consents"

    id: Mapped[Id]
    contact_id: Mapped[UUID] = ref("contacts", ondelete="CASCADE", index=True)
    basis: Mapped[Short]
    text: Mapped[Long] = mapped_column(default="")
    given_at: Mapped[When]
    expires_at: Mapped[datetime | None] = mapped_column(Timestamp)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Suppression(Base):
    """Whom not to touch, by e-mail address, domain or phone; kept as a hash so that erasing somebody keeps the no.

    ``covers`` says what is refused: ``all``, ``email`` or ``call`` (process §10).
    """

    __tablename__ = "suppressions"
    __table_args__ = (
        UniqueConstraint("kind", "value_hash", "covers"),
        CheckConstraint("kind IN ('email', 'domain', 'phone')", name="known_kind"),
        CheckConstraint("covers IN ('all', 'email', 'call')", name="known_cover"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    value_hash: Mapped[str] = mapped_column(String(64), index=True)
    covers: Mapped[str] = mapped_column(String(16), default="all")
    reason: Mapped[Short]
    created_at: Mapped[When]
    created_by: Mapped[UUID | None] = ref("people", ondelete="SET NULL")
    causation_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
