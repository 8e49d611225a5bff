"""What App Home shows account executives: handoffs that wait, calls, verdicts owed, open deals (process §7, §8)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Handoff, Meeting, Opportunity, Person
from bot.domain.money import Money, sums

SHOWN = 5
_LATE_CALL = timedelta(hours=1)
"""A call that began within this may still be on."""


@dataclass(frozen=True, slots=True)
class HomeHandoff:
    """A handoff in one line. ``name``, ``company``: outside text."""

    id: UUID
    version: int
    state: str
    name: str
    company: str
    with_whom: str
    """The rep, for the executive; the executive, for the rep."""
    since: datetime
    calls_at: datetime | None


@dataclass(frozen=True, slots=True)
class HomeCall:
    """An intro call to come. ``place``: its video link, or empty."""

    name: str
    company: str
    starts_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class ExecutiveDay:
    """An account executive's day; the counts are of all, the lines of the most pressing."""

    waiting: tuple[HomeHandoff, ...]
    waiting_count: int
    calls: tuple[HomeCall, ...]
    owed: tuple[HomeHandoff, ...]
    owed_count: int
    deals: int
    deal_sums: tuple[Money, ...]
    next_closes: tuple[tuple[str, Money, date | None], ...]
    """Company or person, amount, expected close; the soonest first."""


def executive_day(session: Session, person_id: UUID, now: datetime) -> ExecutiveDay:
    """The day of an account executive."""
    mine = (Opportunity.ae_id == person_id, Opportunity.closed_at.is_(None))
    added = session.execute(
        select(Opportunity.currency, func.sum(Opportunity.amount_cents), func.count())
        .where(*mine)
        .group_by(Opportunity.currency)
    ).all()
    waiting, owed = (Handoff.ae_id == person_id, Handoff.state == "waiting"), _owed(person_id)
    return ExecutiveDay(
        waiting=_read(session, _handoffs(Handoff.rep_id).where(*waiting).order_by(Handoff.created_at)),
        waiting_count=_count(session, *waiting),
        calls=_calls(session, person_id, now),
        owed=_read(session, _handoffs(Handoff.rep_id).where(*owed).order_by(Handoff.held_at)),
        owed_count=_count(session, *owed),
        deals=sum(row[2] for row in added),
        deal_sums=sums(Money(int(cents), currency) for currency, cents, _ in added),
        next_closes=_closes(session, mine),
    )


def own_handoffs(session: Session, person_id: UUID) -> tuple[HomeHandoff, ...]:
    """A rep's handoffs that are not through yet, the latest first."""
    mine = (Handoff.rep_id == person_id, Handoff.ended_at.is_(None))
    return _read(session, _handoffs(Handoff.ae_id).where(*mine).order_by(Handoff.created_at.desc()))


def _owed(person_id: UUID) -> tuple[Any, ...]:
    return (Handoff.ae_id == person_id, Handoff.state == "held")


def _count(session: Session, *where: Any) -> int:
    return session.scalars(select(func.count()).select_from(Handoff).where(*where)).one()


def _handoffs(other: Any) -> Select[*tuple[Any, ...]]:
    """Lines of handoffs; ``other``: the column of whom each is with."""
    call = (
        select(func.max(Meeting.starts_at))
        .where(Meeting.handoff_id == Handoff.id, Meeting.state == "booked")
        .correlate(Handoff)
        .scalar_subquery()
    )
    return (
        select(Handoff, Contact, Account.name.label("company"), Person.name.label("person"), call.label("calls_at"))
        .join(Contact, Contact.id == Handoff.contact_id)
        .outerjoin(Account, Account.id == Handoff.account_id)
        .outerjoin(Person, Person.id == other)
        .limit(SHOWN)
    )


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[HomeHandoff, ...]:
    rows = session.execute(statement).all()
    return tuple(
        HomeHandoff(
            id=row[0].id,
            version=row[0].version,
            state=row[0].state,
            name=called(row[1]),
            company=row.company or "",
            with_whom=row.person or "",
            since=row[0].held_at or row[0].created_at,
            calls_at=row.calls_at,
        )
        for row in rows
    )


def _calls(session: Session, person_id: UUID, now: datetime) -> tuple[HomeCall, ...]:
    rows = session.execute(
        select(Meeting.starts_at, Meeting.place, Contact, Account.name.label("company"))
        .join(Contact, Contact.id == Meeting.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Meeting.person_id == person_id, Meeting.state == "booked", Meeting.starts_at >= now - _LATE_CALL)
        .order_by(Meeting.starts_at)
        .limit(SHOWN)
    ).all()
    return tuple(HomeCall(called(row[2]), row.company or "", row.starts_at, row.place) for row in rows)


def _closes(session: Session, mine: tuple[Any, ...]) -> tuple[tuple[str, Money, date | None], ...]:
    rows = session.execute(
        select(Opportunity, Contact, Account.name.label("company"))
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
        .outerjoin(Account, Account.id == Opportunity.account_id)
        .where(*mine)
        .order_by(Opportunity.expected_close_on.is_(None), Opportunity.expected_close_on, Opportunity.id)
        .limit(SHOWN)
    ).all()
    return tuple(
        (
            row.company or (called(row[1]) if row[1] else "a deal without a name"),
            Money(row[0].amount_cents, row[0].currency),
            row[0].expected_close_on,
        )
        for row in rows
    )


def called(contact: Contact) -> str:
    """How somebody outside is called; outside text."""
    return f"{contact.first_name} {contact.last_name}".strip() or contact.email or contact.phone or "somebody"
