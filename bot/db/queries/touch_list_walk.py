"""Working through a list: which list of a day, which line comes next, and whom to ask about.

What must stay true: the next line is found by its position, so that the last one costs what the first did.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, TouchItem, TouchList
from bot.db.rows import run
from bot.db.types import Timestamp
from bot.domain.touch_list import ItemKind

_NEWEST = (
    select(TouchList.id)
    .where(TouchList.person_id == bindparam("rep"), TouchList.local_date == bindparam("day"))
    .order_by(TouchList.finished_at.is_not(None), TouchList.wave.desc())
    .limit(1)
)


def list_of_day(session: Session, person_id: UUID, day: date) -> UUID | None:
    """The list a rep works from on a local date: one that is not finished first, the morning's before the evening's."""
    found: UUID | None = run(session, _NEWEST, rep=person_id, day=day).scalar()
    return found


_WAITING_DRAFTS = (
    select(TouchItem.id, Contact.first_name, Contact.last_name, Contact.email, Account.name.label("company"))
    .join(Contact, Contact.id == TouchItem.contact_id)
    .outerjoin(Account, Account.id == Contact.account_id)
    .where(TouchItem.list_id == bindparam("which"), TouchItem.state == bindparam("state"))
    .where((TouchItem.kind == ItemKind.REPLY.value) == bindparam("reply", type_=Boolean))
    .order_by(TouchItem.position)
    .limit(100)
)


@dataclass(frozen=True, slots=True)
class Someone:
    """A line as one option of a menu."""

    item_id: UUID
    name: str
    company: str | None


def opened_drafts(session: Session, list_id: UUID) -> tuple[Someone, ...]:
    """Drafts that were opened and wait to be marked sent; as many as a menu of Slack holds."""
    return _some(session, list_id, "opened", reply=False)


def asked_about(session: Session, list_id: UUID) -> tuple[Someone, ...]:
    """People written to whose answer is not known yet."""
    return _some(session, list_id, "open", reply=True)


def _some(session: Session, list_id: UUID, state: str, *, reply: bool) -> tuple[Someone, ...]:
    rows = run(session, _WAITING_DRAFTS, which=list_id, state=state, reply=reply)
    return tuple(
        Someone(row.id, f"{row.first_name} {row.last_name}".strip() or row.email or "No name", row.company)
        for row in rows
    )


_READY = (
    select(TouchItem.id)
    .where(
        TouchItem.list_id == bindparam("which"),
        TouchItem.position > bindparam("after"),
        or_(
            and_(TouchItem.kind == ItemKind.REPLY.value, TouchItem.state == "opened"),
            and_(
                TouchItem.kind != ItemKind.REPLY.value,
                TouchItem.state == "open",
                or_(TouchItem.due_at.is_(None), TouchItem.due_at <= bindparam("now", type_=Timestamp)),
            ),
        ),
    )
    .order_by(TouchItem.position)
    .limit(1)
)
_LATER = (
    select(TouchItem.id)
    .where(
        TouchItem.list_id == bindparam("which"),
        TouchItem.kind != ItemKind.REPLY.value,
        TouchItem.state == "open",
        TouchItem.due_at > bindparam("now", type_=Timestamp),
    )
    .order_by(TouchItem.due_at, TouchItem.position)
    .limit(1)
)


def next_line(session: Session, list_id: UUID, after: int, now: datetime) -> UUID | None:
    """The next open line after a position that makes sense now; None at the end of the list."""
    found: UUID | None = run(session, _READY, which=list_id, after=after, now=now).scalar()
    return found


def later_line(session: Session, list_id: UUID, now: datetime) -> UUID | None:
    """The first of those whose time is still to come."""
    found: UUID | None = run(session, _LATER, which=list_id, now=now).scalar()
    return found
