"""The ends between which an alert is timed: the doors that requests go in by, and the Slack that sees the posts.

What must stay true: a request is known by its number, in what is sent and in what is posted.
"""

import asyncio
import base64
import itertools
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from bench.processes import BenchError
from sandbox.config import SandboxConfig
from sandbox.server import Server

INTAKE_SECRET = "whsec_" + base64.b64encode(b"the benchmarks sign with this").decode()
FORM_KEY = "bench-form-key"
SEEN_WITHIN = 60.0
MARK = re.compile(r"request number (\d+)")


class Watched(Server):
    """A sandbox that tells when the message about a request came in."""

    def __init__(self, config: SandboxConfig) -> None:
        super().__init__(config)
        self.seen: dict[int, float] = {}
        self.came = asyncio.Event()

    async def api(self, request: web.Request) -> web.StreamResponse:
        response = await super().api(request)
        if request.match_info["method"] == "chat.postMessage":
            entry = self.sandbox.log.entries[-1]
            found = MARK.search(json.dumps(entry["args"]))
            if found and entry["error"] is None:
                self.seen.setdefault(int(found[1]), time.perf_counter())
                self.came.set()
        return response

    async def sees(self, numbers: list[int]) -> float:
        """When the last of these was posted. Raises ``BenchError`` if one never is."""
        give_up = time.perf_counter() + SEEN_WITHIN
        while not all(number in self.seen for number in numbers):
            if time.perf_counter() > give_up:
                raise BenchError(f"{sum(n not in self.seen for n in numbers)} alerts did not arrive.")
            self.came.clear()
            try:
                await asyncio.wait_for(self.came.wait(), 1.0)
            except TimeoutError:
                continue
        return max(self.seen[number] for number in numbers)


@dataclass
class Door:
    """One way to send a request in."""

    http: aiohttp.ClientSession
    url: str
    known: Iterator[str]
    send: Callable[["Door", int], Awaitable[tuple[int, str]]]
    numbers: "itertools.count[int]"
    sent: list[int] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    async def knock(self) -> bool:
        """Send one request. Raises ``BenchError`` unless it is taken."""
        number = next(self.numbers)
        status, said = await self.send(self, number)
        if not 200 <= status < 300:
            raise BenchError(f"{self.url} answered {status}: {said[:500]}")
        self.sent.append(number)
        return True

    def event(self, number: int) -> dict[str, Any]:
        """Somebody who wants to talk, every other one of them known while there is one left."""
        email = next(self.known, "") if number % 2 else ""
        somebody = f"pat{number}@company{number}.example"
        return {
            "id": f"event-{number}",
            "intent": "contact_me",
            "source": "contact_form",
            "person": {
                "email": email or somebody,
                "first_name": "Pat",
                "last_name": f"Larsen{number}",
                "title": "Head of Sales",
            },
            "company": {"name": f"Company {number}", "employees": 120, "country": "US"},
            "message": f"Please call, this is request number {number}.",
        }


async def send_json(door: Door, number: int) -> tuple[int, str]:
    """Our own JSON, signed."""
    body, now = json.dumps(door.event(number)), datetime.now(UTC)
    headers = {
        "webhook-id": f"event-{number}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(INTAKE_SECRET).sign(f"event-{number}", now, body),
        "content-type": "application/json",
    }
    async with door.http.post(f"{door.url}/intake/standard", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def send_form(door: Door, number: int) -> tuple[int, str]:
    """A website's form."""
    event = door.event(number)
    fields = {
        **{name: event["person"][name] for name in ("email", "first_name", "last_name", "title")},
        "company": event["company"]["name"],
        "message": event["message"],
        "nonce": f"nonce-{number}",
    }
    async with door.http.post(f"{door.url}/intake/form/{FORM_KEY}", data=fields) as answer:
        return answer.status, await answer.text()


async def send_plain(door: Door, number: int) -> tuple[int, str]:
    """The same JSON to the forwarder."""
    async with door.http.post(f"{door.url}/lead", json=door.event(number)) as answer:
        return answer.status, await answer.text()
