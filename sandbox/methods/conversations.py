"""conversations.*: which channels there are, who is in them, and what was said."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from sandbox import messages
from sandbox.api import Args, flag, method, need_scope, number, page
from sandbox.errors import SlackError
from sandbox.methods.lookup import FAMILY, dm_with, member, visible_channel
from sandbox.state import Channel

if TYPE_CHECKING:
    from sandbox.core import Sandbox

KIND_OF = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def channel_wire(sandbox: Sandbox, channel: Channel) -> dict[str, Any]:
    """A channel as Slack gives it."""
    bot = sandbox.ws.bot_user
    common: dict[str, Any] = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_private": channel.kind != "channel",
        "is_org_shared": False,
        "context_team_id": sandbox.ws.team_id,
    }
    if channel.kind == "im":
        other = next(m for m in channel.members if m != bot)
        return common | {"user": other, "is_user_deleted": sandbox.ws.members[other].deleted}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_member": bot in channel.members,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _list(sandbox: Sandbox, args: Args, of: str) -> dict[str, Any]:
    kinds = []
    for name in str(args.get("types") or "public_channel").split(","):
        if name.strip() not in KIND_OF:
            raise SlackError("invalid_types")
        kinds.append(KIND_OF[name.strip()])
    for kind in kinds:
        need_scope(sandbox, f"{FAMILY[kind]}:read")
    found = []
    for channel in sandbox.ws.channels.values():
        hidden = channel.kind != "channel" and sandbox.ws.bot_user not in channel.members
        if channel.kind not in kinds or hidden or (channel.archived and flag(args, "exclude_archived")):
            continue
        if of in {"", *channel.members}:
            found.append(channel_wire(sandbox, channel))
    some, cursor = page(found, args)
    return {"channels": some, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list", takes="types limit cursor exclude_archived team_id", tier=2)
def list_(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Every channel the bot can see."""
    return _list(sandbox, args, "")


@method("users.conversations", takes="types limit cursor exclude_archived team_id user", tier=3)
def of_user(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """The channels somebody is in; the bot itself when nobody is named."""
    who = member(sandbox, args.get("user") or sandbox.ws.bot_user)
    return _list(sandbox, args, who.id)


@method("conversations.info", takes="include_locale include_num_members", required="channel", tier=3)
def info(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """One channel."""
    channel = visible_channel(sandbox, args["channel"])
    need_scope(sandbox, f"{FAMILY[channel.kind]}:read")
    return {"channel": channel_wire(sandbox, channel)}


@method("conversations.members", takes="limit cursor", required="channel", tier=4)
def members(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Who is in a channel."""
    channel = visible_channel(sandbox, args["channel"])
    need_scope(sandbox, f"{FAMILY[channel.kind]}:read")
    some, cursor = page(channel.members, args)
    return {"members": some, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", required="channel", scope="channels:join", tier=3)
def join(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Join a public channel."""
    channel = visible_channel(sandbox, args["channel"])
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if sandbox.ws.bot_user not in channel.members:
        channel.members.append(sandbox.ws.bot_user)
        sandbox.ws.channel_changed(channel)
    return {"channel": channel_wire(sandbox, channel)}


@method("conversations.open", takes="users channel return_im prevent_creation", tier=3)
def open_(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """The direct conversation with one member."""
    users = args.get("users") or ""
    wanted = [u.strip() for u in (users.split(",") if isinstance(users, str) else users) if u.strip()]
    if not wanted and not args.get("channel"):
        raise SlackError("users_list_not_supplied")
    need_scope(sandbox, "im:write" if len(wanted) < 2 else "mpim:write")
    if len(wanted) > 1:
        raise SlackError("not_enough_users")  # group conversations are not built here
    channel = dm_with(sandbox, member(sandbox, wanted[0])) if wanted else visible_channel(sandbox, args["channel"])
    short = {"id": channel.id}
    return {"channel": channel_wire(sandbox, channel) if flag(args, "return_im") else short}


def _read_scope(sandbox: Sandbox, channel: Channel) -> None:
    need_scope(sandbox, f"{FAMILY[channel.kind]}:history")
    if sandbox.ws.bot_user not in channel.members:
        raise SlackError("not_in_channel")


def _between(standing: list[str], args: Args) -> list[str]:
    oldest, latest = str(args.get("oldest") or ""), str(args.get("latest") or "")
    inclusive = flag(args, "inclusive")
    first = (bisect_left if inclusive else bisect_right)(standing, _ts(oldest)) if oldest not in ("", "0") else 0
    last = (bisect_right if inclusive else bisect_left)(standing, _ts(latest)) if latest else len(standing)
    return standing[first:last]


def _ts(given: str) -> str:
    whole, _, part = given.partition(".")
    if not whole.isdigit() or (part and not part.isdigit()):
        raise SlackError("invalid_ts_oldest")
    return f"{whole}.{part[:6]:0<6}"


def _messages(sandbox: Sandbox, channel: Channel, some: list[str], args: Args) -> list[dict[str, Any]]:
    metadata = flag(args, "include_all_metadata")
    return [messages.wire(sandbox.ws, channel.messages[ts], metadata=metadata) for ts in some]


@method(
    "conversations.history",
    takes="cursor include_all_metadata inclusive latest limit oldest",
    required="channel",
    tier=3,
)
def history(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """What was said in a channel, newest first; replies are in their thread."""
    channel = visible_channel(sandbox, args["channel"])
    _read_scope(sandbox, channel)
    limit = number(args, "limit", 100, 999)
    asked = dict(args)
    if args.get("cursor"):
        asked |= {"latest": str(args["cursor"]).removeprefix("before:"), "inclusive": False}
    standing = _between(channel.top, asked)
    some = standing[-limit:][::-1]
    more = len(standing) > limit
    return {
        "messages": _messages(sandbox, channel, some, args),
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": f"before:{some[-1]}" if more else ""},
    }


@method(
    "conversations.replies",
    takes="cursor include_all_metadata inclusive latest limit oldest",
    required="channel ts",
    tier=3,
)
def replies(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """A message and the thread below it, oldest first."""
    channel = visible_channel(sandbox, args["channel"])
    _read_scope(sandbox, channel)
    ts = str(args["ts"])
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    parent = channel.messages[ts].thread_ts or ts
    below = _between(channel.replies.get(parent, []), args)
    some, cursor = page(([parent] if parent in channel.messages else []) + below, args, default=1000)
    return {
        "messages": _messages(sandbox, channel, some, args),
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
