"""Bolt as we use it, and Slack's two ways in: signed HTTP and Socket Mode.

What must stay true: signatures are checked on the raw bytes before anything is parsed; another workspace is
refused; ``process_before_response`` is on, so an ack is the result.
"""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.bodies import read_limited

MAX_BYTES = 1024 * 1024
PING_SECONDS = 5.0
"""The asyncio socket client has gone silent in the wild (slack.md): four missed pings and it connects anew."""


class Identity:
    """Who we are in Slack, once Slack has said so."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.team_id = ""
        self.team_name = ""
        self.bot_id = ""
        self.bot_user_id = ""

    @property
    def known(self) -> bool:
        """Whether Slack has confirmed the token."""
        return bool(self.team_id)


def make_bolt(client: AsyncWebClient, identity: Identity) -> AsyncApp:
    """A Bolt app for one workspace that asks Slack nothing before it dispatches."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id or identity.team_id,
            bot_token=identity.token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )

    logger = logging.getLogger("slack_bolt")
    level = logger.level
    logger.setLevel(logging.ERROR)  # it warns that our own authorize is used instead of SLACK_BOT_TOKEN: it is meant
    app = AsyncApp(
        name="handraiser",  # else it looks through all the sources of whoever called for one
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done on the raw bytes, before Bolt
        attaching_conversation_kwargs_enabled=False,
        attaching_function_token_enabled=False,
        logger=logger,
    )
    logger.setLevel(level)

    app.use(_OnlyOurWorkspace(identity))
    return app


class _OnlyOurWorkspace(AsyncMiddleware):
    """A class, because Bolt gathers all that a function could ask for, anew for each request."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 — Bolt names it
    ) -> BoltResponse | None:
        """Answer another workspace's request with a sentence."""
        body, ours = req.body, self._identity.team_id
        team = body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
        if team and ours and team != ours:
            return BoltResponse(status=200, body="This Handraiser serves another workspace.")
        await next()
        return None


def slack_route(app: AsyncApp, signing_secret: str) -> Route:
    """``POST /slack/events``: all of Slack. 401 for a bad or stale signature, 413 past a megabyte."""
    verifier = SignatureVerifier(signing_secret) if signing_secret else None

    async def events(request: Request) -> Response:
        body = await read_limited(request, MAX_BYTES)
        if body is None:
            return PlainTextResponse("too large", 413)
        try:
            body.decode()  # Slack signs text; the SDK's check would fail on anything else
        except UnicodeDecodeError:
            return PlainTextResponse("not text", 400)
        if verifier is None or not _is_slack(verifier, body, request):
            return PlainTextResponse("not signed by Slack", 401)
        return to_starlette_response(await app.async_dispatch(to_async_bolt_request(request, body)))

    return Route("/slack/events", events, methods=["POST"])


def _is_slack(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not timestamp.isascii() or not timestamp.isdigit() or not signature:
        return False
    return verifier.is_valid(body, timestamp, signature)


def make_socket(app: AsyncApp, app_token: str, client: AsyncWebClient) -> AsyncSocketModeHandler:
    """Socket Mode; connect with ``connect_async``, end with ``close_async``."""
    return AsyncSocketModeHandler(app, app_token, web_client=client, ping_interval=PING_SECONDS)
