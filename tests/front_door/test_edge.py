"""The edge: whatever goes wrong, Slack gets a sentence in time, and what was typed comes back."""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from bot.clocks import RealClock
from bot.db.models import OutboxItem
from bot.db.session import Database
from bot.domain.errors import UserError
from bot.handlers.bolt import Identity, make_bolt, slack_route
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, FieldErrors, Nothing, Request, Say
from bot.slack.blocks import say
from bot.slack.client import make_client
from tests.touches.house import furnish

pytestmark = pytest.mark.anyio

SECRET = "a-signing-secret"
TEAM = "T0001"


class Door:
    """Slack's signed HTTP, as Slack sends it."""

    def __init__(self, client: httpx2.AsyncClient, edge: Edge) -> None:
        self.client = client
        self.edge = edge

    async def send(self, body: bytes, **headers: str) -> httpx2.Response:
        stamp = headers.pop("stamp", str(int(time.time())))
        proof = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        sent = {
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={proof}",
            "content-type": "application/x-www-form-urlencoded",
        } | headers
        return await self.client.post("/slack/events", content=body, headers=sent)

    async def submits(self, note: str = "left a long msg", press: str = "1.1", hash_: str = "h1") -> dict:
        """A form with one input is submitted; what Slack is told to do with it."""
        view = {
            "id": "V1",
            "type": "modal",
            "hash": hash_,
            "callback_id": "a_form",
            "blocks": [{"type": "section", "block_id": "s"}, {"type": "input", "block_id": "note_block"}],
            "state": {"values": {"note_block": {"note": {"type": "plain_text_input", "value": note}}}},
        }
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": "U1"},
            "trigger_id": press,
            "view": view,
        }
        answer = await self.send(urlencode({"payload": json.dumps(payload)}).encode())
        assert answer.status_code == 200
        return answer.json() if answer.text else {}

    async def command(self, text: str = "", trigger: str = "1.2", team: str = TEAM, user: str = "U1") -> str:
        form = {"command": "/touch", "text": text, "user_id": user, "team_id": team, "channel_id": "C1"}
        answer = await self.send(urlencode(form | {"trigger_id": trigger, "response_url": ""}).encode())
        assert answer.status_code == 200
        return (
            answer.text if not answer.headers["content-type"].startswith("application/json") else answer.json()["text"]
        )


@asynccontextmanager
async def door(
    database: Database, handler: Callable[[Request], "asyncio.Future[Answer]"], **within: float
) -> AsyncIterator[Door]:
    """Our edge with one handler behind it."""
    house = furnish(database)
    await database.write(lambda session: _give_slack_user(session, house.sam.person_id))
    identity = Identity("xoxb-1")
    identity.team_id = TEAM
    bolt = make_bolt(make_client("xoxb-1", "http://127.0.0.1:9/api/"), identity)
    edge = Edge(bolt, database, RealClock(), **within)
    edge.command("/touch", handler)
    edge.view("a_form", handler)
    app = Starlette(routes=[slack_route(bolt, SECRET)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://door") as client:
        yield Door(client, edge)


def _give_slack_user(session, person_id) -> None:
    from bot.db.models import Person

    session.get_one(Person, person_id).slack_user_id = "U1"


async def answers(_request: Request) -> Answer:
    return Say(say("done"))


async def saves(request: Request) -> Answer:
    return Say(say(f"saved by {await request.perform(lambda _session, actor, _now: actor.name)}"))


async def test_a_request_signed_by_slack_is_answered(database: Database) -> None:
    async with door(database, answers) as slack:
        assert await slack.command() == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": "v0=00"},
        {"x-slack-signature": ""},
        {"stamp": "soon"},
        {"stamp": "١٢٣"},
        {"stamp": str(int(time.time()) - 3600)},
    ],
)
async def test_a_request_not_proven_to_be_slacks_is_refused(database: Database, headers: dict[str, str]) -> None:
    async with door(database, answers) as slack:
        stamp = headers.get("stamp", "")
        if not stamp.isascii():
            headers = {"x-slack-request-timestamp": "%D9%A1"}
        assert (await slack.send(b"command=%2Ftouch", **headers)).status_code == 401


async def test_a_body_that_is_no_text_or_too_large_is_refused(database: Database) -> None:
    async with door(database, answers) as slack:
        assert (await slack.send(b"\xff\xfe")).status_code == 400
        assert (await slack.send(b"x" * 1_100_000)).status_code == 413


async def test_another_workspace_is_refused(database: Database) -> None:
    async with door(database, answers) as slack:
        assert await slack.command(team="T0666") == "This Handraiser serves another workspace."


async def test_somebody_unknown_is_told_whom_to_ask(database: Database) -> None:
    async with door(database, saves) as slack:
        assert "Ask an admin to add you" in await slack.command(user="U999")


async def test_the_same_request_again_does_nothing_again(database: Database) -> None:
    async with door(database, saves) as slack:
        assert await slack.command(trigger="7.7") == "saved by Sam"
        assert await slack.command(trigger="7.7") == "I have that already."


async def test_a_refusal_is_a_plain_sentence_with_what_was_typed(database: Database) -> None:
    async def refuses(_request: Request) -> Answer:
        raise UserError("That day is over.")

    async with door(database, refuses) as slack:
        answer = await slack.command("jane <!channel> callback yesterday")
        assert answer == "That day is over.\nYou typed: jane &lt;!channel&gt; callback yesterday"


async def test_a_fault_of_ours_is_a_sentence_with_a_reference(database: Database) -> None:
    async def breaks(_request: Request) -> Answer:
        raise ZeroDivisionError

    async with door(database, breaks) as slack:
        answer = await slack.command("jane voicemail")
        assert "Tell your admin: reference" in answer
        assert "jane voicemail" in answer
        assert "ZeroDivision" not in answer


async def test_work_that_could_not_begin_is_not_saved_and_said_so(database: Database) -> None:
    busy = [threading.Event() for _ in range(1 if database.sqlite else 4)]
    async with door(database, saves, start_within=0.05) as slack:
        held = [asyncio.ensure_future(database.write(lambda _s, free=free: free.wait(20) and None)) for free in busy]
        await asyncio.sleep(0)
        answer = await slack.command("jane voicemail left msg")
        for free in busy:
            free.set()
        await asyncio.gather(*held)
        assert answer.startswith("*Not saved:*")
        assert "jane voicemail left msg" in answer
        assert await slack.command("jane voicemail left msg", trigger="8.8") == "saved by Sam"


async def test_work_that_outlives_its_answer_is_finished_and_told_by_message(database: Database) -> None:
    free = threading.Event()

    async def slowly(request: Request) -> Answer:
        name = await request.perform(lambda _session, actor, _now: free.wait(20) and actor.name)
        return Say(say(f"saved by {name}"))

    async with door(database, slowly, answer_within=0.05) as slack:
        assert "Still saving" in await slack.command("jane voicemail")
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        database.on_commit(lambda topics: "outbox" in topics and loop.call_soon_threadsafe(told.set) and None)
        free.set()
        await asyncio.wait_for(told.wait(), 20)
        item = await database.read(lambda session: session.scalars(select(OutboxItem)).one())
        assert (item.kind, item.notice["facts"]["text"]) == ("late_result", "saved by Sam")


@pytest.mark.parametrize("error", [ZeroDivisionError(), OperationalError("", {}, Exception()), UserError("Not today.")])
async def test_a_form_that_was_not_saved_stays_open_and_says_why(database: Database, error: Exception) -> None:
    async def breaks(_request: Request) -> Answer:
        raise error

    async with door(database, breaks) as slack:
        told = await slack.submits()
        assert told["response_action"] == "errors"
        assert list(told["errors"]) == ["note_block"]


async def test_the_result_of_a_late_form_is_told_whatever_it_is(database: Database) -> None:
    free = asyncio.Event()
    answers_given = iter([CloseAll(say("Lena has it now.")), Nothing(), FieldErrors({"note_block": "Not today."})])

    async def slowly(_request: Request) -> Answer:
        await free.wait()
        return next(answers_given)

    async with door(database, slowly, answer_within=0.05) as slack:
        for press, words in (("1.1", "Lena has it now."), ("1.2", "Done."), ("1.3", "*Not saved:* Not today.")):
            free.clear()
            told = await slack.submits(press=press, hash_=press)
            assert told["response_action"] == "update"
            assert "Still saving" in json.dumps(told["view"])
            heard = _next_commit(database)
            free.set()
            await asyncio.wait_for(heard.wait(), 20)
            last = await database.read(
                lambda session: session.scalars(select(OutboxItem).order_by(OutboxItem.seq.desc()).limit(1)).one()
            )
            assert last.notice["facts"]["text"].startswith(words)
        assert "You typed: left a long msg" in last.notice["facts"]["text"]


def _next_commit(database: Database) -> asyncio.Event:
    heard, loop = asyncio.Event(), asyncio.get_running_loop()
    database.on_commit(lambda topics: "outbox" in topics and loop.call_soon_threadsafe(heard.set) and None)
    return heard


async def test_a_form_pressed_twice_is_saved_once(database: Database) -> None:
    done = []

    async def saves_form(request: Request) -> Answer:
        await request.perform(lambda _session, actor, _now: done.append(actor.name))
        return CloseAll()

    async with door(database, saves_form) as slack:
        await slack.submits(press="1.1")
        heard = _next_commit(database)
        await slack.submits(press="2.2")
        await asyncio.wait_for(heard.wait(), 20)
        assert done == ["Sam"]


async def test_a_slow_slack_after_the_commit_is_not_called_unsaved(database: Database) -> None:
    async def saves_and_shows(request: Request) -> Answer:
        await request.perform(lambda _session, actor, _now: actor.name)
        raise TimeoutError

    async with door(database, saves_and_shows) as slack:
        assert await slack.command("jane voicemail") == "It is saved, but Slack did not show it in time."


async def test_a_slow_slack_before_anything_is_done_is_asked_again(database: Database) -> None:
    async def only_shows(_request: Request) -> Answer:
        raise TimeoutError

    async with door(database, only_shows) as slack:
        assert "Please try again" in await slack.command("jane voicemail", trigger="9.9")
