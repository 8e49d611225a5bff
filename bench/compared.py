"""What Handraiser is compared to: the least a Slack app, and a forwarder, can do. Started by the benchmarks.

What must stay true: the same HTTP stack, the same Bolt settings and the same database engine settings as ours, so that
a ratio speaks of our own work alone. The forwarder is the natural one: Starlette, and slack_sdk's client as it comes.
"""

import argparse
import asyncio
import os
from typing import Any
from uuid import UUID

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, insert, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.db.models import Contact
from bot.db.session import Database

NOTES = Table(
    "bench_notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
)


def bolt() -> AsyncApp:
    """A Bolt app as Bolt's own documents make it, with the answer as the ack."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-none", bot_id="B1")

    return AsyncApp(
        signing_secret=os.environ["SLACK_SIGNING_SECRET"], authorize=authorize, process_before_response=True
    )


def served(app: AsyncApp) -> Starlette:
    """Bolt behind Starlette."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/healthz", _ok)])


async def _ok(_request: Request) -> Response:
    return PlainTextResponse("ok")


def ack_only() -> Starlette:
    """``/touch`` is acknowledged, nothing else."""
    app = bolt()

    @app.command("/touch")
    async def touch(ack: AsyncAck) -> None:
        await ack("Logged.")

    return served(app)


def one_row(url: str) -> Starlette:
    """``/touch`` looks up one contact by address and inserts one row, committed before the ack."""
    app, database = bolt(), Database(url)
    NOTES.create(database.writer, checkfirst=True)

    @app.command("/touch")
    async def touch(ack: AsyncAck, command: dict[str, Any]) -> None:
        text = str(command["text"])
        address = text.partition(" ")[0]

        def work(session: Session) -> UUID | None:
            contact_id = session.scalar(select(Contact.id).where(Contact.email == address))
            session.execute(insert(NOTES).values(contact_id=contact_id, text=text))
            return contact_id

        await database.write(work)
        await ack("Logged.")

    return served(app)


def forwarder(slack: str) -> Starlette:
    """A form's JSON goes to a channel and is forgotten; answered when Slack has answered.

    Written as its author would in a quarter of an hour: Starlette and slack_sdk's own client with its defaults, which
    open a connection for each call. Ours keeps one.
    """
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=slack)

    async def receive(request: Request) -> Response:
        lead = await request.json()
        text = f"{lead['person']['last_name']}: {lead['message']}"
        answer = await client.chat_postMessage(channel="#inbound", text=text)
        return JSONResponse(answer.data)

    return Starlette(routes=[Route("/lead", receive, methods=["POST"]), Route("/healthz", _ok)])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=["ack", "row", "forwarder"])
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    if given.which == "ack":
        app = ack_only()
    elif given.which == "row":
        app = one_row(os.environ["DATABASE_URL"])
    else:
        app = forwarder(os.environ["SLACK_API_URL"])
    config = uvicorn.Config(app, host="127.0.0.1", port=given.port, log_config=None, access_log=False)
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
