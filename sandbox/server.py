"""The sandbox on a port: Slack's addresses, the Person API, the page and the website.

Served by aiohttp rather than Starlette and uvicorn: it brings the WebSocket, and a fault can cut its connections.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox import methods as _registered  # noqa: F401  registers every Web API method
from sandbox.api import call
from sandbox.config import SandboxConfig
from sandbox.core import Sandbox
from sandbox.errors import SlackError
from sandbox.faults import AFTER, BEFORE
from sandbox.person_api import PersonApi, answer

HERE = Path(__file__).parent
STATIC = ("/static/", "/site")
BIGGEST = 64 * 1024 * 1024


async def arguments(request: web.Request) -> tuple[dict[str, Any], str | None]:
    """The arguments of a Web API call, in whichever form they came, and its token. Raises `SlackError`."""
    args: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.content_type == "application/json":
        try:
            given = json.loads(await request.read() or b"{}")
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        args |= given
    elif request.can_read_body:
        args |= await _form(request)
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() if header else None
    return args, token or args.pop("token", None)


async def _form(request: web.Request) -> dict[str, str]:
    try:
        if request.content_type == "multipart/form-data":
            return {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True, errors="strict"))
    except ValueError as error:  # bytes that are no text, parts without their boundary
        raise SlackError("invalid_form_data") from error


class Server:
    """One sandbox, listening."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.sandbox = Sandbox(config)
        self._runner: web.AppRunner | None = None
        self.url = ""

    def app(self) -> web.Application:
        """Every route."""
        app = web.Application(client_max_size=BIGGEST)
        app.on_response_prepare.append(_ask_each_time)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.api),
                web.get("/socket/{ticket}", self.sandbox.outgoing.sockets.serve),
                web.post("/response/{team}/{key}", self.respond),
                web.post("/files/upload/{file}", self.upload),
                web.get("/files/{file}/{name}", self.download),
                *PersonApi(self.sandbox).routes(),
            ]
        )
        for path, folder in (("", HERE / "page"), ("/site", HERE / "website")):
            app.router.add_get(f"{path}/", _file(folder / "index.html"))
            static = f"/static{path or '/page'}"
            if folder.is_dir():
                app.router.add_static(static, folder)
        app.router.add_get("/site", _moved("/site/"))
        app.router.add_get("/site/thanks.html", _file(HERE / "website" / "thanks.html"))
        return app

    async def start(self) -> str:
        """Listen; answers the base URL without a trailing slash."""
        config = self.sandbox.config
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, config.host, config.port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{config.host}:{port}"
        self.sandbox.at(self.url)
        return self.url

    def environment(self) -> dict[str, str]:
        """The environment of a bot that works here."""
        config = self.sandbox.config
        out = {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": config.bot_token,
            "SLACK_SIGNING_SECRET": config.signing_secret,
            "CLOCK_URL": f"{self.url}/sandbox/clock",
        }
        return out if config.events_url else out | {"SLACK_APP_TOKEN": config.app_token}

    async def stop(self) -> None:
        """Stop listening and drop what is under way."""
        self.sandbox.watch.close()
        await self.sandbox.outgoing.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def api(self, request: web.Request) -> web.StreamResponse:
        """One Web API call, with what a test armed to go wrong."""
        sandbox, name = self.sandbox, request.match_info["method"]
        try:
            args, token = await arguments(request)
        except SlackError as error:
            return answer(error.body(), 400 if error.code == "invalid_form_data" else 200)
        entry = sandbox.log.add("call", name, args=args)
        early = await self._before(request, name, args, entry)
        if early is not None:
            return early
        response = self._carry_out(name, token, args, entry)
        return await self._after(request, name, args, entry) or response

    async def _after(
        self, request: web.Request, name: str, args: dict[str, Any], entry: dict[str, Any]
    ) -> web.Response | None:
        fault = self.sandbox.faults.take(AFTER, name, args) if entry["error"] is None else None
        if fault is None:
            return None
        entry["fault"] = fault.kind
        await fault.strike()
        return None if fault.kind == "hold_after" else _cut(request)

    def _carry_out(self, name: str, token: str | None, args: dict[str, Any], entry: dict[str, Any]) -> web.Response:
        try:
            body: Any = call(self.sandbox, name, token, args)
        except SlackError as error:
            entry["error"] = error.code
            if error.code == "ratelimited":
                return _rate_limited(error.extra["retry_after"])
            body = error.body()
            if error.messages:
                self.sandbox.log.add("problem", name, text=error.code, messages=error.messages)
        else:
            entry["error"] = None
            entry["ts"] = body.get("ts")
        response = answer(body)
        if name == "auth.test":
            response.headers["x-oauth-scopes"] = ",".join(sorted(self.sandbox.manifest.scopes))
        return response

    async def _before(
        self, request: web.Request, name: str, args: dict[str, Any], entry: dict[str, Any]
    ) -> web.Response | None:
        fault = self.sandbox.faults.take(BEFORE, name, args)
        if fault is None:
            return None
        entry |= {"fault": fault.kind, "error": fault.kind}
        await fault.strike()
        if fault.kind == "http_500":
            return web.Response(status=500, text="Internal Server Error")
        if fault.kind == "rate_limited":
            return _rate_limited(int(fault.seconds))
        if fault.kind == "error":
            return answer({"ok": False, "error": fault.error})
        if fault.kind in {"reset", "kill_before"}:
            return _cut(request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        return None

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A response URL is used."""
        key = request.match_info["key"]
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return answer({"ok": False, "error": "invalid_payload"}, 400)
        entry = self.sandbox.log.add("call", "response_url", args=body, error=None)
        early = await self._before(request, "response_url", body, entry)
        if early is not None:
            return early
        try:
            self.sandbox.responses.use(key, body)
        except SlackError as error:
            entry["error"] = error.code
            if error.messages:
                self.sandbox.log.add("problem", "response_url", text=error.code, messages=error.messages)
            return answer(error.body(), 404 if error.code.endswith("_url") else 400)
        return await self._after(request, "response_url", body, entry) or web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of an announced file."""
        record = self.sandbox.ws.files.get(request.match_info["file"])
        if record is None:
            return web.Response(status=404, text="no such upload")
        content = await request.read()
        if len(content) != record["size"]:
            return web.Response(status=400, text="the length is not the one announced")
        self.sandbox.ws.file_bytes[record["id"]] = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file, for the bot with its token or for a member on the page (`?as=`)."""
        record = self.sandbox.ws.files.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = token == self.sandbox.config.bot_token and "files:read" in self.sandbox.manifest.scopes
        if not known and request.query.get("as") not in self.sandbox.ws.notifications:
            return web.Response(status=403, text="not allowed")
        if record is None or record["id"] not in self.sandbox.ws.file_bytes:
            return web.Response(status=404, text="no such file")
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return web.Response(
            body=self.sandbox.ws.file_bytes[record["id"]], content_type=record["mimetype"], headers=headers
        )


async def _ask_each_time(request: web.Request, response: web.StreamResponse) -> None:
    """The page and the website are asked about each time, so that nobody sees yesterday's after an update."""
    if request.path == "/" or request.path.startswith(STATIC):
        response.headers["Cache-Control"] = "no-cache"


def _cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _rate_limited(seconds: int) -> web.Response:
    response = answer({"ok": False, "error": "ratelimited"}, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _moved(to: str) -> Any:
    async def serve(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently(to)

    return serve


def _file(path: Path) -> Any:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path)

    return serve
