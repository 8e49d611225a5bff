"""The figures of ``/pipeline`` (process §9): a handful of statements over sets, whatever the period.

What must stay true: each number equals ``domain.metrics.value_of`` of the rows that ``pipeline_rows`` gives for it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from bot.db.queries.pipeline_sets import Lens, outbound_step, rows_of
from bot.domain.metrics import LeadStep, Number, RowSet, Value, money
from bot.domain.metrics_defined import DEAL_KINDS, DEFINITIONS, FUNNEL, OUTBOUND, Definition

Figures = Mapping[Number, Value]
_WAITS: Final = {
    "seconds": (Number.RESPONSE_MEDIAN, Number.RESPONSE_P90),
    "shift_seconds": (Number.SHIFT_MEDIAN, Number.SHIFT_P90),
}


def figures(session: Session, lens: Lens) -> Figures:
    """Every number, through the lens."""
    found: dict[Number, Value] = {}
    for part in (_closed, _rates, _pipeline, _leads, _outbound, _calls, _speed):
        found.update(part(session, lens))
    return found


def _run(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Any]:
    return list(session.execute(statement).all())


def _closed(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    inner = rows_of(RowSet.WON_DEALS, lens).pick("kind", "currency", "cents").subquery()
    found = _run(
        session,
        select(
            inner.c.kind, inner.c.currency, func.count().label("rows"), func.sum(inner.c.cents).label("cents")
        ).group_by(inner.c.kind, inner.c.currency),
    )
    yield Number.CLOSED, _money(found)
    for kind, number in DEAL_KINDS.items():
        yield number, _money([row for row in found if row.kind == kind])


def _money(found: list[Any]) -> Value:
    return Value(sum(row.rows for row in found), money=money((row.currency, int(row.cents)) for row in found))


def _pipeline(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    inner = rows_of(RowSet.QUALIFIED_DEALS, lens).pick("currency", "cents").subquery()
    found = _run(
        session,
        select(inner.c.currency, func.count().label("rows"), func.sum(inner.c.cents).label("cents")).group_by(
            inner.c.currency
        ),
    )
    yield Number.PIPELINE, _money(found)


def _rates(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    for number, which in ((Number.CLOSE_RATE, RowSet.DECIDED_DEALS), (Number.INSIDE_SLA, RowSet.DUE_LEADS)):
        inner = rows_of(which, lens).pick("hit").subquery()
        rows, hits = _run(session, select(func.count(), func.coalesce(func.sum(inner.c.hit), 0)).select_from(inner))[0]
        yield number, Value(rows, int(hits))


def _by_step(session: Session, step: Select[*tuple[Any, ...]]) -> dict[int, int]:
    steps = step.cte("steps").prefix_with("MATERIALIZED")  # else each is worked out twice
    reached = steps.c.step
    return {row[0]: row[1] for row in _run(session, select(reached, func.count()).group_by(reached))}


def _leads(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    steps = _by_step(session, rows_of(RowSet.LEADS, lens).pick("step"))
    for number in FUNNEL:
        yield number, Value(_reached(steps, DEFINITIONS[number].step))
    yield Number.OPPORTUNITY_RATE, Value(sum(steps.values()), _reached(steps, LeadStep.QUALIFIED))


def _outbound(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    begun = rows_of(RowSet.ENROLMENTS, lens).pick("contact_id", "at")
    # By contact: their touches are then read in the order in which the index holds them.
    begun_by = begun.order_by("contact_id").cte("begun").prefix_with("MATERIALIZED")
    step = outbound_step(begun_by, begun_by.c.contact_id, begun_by.c.at)
    steps = _by_step(session, select(step.label("step")).select_from(begun_by))
    for number in OUTBOUND:
        yield number, Value(_reached(steps, DEFINITIONS[number].step))


def _reached(steps: Mapping[int, int], least: int) -> int:
    return sum(count for step, count in steps.items() if step >= least)


def _calls(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    for number in (Number.DISCOVERY_CALLS, Number.INTRO_CALLS):
        inner = rows_of(DEFINITIONS[number].rows, lens).pick("id").subquery()
        yield number, Value(_run(session, select(func.count()).select_from(inner))[0][0])


def _speed(session: Session, lens: Lens) -> Iterator[tuple[Number, Value]]:
    """All four from one pass: each wait with its place in order, by the wall and on shift."""
    inner = rows_of(RowSet.ANSWERED_LEADS, lens).pick(*_WAITS).subquery()
    placed = select(
        func.count().over().label("rows"),
        *(inner.c[name] for name in _WAITS),
        *(func.row_number().over(order_by=inner.c[name]).label(f"place_of_{name}") for name in _WAITS),
    ).subquery()
    wanted = [(number, placed.c[name], placed.c[f"place_of_{name}"]) for name in _WAITS for number in _WAITS[name]]
    places = [_place(DEFINITIONS[number].share, placed.c.rows) for number, _, _ in wanted]
    found = _run(
        session,
        select(
            func.max(placed.c.rows),
            *(func.max(case((at == place, wait))) for (_, wait, at), place in zip(wanted, places, strict=True)),
        ),
    )[0]
    for (number, _, _), seconds in zip(wanted, found[1:], strict=True):
        yield number, Value(found[0] or 0, seconds=seconds)


def _place(share: float, rows: Any) -> Any:
    """``domain.metrics.rank`` in SQL, counted from 1: whole numbers, rounded up."""
    return (rows * round(share * 100) + 99) // 100


def row_count(session: Session, lens: Lens, definition: Definition) -> int:
    """How many rows stand behind a number, in the cheapest way there is for its set."""
    if definition.step > 1:  # the first step is every row's
        part = _outbound if definition.rows is RowSet.ENROLMENTS else _leads
        return dict(part(session, lens))[definition.number].rows
    rows = rows_of(definition.rows, lens)
    inner = rows.pick("id")
    if definition.kind is not None:
        inner = inner.where(rows.columns["kind"] == definition.kind)
    counted: int = _run(session, select(func.count()).select_from(inner.subquery()))[0][0]
    return counted
