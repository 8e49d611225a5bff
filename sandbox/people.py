"""What a person does in the workspace, and what Slack makes of it: one method per deed.

A deed is answered when Slack would have shown its result, with `{ok, error?, result?}`.
What the app failed at is shown to the person as a toast, in Slack's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox import messages, payloads
from sandbox.blockkit import check_options
from sandbox.blockkit.check import elements_of
from sandbox.errors import SlackError
from sandbox.forms import Forms
from sandbox.inputs import STATEFUL, apply_inputs, as_state, initial_state
from sandbox.methods.files import new_file
from sandbox.outgoing import COMMAND, INTERACTIVE
from sandbox.state import Channel, Member, Message
from sandbox.text import as_typed, escape
from sandbox.views import OpenView

if TYPE_CHECKING:
    from sandbox.core import Sandbox

Answer = dict[str, Any]
TROUBLE = "We had some trouble connecting. Try again? ({error})"


class People:
    """The hands of everyone in the workspace."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._ws = sandbox.ws
        self._forms = Forms(sandbox)
        self._picked: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    async def act(self, body: dict[str, Any]) -> Answer:
        """Do one thing. What cannot be done is answered, not raised."""
        member = self._ws.members.get(str(body.get("as")))
        deeds = {
            "command": self._command,
            "say": self._say,
            "upload": self._upload,
            "click": self._click,
            "options": self._options,
            "submit": self._forms.submit,
            "close": self._forms.close,
            "shortcut": self._shortcut,
            "home": self._home,
            "dismiss": self._dismiss,
            "read": self._read,
        }
        deed = deeds.get(str(body.get("do")))
        if member is None or member.bot or member.deleted:
            return {"ok": False, "error": "user_not_found"}
        if deed is None:
            return {"ok": False, "error": "unknown_deed"}
        try:
            return {"ok": True, **await deed(member, body)}
        except SlackError as error:
            return {"ok": False, "error": error.code, "messages": error.messages}
        except (KeyError, ValueError) as error:
            return {"ok": False, "error": "invalid_arguments", "messages": [str(error)]}

    def _channel(self, member: Member, body: dict[str, Any]) -> Channel:
        channel = self._ws.channels.get(str(body.get("channel")))
        if channel is None or member.id not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def _names(self) -> tuple[dict[str, str], dict[str, str]]:
        members = {name: m.id for m in self._ws.members.values() for name in (m.name, m.real_name)}
        return members, {c.name: c.id for c in self._ws.channels.values() if c.kind == "channel"}

    async def _command(self, member: Member, body: dict[str, Any]) -> Answer:
        sandbox, channel = self._sandbox, self._channel(member, body)
        if body.get("thread_ts"):
            self._ws.toast(member.id, "Slash commands cannot be used in threads.")
            raise SlackError("not_in_threads")
        name, _, typed = str(body["text"]).strip().partition(" ")
        declared = sandbox.manifest.command(name)
        if declared is None or "commands" not in sandbox.manifest.scopes:
            self._ws.toast(member.id, f"{name} is not a valid command.")
            raise SlackError("invalid_command")
        text = as_typed(typed.strip(), *self._names(), labels=True) if declared.should_escape else escape(typed.strip())
        ack = await sandbox.outgoing.deliver(COMMAND, payloads.command(sandbox, member, channel, name, text))
        if ack.error:
            self._ws.toast(member.id, f'{name} failed with the error "{ack.error}"')
            raise SlackError(ack.error)
        if ack.payload:
            self._answer_to_command(member, channel, name, ack.payload)
        return {}

    def _answer_to_command(self, member: Member, channel: Channel, name: str, payload: dict[str, Any]) -> None:
        if not payload.get("text") and not payload.get("blocks"):
            return
        try:
            text, blocks = messages.checked_content(payload.get("text"), payload.get("blocks"))
        except SlackError as error:
            self._sandbox.log.add("problem", name, text=f"answer refused: {error.code}", messages=error.messages)
            self._ws.toast(member.id, f'{name} failed with the error "{error.code}"')
            raise
        self._sandbox.responses.say(member.id, channel.id, text, blocks, payload)

    async def _say(self, member: Member, body: dict[str, Any]) -> Answer:
        channel = self._channel(member, body)
        if channel.kind == "im" and not self._sandbox.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
        if not str(body.get("text", "")).strip():
            raise SlackError("no_text")
        text = as_typed(str(body["text"]), *self._names())
        return self._posted(channel, Message(self._ws.next_ts(), channel.id, member.id, text), body)

    async def _upload(self, member: Member, body: dict[str, Any]) -> Answer:
        channel, content = self._channel(member, body), str(body["content"]).encode()
        record = new_file(self._sandbox, str(body["filename"]).replace("/", "_"), len(content), member.id)
        self._ws.file_bytes[record["id"]] = content
        text = as_typed(str(body.get("text") or ""), *self._names())
        message = Message(self._ws.next_ts(), channel.id, member.id, text, files=[record])
        return self._posted(channel, message, body)

    def _posted(self, channel: Channel, message: Message, body: dict[str, Any]) -> Answer:
        if channel.archived:
            raise SlackError("is_archived")
        message.thread_ts = body.get("thread_ts")
        messages.post(self._ws, channel, message)
        self._sandbox.outgoing.message_event(message)
        return {"result": {"ts": message.ts}}

    def _message(self, member: Member, channel: Channel, body: dict[str, Any]) -> Message:
        message = messages.find(self._ws, channel, str(body.get("ts")), member.id)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _place(self, member: Member, body: dict[str, Any]) -> tuple[list[dict[str, Any]], OpenView | None, Any]:
        """The blocks acted on, in a view or a message of a channel."""
        if body.get("view_id"):
            view = self._forms.view_of(member, body)
            return view.content["blocks"], view, None
        channel = self._channel(member, body)
        message = self._message(member, channel, body)
        return message.blocks or [], None, (channel, message)

    async def _click(self, member: Member, body: dict[str, Any]) -> Answer:
        sandbox = self._sandbox
        blocks, view, place = self._place(member, body)
        block, element = _element(blocks, body)
        if not sandbox.manifest.interactive:
            raise SlackError("interactivity_not_enabled")
        state = view.state if view else self._state_of(member, place[1])
        apply_inputs(blocks, state, body.get("state") or {})
        now = _input_of(element, body)
        if now is not None and element["type"] in STATEFUL:
            state.setdefault(block["block_id"], {})[element["action_id"]] = now
            self._ws.watch.changed(member.id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return {}
        payload = payloads.common(sandbox, "block_actions", member)
        payload |= {"trigger_id": sandbox.views.trigger(member.id, view.id if view else None)}
        payload |= {"actions": [payloads.action(element, block["block_id"], now)]}
        if view:
            payload |= payloads.on_view(sandbox, view)
        else:
            channel, message = place
            payload |= payloads.on_message(sandbox, member, channel, message, state)
            payload |= {"response_url": sandbox.responses.url(member.id, channel.id, message.ts)}
        await self._tell(member, payload)
        return {}

    async def _tell(self, member: Member, payload: dict[str, Any]) -> None:
        """Deliver what is answered by an empty acknowledgement and nothing else. Raises `SlackError`."""
        ack = await self._sandbox.outgoing.deliver(INTERACTIVE, payload)
        error = ack.error
        if not error and ack.payload:
            error = "invalid_ack"  # Slack shows nothing of it: whoever wrote it thinks otherwise
            sentence = "the acknowledgement must be empty"
            self._sandbox.log.add("problem", payload["type"], text=sentence, messages=[str(sorted(ack.payload))])
        if error:
            self._ws.toast(member.id, TROUBLE.format(error=error))
            raise SlackError(error)

    def _state_of(self, member: Member, message: Message) -> dict[str, dict[str, Any]]:
        fresh = initial_state(message.blocks or [])
        kept = self._picked.setdefault((member.id, message.ts), {})
        for block_id in list(kept):
            if block_id not in fresh:
                del kept[block_id]
        for block_id, inputs in fresh.items():
            kept[block_id] = {a: kept.get(block_id, {}).get(a, held) for a, held in inputs.items()}
        return kept

    async def _options(self, member: Member, body: dict[str, Any]) -> Answer:
        sandbox = self._sandbox
        blocks, view, place = self._place(member, body)
        block, element = _element(blocks, body)
        query = str(body.get("query", ""))
        if len(query) < element.get("min_query_length", 3):
            return {"result": {"options": [], "option_groups": []}}
        payload = payloads.common(sandbox, "block_suggestion", member)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
        if view:
            payload |= payloads.on_view(sandbox, view)
        else:
            channel, message = place
            payload |= payloads.on_message(sandbox, member, channel, message, {})
        ack = await sandbox.outgoing.deliver(INTERACTIVE, payload)
        problems = [] if ack.error else check_options(ack.payload)
        if problems:
            sandbox.log.add("problem", "block_suggestion", text="options refused", messages=problems)
        if ack.error or problems:
            self._ws.toast(member.id, TROUBLE.format(error=ack.error or "invalid_options"))
            raise SlackError(ack.error or "invalid_options", problems)
        groups = ack.payload.get("option_groups") or []
        options = list(ack.payload.get("options") or []) + [o for g in groups for o in g["options"]]
        return {"result": {"options": options, "option_groups": groups}}

    async def _shortcut(self, member: Member, body: dict[str, Any]) -> Answer:
        sandbox = self._sandbox
        declared = sandbox.manifest.shortcut(str(body.get("callback_id")))
        if declared is None:
            raise SlackError("unknown_shortcut")
        channel = message = None
        if declared.type == "message":
            channel = self._channel(member, body)
            message = self._message(member, channel, body)
            if message.ephemeral_to:
                raise SlackError("message_not_found")
        payload = payloads.shortcut(sandbox, member, declared.callback_id, channel, message)
        await self._tell(member, payload)
        return {}

    async def _home(self, member: Member, body: dict[str, Any]) -> Answer:
        sandbox = self._sandbox
        if not sandbox.manifest.home_tab:
            raise SlackError("not_enabled")
        if "app_home_opened" in sandbox.manifest.events:
            ts = self._ws.next_ts()
            event = {"type": "app_home_opened", "user": member.id, "channel": self._ws.dm(member.id).id, "tab": "home"}
            home = sandbox.views.homes.get(member.id)
            view = {"view": sandbox.views.wire(home)} if home else {}
            sandbox.outgoing.event(event | view | {"event_ts": ts})
        return {}

    async def _dismiss(self, member: Member, body: dict[str, Any]) -> Answer:
        toasts, rung = self._ws.toasts[member.id], self._ws.notifications[member.id]
        toasts[:] = [t for t in toasts if t["id"] != body.get("toast")]
        for notification in [n for n in rung if n.id == body.get("notification")]:
            rung.remove(notification)
        self._ws.watch.changed(member.id)
        return {}

    async def _read(self, member: Member, body: dict[str, Any]) -> Answer:
        channel = self._channel(member, body)
        channel.read[member.id] = channel.top[-1] if channel.top else ""
        self._ws.watch.changed(member.id)
        return {}


def _element(blocks: list[dict[str, Any]], body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        if block["block_id"] == body.get("block_id"):
            for element in elements_of(block):
                if element["action_id"] == body.get("action_id"):
                    return block, element
    raise SlackError("action_not_found")


def _input_of(element: dict[str, Any], body: dict[str, Any]) -> dict[str, Any] | None:
    if element["type"] in {"button", "icon_button", "workflow_button"}:
        return None
    if element["type"] == "feedback_buttons":
        return {"value": body.get("selected", body.get("value"))}
    return as_state(element, body.get("selected", body.get("value")))
