"""What every Web API method goes through: the token, the scopes, the arguments, the limits, then the method itself.

A method is a plain function of the sandbox and its arguments that answers a dict or raises `SlackError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.errors import SlackError

if TYPE_CHECKING:
    from sandbox.core import Sandbox

Args = dict[str, Any]
Function = Callable[["Sandbox", Args], dict[str, Any]]
EVERYWHERE = ("token", "team_id")  # Bolt gives every call the team it serves
JSON_ARGS = frozenset({"blocks", "attachments", "metadata", "view", "files"})


@dataclass(frozen=True)
class Method:
    """A Web API method: which arguments it takes and requires, what scope it needs, its tier (None: posting)."""

    name: str
    function: Function
    takes: frozenset[str]
    required: tuple[str, ...]
    scope: str | None
    tier: int | None
    app_token: bool


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    takes: str = "",
    required: str = "",
    scope: str | None = None,
    tier: int | None = 3,
    app_token: bool = False,
) -> Callable[[Function], Function]:
    """Register a Web API method. `takes` and `required` are argument names; what is required is taken too."""

    def register(function: Function) -> Function:
        needed = tuple(required.split())
        METHODS[name] = Method(
            name, function, frozenset([*takes.split(), *needed, *EVERYWHERE]), needed, scope, tier, app_token
        )
        return function

    return register


def need_scope(sandbox: Sandbox, needed: str) -> None:
    """Refuse unless the manifest gave the bot this scope. Raises `SlackError`."""
    if needed not in sandbox.manifest.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(sandbox.manifest.scopes)))


def call(sandbox: Sandbox, name: str, token: str | None, args: Args) -> dict[str, Any]:
    """Carry out one call. Raises `SlackError`; a `ratelimited` one carries `retry_after` seconds."""
    known = METHODS.get(name)
    if known is None:
        raise SlackError("unknown_method", req_method=name)
    _check_token(sandbox, known, token)
    if known.scope:
        need_scope(sandbox, known.scope)
    channel = str(args.get("channel")) if known.tier is None else None
    wait = sandbox.rates.wait(name, known.tier, channel)
    if wait:
        raise SlackError("ratelimited", retry_after=wait)
    _check_arguments(known, args)
    return {"ok": True, **known.function(sandbox, args)}


def _check_token(sandbox: Sandbox, known: Method, token: str | None) -> None:
    if not token:
        raise SlackError("not_authed")
    wanted = sandbox.config.app_token if known.app_token else sandbox.config.bot_token
    if token == wanted:
        return
    if token in {sandbox.config.app_token, sandbox.config.bot_token}:
        raise SlackError("not_allowed_token_type")
    raise SlackError("invalid_auth")


def _check_arguments(known: Method, args: Args) -> None:
    if not known.takes.issuperset(args):
        unknown = sorted(set(args) - known.takes)
        raise SlackError("invalid_arguments", [f"[ERROR] unknown argument: {name}" for name in unknown])
    missing = [name for name in known.required if args.get(name) in (None, "")]
    if missing:
        raise SlackError("invalid_arguments", [f"[ERROR] missing required field: {name}" for name in missing])
    for name in JSON_ARGS & args.keys():
        if isinstance(args[name], str):
            args[name] = _parsed(name, args[name])


def _parsed(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        code = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(name)
        raise SlackError(code or "invalid_arguments", [] if code else [f"[ERROR] {name} is not JSON"]) from error


def flag(args: Mapping[str, Any], name: str, default: bool = False) -> bool:
    """A boolean argument in any of the forms clients send it."""
    value = args.get(name, default)
    return value not in (False, None, "", 0, "0", "false", "False")


def number(args: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises `SlackError`."""
    try:
        value = int(args.get(name) or default)
    except ValueError as error:
        raise SlackError("invalid_arguments", [f"[ERROR] {name} must be a number"]) from error
    if not 1 <= value <= most:
        raise SlackError("invalid_limit")
    return value


def page(items: list[Any], args: Mapping[str, Any], default: int = 100) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next; empty at the end. Raises `SlackError`."""
    limit = number(args, "limit", default, 1000)
    try:
        start = int(str(args.get("cursor") or "p0").removeprefix("p"))
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
    return items[start : start + limit], f"p{start + limit}" if start + limit < len(items) else ""
