"""``POST /intake/standard`` over HTTP (design, intake JSON; Standard Webhooks)."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text

from bot.db.models import HandRaise, InboxEvent, Lead
from bot.intake.app import IntakeDeps
from tests.intake.senders import NEW_SECRET, OTHER_SECRET, event, signed
from tests.support.sales_floor import SalesFloor

pytestmark = pytest.mark.anyio
URL = "/intake/standard"


async def test_a_signed_event_is_a_lead_when_it_is_answered(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    answer = await web.post(URL, **signed(event()))

    assert answer.status_code == 202
    assert answer.json()["result"] == "lead"
    lead_id = floor.read(lambda session: session.scalars(select(Lead.id)).one())
    card = floor.card(lead_id)
    assert (card.name, card.company, card.message) == ("Jane Doe", "Acme", "Call me?")
    row = floor.read(lambda session: session.scalars(select(InboxEvent)).one())
    assert (row.result, row.lead_id, json.loads(row.body)["id"]) == ("lead", lead_id, "evt-1")


async def test_the_same_event_redelivered_is_one(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    for msg_id in ("a", "b", "a"):
        answer = await web.post(URL, **signed(event(), msg_id=msg_id))
        assert answer.status_code == 202

    assert answer.json()["result"] == "repeated"
    assert floor.count(Lead) == floor.count(HandRaise) == 1


async def test_without_an_id_of_its_own_the_webhooks_counts(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    nameless = event()
    del nameless["id"]
    for msg_id in ("a", "a", "b"):
        await web.post(URL, **signed(nameless, msg_id=msg_id))

    assert floor.count(HandRaise) == 2


async def test_both_secrets_prove_while_rotating(web: httpx2.AsyncClient) -> None:
    assert (await web.post(URL, **signed(event(), NEW_SECRET))).status_code == 202
    assert (await web.post(URL, **signed(event(id="2")))).status_code == 202


async def test_several_signatures_of_which_one_fits(web: httpx2.AsyncClient) -> None:
    sent = signed(event())
    sent["headers"]["webhook-signature"] = f"v2,abc broken v1,!!! v1,AAAA {sent['headers']['webhook-signature']}"

    assert (await web.post(URL, **sent)).status_code == 202


def _with(part: str, value: str) -> dict[str, Any]:
    sent = signed(event())
    sent["headers"][part] = value
    return sent


FORGERIES: dict[str, Callable[[], dict[str, Any]]] = {
    "another secret": lambda: signed(event(), OTHER_SECRET),
    "changed body": lambda: signed(event()) | {"content": b"{}"},
    "too old": lambda: signed(event(), late=timedelta(minutes=6)),
    "from the future": lambda: signed(event(), late=timedelta(minutes=-6)),
    "no headers": lambda: signed(event()) | {"headers": {}},
    "garbage": lambda: _with("webhook-signature", "v1,\u00e4"),
    "not a time": lambda: _with("webhook-timestamp", "nan"),
    "another id": lambda: _with("webhook-id", "msg_2"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_is_not_proven_is_refused_and_leaves_nothing(
    web: httpx2.AsyncClient, floor: SalesFloor, forgery: str
) -> None:
    sent = FORGERIES[forgery]()
    sent["headers"] = {name: value.encode() for name, value in sent["headers"].items()}
    answer = await web.post(URL, **sent)

    assert answer.status_code == 401
    assert "signature" in answer.json()["error"]
    assert floor.count(InboxEvent) == 0


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"not json", 400, None),
        (b"[1,2]", 400, None),
        (b"", 400, None),
        ({"person": {"email": "a@b.example"}}, 422, "intent"),
        (event(intent="buy"), 422, "intent"),
        (event(person={}), 422, "person"),
        (event(person={"email": 5}), 422, "person.email"),
        (event(occurred_at="2026-03-02T10:00:00"), 422, "occurred_at"),
        (event(company={"employees": -1}), 422, "company.employees"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_the_reason_and_kept(
    web: httpx2.AsyncClient, floor: SalesFloor, body: Any, status: int, field: str | None
) -> None:
    for _ in range(2):
        answer = await web.post(URL, **signed(body))
    told = answer.json()

    assert (answer.status_code, told.get("field")) == (status, field)
    assert told["error"]
    rows = floor.read(lambda session: session.scalars(select(InboxEvent)).all())
    assert [row.result for row in rows] == ["refused"]
    assert rows[0].explanation


async def test_unknown_keys_go_to_extra(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    sent = event(utm="x", extra={"page": "/pricing"})
    sent["person"]["pronoun"] = "she"
    await web.post(URL, **signed(sent))
    extra = floor.read(lambda session: session.scalars(select(HandRaise.extra)).one())

    assert extra == {"page": "/pricing", "utm": "x", "person.pronoun": "she"}


async def test_hostile_text_is_taken_in(web: httpx2.AsyncClient) -> None:
    body = event(
        person={"email": "jane@acme.example", "first_name": "N\u0000\u202e" * 9000, "phone": "1" * 500},
        message="\u0000<!channel>" * 3000,
        extra={"a" * 1000: [{"b": "\u0000"}] * 500},
    )

    assert (await web.post(URL, **signed(body))).status_code == 202


async def test_too_much_is_refused_however_it_is_sent(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1024

    declared = await web.post(URL, content=b"x" * (256 * 1024 + 1))
    streamed = await web.post(URL, content=stream())

    assert (declared.status_code, streamed.status_code) == (413, 413)
    assert "256 kB" in streamed.json()["error"]


async def test_a_database_that_is_away_is_answered_with_try_again(web: httpx2.AsyncClient, floor: SalesFloor) -> None:
    floor.write(lambda session: session.execute(text("ALTER TABLE inbox RENAME TO inbox_away")))
    answer = await web.post(URL, **signed(event()))

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "jane" not in answer.text
    assert "inbox" not in answer.text


async def test_without_a_secret_nothing_is_proven(deps: IntakeDeps) -> None:
    from dataclasses import replace

    from starlette.applications import Starlette

    from bot.intake.app import routes

    app = Starlette(routes=routes(replace(deps, intake_secrets=())))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://bot.example") as web:
        answer = await web.post(URL, **signed(event()))

    assert answer.status_code == 503
    assert "INTAKE_SECRET" in answer.json()["error"]


async def test_get_is_not_a_way_in(web: httpx2.AsyncClient) -> None:
    assert (await web.get(URL)).status_code == 405
