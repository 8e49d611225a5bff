"""views.*: modals and App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.api import Args, method
from sandbox.errors import SlackError
from sandbox.methods.lookup import member

if TYPE_CHECKING:
    from sandbox.core import Sandbox


def _trigger(args: Args) -> Any:
    trigger = args.get("trigger_id") or args.get("interactivity_pointer")
    if not trigger:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    return trigger


@method("views.open", takes="trigger_id interactivity_pointer", required="view", tier=4)
def open_(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Open a modal for whoever a trigger came from."""
    return {"view": sandbox.views.wire(sandbox.views.open(_trigger(args), args["view"]))}


@method("views.push", takes="trigger_id interactivity_pointer", required="view", tier=4)
def push(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Put a modal on top of the one a trigger came from."""
    return {"view": sandbox.views.wire(sandbox.views.push(_trigger(args), args["view"]))}


@method("views.update", takes="view_id external_id hash", required="view", tier=4)
def update(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Replace what an open modal shows."""
    if not args.get("view_id") and not args.get("external_id"):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view_id"])
    view = sandbox.views.find(args.get("view_id"), args.get("external_id"))
    return {"view": sandbox.views.wire(sandbox.views.update(view, args["view"], args.get("hash")))}


@method("views.publish", takes="hash", required="user_id view", tier=4)
def publish(sandbox: Sandbox, args: Args) -> dict[str, Any]:
    """Show a member's App Home."""
    if not sandbox.manifest.home_tab:
        raise SlackError("not_enabled")
    person = member(sandbox, args["user_id"])
    return {"view": sandbox.views.wire(sandbox.views.publish(person.id, args["view"], args.get("hash")))}
