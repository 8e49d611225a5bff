"""Checks of whole payloads: a message's blocks, a view, the options a typeahead answered with.

Each returns the list of problems in Slack's own wording; an empty list means it may pass. A block or element without
an id is given one, as Slack does, so that whoever clicks can say what was clicked.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from sandbox.blockkit.elements import GROUPS, HOME, ID, MESSAGE, MODAL, OPTIONS
from sandbox.blockkit.rules import Check, boolean, exactly_one, one_of, plain, shape, string
from sandbox.blockkit.table import BLOCKS, MOST_BLOCKS, MOST_MARKDOWN, MOST_OF_A_KIND

MOST_VIEW_BYTES = 250_000
_numbers = itertools.count(1)

_VIEW_COMMON = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_VIEWS = {
    MODAL: shape(
        {"type": one_of(MODAL), "title": plain(24), "blocks": lambda *_: None},
        {
            **_VIEW_COMMON,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    HOME: shape({"type": one_of(HOME), "blocks": lambda *_: None}, _VIEW_COMMON),
}


def check_blocks(blocks: Any, surface: str = MESSAGE, at: str = "/blocks") -> list[str]:
    """What Slack would refuse in these blocks on this surface (`message`, `modal`, `home`). Fills in missing ids."""
    check = Check(surface)
    if not isinstance(blocks, list):
        check.bad("must be an array", at)
        return check.problems
    if len(blocks) > MOST_BLOCKS[surface]:
        check.bad(f"no more than {MOST_BLOCKS[surface]} items allowed", at)
        return check.problems
    for index, block in enumerate(blocks):
        _check_block(block, f"{at}/{index}", check)
    if not check.problems:
        _check_together(blocks, at, check)
    if not check.problems:
        _name_what_has_no_name(blocks)
    return check.problems


def check_view(view: Any) -> list[str]:
    """What Slack would refuse in a modal or App Home view. Fills in missing ids."""
    check = Check(str(view.get("type")) if isinstance(view, dict) else "")
    rule = _VIEWS.get(check.surface)
    if rule is None:
        check.bad("unsupported type, must be one of: modal, home", "/view/type")
        return check.problems
    rule(view, "/view", check)
    check.problems += check_blocks(view.get("blocks"), check.surface, "/view/blocks")
    if not check.problems:
        if any(b["type"] == "input" for b in view["blocks"]) and check.surface == MODAL and "submit" not in view:
            check.bad("missing required field: submit (the view has input blocks)", "/view")
        if sum(bool(e.get("focus_on_load")) for block in view["blocks"] for e in elements_of(block)) > 1:
            check.bad("only one element may have focus_on_load", "/view/blocks")
        if len(json.dumps(view)) > MOST_VIEW_BYTES:
            check.bad(f"view is larger than {MOST_VIEW_BYTES} bytes", "/view")
    return check.problems


def check_options(answer: Any) -> list[str]:
    """What Slack would refuse in the answer to a typeahead request: `options` or `option_groups`, up to 100."""
    check = Check(MODAL)
    exactly_one("options", "option_groups")(answer, "", check)
    if not isinstance(answer, dict) or check.problems:
        return check.problems or ["[ERROR] must be an object [json-pointer:]"]
    for key, rule in (("options", OPTIONS), ("option_groups", GROUPS)):
        if answer.get(key):  # none found is a fair answer, an empty list in a payload of ours is not
            rule(answer[key], f"/{key}", check)
    return check.problems


_HOLDS = {"actions": "elements", "context_actions": "elements", "card": "actions"}


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The elements with an `action_id` that a block holds, in reading order."""
    found = block.get(_HOLDS.get(str(block.get("type")), ""))
    single = block.get("accessory") or (block.get("element") if block.get("type") == "input" else None)
    return [e for e in [*(found or []), *([single] if single else [])] if e.get("type") != "image"]


def _check_block(block: Any, at: str, check: Check) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    rule, surfaces = BLOCKS.get(str(kind), (None, frozenset[str]()))
    if rule is None:
        check.bad(f"unsupported type: {kind}", f"{at}/type")
    elif check.surface not in surfaces:
        check.bad(f"{kind} blocks are not supported in a {check.surface}", f"{at}/type")
    else:
        rule(block, at, check)


def _check_together(blocks: list[dict[str, Any]], at: str, check: Check) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            check.bad(f"block_id already exists: {block_id}", f"{at}/{index}/block_id")
        if block_id:
            ID(block_id, f"{at}/{index}/block_id", check)
            seen.add(block_id)
        actions = [e["action_id"] for e in elements_of(block) if e.get("action_id")]
        if len(set(actions)) != len(actions):
            check.bad("action_id must be unique within its block", f"{at}/{index}/elements")
    for kind, most in MOST_OF_A_KIND.items():
        if sum(block["type"] == kind for block in blocks) > most:
            check.bad(f"no more than {most} {kind} blocks allowed", at)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MOST_MARKDOWN:
        check.bad(f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters together", at)


def _name_what_has_no_name(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = f"b{next(_numbers):05d}"
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = f"a{next(_numbers):05d}"
