"""What one person sees: the workspace as the page and the driver show it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sandbox import messages
from sandbox.state import Channel, Message
from sandbox.text import block_texts

if TYPE_CHECKING:
    from sandbox.core import Sandbox

SHOWN = 200


def workspace(sandbox: Sandbox) -> dict[str, Any]:
    """Who and what there is; changes rarely. `now_ts` is a `ts` later than all that stands."""
    ws = sandbox.ws
    return {
        "now_ts": ws.next_ts(),
        "team": {"id": ws.team_id, "name": ws.team},
        "app": {"name": ws.members[ws.bot_user].real_name, "user_id": ws.bot_user, "bot_id": ws.bot_id},
        "members": [
            {
                "id": m.id,
                "name": m.name,
                "real_name": m.real_name,
                "title": m.title,
                "tz": m.tz,
                "email": m.email,
                "deleted": m.deleted,
                "is_guest": m.guest,
                "color": m.colour,
            }
            for m in ws.people()
        ],
        "channels": [
            {"id": c.id, "name": c.name, "kind": c.kind, "members": c.members, "archived": c.archived}
            for c in ws.channels.values()
        ],
        "commands": [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in sandbox.manifest.commands
        ],
        "shortcuts": [
            {"callback_id": s.callback_id, "name": s.name, "type": s.type} for s in sandbox.manifest.shortcuts
        ],
        "website": {"form_url": sandbox.config.form_url, **sandbox.config.website},
    }


def shown(sandbox: Sandbox, channel: Channel, message: Message, *, plain: bool) -> dict[str, Any]:
    """A message as the page draws it; `plain` adds all that can be read in it."""
    out: dict[str, Any] = {
        "ts": message.ts,
        "at": sandbox.clock.at(message.ts),
        "thread_ts": message.thread_ts,
        "user": message.user,
        "bot": message.bot,
        "username": message.username or sandbox.ws.names(message.user),
        "text": message.text,
        "blocks": message.blocks or [],
        "edited": message.edited,
        "ephemeral": message.ephemeral_to is not None,
        "reply_count": len(channel.replies.get(message.ts, ())),
        "files": message.files,
        "reactions": message.reactions,
        "channel": channel.id,
    }
    if plain:
        out["plain"] = messages.plain_text(sandbox.ws, message)
    return out


def _channel(sandbox: Sandbox, channel: Channel, member: str, *, plain: bool, since: str) -> dict[str, Any]:
    ws = sandbox.ws
    last = list(islice(reversed(channel.messages.values()), SHOWN))[::-1]
    own = [m for m in ws.ephemerals[member] if m.channel == channel.id and m.ts > since]
    if own:
        last = sorted([*last, *own], key=lambda m: m.ts)[-SHOWN:]
    read = channel.read.get(member, "")
    mentions = sum(n.channel == channel.id and n.ts > read for n in ws.notifications[member])
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "archived": channel.archived,
        "unread": channel.unread(member),
        "mentions": mentions,
        "has_more": len(channel.messages) > SHOWN,
        "messages": [shown(sandbox, channel, m, plain=plain) for m in last],
    }


def view(sandbox: Sandbox, member: str, *, plain: bool = False, since: str = "") -> dict[str, Any]:
    """Everything one person sees now. Ephemeral messages up to `since` (a `ts`) are gone, as after a reload."""
    ws, views = sandbox.ws, sandbox.views
    home = views.homes.get(member)
    modals = []
    for standing in views.stacks.get(member, []):
        modal: dict[str, Any] = {"view_id": standing.id, "view": views.wire(standing), "errors": standing.errors}
        if plain:
            modal["plain"] = _view_text(sandbox, standing.content, standing.errors)
        modals.append(modal)
    shown_home: dict[str, Any] | None = None
    if home:
        shown_home = {"view": views.wire(home)}
        if plain:
            shown_home["plain"] = _view_text(sandbox, home.content, {})
    return {
        "version": sandbox.watch.version(member),
        "me": member,
        "channels": [
            _channel(sandbox, c, member, plain=plain, since=since) for c in ws.channels.values() if member in c.members
        ],
        "modals": modals,
        "home": shown_home,
        "notifications": [
            {"id": n.id, "channel": n.channel, "ts": n.ts, "text": n.text} for n in ws.notifications[member]
        ],
        "toasts": ws.toasts[member],
        "clock": {"offset_seconds": sandbox.clock.state()["offset_seconds"]},
    }


def _view_text(sandbox: Sandbox, content: dict[str, Any], errors: dict[str, str]) -> str:
    frame = [content[key]["text"] for key in ("title", "submit", "close") if content.get(key)]
    texts = [*frame[:1], *block_texts(content["blocks"], sandbox.ws.names), *errors.values(), *frame[1:]]
    return "\n".join(text for text in texts if text)
