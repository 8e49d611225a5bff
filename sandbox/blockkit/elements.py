"""The table of limits: interactive elements and the objects they hold (figures: `slack.md`, Slack's reference)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.rules import (
    ID,
    IMAGE_URL,
    URL,
    Check,
    Rule,
    anything,
    array,
    boolean,
    both,
    exactly_one,
    integer,
    one_of,
    pattern,
    plain,
    shape,
    string,
    text,
)

TIME = pattern(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time like 15:30")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MOST_TYPED = 3000
MODAL, HOME, MESSAGE = "modal", "home", "message"

CONFIRM = shape(
    {"title": plain(100), "text": text(300)},
    {"confirm": plain(30), "deny": plain(30), "style": one_of("primary", "danger")},
)
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
LINK_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTIONS = array(OPTION, 1, 100)
GROUPS = array(shape({"label": plain(75), "options": OPTIONS}), 1, 100)
DISPATCH = shape({"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)})
OPINION = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
SLACK_FILE = exactly_one("id", "url")

COMMON: Mapping[str, Rule] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean}
HINTED: Mapping[str, Rule] = {**COMMON, "placeholder": plain(150)}
TYPED: Mapping[str, Rule] = {
    "action_id": ID,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}


def day(value: Any, at: str, check: Check) -> None:
    """A day there is, like 2026-01-31."""
    try:
        good = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        good = False
    if not good:
        check.bad("must be a date like 2026-01-31", at)


def timezone(value: Any, at: str, check: Check) -> None:
    """A timezone there is, like Europe/Berlin."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        check.bad("must be a timezone like Europe/Berlin", at)


def _room_for_words(value: Any, at: str, check: Check) -> None:
    """An initial value fits its own input; the shortest allowed is not longer than the longest."""
    if not isinstance(value, dict) or check.problems:
        return
    most = value.get("max_length", MOST_TYPED)
    if len(value.get("initial_value", "")) > most:
        check.bad(f"must be less than {most + 1} characters", f"{at}/initial_value")
    if value.get("min_length", 0) > most:
        check.bad("min_length must not be more than max_length", f"{at}/min_length")


def _numbers_in_order(value: Any, at: str, check: Check) -> None:
    """The figures of a number input are numbers, and the smallest is not above the largest."""
    if not isinstance(value, dict) or check.problems:
        return
    given = {key: value[key] for key in ("initial_value", "min_value", "max_value") if key in value}
    for key, figure in given.items():
        if _NUMBER.fullmatch(figure) is None or ("." in figure and not value["is_decimal_allowed"]):
            check.bad("must be a number as text", f"{at}/{key}")
    if not check.problems and float(given.get("min_value", "-inf")) > float(given.get("max_value", "inf")):
        check.bad("min_value must not be more than max_value", f"{at}/min_value")


def _type(name: str) -> dict[str, Rule]:
    return {"type": one_of(name)}


def _initial_is_offered(value: Any, at: str, check: Check) -> None:
    if not isinstance(value, dict):
        return
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group.get("options") or [] if isinstance(group, dict) else []
    values = {o.get("value") for o in offered if isinstance(o, dict)}
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options") or []
    if any(isinstance(o, dict) and o.get("value") not in values for o in chosen):
        check.bad("initial option must exactly match one of the options", at)


def _select(name: str, multi: Mapping[str, Rule] | None = None, **extra: Rule) -> Rule:
    return shape(_type(name), {**HINTED, **(multi or {}), **extra})


def _static(name: str, multi: Mapping[str, Rule] | None = None, **extra: Rule) -> Rule:
    rule = shape(_type(name), {**HINTED, "options": OPTIONS, "option_groups": GROUPS, **(multi or {}), **extra})
    return both(rule, exactly_one("options", "option_groups"), _initial_is_offered)


MANY: Mapping[str, Rule] = {"max_selected_items": integer(1, 100)}
FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
CONVERSATIONS: Mapping[str, Rule] = {"default_to_current_conversation": boolean, "filter": FILTER}
RESPONDS: Mapping[str, Rule] = {"response_url_enabled": boolean}

ELEMENTS: dict[str, Rule] = {
    "button": shape(
        {**_type("button"), "text": plain(75)},
        {
            "action_id": ID,
            "url": URL,
            "value": string(2000, 0),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "static_select": _static("static_select", initial_option=OPTION),
    "external_select": _select("external_select", initial_option=OPTION, min_query_length=integer(0, 100)),
    "users_select": _select("users_select", initial_user=string(32)),
    "conversations_select": _select(
        "conversations_select", {**CONVERSATIONS, **RESPONDS}, initial_conversation=string(32)
    ),
    "channels_select": _select("channels_select", RESPONDS, initial_channel=string(32)),
    "multi_static_select": _static("multi_static_select", MANY, initial_options=array(OPTION, 1, 100)),
    "multi_external_select": _select(
        "multi_external_select", MANY, initial_options=array(OPTION, 1, 100), min_query_length=integer(0, 100)
    ),
    "multi_users_select": _select("multi_users_select", MANY, initial_users=array(string(32), 1, 100)),
    "multi_conversations_select": _select(
        "multi_conversations_select", {**MANY, **CONVERSATIONS}, initial_conversations=array(string(32), 1, 100)
    ),
    "multi_channels_select": _select("multi_channels_select", MANY, initial_channels=array(string(32), 1, 100)),
    "overflow": shape(
        {**_type("overflow"), "options": array(LINK_OPTION, 1, 5)}, {"action_id": ID, "confirm": CONFIRM}
    ),
    "datepicker": _select("datepicker", initial_date=day),
    "timepicker": _select("timepicker", initial_time=TIME, timezone=timezone),
    "datetimepicker": shape(_type("datetimepicker"), {**COMMON, "initial_date_time": integer(10**9, 10**10)}),
    "checkboxes": both(
        shape(
            {**_type("checkboxes"), "options": array(RICH_OPTION, 1, 10)},
            {**COMMON, "initial_options": array(RICH_OPTION, 1, 10)},
        ),
        _initial_is_offered,
    ),
    "radio_buttons": both(
        shape(
            {**_type("radio_buttons"), "options": array(RICH_OPTION, 1, 10)},
            {**COMMON, "initial_option": RICH_OPTION},
        ),
        _initial_is_offered,
    ),
    "plain_text_input": both(
        shape(
            _type("plain_text_input"),
            {
                **TYPED,
                "multiline": boolean,
                "initial_value": string(MOST_TYPED, 0),
                "min_length": integer(0, MOST_TYPED),
                "max_length": integer(1, MOST_TYPED),
            },
        ),
        _room_for_words,
    ),
    "email_text_input": shape(_type("email_text_input"), {**TYPED, "initial_value": string(3000)}),
    "url_text_input": shape(_type("url_text_input"), {**TYPED, "initial_value": string(3000)}),
    "number_input": both(
        shape(
            {**_type("number_input"), "is_decimal_allowed": boolean},
            {**TYPED, "initial_value": string(64), "min_value": string(64), "max_value": string(64)},
        ),
        _numbers_in_order,
    ),
    "file_input": shape(
        _type("file_input"), {"action_id": ID, "filetypes": array(string(16), 1, 50), "max_files": integer(1, 10)}
    ),
    "rich_text_input": shape(_type("rich_text_input"), {**TYPED, "initial_value": RICH_TEXT}),
    "image": both(
        shape({**_type("image"), "alt_text": string(2000)}, {"image_url": IMAGE_URL, "slack_file": SLACK_FILE}),
        exactly_one("image_url", "slack_file"),
    ),
    "feedback_buttons": shape(
        {**_type("feedback_buttons"), "positive_button": OPINION, "negative_button": OPINION}, {"action_id": ID}
    ),
    "icon_button": shape(
        {**_type("icon_button"), "icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(string(32), 1, 100),
        },
    ),
    "workflow_button": shape(
        {**_type("workflow_button"), "text": plain(75), "workflow": anything},
        {"action_id": ID, "style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
}

_CHOICES = {name for name in ELEMENTS if name.endswith("_select")} | {"checkboxes", "radio_buttons"}
_TIMES = {"datepicker", "timepicker", "datetimepicker"}
_TEXTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
_MULTI = {name for name in ELEMENTS if name.startswith("multi_")}

IN_SECTION = _CHOICES | (_TIMES - {"datetimepicker"}) | {"button", "overflow", "image", "workflow_button"}
IN_ACTIONS = (_CHOICES - _MULTI) | _MULTI | _TIMES | {"button", "overflow", "workflow_button", "rich_text_input"}
IN_INPUT = _CHOICES | _TIMES | _TEXTS | {"file_input"}
MODAL_ONLY = {"email_text_input", "url_text_input", "number_input", "file_input"}


def element(allowed: set[str]) -> Rule:
    """One of the elements this block may hold, on a surface that has it."""

    def rule(value: Any, at: str, check: Check) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in allowed:
            check.bad(f"unsupported element: {kind}", at)
        elif kind in MODAL_ONLY and check.surface != MODAL:
            check.bad(f"{kind} is for modals only", at)
        else:
            ELEMENTS[kind](value, at, check)

    return rule


__all__ = ["ELEMENTS", "GROUPS", "ID", "IN_ACTIONS", "IN_INPUT", "IN_SECTION", "OPTIONS", "element"]
