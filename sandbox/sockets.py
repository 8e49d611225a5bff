"""Socket Mode, Slack's side: tickets, connections, envelopes and their acknowledgements.

Any one of several connections gets a payload, in turn. An envelope is answered at most once; late answers are noted.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.ack import Ack

if TYPE_CHECKING:
    from sandbox.core import Sandbox

MOST_CONNECTIONS = 10


class Connection:
    """One WebSocket of the app, and what was sent on it and not acknowledged yet."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self.transport = transport
        self.pending: dict[str, asyncio.Future[Ack]] = {}


class Sockets:
    """The app's connections."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._tickets: set[str] = set()
        self.connections: list[Connection] = []

    def ticket_url(self, base_url: str) -> str:
        """A one-time WebSocket address."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{base_url.replace('http', 'ws', 1)}/socket/{ticket}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection until it ends. A ticket is good once."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            return web.Response(status=404, text="no such ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_str(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        await socket.send_str(json.dumps(self._hello()))
        self.connections.append(connection)
        self._sandbox.watch.changed("sockets")
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._received(connection, message.data)
        finally:
            self._gone(connection)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._sandbox.ws.app_id},
        }

    def _gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.pending.values():
            if not future.done():
                future.set_result(Ack(error="dispatch_failed", reason="connection_failed"))
        self._sandbox.watch.changed("sockets")

    def _received(self, connection: Connection, data: str) -> None:
        try:
            message = json.loads(data)
            envelope_id, payload = message.get("envelope_id"), message.get("payload")
        except (ValueError, AttributeError):
            self._sandbox.log.add("problem", "socket", text="a message that is not an acknowledgement")
            return
        future = connection.pending.pop(str(envelope_id), None)
        if future is None or future.done():
            self._sandbox.log.add("problem", "socket", text=f"late or unknown acknowledgement of {envelope_id}")
            return
        future.set_result(Ack(payload=payload if isinstance(payload, dict) else {}))

    async def send(
        self, kind: str, payload: dict[str, Any], *, answers: bool, seconds: float, retry: tuple[int, str] = (0, "")
    ) -> Ack:
        """Send one payload on one connection and wait for its acknowledgement."""
        connection = self._next()
        if connection is None:
            return Ack(error="dispatch_failed", reason="connection_failed")
        envelope_id = str(uuid.uuid4())
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answers,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.pending[envelope_id] = future
        try:
            await connection.socket.send_str(json.dumps(envelope))
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return Ack(error="operation_timeout", reason="timeout")
        except ConnectionError:
            return Ack(error="dispatch_failed", reason="connection_failed")
        finally:
            connection.pending.pop(envelope_id, None)

    def _next(self) -> Connection | None:
        open_ones = [c for c in self.connections if not c.socket.closed]
        if not open_ones:
            return None
        chosen = open_ones[0]
        self.connections.remove(chosen)
        self.connections.append(chosen)
        return chosen

    async def disconnect(self, *, hard: bool, reason: str = "refresh_requested") -> int:
        """End every connection: politely, with Slack's `disconnect`, or by cutting it. Answers how many."""
        ended = list(self.connections)
        for connection in ended:
            if hard and connection.transport is not None:
                connection.transport.abort()
                self._gone(connection)
                continue
            await connection.socket.send_str(
                json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            )
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)
        return len(ended)
