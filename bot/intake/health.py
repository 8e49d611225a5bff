"""``/healthz``, ``/readyz`` and ``/metrics``.

What must stay true: ``/healthz`` asks nobody; ``/readyz`` says which part is not ready and never waits long.
"""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.clocks import protocol_now
from bot.db.models import DueTime, Lead, OutboxItem
from bot.db.queries.vital_signs import last_tick, seconds_silent
from bot.intake.deps import IntakeDeps

DATABASE_PATIENCE = 2.0


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


def _counts(session: Session, now: datetime) -> tuple[dict[str, int], datetime | None, float, int]:
    rows = session.execute(
        select(OutboxItem.state, func.count(), func.min(OutboxItem.created_at))
        .where(OutboxItem.state.in_(("ready", "claimed", "unknown")))
        .group_by(OutboxItem.state)
    ).all()
    earliest = session.scalar(select(func.min(DueTime.due_at)))
    late = max(0.0, (now - earliest).total_seconds()) if earliest else 0.0
    open_leads = session.scalar(select(func.count()).select_from(Lead).where(Lead.closed_at.is_(None)))
    oldest = min((row[2] for row in rows), default=None)
    return {row[0]: row[1] for row in rows}, oldest, late, open_leads or 0


async def metrics(deps: IntakeDeps, _request: Request) -> Response:
    """Numbers for Prometheus; those of the database are read on each scrape."""
    now = deps.clock.now()
    try:
        counts, oldest, late, open_leads = await asyncio.wait_for(
            deps.database.read(lambda session: _counts(session, now)), DATABASE_PATIENCE
        )
    except (SQLAlchemyError, TimeoutError):
        return Response(deps.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
    for state in ("ready", "claimed", "unknown"):
        deps.metrics.outbox.labels(state).set(counts.get(state, 0))
    deps.metrics.oldest.set(max(0.0, (protocol_now() - oldest).total_seconds()) if oldest else 0)
    deps.metrics.overdue.set(late)
    deps.metrics.open_leads.set(open_leads)
    return Response(deps.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
