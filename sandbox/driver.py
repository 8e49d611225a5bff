"""The driver for tests: a workspace, the people in it by name, its clock and its faults.

    async with Workspace.start(people=["Sam", "Ada"], channels=["general", "inbound"]) as slack:
        sam = slack.person("Sam")
        await sam.types("/touch jane@acme.com call voicemail", in_="#inbound")
        await sam.sees("Logged: voicemail")

Everything a person does or looks at is awaited, and goes through the same HTTP API as the page in the browser. Waiting
is by long polls: nothing sleeps. What a person does waits up to `within` seconds for the thing to be there.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.config import ChannelSpec, Person, SandboxConfig
from sandbox.driver_http import Client, DriverError
from sandbox.driver_look import Seen
from sandbox.driver_person import Deed, PersonDriver
from sandbox.manifest import simple_manifest
from sandbox.server import Server

__all__ = [
    "ChannelSpec",
    "Deed",
    "DriverError",
    "Person",
    "PersonDriver",
    "Seen",
    "Workspace",
    "simple_manifest",
]


class Clock:
    """The business clock of the workspace."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def forward(self, **delta: float) -> None:
        """Move forward by `seconds`, `minutes`, `hours`, `days`."""
        sizes = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
        await self._client.post("clock", {"advance_seconds": sum(sizes[k] * v for k, v in delta.items())})

    async def to(self, when: str, tz: str = "UTC") -> None:
        """Move to `tomorrow 07:30` (in `tz`) or to an ISO time with an offset. Never backwards."""
        word, _, at = when.partition(" ")
        body: dict[str, Any] = {"tomorrow": at, "tz": tz} if word == "tomorrow" else {"to": when}
        await self._client.post("clock", body)

    async def now(self) -> str:
        """Business now, ISO."""
        return str((await self._client.get("clock"))["now"])


class FaultSwitch:
    """What shall go wrong. `match` narrows by arguments: `channel="C…"`, `text="part of it"`, `metadata="key"`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def arm(
        self, kind: str, method: str = "*", times: int = 1, *, match: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        """Arm any fault of `sandbox.faults`."""
        await self._client.post(
            "faults", [{"kind": kind, "method": method, "times": times, "match": match or {}, **more}]
        )

    async def lose_reply(self, method: str, times: int = 1, **match: str) -> None:
        """The call is done, the answer never comes."""
        await self.arm("lost_reply", method, times, match=match)

    async def reset(self, method: str, times: int = 1, **match: str) -> None:
        """The connection is cut before anything is done."""
        await self.arm("reset", method, times, match=match)

    async def http_500(self, method: str, times: int = 1, **match: str) -> None:
        """Slack answers 500 and does nothing."""
        await self.arm("http_500", method, times, match=match)

    async def slow(self, method: str, seconds: float, times: int = 1, **match: str) -> None:
        """The call takes this long before it is done."""
        await self.arm("slow", method, times, match=match, seconds=seconds)

    async def rate_limited(self, method: str, retry_after: int = 1, times: int = 1, **match: str) -> None:
        """429 with `Retry-After`."""
        await self.arm("rate_limited", method, times, match=match, seconds=retry_after)

    async def error(self, method: str, code: str, times: int = 1, **match: str) -> None:
        """Slack refuses with this code."""
        await self.arm("error", method, times, match=match, error=code)

    async def kill_before(self, method: str, pid: int, **match: str) -> None:
        """SIGKILL this process when the call arrives, before it is done."""
        await self.arm("kill_before", method, 1, match=match, pid=pid)

    async def kill_after(self, method: str, pid: int, **match: str) -> None:
        """SIGKILL this process when the call is done, before the answer."""
        await self.arm("kill_after", method, 1, match=match, pid=pid)

    async def redeliver(self, kind: str = "*", times: int = 1) -> None:
        """The next delivery of this kind (`slash_commands`, `interactive`, `events_api`) comes twice."""
        await self.arm("redeliver", kind, times)

    async def drop(self, kind: str = "*", times: int = 1) -> None:
        """The next delivery of this kind never arrives."""
        await self.arm("drop", kind, times)

    async def disconnect_socket(self, *, hard: bool = False) -> None:
        """End the app's sockets now: politely (Slack's refresh), or cut."""
        await self._client.post("sockets", {"hard": hard})

    async def clear(self) -> None:
        """Disarm all."""
        await self._client.delete("faults")

    async def struck(self) -> int:
        """How many faults have struck so far."""
        return int((await self._client.get("faults"))["struck"])


class Workspace:
    """A running sandbox, as a test holds it. `server` is None when it runs in another process."""

    def __init__(self, client: Client, facts: dict[str, Any], server: Server | None) -> None:
        self._client = client
        self.facts = facts
        self.server = server
        self.url = client.url
        self.clock = Clock(client)
        self.faults = FaultSwitch(client)
        self._people: dict[str, PersonDriver] = {}

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        people: Sequence[Person | str] = ("Sam", "Ada", "Lin"),
        channels: Sequence[ChannelSpec | str] = ("general", "inbound"),
        **config: Any,
    ) -> AsyncIterator[Workspace]:
        """Start a sandbox in this process, on a free port; further names are those of `SandboxConfig`."""
        server = Server(SandboxConfig(people=people, channels=channels, **config))
        await server.start()
        try:
            async with cls._connected(server.url, server) as workspace:
                yield workspace
        finally:
            await server.stop()

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[Workspace]:
        """Use a sandbox that runs in another process."""
        async with cls._connected(url.rstrip("/"), None) as workspace:
            yield workspace

    @classmethod
    @asynccontextmanager
    async def _connected(cls, url: str, server: Server | None) -> AsyncIterator[Workspace]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            client = Client(session, url)
            yield cls(client, await client.get("workspace"), server)

    def env(self) -> dict[str, str]:
        """The environment a bot needs to work here. Raises `DriverError` for a sandbox in another process."""
        if self.server is None:
            raise DriverError("the tokens of a sandbox in another process are not known here")
        return self.server.environment()

    def person(self, name: str) -> PersonDriver:
        """Somebody by name, full name, address or id. Raises `DriverError`."""
        for member in self.facts["members"]:
            if name in (member["name"], member["real_name"], member["email"], member["id"]):
                return self._people.setdefault(member["id"], PersonDriver(self._client, self.facts, member))
        raise DriverError(f"nobody called {name!r} here")

    def channel_id(self, name: str) -> str:
        """The id of a channel by name, with or without `#`. Raises `DriverError`."""
        for channel in self.facts["channels"]:
            if channel["kind"] != "im" and name.removeprefix("#") in (channel["name"], channel["id"]):
                return str(channel["id"])
        raise DriverError(f"no channel {name!r} here")

    async def limits(self, on: bool = True, **figures: float) -> None:
        """Switch rate limits; figures are those of `sandbox.rates.Limits`."""
        await self._client.post("limits", {"on": on, **figures})

    async def events_to(self, url: str | None) -> None:
        """Deliver to the bot by signed HTTP at this address; None: by Socket Mode."""
        await self._client.post("config", {"events_url": url})

    async def connected(self, at_least: int = 1, within: float = 10.0) -> None:
        """Wait until the app has this many Socket Mode connections. Raises `AssertionError`."""
        deadline = time.monotonic() + within
        state = await self._client.get("sockets")
        while state["connections"] < at_least:
            assert time.monotonic() < deadline, f"the app has {state['connections']} connections, not {at_least}"
            state = await self._client.get("sockets", after=state["version"])

    async def log(self, kind: str | None = None, name: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        """What was called (`call`), delivered (`sent`) and wrong (`problem`), oldest first."""
        asked = {"kind": kind, "name": name, "after": after}
        answer = await self._client.get("log", **{k: v for k, v in asked.items() if v is not None})
        return list(answer["entries"])

    async def calls(
        self, method: str | None = None, *, at_least: int = 0, after: int = 0, within: float = 10.0
    ) -> list[dict[str, Any]]:
        """The Web API calls received (`n`, `name`, `args`, `error`, `ts`); waits until there are `at_least` so many."""
        return await self._logged("call", method, at_least, after, within)

    async def deliveries(
        self, name: str | None = None, *, at_least: int = 0, after: int = 0, within: float = 10.0
    ) -> list[dict[str, Any]]:
        """What was sent to the bot: `name` (a command, an event's or interaction's type), `error`, `retry`, `ms`."""
        return await self._logged("sent", name, at_least, after, within)

    async def _logged(
        self, kind: str, name: str | None, at_least: int, after: int, within: float
    ) -> list[dict[str, Any]]:
        deadline = time.monotonic() + within
        while True:
            entries = await self.log(kind, name, after)
            if len(entries) >= at_least:
                return entries
            left = deadline - time.monotonic()
            assert left > 0, f"{len(entries)} of {name or kind}, not {at_least}"
            last = await self.last()
            if len(await self.log(kind, name, after)) == len(entries):
                await self.beyond(last, left)

    async def last(self) -> int:
        """The number of the log's last entry."""
        return int((await self._client.get("log", kind="none"))["last"])

    async def beyond(self, last: int, within: float) -> None:
        """Wait until the log has an entry after ``last``, at most ``within`` seconds."""
        await self._client.get("log", kind="none", after=last, seconds=max(0.01, within))

    async def history(self, channel: str) -> list[dict[str, Any]]:
        """All messages of a channel as Slack stores them, oldest first, replies and metadata too; `channel` by name."""
        return list((await self._client.get("messages", channel=self.channel_id(channel)))["messages"])

    async def problems(self) -> list[str]:
        """Payloads of the app that Slack would have refused; a good test ends with none."""
        return [f"{e['name']}: {e.get('text')} {e.get('messages', '')}".strip() for e in await self.log("problem")]
