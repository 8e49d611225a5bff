"""What a command changed, row by row, so that it can be taken back while nothing followed (design, rules).

What must stay true: every change that goes through a ``Trail`` is written down with what it was and what it became;
taking back puts every row as it was, or none; a row that somebody changed since stands in the way, and is named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Date, Enum, Table, Uuid
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db.models import Account, Base, Contact, Enrolment, Handoff, Lead, Meeting, Opportunity, Task
from bot.db.types import Timestamp
from bot.domain.errors import Gone

TABLES: Final[Mapping[str, type[Base]]] = {
    model.__tablename__: model for model in (Account, Contact, Enrolment, Handoff, Lead, Meeting, Opportunity, Task)
}
"""Tables that a trail knows, by the name its records carry."""
_CALLED: Final = {
    "accounts": "The company",
    "contacts": "The person",
    "enrolments": "The plan",
    "handoffs": "The handoff",
    "leads": "The lead",
    "meetings": "The intro call",
    "opportunities": "The deal",
    "tasks": "The task",
}
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """The changes of one command. ``records`` goes into the audit entry's ``undo``."""

    session: Session
    records: list[Record] = field(default_factory=list)

    def change(self, row: Base, **values: Any) -> None:
        """Set columns of ``row``; where it counts versions, one up."""
        if hasattr(row, "version"):
            values["version"] = row.version + 1
        was = {name: plain(getattr(row, name)) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        self.session.flush()
        self.note(row, was)

    def note(self, row: Base, was: Mapping[str, Any]) -> None:
        """Write down a change that was made elsewhere; ``was``: plain values of the columns before it."""
        became = {name: plain(getattr(row, name)) for name in was}
        for record in self.records:  # one record for each row: what it was before the first change of the command
            if (record["row"], record["id"]) == (row.__tablename__, _key(row)):
                if record["was"] is not None:
                    record["was"] = {**was, **record["was"]}
                    record["became"] |= became
                elif "version" in became:
                    record["became"] |= {"version": became["version"]}
                return
        self.records.append({"row": row.__tablename__, "id": _key(row), "was": dict(was), "became": became})

    def made(self, row: Base, *watched: str) -> None:
        """Add a row; taking back removes it, unless its version or a ``watched`` column is another by then."""
        self.session.add(row)
        self.session.flush()
        names = (*watched, "version") if hasattr(row, "version") else watched
        became = {name: plain(getattr(row, name)) for name in names}
        self.records.append({"row": row.__tablename__, "id": _key(row), "was": None, "became": became})


def take_back(session: Session, records: list[Record], moved: Callable[[Base, Mapping[str, Any]], None]) -> None:
    """Put every row of ``records`` as it was. ``moved(row, became)`` is told of each row after it was put back.

    Raises ``Gone``, and changes nothing, where a row is not as the command left it.
    """
    rows = [(record, _locked(session, record)) for record in records]
    for record, row in rows:
        _check(record, row)
    for record, row in reversed(rows):
        if row is None:
            continue
        if record["was"] is None:
            session.delete(row)
            session.flush()
            continue
        values = {name: _column(row, name, value) for name, value in record["was"].items()}
        if hasattr(row, "version"):
            values["version"] = row.version + 1  # a version never comes again: buttons carry it
        _put_back(session, record, row, values)
        moved(row, record["became"])


def _put_back(session: Session, record: Record, row: Base, values: Mapping[str, Any]) -> None:
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
    except IntegrityError:  # another row stands in its place by now
        called = _CALLED[record["row"]]
        raise Gone(f"{called} was begun anew since, so this cannot be taken back. You can still change it.") from None


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def _locked(session: Session, record: Record) -> Base | None:
    model = TABLES[record["row"]]
    return session.get(model, UUID(record["id"]), with_for_update=True, populate_existing=True)


def _check(record: Record, row: Base | None) -> None:
    called = _CALLED[record["row"]]
    if row is None:
        raise Gone(f"{called} is not there any more, so this cannot be taken back.")
    if any(plain(getattr(row, name)) != value for name, value in record["became"].items()):
        raise Gone(f"{called} has been changed since, so this cannot be taken back. You can still change it.")


def _column(row: Base, name: str, value: Any) -> Any:
    """A column's value from its plain form."""
    if value is None:
        return None
    kind = cast(Table, type(row).__table__).c[name].type
    if isinstance(kind, Enum):
        return cast(Any, kind.enum_class)(value)
    if isinstance(kind, Timestamp):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(kind, Uuid) else value


def _key(row: Any) -> str:
    return str(row.id)
