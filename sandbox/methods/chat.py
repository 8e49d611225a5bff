"""chat.*: posting, changing, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox import messages
from sandbox.api import Args, flag, method
from sandbox.errors import SlackError
from sandbox.methods.lookup import channel_to_post_in, member, own_message, visible_channel
from sandbox.state import Channel, Message

if TYPE_CHECKING:
    from sandbox.core import Sandbox

CONTENT = "text blocks attachments as_user link_names parse markdown_text username icon_emoji icon_url thread_ts"
MOST_MARKDOWN_TEXT = 12_000


def _content(args: Args) -> tuple[str, list[dict[str, Any]] | None]:
    markdown = args.get("markdown_text")
    if markdown is None:
        return messages.checked_content(args.get("text"), args.get("blocks"), args.get("attachments"))
    if args.get("text") or args.get("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MOST_MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return messages.checked_content(markdown, [{"type": "markdown", "text": markdown}])


def _thread(channel: Channel, args: Args) -> str | None:
    thread = args.get("thread_ts")
    if not thread:
        return None
    parent = channel.messages.get(str(thread))
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _linked(sandbox: Sandbox, channel: Channel, args: Args, text: str) -> str:
    if flag(args, "link_names") or args.get("parse") == "full":
        return messages.link_names(sandbox.ws, channel, text)
    return text


@method(
    "chat.postMessage",
    takes=f"{CONTENT} metadata reply_broadcast unfurl_links unfurl_media mrkdwn container_id",
    required="channel",
    scope="chat:write",
    tier=None,
)
def post_message(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Post to a channel, a thread, or a member's direct conversation."""
    ws = sandbox.ws
    channel = channel_to_post_in(sandbox, args["channel"])
    text, blocks = _content(args)
    message = Message(
        ws.next_ts(),
        channel.id,
        ws.bot_user,
        _linked(sandbox, channel, args, text),
        bot=True,
        blocks=blocks,
        attachments=args.get("attachments"),
        thread_ts=_thread(channel, args),
        metadata=messages.checked_metadata(args.get("metadata")),
        broadcast=flag(args, "reply_broadcast"),
    )
    messages.post(ws, channel, message)
    if sandbox.config.own_events:
        sandbox.outgoing.message_event(message)
    return {"channel": channel.id, "ts": message.ts, "message": messages.wire(ws, message, metadata=True)}


@method("chat.postEphemeral", takes=CONTENT, required="channel user", scope="chat:write", tier=4)
def post_ephemeral(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Show a message to one member of a channel."""
    ws = sandbox.ws
    channel = channel_to_post_in(sandbox, args["channel"])
    person = member(sandbox, args["user"])
    if person.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(args)
    message = Message(ws.next_ts(), channel.id, ws.bot_user, text, bot=True, blocks=blocks)
    message.thread_ts = _thread(channel, args)
    messages.post_ephemeral(ws, person.id, message)
    return {"message_ts": message.ts}


@method(
    "chat.update",
    takes="text blocks attachments as_user link_names parse markdown_text metadata reply_broadcast file_ids",
    required="channel ts",
    scope="chat:write",
    tier=3,
)
def update(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Change a message. Text without blocks takes the blocks away; blocks without text keep the text."""
    ws = sandbox.ws
    channel = visible_channel(sandbox, args["channel"])
    message = own_message(sandbox, channel, args["ts"], "cant_update_message")
    if channel.archived:
        raise SlackError("is_archived")
    if len(args.get("text") or "") > messages.MOST_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    text, blocks = _content(args)
    if args.get("text") is None and args.get("markdown_text") is None:
        text = message.text
    if "metadata" in args:
        message.metadata = messages.checked_metadata(args["metadata"])
    if "attachments" in args:
        message.attachments = args["attachments"]
    messages.edit(ws, message, text, blocks)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": messages.wire(ws, message)}


@method("chat.delete", takes="as_user", required="channel ts", scope="chat:write", tier=3)
def delete(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Delete one of the bot's own messages."""
    channel = visible_channel(sandbox, args["channel"])
    message = own_message(sandbox, channel, args["ts"], "cant_delete_message")
    messages.remove(sandbox.ws, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", required="channel message_ts", tier=4)
def permalink(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """The address of a message."""
    channel = visible_channel(sandbox, args["channel"])
    ts = str(args["message_ts"])
    if ts not in channel.messages:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": f"{sandbox.base_url}/#{channel.id}/{ts}"}
