"""Our own people: who they are, where and when they work, whom they hand leads to."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.db.base import Base, Data, Id, Lines, Short, When, key, ref
from bot.db.types import Timestamp, words
from bot.domain.terms import Role


class Team(Base):
    """People who are led together and write under one brand (process, opening table)."""

    __tablename__ = "teams"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)
    brand_name: Mapped[Short | None]
    postal_address: Mapped[Short | None]
    domain: Mapped[Short | None]
    inbound_channel: Mapped[Short | None]
    """Slack channel id for this team's alerts; the playbook's inbound channel where empty."""


class Person(Base):
    """One of us. Matched to Slack by e-mail. ``hours`` is the text of people.csv; empty means the playbook's."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("weight > 0", name="weight_positive"),)

    id: Mapped[Id]
    email: Mapped[Short] = mapped_column(unique=True)
    name: Mapped[Short]
    slack_user_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    dm_channel: Mapped[str | None] = mapped_column(String(32))
    channel: Mapped[str | None] = mapped_column(String(255))
    """An account executive's own channel for handoffs: its id, or its name until it was looked up."""
    timezone: Mapped[str] = mapped_column(String(64))
    timezone_overridden: Mapped[bool] = mapped_column(default=False)
    country: Mapped[str | None] = mapped_column(String(2))
    hours: Mapped[Short | None]
    skills: Mapped[Lines] = mapped_column(default=list)
    weight: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    open_lead_cap: Mapped[int | None]
    on_call: Mapped[bool] = mapped_column(default=False)
    evening_wave: Mapped[bool] = mapped_column(default=False)
    """Wants the evening list even where it falls outside the working hours (process §5)."""
    mailbox_began_on: Mapped[date | None] = mapped_column(Date)
    """First day of a new mailbox, whose e-mails a day ramp up; None for an established one (process §5)."""
    video_link: Mapped[str | None] = mapped_column(String(500))
    """Where this person's intro calls take place."""
    greeted_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the first-contact message was told."""
    home_opened_at: Mapped[datetime | None] = mapped_column(Timestamp, index=True)
    """When this person last looked at their App Home; it is kept fresh for a while after."""
    home_page: Mapped[int] = mapped_column(default=0)
    """Which page of the team's people their App Home shows."""
    turn: Mapped[float] = mapped_column(default=0.0)
    """Where this person stands in the round robin (``domain.routing``)."""
    last_assigned_at: Mapped[datetime | None] = mapped_column(Timestamp)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[When]

    roles: Mapped[list["PersonRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PersonRole(Base):
    """A role somebody holds."""

    __tablename__ = "person_roles"

    person_id: Mapped[UUID] = key("people")
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)


class TeamMember(Base):
    """Who belongs to which team, and who leads it."""

    __tablename__ = "team_members"

    team_id: Mapped[UUID] = key("teams")
    person_id: Mapped[UUID] = key("people", index=True)
    manages: Mapped[bool] = mapped_column(default=False)


class Alignment(Base):
    """A rep's aligned account executives, 2 to 5 of them, in the order the rep prefers."""

    __tablename__ = "alignments"
    __table_args__ = (
        CheckConstraint("rep_id <> ae_id", name="not_self"),
        UniqueConstraint("rep_id", "position"),
    )

    rep_id: Mapped[UUID] = key("people")
    ae_id: Mapped[UUID] = key("people", index=True)
    position: Mapped[int]


class TimeOff(Base):
    """Days somebody is away (inclusive, in their own timezone) and who covers."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("cover_id IS NULL OR cover_id <> person_id", name="cover_is_another"),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = ref("people", ondelete="CASCADE", index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    cover_id: Mapped[UUID | None] = ref("people", ondelete="SET NULL")


class Setting(Base):
    """Facts about this workspace that are found out, not configured: team id, channel ids, bot user."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[Data]
