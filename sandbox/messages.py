"""Posting, changing and deleting messages: the checks Slack makes of a message, and what a new one causes.

A new message pings whom it mentions; in a direct conversation, the other side. Updates and ephemerals ping nobody.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.blockkit import check_blocks
from sandbox.errors import SlackError
from sandbox.state import Channel, Message, Notification, Workspace
from sandbox.text import block_texts, pings, readable

MOST_POST_TEXT = 40_000
MOST_UPDATE_TEXT = 4_000
MOST_METADATA_BYTES = 8_000


def checked_content(
    text: str | None, blocks: Any, attachments: Any = None, files: Any = None
) -> tuple[str, list[dict[str, Any]] | None]:
    """The text and blocks of a message, as Slack would store them. Raises `SlackError`."""
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if blocks:
        problems = check_blocks(blocks)
        if problems:
            raise SlackError("invalid_blocks", problems)
    if not (text or "").strip() and not blocks and not attachments and not files:
        raise SlackError("no_text")
    return (text or "")[:MOST_POST_TEXT], blocks or None


def checked_metadata(metadata: Any) -> dict[str, Any] | None:
    """Message metadata in Slack's form. Raises `SlackError`."""
    if metadata is None:
        return None
    good = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    )
    if not good:
        raise SlackError("invalid_metadata_format")
    if len(str(metadata)) > MOST_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    assert isinstance(metadata, dict)
    return metadata


def plain_text(ws: Workspace, message: Message) -> str:
    """Everything a person can read in a message: its text, then what stands in its blocks and files."""
    if message.plain is None:
        message.plain = _plain_text(ws, message)
    return message.plain


def _plain_text(ws: Workspace, message: Message) -> str:
    parts = [readable(message.text, ws.names), *block_texts(message.blocks, ws.names)]
    parts += [str(f.get("title") or f.get("name")) for f in message.files]
    return "\n".join(part for part in parts if part)


def link_names(ws: Workspace, channel: Channel, text: str) -> str:
    """`link_names`: `@here`, `@channel`, `@everyone` and `@name` become real mentions."""
    text = re.sub(r"(?<![\w<!@])@(here|channel|everyone)\b", r"<!\1>", text)
    for member in channel.members:
        name = ws.members[member].name
        text = re.sub(rf"(?<![\w<])@{re.escape(name)}\b", f"<@{member}>", text)
    return text


def post(ws: Workspace, channel: Channel, message: Message) -> Message:
    """Store a message, ring where it rings, tell who sees it."""
    channel.add(message)
    if message.user in channel.members and not message.bot:
        channel.read[message.user] = message.ts
    _ring(ws, channel, message)
    ws.channel_changed(channel)
    return message


def _ring(ws: Workspace, channel: Channel, message: Message) -> None:
    if channel.kind in {"im", "mpim"}:
        rung = set(channel.members)
    else:
        named, everyone = pings(message.text, message.blocks)
        if not named and not everyone:
            return
        rung = set(channel.members) if everyone else named & set(channel.members)
    rung -= {message.user, ws.bot_user}
    if not rung:
        return
    shown = readable(message.text, ws.names) or plain_text(ws, message)
    for member in rung:
        ws.notifications[member].append(Notification(ws.next_id("N"), channel.id, message.ts, shown[:300]))


def post_ephemeral(ws: Workspace, member: str, message: Message) -> Message:
    """Show a message to one person only."""
    message.ephemeral_to = member
    ws.ephemerals[member].append(message)
    ws.watch.changed(member)
    return message


def find(ws: Workspace, channel: Channel, ts: str, member: str | None = None) -> Message | None:
    """A message by `ts`: what stands in the channel, or an ephemeral of this member."""
    if ts in channel.messages:
        return channel.messages[ts]
    for message in ws.ephemerals.get(member or "", ()):
        if message.ts == ts and message.channel == channel.id:
            return message
    return None


def edit(ws: Workspace, message: Message, text: str, blocks: list[dict[str, Any]] | None) -> None:
    """Change what a message says. Nobody is pinged."""
    message.text, message.blocks, message.plain = text, blocks, None
    if message.ephemeral_to:
        ws.watch.changed(message.ephemeral_to)
        return
    message.edited = ws.next_ts()
    ws.channel_changed(ws.channels[message.channel])


def remove(ws: Workspace, message: Message) -> None:
    """Delete a message."""
    if message.ephemeral_to:
        ws.ephemerals[message.ephemeral_to].remove(message)
        ws.watch.changed(message.ephemeral_to)
        return
    channel = ws.channels[message.channel]
    channel.remove(message.ts)
    ws.channel_changed(channel)


def wire(ws: Workspace, message: Message, *, metadata: bool = False) -> dict[str, Any]:
    """A message as Slack's Web API and events give it."""
    out: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    out["team"] = ws.team_id
    if message.bot:
        out |= {"bot_id": ws.bot_id, "app_id": ws.app_id}
    for key in ("blocks", "attachments", "thread_ts", "files", "username"):
        value = getattr(message, key)
        if value:
            out[key] = value
    if message.files:
        out["upload"] = False
    if message.broadcast:
        out["subtype"] = "thread_broadcast"
    if message.edited:
        out["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        out["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
    if metadata and message.metadata:
        out["metadata"] = message.metadata
    replies = ws.channels[message.channel].replies.get(message.ts)
    if replies:
        standing = ws.channels[message.channel].messages
        users = list(dict.fromkeys(standing[ts].user for ts in replies))
        out |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "latest_reply": replies[-1],
            "reply_users": users,
            "reply_users_count": len(users),
        }
    return out
