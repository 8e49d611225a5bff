"""Signed HTTP, Slack's side: `v0` HMAC over the raw bytes, and what an answer means."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.ack import Ack


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's `x-slack-signature` for these bytes."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encoded(kind: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """The bytes and content type Slack uses for this kind of delivery."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


class SignedHttp:
    """Posts deliveries to the bot's address, each signed."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, address: str, kind: str, payload: dict[str, Any], *, seconds: float, retry: tuple[int, str] = (0, "")
    ) -> Ack:
        """Post one payload and read its answer."""
        body, content_type = encoded(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
            "User-Agent": "Slackbot 1.0 (sandbox)",
        }
        if retry[0]:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with self._session.post(address, data=body, headers=headers, timeout=timeout) as response:
                return _ack(response, await response.text())
        except TimeoutError:
            return Ack(error="operation_timeout", reason="http_timeout")
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed", reason="connection_failed")

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _ack(response: aiohttp.ClientResponse, text: str) -> Ack:
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if not 200 <= response.status < 300:
        return Ack(error="http_service_error", reason="http_error", no_retry=no_retry)
    if response.content_type != "application/json":
        return Ack(payload={"text": text} if text.strip() else {}, no_retry=no_retry)
    try:
        payload = json.loads(text) if text.strip() else {}
    except ValueError:
        return Ack(error="invalid_response", reason="http_error")
    return Ack(payload=payload if isinstance(payload, dict) else {}, no_retry=no_retry)
