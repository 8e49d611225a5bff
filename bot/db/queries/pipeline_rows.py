"""The rows behind a number of ``/pipeline`` (process §9): a page of them, or all for a file.

What must stay true: exactly the rows the number counts, none more, in an order that does not change between pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Contact, Person
from bot.db.queries.pipeline import row_count
from bot.db.queries.pipeline_sets import Lens, rows_of
from bot.domain.metrics import LeadStep, OutboundStep, Row, RowSet, Unit
from bot.domain.metrics_defined import Definition

PAGE = 20
_COLUMNS = (
    "id",
    "at",
    "rep_id",
    "ae_id",
    "contact_id",
    "account_id",
    "source",
    "what",
    "step",
    "hit",
    "cents",
    "currency",
    "seconds",
    "shift_seconds",
)


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows, and how many there are."""

    rows: tuple[Row, ...]
    total: int
    offset: int


def row_page(session: Session, lens: Lens, definition: Definition, offset: int = 0, size: int = PAGE) -> RowPage:
    """A page of the rows behind a number; the newest first, of waits the longest."""
    total = row_count(session, lens, definition)
    found = session.execute(_named(_narrowed(lens, definition).limit(size).offset(offset), definition))
    return RowPage(tuple(_row(row, definition) for row in found), total, offset)


def all_rows(session: Session, lens: Lens, definition: Definition) -> Iterator[Row]:
    """All rows behind a number, in the same order."""
    return (_row(row, definition) for row in session.execute(_named(_narrowed(lens, definition), definition)))


def _narrowed(lens: Lens, definition: Definition) -> Select[*tuple[Any, ...]]:
    """The rows in their order; what is cut to a page here is all that is looked at."""
    rows = rows_of(definition.rows, lens)
    found = rows.pick(*_COLUMNS)
    if definition.kind is not None:
        found = found.where(rows.columns["kind"] == definition.kind)
    if definition.step > 1:
        found = found.where(rows.columns["step"] >= definition.step)
    return found.order_by(*_order(rows.columns, definition))


def _order(columns: Any, definition: Definition) -> list[Any]:
    first = columns["shift_seconds" if definition.on_shift else "seconds"]
    waits = [first.desc()] if definition.unit is Unit.SECONDS else []
    return [*waits, columns["at"].desc(), columns["id"].desc()]


def _named(narrowed: Select[*tuple[Any, ...]], definition: Definition) -> Select[*tuple[Any, ...]]:
    inner = narrowed.subquery()
    rep, executive = aliased(Person), aliased(Person)
    return (
        select(
            inner,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Contact.source.label("contact_source"),
            Account.name.label("company"),
            rep.name.label("rep"),
            executive.name.label("ae"),
        )
        .select_from(inner)
        .outerjoin(Contact, Contact.id == inner.c.contact_id)
        .outerjoin(Account, Account.id == inner.c.account_id)
        .outerjoin(rep, rep.id == inner.c.rep_id)
        .outerjoin(executive, executive.id == inner.c.ae_id)
        .order_by(*_order(inner.c, definition))
    )


def _row(row: Any, definition: Definition) -> Row:
    return Row(
        id=row.id,
        at=row.at if definition.rows is not RowSet.ENROLMENTS else _day(row.at),
        name=f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email or "",
        company=row.company or "",
        rep=row.rep or "",
        ae=row.ae or "",
        source=str(row.source or row.contact_source or ""),
        what=_what(row, definition),
        counts=definition.unit is not Unit.SHARE or _hit(row, definition),
        cents=row.cents,
        currency=row.currency,
        seconds=row.seconds,
        shift_seconds=row.shift_seconds,
    )


def _hit(row: Any, definition: Definition) -> bool:
    return row.step >= LeadStep.QUALIFIED if definition.rows is RowSet.LEADS else bool(row.hit)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _what(row: Any, definition: Definition) -> str:
    if definition.rows is RowSet.LEADS:
        return LeadStep(row.step).name.lower()
    if definition.rows is RowSet.ENROLMENTS:
        return OutboundStep(row.step).name.lower()
    return str(row.what or "")
