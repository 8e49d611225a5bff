"""Towards the bot: one way for every delivery, over a socket or signed HTTP, with Slack's patience and redelivery.

Commands and interactions are sent once. Events are sent again up to three times when they are not acknowledged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from sandbox import payloads
from sandbox.ack import Ack
from sandbox.methods.lookup import FAMILY
from sandbox.signed import SignedHttp
from sandbox.sockets import Sockets
from sandbox.state import Message

if TYPE_CHECKING:
    from sandbox.core import Sandbox

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"


class Outgoing:
    """Everything that goes to the bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.sockets = Sockets(sandbox)
        self._http = SignedHttp(sandbox.config.signing_secret)
        self._running: set[asyncio.Task[None]] = set()

    async def deliver(self, kind: str, payload: dict[str, Any], *, retry: tuple[int, str] = (0, "")) -> Ack:
        """Deliver once and wait for the acknowledgement, three seconds at most."""
        sandbox, config = self._sandbox, self._sandbox.config
        name = _name(kind, payload)
        fault = sandbox.faults.take(("drop", "socket_disconnect", "redeliver"), kind, payload)
        began = time.monotonic()
        if fault is not None and fault.kind == "drop":
            ack = Ack(error="operation_timeout", reason="timeout")
        else:
            if fault is not None and fault.kind == "socket_disconnect":
                await self.sockets.disconnect(hard=True)
            ack = await self._once(kind, payload, retry)
            if fault is not None and fault.kind == "redeliver":
                sandbox.log.add("sent", name, envelope=kind, again=True)
                await self._once(kind, payload, (1, "timeout"))
        took = round((time.monotonic() - began) * 1000, 1)
        sandbox.log.add(
            "sent", name, envelope=kind, error=ack.error, ms=took, retry=retry[0], over=_way(config.events_url)
        )
        return ack

    async def _once(self, kind: str, payload: dict[str, Any], retry: tuple[int, str]) -> Ack:
        config = self._sandbox.config
        if config.events_url:
            return await self._http.send(config.events_url, kind, payload, seconds=config.ack_seconds, retry=retry)
        answers = kind != EVENT
        return await self.sockets.send(kind, payload, answers=answers, seconds=config.ack_seconds, retry=retry)

    def event(self, event: dict[str, Any]) -> None:
        """Send an event in the background, again and again as Slack does; nobody waits for it."""
        self._start(self._event(payloads.event_callback(self._sandbox, event)))

    async def _event(self, payload: dict[str, Any]) -> None:
        ack = await self.deliver(EVENT, payload)
        for number, delay in enumerate(self._sandbox.config.retry_delays, start=1):
            if ack.error is None or ack.no_retry:
                return
            await asyncio.sleep(delay)
            ack = await self.deliver(EVENT, payload, retry=(number, ack.reason))

    def message_event(self, message: Message) -> None:
        """Tell the bot about a message, if it listens there: subscribed, in scope, a member."""
        sandbox = self._sandbox
        channel = sandbox.ws.channels[message.channel]
        family = FAMILY[channel.kind]
        if sandbox.ws.bot_user not in channel.members:
            return
        if f"message.{family}" in sandbox.manifest.events and f"{family}:history" in sandbox.manifest.scopes:
            self.event(payloads.message_event(sandbox, channel, message))
        if "app_mention" in sandbox.manifest.events and f"<@{sandbox.ws.bot_user}>" in message.text:
            self.event(payloads.message_event(sandbox, channel, message) | {"type": "app_mention"})

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        """Drop what is still to be redelivered and let go of the connections."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.sockets.disconnect(hard=True)
        await self._http.close()


def _name(kind: str, payload: dict[str, Any]) -> str:
    if kind == COMMAND:
        return str(payload["command"])
    if kind == EVENT:
        return str(payload["event"]["type"])
    return str(payload["type"])


def _way(events_url: str | None) -> str:
    return "http" if events_url else "socket"
