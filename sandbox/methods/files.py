"""files.*: the external upload in three steps, and looking a file up."""

from __future__ import annotations

import mimetypes
import time
from typing import TYPE_CHECKING, Any

from sandbox import messages
from sandbox.api import Args, method
from sandbox.errors import SlackError
from sandbox.methods.lookup import channel_to_post_in
from sandbox.state import Channel, Message

if TYPE_CHECKING:
    from sandbox.core import Sandbox


def new_file(sandbox: Sandbox, name: str, size: int, owner: str) -> dict[str, Any]:
    """A file that is known but not there yet."""
    file_id = sandbox.ws.next_id("F")
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    url = f"{sandbox.base_url}/files/{file_id}/{name}"
    record = {
        "id": file_id,
        "name": name,
        "title": name,
        "size": size,
        "mimetype": mime,
        "filetype": name.rpartition(".")[2],
        "user": owner,
        "created": int(time.time()),
        "mode": "hosted",
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
    }
    sandbox.ws.files[file_id] = record
    return record


def _known(sandbox: Sandbox, file_id: Any) -> dict[str, Any]:
    record = sandbox.ws.files.get(str(file_id))
    if record is None:
        raise SlackError("file_not_found")
    return record


@method(
    "files.getUploadURLExternal",
    takes="alt_txt snippet_type",
    required="filename length",
    scope="files:write",
    tier=4,
)
def upload_url(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Where to send the bytes of a file."""
    if not str(args["length"]).isdigit() or int(args["length"]) == 0:
        raise SlackError("invalid_arguments", ["[ERROR] length must be a number above 0"])
    name = str(args["filename"]).replace("/", "_")
    record = new_file(sandbox, name, int(args["length"]), sandbox.ws.bot_user)
    return {"upload_url": f"{sandbox.base_url}/files/upload/{record['id']}", "file_id": record["id"]}


@method(
    "files.completeUploadExternal",
    takes="channel_id channels initial_comment thread_ts blocks highlight_type",
    required="files",
    scope="files:write",
    tier=4,
)
def complete(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Share uploaded files, as a message when a channel is named."""
    ws, shared = sandbox.ws, []
    if not isinstance(args["files"], list):
        raise SlackError("invalid_arguments", ["[ERROR] files must be an array"])
    for given in args["files"]:
        record = _known(sandbox, given.get("id"))
        if record["id"] not in ws.file_bytes:
            raise SlackError("file_not_found")
        if record["id"] in ws.files_completed:
            raise SlackError("file_not_found")  # an upload is completed once
        record["title"] = given.get("title") or record["name"]
        shared.append(record)
    text, blocks = messages.checked_content(args.get("initial_comment"), args.get("blocks"), files=shared)
    named = [name for name in (args.get("channel_id") or "", *str(args.get("channels") or "").split(",")) if name]
    if args.get("thread_ts") and len(named) != 1:
        raise SlackError("invalid_arguments", ["[ERROR] thread_ts goes with one channel"])
    places = [(channel, _thread(channel, args)) for channel in (_by_id(sandbox, name) for name in named)]
    ws.files_completed |= {record["id"] for record in shared}
    for channel, thread_ts in places:
        message = Message(ws.next_ts(), channel.id, ws.bot_user, text, bot=True, blocks=blocks, files=shared)
        message.thread_ts = thread_ts
        messages.post(ws, channel, message)
    return {"files": shared}


def _by_id(sandbox: Sandbox, given: str) -> Channel:
    """A channel by its id alone: names and members' ids are refused here."""
    if given not in sandbox.ws.channels:
        raise SlackError("channel_not_found")
    return channel_to_post_in(sandbox, given)


def _thread(channel: Channel, args: Args) -> str | None:
    """The parent a file goes under. A reply's own ts is refused: Slack says never to use one."""
    thread = args.get("thread_ts")
    if not thread:
        return None
    parent = channel.messages.get(str(thread))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts not in (None, parent.ts):
        raise SlackError("invalid_arguments", ["[ERROR] thread_ts is a reply's, not its parent's"])
    return parent.ts


@method("files.info", takes="count cursor limit page", required="file", scope="files:read", tier=4)
def info(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """One file."""
    return {"file": _known(sandbox, args["file"]), "comments": [], "response_metadata": {"next_cursor": ""}}
