"""A bot that talks to the sandbox as it would to Slack, by Socket Mode and by signed HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.driver import Workspace


class HandClock:
    """A steady clock that goes forward only by hand: `SandboxConfig.steady_clock`."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.seconds += seconds


def client(slack: Workspace, token: str | None = None) -> AsyncWebClient:
    assert slack.server is not None
    return AsyncWebClient(
        token=token or slack.server.sandbox.config.bot_token, base_url=f"{slack.url}/api/", retry_handlers=[]
    )


def bolt(slack: Workspace) -> AsyncApp:
    assert slack.server is not None
    return AsyncApp(
        client=client(slack),
        signing_secret=slack.server.sandbox.config.signing_secret,
        process_before_response=True,
    )


@asynccontextmanager
async def by_socket(slack: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    assert slack.server is not None
    handler = AsyncSocketModeHandler(app, slack.server.sandbox.config.app_token, web_client=app.client, ping_interval=1)
    await handler.connect_async()
    await slack.connected()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def by_http(slack: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(app)
    web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, port=0, log_level="error", lifespan="off", ws="none"))
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.get_running_loop().create_task(server.serve([listening]))
    port = listening.getsockname()[1]
    await slack.events_to(f"http://127.0.0.1:{port}/slack/events")
    try:
        yield
    finally:
        server.should_exit = True
        await serving
