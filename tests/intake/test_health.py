"""``/healthz``, ``/readyz``, ``/metrics``."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
import time_machine
from sqlalchemy import update
from starlette.applications import Starlette

from bot.clocks import protocol_now
from bot.db.models import OutboxItem
from bot.intake.app import IntakeDeps, routes
from bot.service.vital_signs import leave_tick
from bot.telemetry import DELIVERED
from tests.intake.senders import event, signed
from tests.support.sales_floor import SalesFloor

pytestmark = pytest.mark.anyio


async def test_it_is_alive(web: httpx2.AsyncClient) -> None:
    assert (await web.get("/healthz")).status_code == 200


async def test_it_is_ready_once_a_worker_has_run(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    before = await web.get("/readyz")
    floor.write(lambda session: leave_tick(session, protocol_now()))
    after = await web.get("/readyz")

    assert (before.status_code, before.json()["parts"]["last_tick"]["ok"]) == (503, False)
    assert (after.status_code, after.json()["ready"]) == (200, True)


async def test_it_says_what_is_missing(deps: IntakeDeps, floor: SalesFloor) -> None:
    floor.write(lambda session: leave_tick(session, protocol_now() - timedelta(minutes=10)))
    app = Starlette(routes=routes(replace(deps, slack_ok=lambda: False, migrated=lambda: False)))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://bot.example") as web:
        answer = await web.get("/readyz")
    parts = answer.json()["parts"]

    assert answer.status_code == 503
    assert {name for name, part in parts.items() if not part["ok"]} == {"migrations", "slack", "last_tick"}
    assert all(part["why"] for part in parts.values() if not part["ok"])


async def test_metrics_count_what_came_in(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    await web.post("/intake/standard", **signed(event()))
    await web.post("/intake/standard", content=b"{}")
    floor.now += timedelta(minutes=2)
    text = (await web.get("/metrics")).text

    assert 'handraiser_intake_events_total{result="lead",sender="standard"} 1.0' in text
    assert 'handraiser_intake_events_total{result="refused",sender="standard"} 1.0' in text
    assert 'handraiser_outbox_items{state="ready"} 1.0' in text
    assert "handraiser_open_leads 1.0" in text
    assert "handraiser_due_late_seconds 60.0" in text
    assert "handraiser_due_late_items 1.0" in text
    assert "handraiser_outbox_dead_items 0.0" in text


async def test_metrics_tell_of_what_another_process_could_not_deliver(
    web: httpx2.AsyncClient, floor: SalesFloor
) -> None:
    await web.post("/intake/standard", **signed(event()))
    longer_ago = protocol_now() - timedelta(days=8)
    floor.write(lambda session: session.execute(update(OutboxItem).values(state="dead", finished_at=protocol_now())))
    text = (await web.get("/metrics")).text
    assert "handraiser_outbox_dead_items 1.0" in text
    assert 'handraiser_outbox_items{state="ready"} 0.0' in text
    assert "handraiser_outbox_oldest_seconds 0.0" in text

    floor.write(lambda session: session.execute(update(OutboxItem).values(finished_at=longer_ago)))
    assert "handraiser_outbox_dead_items 1.0" in (await web.get("/metrics")).text  # counted once a minute
    with time_machine.travel(protocol_now() + timedelta(minutes=1), tick=False):
        assert "handraiser_outbox_dead_items 0.0" in (await web.get("/metrics")).text


async def test_metrics_show_what_this_process_delivered(web: httpx2.AsyncClient) -> None:
    kind = uuid4().hex  # the process's own counter, which other tests count on with
    DELIVERED.labels(kind=kind, verdict="dead").inc()
    text = (await web.get("/metrics")).text

    assert f'handraiser_deliveries_total{{kind="{kind}",verdict="dead"}} 1.0' in text
    assert "handraiser_delivery_age_seconds_count" in text
