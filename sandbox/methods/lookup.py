"""Finding what a call names, with Slack's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.errors import SlackError
from sandbox.state import Channel, Member, Message

if TYPE_CHECKING:
    from sandbox.core import Sandbox

FAMILY = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def visible_channel(sandbox: Sandbox, given: Any) -> Channel:
    """A channel the bot can see: public ones, and others it is in. Raises `SlackError("channel_not_found")`."""
    channel = sandbox.ws.channels.get(str(given))
    if channel is None or (channel.kind != "channel" and sandbox.ws.bot_user not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def member(sandbox: Sandbox, given: Any) -> Member:
    """A member by id. Raises `SlackError("user_not_found")`."""
    found = sandbox.ws.members.get(str(given))
    if found is None:
        raise SlackError("user_not_found")
    return found


def channel_to_post_in(sandbox: Sandbox, given: Any) -> Channel:
    """Where a message may be posted: a channel the bot is in, or a member's id for the direct conversation."""
    ws, wanted = sandbox.ws, str(given)
    if wanted in ws.members:
        channel = dm_with(sandbox, ws.members[wanted])
    elif wanted.startswith("#"):
        by_name = next((c for c in ws.channels.values() if c.name == wanted[1:] and c.kind != "im"), None)
        channel = visible_channel(sandbox, by_name.id if by_name else None)
    else:
        channel = visible_channel(sandbox, wanted)
    if channel.archived:
        raise SlackError("is_archived")
    if ws.bot_user not in channel.members and "chat:write.public" not in sandbox.manifest.scopes:
        raise SlackError("not_in_channel")
    return channel


def dm_with(sandbox: Sandbox, person: Member) -> Channel:
    """The direct conversation with a member. Raises `SlackError` for bots and for people who left."""
    if person.bot:
        raise SlackError("cannot_dm_bot")
    if person.deleted:
        raise SlackError("user_disabled")
    return sandbox.ws.dm(person.id)


def own_message(sandbox: Sandbox, channel: Channel, ts: Any, refusal: str) -> Message:
    """A standing message of the bot's own. Raises `SlackError`: `message_not_found`, or `refusal` for another's."""
    message = channel.messages.get(str(ts))
    if message is None:
        raise SlackError("message_not_found")
    if not message.bot:
        raise SlackError(refusal)
    return message
