"""Modals and App Home: the stack each person sees, the triggers that may open one, and the state of what was typed.

A trigger works once and for three seconds. A stack holds three views at most. A view's `hash` changes at every update.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.blockkit import check_view
from sandbox.blockkit.check import elements_of
from sandbox.config import SandboxConfig
from sandbox.errors import SlackError
from sandbox.inputs import initial_state
from sandbox.state import Workspace

DEEPEST = 3


@dataclass(slots=True)
class Trigger:
    """A right to open a view: whose, until when, and from which view it came."""

    member: str
    expires: float
    view_id: str | None = None
    used: bool = False


@dataclass(slots=True)
class OpenView:
    """A view as it stands on somebody's screen; `state` is what they typed, `errors` what the app objected to."""

    id: str
    member: str
    content: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class Views:
    """Every open view, by id and by person."""

    def __init__(self, ws: Workspace, config: SandboxConfig) -> None:
        self._ws = ws
        self._config = config
        self._triggers: dict[str, Trigger] = {}
        self.by_id: dict[str, OpenView] = {}
        self.stacks: dict[str, list[OpenView]] = {}
        self.homes: dict[str, OpenView] = {}

    def trigger(self, member: str, view_id: str | None = None) -> str:
        """A fresh trigger id for what a person just did."""
        now = self._config.steady_clock()
        if len(self._triggers) > 5000:
            self._triggers = {k: t for k, t in self._triggers.items() if t.expires > now - 60}
        number = self._ws.next_id("")
        trigger_id = f"{number}.{time.time_ns() // 1000}.{abs(hash((member, number))) % 16**12:012x}"
        self._triggers[trigger_id] = Trigger(member, now + self._config.trigger_seconds, view_id)
        return trigger_id

    def _exchange(self, trigger_id: Any) -> Trigger:
        trigger = self._triggers.get(str(trigger_id))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._config.steady_clock() > trigger.expires:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger

    def checked(self, view: Any, kind: str = "modal") -> dict[str, Any]:
        """A view Slack would take. Raises `SlackError`."""
        if not isinstance(view, dict):
            raise SlackError("invalid_arguments", ["[ERROR] must be an object [json-pointer:/view]"])
        problems = check_view(view)
        if problems:
            raise SlackError("view_too_large" if "bytes" in problems[0] else "invalid_arguments", problems)
        if view["type"] != kind:
            raise SlackError("invalid_arguments", [f"[ERROR] must be a {kind} view [json-pointer:/view/type]"])
        return view

    def _check_external_id(self, content: dict[str, Any], own: str | None = None) -> None:
        wanted = content.get("external_id")
        if wanted and any(v.content.get("external_id") == wanted and v.id != own for v in self.by_id.values()):
            raise SlackError("duplicate_external_id")

    def _stand(self, member: str, content: dict[str, Any], previous: OpenView | None) -> OpenView:
        view_id = self._ws.next_id("V")
        root = previous.root if previous else view_id
        view = OpenView(view_id, member, content, self._fresh_hash(), root, previous.id if previous else None)
        view.state = initial_state(content["blocks"])
        self.by_id[view.id] = view
        return view

    def _fresh_hash(self) -> str:
        return f"{int(time.time())}.{self._ws.next_id('h')}"

    def open(self, trigger_id: Any, content: Any) -> OpenView:
        """views.open: a new stack for the person behind the trigger. Raises `SlackError`."""
        checked = self.checked(content)
        self._check_external_id(checked)
        trigger = self._exchange(trigger_id)
        self.close_all(trigger.member)
        view = self._stand(trigger.member, checked, None)
        self.stacks[view.member] = [view]
        self._ws.watch.changed(view.member)
        return view

    def push(self, trigger_id: Any, content: Any) -> OpenView:
        """views.push: on top of the view the trigger came from. Raises `SlackError`."""
        checked = self.checked(content)
        self._check_external_id(checked)
        trigger = self._exchange(trigger_id)
        if not any(v.id == trigger.view_id for v in self.stacks.get(trigger.member, [])):
            raise SlackError("not_found")
        return self.put_on_top(trigger.member, checked)

    def put_on_top(self, member: str, content: dict[str, Any]) -> OpenView:
        """Push a checked view on a person's stack. Raises `SlackError` at the fourth."""
        stack = self.stacks.setdefault(member, [])
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        view = self._stand(member, content, stack[-1] if stack else None)
        stack.append(view)
        self._ws.watch.changed(member)
        return view

    def find(self, view_id: Any = None, external_id: Any = None) -> OpenView:
        """An open view or home by id or external id. Raises `SlackError`."""
        for view in self.by_id.values():
            if (view_id and view.id == view_id) or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def update(self, view: OpenView, content: Any, hash_: Any = None) -> OpenView:
        """Replace a view's content; what was typed in inputs that stay, stays. Raises `SlackError`."""
        checked = self.checked(content, view.content["type"])
        if hash_ and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self._check_external_id(checked, view.id)
        kept = view.state
        view.content, view.hash, view.errors = checked, self._fresh_hash(), {}
        view.state = initial_state(checked["blocks"])
        for block in checked["blocks"]:
            for element in elements_of(block):
                typed = kept.get(block["block_id"], {}).get(element["action_id"])
                if typed is not None and typed.get("type") == element["type"] and block["type"] == "input":
                    view.state.setdefault(block["block_id"], {})[element["action_id"]] = typed
        self._ws.watch.changed(view.member)
        return view

    def publish(self, member: str, content: Any, hash_: Any = None) -> OpenView:
        """views.publish: a person's App Home. Raises `SlackError`."""
        home = self.homes.get(member)
        if home is not None:
            return self.update(home, self.checked(content, "home"), hash_)
        view = self._stand(member, self.checked(content, "home"), None)
        self.homes[member] = view
        self._ws.watch.changed(member)
        return view

    def close(self, view: OpenView) -> None:
        """Take a view off its person's stack; the one below shows again."""
        stack = self.stacks.get(view.member, [])
        if view in stack:
            stack.remove(view)
            self.by_id.pop(view.id, None)
            self._ws.watch.changed(view.member)

    def close_all(self, member: str) -> None:
        """Clear a person's stack."""
        for view in self.stacks.pop(member, []):
            self.by_id.pop(view.id, None)
        self._ws.watch.changed(member)

    def wire(self, view: OpenView) -> dict[str, Any]:
        """A view as Slack gives it to the app."""
        content = {"private_metadata": "", "callback_id": "", "external_id": "", **view.content}
        if content["type"] == "modal":
            content = {"clear_on_close": False, "notify_on_close": False, "submit": None, "close": None, **content}
        return content | {
            "id": view.id,
            "team_id": self._ws.team_id,
            "app_id": self._ws.app_id,
            "app_installed_team_id": self._ws.team_id,
            "bot_id": self._ws.bot_id,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous,
            "state": {"values": view.state},
        }
