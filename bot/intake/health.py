"""``/healthz``, ``/readyz`` and ``/metrics``.

What must stay true: ``/healthz`` asks nobody; ``/readyz`` says which part is not ready and never waits long.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.clocks import protocol_now
from bot.db.models import DueTime, Lead, OutboxItem
from bot.db.queries.health import dead_notices
from bot.db.queries.vital_signs import last_tick, seconds_silent
from bot.intake.deps import IntakeDeps

DATABASE_PATIENCE = 2.0
DEAD_EVERY = timedelta(minutes=1)
"""How often the dead notices are counted anew, however often somebody asks."""


async def healthz(_request: Request) -> Response:
    """The process is alive."""
    return PlainTextResponse("ok\n")


async def readiness(deps: IntakeDeps) -> dict[str, Any]:
    """Each part with ``ok`` and, if it is not, a sentence."""
    parts: dict[str, Any] = {}
    tick: datetime | None = None
    try:
        tick = await asyncio.wait_for(deps.database.read(last_tick), DATABASE_PATIENCE)
        parts["database"] = {"ok": True}
    except (SQLAlchemyError, TimeoutError) as error:
        parts["database"] = {"ok": False, "why": f"The database does not answer ({type(error).__name__})."}
    migrated = deps.migrated()
    parts["migrations"] = {"ok": True} if migrated else {"ok": False, "why": "Run: handraiser migrate"}
    parts["slack"] = {"ok": True} if deps.slack_ok() else {"ok": False, "why": "Slack does not answer."}
    parts["last_tick"] = _tick_part(tick, deps.tick_max_age)
    return parts


def _tick_part(tick: datetime | None, max_age: float) -> dict[str, Any]:
    age = seconds_silent(tick)
    if age is None:
        return {"ok": False, "why": "No worker has run yet. Start: handraiser worker"}
    part: dict[str, Any] = {"ok": age <= max_age, "seconds_ago": round(age)}
    if age > max_age:
        part["why"] = "The worker has not run for a while. Is it up?"
    return part


async def readyz(deps: IntakeDeps, _request: Request) -> Response:
    """200 if everything that work needs is there, else 503 with what is missing."""
    parts = await readiness(deps)
    ready = all(part["ok"] for part in parts.values())
    return JSONResponse({"ready": ready, "parts": parts}, status_code=200 if ready else 503)


@dataclass(frozen=True, slots=True)
class _Counts:
    """What stands in the database, whichever process is at work. ``dead``: None where it was not counted."""

    by_state: dict[str, int]
    oldest: datetime | None
    late_seconds: float
    late_items: int
    open_leads: int
    dead: int | None


def _counts(session: Session, now: datetime, *, dead: bool) -> _Counts:
    rows = session.execute(
        select(OutboxItem.state, func.count(), func.min(OutboxItem.created_at))
        .where(OutboxItem.state.in_(("ready", "claimed", "unknown")))
        .group_by(OutboxItem.state)
    ).all()
    earliest, late_items = session.execute(
        select(func.min(DueTime.due_at), func.count()).where(DueTime.due_at < now)
    ).one()
    late = (now - earliest).total_seconds() if earliest else 0.0
    open_leads = session.scalar(select(func.count()).select_from(Lead).where(Lead.closed_at.is_(None)))
    oldest = min((row[2] for row in rows), default=None)
    by_state = {row[0]: row[1] for row in rows}
    return _Counts(by_state, oldest, late, late_items, open_leads or 0, dead_notices(session) if dead else None)


async def metrics(deps: IntakeDeps, _request: Request) -> Response:
    """Numbers for Prometheus; those of the database are read on each scrape."""
    now, real, ours = deps.clock.now(), protocol_now(), deps.metrics
    dead = ours.dead_counted_at is None or real - ours.dead_counted_at >= DEAD_EVERY
    try:
        counts = await asyncio.wait_for(
            deps.database.read(lambda session: _counts(session, now, dead=dead)), DATABASE_PATIENCE
        )
    except (SQLAlchemyError, TimeoutError):
        return Response(ours.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
    for state in ("ready", "claimed", "unknown"):
        ours.outbox.labels(state).set(counts.by_state.get(state, 0))
    ours.oldest.set(max(0.0, (real - counts.oldest).total_seconds()) if counts.oldest else 0)
    ours.overdue.set(counts.late_seconds)
    ours.overdue_items.set(counts.late_items)
    ours.open_leads.set(counts.open_leads)
    if counts.dead is not None:
        ours.dead.set(counts.dead)
        ours.dead_counted_at = real
    return Response(ours.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
