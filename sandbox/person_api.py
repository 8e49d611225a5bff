"""The Person API: what the page in the browser and the tests' driver talk to. It has no Slack semantics of its own.

Only a browser or program on this machine may use it: the Host must be a loopback name, and changes are sent as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox import looking
from sandbox.clock import KEY as CLOCK
from sandbox.faults import Fault
from sandbox.messages import wire
from sandbox.people import People

if TYPE_CHECKING:
    from sandbox.core import Sandbox

LONGEST_WAIT = 20.0
LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(body: Any, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


class RefusedError(Exception):
    """The request makes no sense; the text says why."""


def guarded(handler: Handler) -> Handler:
    """Refuse other hosts' names, and turn a senseless request into a 400 with its reason."""

    async def inner(request: web.Request) -> web.StreamResponse:
        if (request.url.host or "") not in LOOPBACK:
            return answer({"ok": False, "error": "loopback only"}, 403)
        try:
            return await handler(request)
        except (RefusedError, ValueError, TypeError) as error:
            return answer({"ok": False, "error": str(error)}, 400)

    return inner


async def json_of(request: web.Request) -> Any:
    """The request's JSON body. Raises `RefusedError`."""
    if request.content_type != "application/json":
        raise RefusedError("send JSON, with Content-Type: application/json")
    try:
        return json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise RefusedError("that is not JSON") from error


class PersonApi:
    """The routes under `/sandbox/`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._people = People(sandbox)

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        table: list[tuple[str, str, Handler]] = [
            ("GET", "workspace", self.workspace),
            ("GET", "view", self.view),
            ("GET", "wait", self.wait),
            ("POST", "act", self.act),
            ("GET", "messages", self.messages),
            ("GET", "clock", self.clock),
            ("POST", "clock", self.move_clock),
            ("GET", "faults", self.faults),
            ("POST", "faults", self.arm),
            ("DELETE", "faults", self.disarm),
            ("POST", "limits", self.limits),
            ("GET", "log", self.log),
            ("GET", "sockets", self.sockets),
            ("POST", "sockets", self.cut_sockets),
            ("POST", "config", self.configure),
        ]
        return [web.route(verb, f"/sandbox/{path}", guarded(handler)) for verb, path, handler in table]

    def _member(self, request: web.Request) -> str:
        member = request.query.get("as", "")
        if member not in self._sandbox.ws.notifications:
            raise RefusedError("`as` must be a member's id")
        return member

    def _after(self, request: web.Request) -> int:
        return int(request.query["after"])

    async def workspace(self, request: web.Request) -> web.StreamResponse:
        """Who and what there is."""
        return answer(looking.workspace(self._sandbox))

    async def view(self, request: web.Request) -> web.StreamResponse:
        """All one person sees; with `since`, without the ephemeral messages from before that `ts`."""
        query = request.query
        seen = looking.view(
            self._sandbox, self._member(request), plain=query.get("plain") == "1", since=query.get("since", "")
        )
        return answer(seen)

    async def wait(self, request: web.Request) -> web.StreamResponse:
        """Answer when what a person sees is past a version, or after 20 s."""
        seconds = min(float(request.query.get("seconds", LONGEST_WAIT)), LONGEST_WAIT)
        version = await self._sandbox.watch.beyond(self._member(request), self._after(request), seconds)
        return answer({"version": version})

    async def act(self, request: web.Request) -> web.StreamResponse:
        """A person does something."""
        return answer(await self._people.act(await json_of(request)))

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """All that stands in a channel, oldest first, replies and metadata too: for tests that count."""
        channel = self._sandbox.ws.channels.get(request.query.get("channel", ""))
        if channel is None:
            raise RefusedError("`channel` must be a channel's id")
        found = [wire(self._sandbox.ws, m, metadata=True) for m in channel.messages.values()]
        return answer({"messages": found})

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """The business clock; with `after`, once it is past that version."""
        if "after" in request.query:
            await self._sandbox.watch.beyond(CLOCK, self._after(request), LONGEST_WAIT)
        return answer(self._sandbox.clock.state())

    async def move_clock(self, request: web.Request) -> web.StreamResponse:
        """Move the business clock."""
        self._sandbox.clock.move(await json_of(request))
        self._sandbox.watch.all_changed(m.id for m in self._sandbox.ws.people())
        return answer(self._sandbox.clock.state())

    async def faults(self, request: web.Request) -> web.StreamResponse:
        """What is armed, and how many struck."""
        faults = self._sandbox.faults
        armed = [{"kind": f.kind, "method": f.method, "left": f.times - f.used} for f in faults.armed]
        return answer({"armed": armed, "struck": len(faults.struck)})

    async def arm(self, request: web.Request) -> web.StreamResponse:
        """Arm faults: a list of objects with the fields of `Fault`."""
        given = await json_of(request)
        for fault in [Fault(**one) for one in (given if isinstance(given, list) else [given])]:
            self._sandbox.faults.arm(fault)
        return answer({"ok": True})

    async def disarm(self, request: web.Request) -> web.StreamResponse:
        """Clear all faults."""
        self._sandbox.faults.clear()
        return answer({"ok": True})

    async def limits(self, request: web.Request) -> web.StreamResponse:
        """Switch rate limits and set their figures."""
        self._sandbox.rates.set(**await json_of(request))
        return answer({"ok": True})

    async def log(self, request: web.Request) -> web.StreamResponse:
        """What was called, sent and went wrong; `after` a number, of one `kind` or `name`; waits with `seconds`."""
        after, log = int(request.query.get("after", 0)), self._sandbox.log
        if "seconds" in request.query and (not log.entries or log.entries[-1]["n"] <= after):
            seconds = min(float(request.query["seconds"]), LONGEST_WAIT)
            await self._sandbox.watch.beyond("log", self._sandbox.watch.version("log"), seconds)
        kind, name = request.query.get("kind"), request.query.get("name")
        found = [e for e in log.entries if e["n"] > after and kind in {None, e["kind"]} and name in {None, e["name"]}]
        return answer({"entries": found, "last": log.entries[-1]["n"] if log.entries else 0})

    async def sockets(self, request: web.Request) -> web.StreamResponse:
        """How many connections the app has; with `after`, once that changed."""
        if "after" in request.query:
            await self._sandbox.watch.beyond("sockets", self._after(request), LONGEST_WAIT)
        version = self._sandbox.watch.version("sockets")
        return answer({"connections": len(self._sandbox.outgoing.sockets.connections), "version": version})

    async def cut_sockets(self, request: web.Request) -> web.StreamResponse:
        """End every connection: `{"hard": true}` cuts it, else politely."""
        hard = bool((await json_of(request)).get("hard"))
        return answer({"ended": await self._sandbox.outgoing.sockets.disconnect(hard=hard)})

    async def configure(self, request: web.Request) -> web.StreamResponse:
        """Say where the bot is now: `events_url` (null: Socket Mode), `form_url`."""
        for key, value in (await json_of(request)).items():
            if key not in {"events_url", "form_url"}:
                raise RefusedError(f"{key} cannot be changed while running")
            setattr(self._sandbox.config, key, value)
        return answer({"ok": True})
