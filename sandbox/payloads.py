"""The payloads Slack sends an app, key by key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sandbox import messages
from sandbox.state import Channel, Member, Message
from sandbox.views import OpenView

if TYPE_CHECKING:
    from sandbox.core import Sandbox

TOKEN = "legacy-verification"  # noqa: S105  Slack still sends its long obsolete verification token
CHANNEL_TYPE = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def _channel(channel: Channel) -> dict[str, str]:
    name = {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
    return {"id": channel.id, "name": name}


def common(sandbox: Sandbox, kind: str, member: Member) -> dict[str, Any]:
    """What every interaction carries."""
    handle = member.name.lower().replace(" ", ".")
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": sandbox.ws.app_id,
        "team": {"id": sandbox.ws.team_id, "domain": "sandbox"},
        "user": {"id": member.id, "username": handle, "name": handle, "team_id": sandbox.ws.team_id},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(sandbox: Sandbox, member: Member, channel: Channel, name: str, text: str) -> dict[str, Any]:
    """A slash command."""
    return {
        "token": TOKEN,
        "team_id": sandbox.ws.team_id,
        "team_domain": "sandbox",
        "channel_id": channel.id,
        "channel_name": _channel(channel)["name"],
        "user_id": member.id,
        "user_name": member.name.lower().replace(" ", "."),
        "command": name,
        "text": text,
        "api_app_id": sandbox.ws.app_id,
        "is_enterprise_install": "false",
        "response_url": sandbox.responses.url(member.id, channel.id),
        "trigger_id": sandbox.views.trigger(member.id),
    }


def on_message(
    sandbox: Sandbox, member: Member, channel: Channel, message: Message, state: dict[str, Any]
) -> dict[str, Any]:
    """Where a block action on a message took place."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    out: dict[str, Any] = {"container": container, "channel": _channel(channel), "state": {"values": state}}
    if message.ephemeral_to is None:
        out["message"] = messages.wire(sandbox.ws, message, metadata=True)
    return out


def on_view(sandbox: Sandbox, view: OpenView) -> dict[str, Any]:
    """Where a block action in a view took place."""
    return {"container": {"type": "view", "view_id": view.id}, "view": sandbox.views.wire(view)}


def action(element: dict[str, Any], block_id: str, state: dict[str, Any] | None) -> dict[str, Any]:
    """What was done: the element, and its value or what is selected now."""
    out: dict[str, Any] = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": f"{time.time():.6f}",
    }
    for key in ("text", "value", "placeholder", "style"):
        if key in element:
            out[key] = element[key]
    return out | (state or {})


def shortcut(
    sandbox: Sandbox, member: Member, callback_id: str, channel: Channel | None, message: Message | None
) -> dict[str, Any]:
    """A global shortcut, or one on a message."""
    out = common(sandbox, "message_action" if message else "shortcut", member)
    out |= {
        "callback_id": callback_id,
        "trigger_id": sandbox.views.trigger(member.id),
        "action_ts": f"{time.time():.6f}",
    }
    if message and channel:
        out |= {
            "channel": _channel(channel),
            "message_ts": message.ts,
            "message": messages.wire(sandbox.ws, message),
            "response_url": sandbox.responses.url(member.id, channel.id),
        }
    return out


def message_event(sandbox: Sandbox, channel: Channel, message: Message) -> dict[str, Any]:
    """The event of a message."""
    event = messages.wire(sandbox.ws, message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPE[channel.kind],
    }
    if message.files:
        event["subtype"] = "file_share"
    return event


def event_callback(sandbox: Sandbox, event: dict[str, Any]) -> dict[str, Any]:
    """The envelope of an event; its `event_id` stays the same when it is delivered again."""
    ws = sandbox.ws
    return {
        "token": TOKEN,
        "team_id": ws.team_id,
        "context_team_id": ws.team_id,
        "api_app_id": ws.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": ws.next_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.team_id,
                "user_id": ws.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
