"""What people type and pick: from an element and a plain input to the state and the action Slack sends.

A plain input is a text, an option's value, a list of them, a date `2026-01-31`, a time `15:30`, a Unix second, or a
member's or channel's id. Slack's own form (an object with `type`, or an option) is taken too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from typing import Any

from sandbox.blockkit.check import elements_of

SELECTED = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
MANY_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
STATEFUL = {*SELECTED, *ONE_OPTION, *MANY_OPTIONS, *TYPED, "rich_text_input", "file_input"} - {"overflow"}
_MOMENTS: dict[str, Callable[[str], object]] = {"datepicker": date.fromisoformat, "timepicker": time.fromisoformat}
REQUIRED = "Please complete this required field."


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """The options an element offers by itself, groups flattened."""
    grouped = [o for group in element.get("option_groups") or [] for o in group["options"]]
    return list(element.get("options") or []) + grouped


def _option(element: dict[str, Any], given: Any) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    for option in options_of(element):
        if option["value"] == given:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(given), "emoji": True}, "value": str(given)}
    raise ValueError(f"no option has the value {given!r}")


def as_state(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The state of an element after this input; None empties it.

    Raises `ValueError` for an option it has not, and for a day or a time of day there is not.
    """
    kind = element["type"]
    if isinstance(given, dict) and given.get("type") == kind:
        return given
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": None if given in (None, "") else _option(element, given)}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in given or []]}
    if kind in SELECTED:
        empty: Any = [] if kind.startswith("multi_") else None
        value = given or empty
        if value and kind in _MOMENTS:
            _MOMENTS[kind](str(value))
        return {"type": kind, SELECTED[kind]: int(value) if kind == "datetimepicker" and value else value}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": _rich(given)}
    if kind == "file_input":
        return {"type": kind, "files": given or []}
    return {"type": kind, "value": str(given) if given not in (None, "") else None}


def _rich(given: Any) -> Any:
    if isinstance(given, dict) or given in (None, ""):
        return given or None
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(given)}]}
    return {"type": "rich_text", "elements": [section]}


def _initial(element: dict[str, Any]) -> Any:
    for key, value in element.items():
        if key.startswith("initial_"):
            return value
    return None


def initial_state(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The state of a fresh view or message: every element that can hold something, with its initial value."""
    state: dict[str, dict[str, Any]] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in STATEFUL:
                state.setdefault(block["block_id"], {})[element["action_id"]] = as_state(element, _initial(element))
    return state


def apply_inputs(blocks: list[dict[str, Any]], state: dict[str, dict[str, Any]], given: dict[str, Any]) -> None:
    """Put `{block_id: {action_id: input}}` into a state. Raises `ValueError` for inputs that do not exist."""
    elements = {(b["block_id"], e["action_id"]): e for b in blocks for e in elements_of(b)}
    for block_id, inputs in given.items():
        for action_id, value in inputs.items():
            element = elements.get((block_id, action_id))
            if element is None:
                raise ValueError(f"no input {action_id!r} in block {block_id!r}")
            state.setdefault(block_id, {})[action_id] = as_state(element, value)


def is_empty(state: dict[str, Any]) -> bool:
    """Whether an element holds nothing."""
    return not any(value not in (None, "", []) for key, value in state.items() if key != "type")


def client_errors(blocks: list[dict[str, Any]], state: dict[str, dict[str, Any]]) -> dict[str, str]:
    """What Slack's own client objects to before it sends a form: by block id."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        held = state.get(block["block_id"], {}).get(element["action_id"], {"type": element["type"]})
        if is_empty(held):
            if not block.get("optional"):
                errors[block["block_id"]] = REQUIRED
        elif element["type"] in TYPED:
            problem = _typed_problem(element, str(held["value"]))
            if problem:
                errors[block["block_id"]] = problem
    return errors


def _typed_problem(element: dict[str, Any], value: str) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        most, least = element.get("max_length", 3000), element.get("min_length", 0)
        if len(value) > most:
            return f"Must be {most} characters or fewer."
        return f"Must be at least {least} characters." if len(value) < least else None
    if kind == "email_text_input":
        return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Enter a valid email address."
    if kind == "url_text_input":
        return None if re.fullmatch(r"https?://\S+", value) else "Enter a valid URL."
    return _number_problem(element, value)


def _number_problem(element: dict[str, Any], value: str) -> str | None:
    wanted = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(wanted, value):
        return "Enter a number."
    least, most = element.get("min_value"), element.get("max_value")
    if (least is not None and float(value) < float(least)) or (most is not None and float(value) > float(most)):
        return f"Enter a number between {least} and {most}."
    return None
