"""Reads for ``/handraiser``: how we are, and what came in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Account, Contact, DueTime, InboxEvent, Lead, OutboxItem, Person, PlaybookVersion, Setting
from bot.db.queries.vital_signs import last_tick, seconds_silent
from bot.db.types import Timestamp

EVENTS_PAGE = 10
LIVE = ("ready", "claimed", "unknown")
WORKSPACE = "workspace"
_OVERDUE = select(
    func.count().filter(Lead.hot.is_(True)), func.count().filter(Lead.hot.is_(False)), func.min(Lead.raised_at)
).where(
    Lead.closed_at.is_(None), Lead.first_response_at.is_(None), Lead.response_due_at < bindparam("now", type_=Timestamp)
)


@dataclass(frozen=True, slots=True)
class Health:
    """How the product is, in numbers an admin can act on. Ages are in seconds of real time.

    ``worker_silent``: since a worker showed up last; None: none ever has. ``overdue_hot``, ``overdue_others``: open
    leads past the time by which they should have been answered; ``longest_overdue``: how long the one that waits
    longest has waited, in seconds of business time. ``playbook_since``: when the playbook in force was stored.
    """

    workspace: str | None
    contacts: int
    accounts: int
    open_leads: int
    unanswered_hot: int
    overdue_hot: int
    overdue_others: int
    longest_overdue: float | None
    waiting_notices: int
    oldest_waiting: float | None
    dead_notices: int
    trouble: tuple[str, ...]
    worker_silent: float | None
    next_due: datetime | None
    people_without_slack: tuple[str, ...]
    playbook_since: datetime | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One intake event and what became of it.

    ``explanation`` is of the moment it came in; ``owner`` and ``owner_reason`` are who has the lead now, and why.
    """

    id: UUID
    sender: str
    received_at: datetime
    result: str
    explanation: str
    who: str
    owner: str | None
    owner_reason: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventsPage:
    """A page of intake events, newest first."""

    lines: tuple[EventLine, ...]
    page: int
    total: int


def dead_notices(session: Session) -> int:
    """How many notices of the last seven days Slack will never take."""
    lately = OutboxItem.finished_at > protocol_now() - timedelta(days=7)
    return _count(session, select(func.count()).select_from(OutboxItem).where(OutboxItem.state == "dead", lately))


def health(session: Session, now: datetime) -> Health:
    """The state of the whole, read in a handful of counts. ``now`` is business time."""
    real = protocol_now()
    live = OutboxItem.state.in_(LIVE)
    waiting, oldest = session.execute(
        select(func.count(), func.min(OutboxItem.created_at)).select_from(OutboxItem).where(live)
    ).one()
    trouble = session.scalars(
        select(OutboxItem.last_error).where(live, OutboxItem.last_error.like("set-up: %")).distinct().limit(3)
    ).all()
    workspace = session.get(Setting, WORKSPACE)
    in_force = session.info.get("playbook")
    overdue_hot, overdue_others, raised_at = session.execute(_OVERDUE, {"now": now}).one()
    return Health(
        workspace=workspace.value.get("name") if workspace else None,
        contacts=_count(session, select(func.count()).select_from(Contact)),
        accounts=_count(session, select(func.count()).select_from(Account)),
        open_leads=_count(session, select(func.count()).select_from(Lead).where(Lead.closed_at.is_(None))),
        unanswered_hot=_count(
            session,
            select(func.count())
            .select_from(Lead)
            .where(Lead.closed_at.is_(None), Lead.hot.is_(True), Lead.first_response_at.is_(None)),
        ),
        overdue_hot=overdue_hot,
        overdue_others=overdue_others,
        longest_overdue=(now - raised_at).total_seconds() if raised_at else None,
        waiting_notices=waiting,
        oldest_waiting=(real - oldest).total_seconds() if oldest else None,
        dead_notices=dead_notices(session),
        trouble=tuple((error or "").removeprefix("set-up: ") for error in trouble),
        worker_silent=seconds_silent(last_tick(session)),
        next_due=session.scalar(select(func.min(DueTime.due_at))),
        people_without_slack=tuple(
            session.scalars(
                select(Person.name)
                .where(Person.active.is_(True), Person.slack_user_id.is_(None))
                .order_by(Person.name)
                .limit(10)
            )
        ),
        playbook_since=_stored_at(session, in_force.number if in_force else None),
    )


def _stored_at(session: Session, number: int | None) -> datetime | None:
    return session.scalar(select(PlaybookVersion.stored_at).where(PlaybookVersion.number == number))


def _count(session: Session, statement: Select[int]) -> int:
    return session.scalars(statement).one()


def events_page(session: Session, page: int = 0, size: int = EVENTS_PAGE) -> EventsPage:
    """What came in by the web, newest first, and what became of each."""
    total = _count(session, select(func.count()).select_from(InboxEvent))
    rows = session.execute(
        select(
            InboxEvent.id,
            InboxEvent.sender,
            InboxEvent.received_at,
            InboxEvent.result,
            InboxEvent.explanation,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Person.name,
            Lead.owner_reason,
        )
        .outerjoin(Lead, Lead.id == InboxEvent.lead_id)
        .outerjoin(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Person, Person.id == Lead.owner_id)
        .order_by(InboxEvent.received_at.desc(), InboxEvent.id.desc())
        .offset(page * size)
        .limit(size)
    ).all()
    lines = tuple(
        EventLine(
            id=row.id,
            sender=row.sender,
            received_at=row.received_at,
            result=row.result,
            explanation=row.explanation,
            who=f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email or "",
            owner=row.name,
            owner_reason=tuple(row.owner_reason or ()),
        )
        for row in rows
    )
    return EventsPage(lines, page, total)
