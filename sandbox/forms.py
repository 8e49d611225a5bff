"""Submitting and closing modals: what Slack's client checks first, and what it does with the app's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox import payloads
from sandbox.blockkit.check import elements_of
from sandbox.errors import SlackError
from sandbox.inputs import apply_inputs, client_errors
from sandbox.outgoing import INTERACTIVE
from sandbox.state import Member
from sandbox.views import OpenView

if TYPE_CHECKING:
    from sandbox.core import Sandbox

Answer = dict[str, Any]
TROUBLE = "We had some trouble connecting. Try again? ({error})"


class Forms:
    """Modals as the person in front of them uses them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def view_of(self, member: Member, body: dict[str, Any]) -> OpenView:
        """The view a deed is about, if this person has it before them. Raises `SlackError`."""
        view = self._sandbox.views.by_id.get(str(body.get("view_id")))
        if view is None or view.member != member.id:
            raise SlackError("view_not_found")
        return view

    async def submit(self, member: Member, body: dict[str, Any]) -> Answer:
        """Send a form. What the client or the app objects to stays on the form, in `errors` by block."""
        sandbox = self._sandbox
        view = self.view_of(member, body)
        blocks = view.content["blocks"]
        apply_inputs(blocks, view.state, body.get("state") or {})
        view.errors = client_errors(blocks, view.state)
        if view.errors:
            sandbox.watch.changed(member.id)
            return {"ok": False, "error": "validation", "result": {"errors": view.errors}}
        payload = payloads.common(sandbox, "view_submission", member)
        payload |= {
            "trigger_id": sandbox.views.trigger(member.id, view.id),
            "view": sandbox.views.wire(view),
            "response_urls": self._response_urls(member, view),
        }
        ack = await sandbox.outgoing.deliver(INTERACTIVE, payload)
        if ack.error:
            sandbox.ws.toast(member.id, TROUBLE.format(error=ack.error))
            raise SlackError(ack.error)
        try:
            return self._follow(member, view, ack.payload)
        except SlackError as error:
            sandbox.ws.toast(member.id, TROUBLE.format(error=error.code))
            sandbox.log.add("problem", "view_submission", text=error.code, messages=error.messages)
            raise

    def _response_urls(self, member: Member, view: OpenView) -> list[dict[str, str]]:
        urls = []
        for block in view.content["blocks"]:
            for element in elements_of(block):
                if element.get("response_url_enabled"):
                    held = view.state.get(block["block_id"], {}).get(element["action_id"], {})
                    channel = held.get("selected_conversation") or held.get("selected_channel")
                    if channel:
                        urls.append(
                            {
                                "block_id": block["block_id"],
                                "action_id": element["action_id"],
                                "channel_id": channel,
                                "response_url": self._sandbox.responses.url(member.id, channel),
                            }
                        )
        return urls

    def _follow(self, member: Member, view: OpenView, answer: dict[str, Any]) -> Answer:
        views, action = self._sandbox.views, answer.get("response_action")
        if action == "errors":
            return self._objections(view, answer.get("errors"))
        if action == "update":
            views.update(view, answer.get("view"))
        elif action == "push":
            views.put_on_top(member.id, views.checked(answer.get("view")))
        elif action == "clear":
            views.close_all(member.id)
        elif action is None and not answer:
            if view.id in views.by_id:
                views.close(view)
        else:
            raise SlackError("invalid_response_action")
        return {}

    def _objections(self, view: OpenView, errors: Any) -> Answer:
        inputs = {b["block_id"] for b in view.content["blocks"] if b["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
            raise SlackError("invalid_response_errors")
        view.errors = {block: str(text) for block, text in errors.items()}
        self._sandbox.watch.changed(view.member)
        return {"ok": False, "error": "validation", "result": {"errors": view.errors}}

    async def close(self, member: Member, body: dict[str, Any]) -> Answer:
        """Cancel the top view (or with `all` the whole stack); the app is told of views that asked for it."""
        view = self.view_of(member, body)
        every = bool(body.get("all")) or bool(view.content.get("clear_on_close"))
        stack = list(self._sandbox.views.stacks.get(member.id, []))
        for gone in reversed(stack) if every else [view]:
            self._sandbox.views.close(gone)
            if gone.content.get("notify_on_close"):
                payload = payloads.common(self._sandbox, "view_closed", member)
                payload |= {"view": self._sandbox.views.wire(gone), "is_cleared": every}
                await self._sandbox.outgoing.deliver(INTERACTIVE, payload)
        return {}
