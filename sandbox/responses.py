"""Response URLs: five uses in thirty minutes, for the one who acted, with no token and no membership needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox import messages
from sandbox.config import SandboxConfig
from sandbox.errors import SlackError
from sandbox.state import Message, Workspace

_TAKES = """
    text blocks attachments response_type replace_original delete_original thread_ts metadata unfurl_links unfurl_media
    headers mrkdwn
"""
TAKES = frozenset(_TAKES.split())


@dataclass(slots=True)
class ResponseUrl:
    """For whom it answers, where, and about which message."""

    member: str
    channel: str
    ts: str | None
    expires: float
    left: int


class Responses:
    """The response URLs given out."""

    def __init__(self, ws: Workspace, config: SandboxConfig) -> None:
        self._ws = ws
        self._config = config
        self._urls: dict[str, ResponseUrl] = {}
        self.base = ""

    def url(self, member: str, channel: str, ts: str | None = None) -> str:
        """A fresh response URL."""
        now = self._config.steady_clock()
        if len(self._urls) > 20_000:
            self._urls = {k: u for k, u in self._urls.items() if u.expires > now}
        key = self._ws.next_id("R")
        expires = now + self._config.response_url_seconds
        self._urls[key] = ResponseUrl(member, channel, ts, expires, self._config.response_url_uses)
        return f"{self.base}/response/{self._ws.team_id}/{key}"

    def use(self, key: str, body: Any) -> None:
        """Carry out one use. Raises `SlackError`."""
        url = self._urls.get(key)
        if url is None or self._config.steady_clock() > url.expires:
            raise SlackError("expired_url")
        if url.left <= 0:
            raise SlackError("used_url")
        url.left -= 1
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        unknown = sorted(set(body) - TAKES)
        if unknown:
            raise SlackError("invalid_arguments", [f"[ERROR] unknown argument: {name}" for name in unknown])
        original = messages.find(self._ws, self._ws.channels[url.channel], url.ts, url.member) if url.ts else None
        if body.get("delete_original"):
            if original is not None:
                messages.remove(self._ws, original)
            return
        text, blocks = messages.checked_content(body.get("text"), body.get("blocks"), body.get("attachments"))
        replace = body.get("replace_original", False)
        if replace and len(text) > messages.MOST_UPDATE_TEXT:
            raise SlackError("msg_too_long")
        if replace and original is not None:
            messages.edit(self._ws, original, text, blocks)
            return
        self.say(url.member, url.channel, text, blocks, body)

    def say(
        self, member: str, channel: str, text: str, blocks: list[dict[str, Any]] | None, body: dict[str, Any]
    ) -> Message:
        """Answer: ephemerally unless `response_type` is `in_channel`."""
        ws = self._ws
        message = Message(ws.next_ts(), channel, ws.bot_user, text, bot=True, blocks=blocks)
        message.thread_ts = body.get("thread_ts")
        message.metadata = messages.checked_metadata(body.get("metadata"))
        if body.get("response_type") == "in_channel":
            return messages.post(ws, ws.channels[channel], message)
        return messages.post_ephemeral(ws, member, message)
