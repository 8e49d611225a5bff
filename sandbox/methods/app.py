"""The app about itself, and what is small: auth.test, api.test, apps.connections.open, team.info, reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.api import Args, method
from sandbox.errors import SlackError
from sandbox.methods.lookup import visible_channel
from sandbox.state import Channel, Message

if TYPE_CHECKING:
    from sandbox.core import Sandbox


@method("auth.test", takes="team_id", tier=4)
def auth_test(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Whose token this is."""
    ws = sandbox.ws
    return {
        "url": f"{sandbox.base_url}/",
        "team": ws.team,
        "user": ws.members[ws.bot_user].name,
        "team_id": ws.team_id,
        "user_id": ws.bot_user,
        "bot_id": ws.bot_id,
        "is_enterprise_install": False,
    }


@method("api.test", takes="error foo", tier=4)
def api_test(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Answer, or fail with the error asked for."""
    if args.get("error"):
        raise SlackError(str(args["error"]))
    return {"args": {k: v for k, v in args.items() if k != "token"}}


@method("apps.connections.open", tier=1, app_token=True)
def connections_open(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """A one-time address for a Socket Mode connection."""
    return {"url": sandbox.outgoing.sockets.ticket_url(sandbox.base_url)}


@method("team.info", takes="team domain", scope="team:read", tier=3)
def team_info(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """The workspace."""
    return {"team": {"id": sandbox.ws.team_id, "name": sandbox.ws.team, "domain": "sandbox"}}


def _reacted(sandbox: Sandbox, args: Args) -> tuple[Channel, Message, list[str]]:
    channel = visible_channel(sandbox, args["channel"])
    message = channel.messages.get(str(args["timestamp"]))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message, message.reactions.setdefault(str(args["name"]).strip(":"), [])


@method("reactions.add", required="channel name timestamp", scope="reactions:write", tier=3)
def react(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Put an emoji under a message."""
    channel, _, users = _reacted(sandbox, args)
    if sandbox.ws.bot_user in users:
        raise SlackError("already_reacted")
    users.append(sandbox.ws.bot_user)
    sandbox.ws.channel_changed(channel)
    return {}


@method("reactions.remove", required="channel name timestamp", scope="reactions:write", tier=2)
def unreact(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Take an emoji away again."""
    channel, message, users = _reacted(sandbox, args)
    if sandbox.ws.bot_user not in users:
        raise SlackError("no_reaction")
    users.remove(sandbox.ws.bot_user)
    message.reactions = {name: who for name, who in message.reactions.items() if who}
    sandbox.ws.channel_changed(channel)
    return {}
