"""Turning pydantic's errors into problems that a person who writes a playbook can act on."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from rapidfuzz import fuzz, process

from bot.playbook.problems import Path, Problem, dotted
from bot.playbook.walk import at, bounds_at, choices_at, fields_at
from bot.playbook.yaml_tree import Tree

_LIKE_ENOUGH = 65  # of 100; below it a "did you mean" is a guess that misleads

_WRONG_TYPE = {
    "int_type": ("is not a whole number", "Write a whole number, like 4."),
    "int_parsing": ("is not a whole number", "Write a whole number, like 4."),
    "int_from_float": ("is not a whole number", "Write a whole number, without a decimal point."),
    "float_type": ("is not a number", "Write a number, like 1.5."),
    "float_parsing": ("is not a number", "Write a number, like 1.5."),
    "finite_number": ("is not a number", "Write a number, like 1.5."),
    "bool_type": ("is neither true nor false", "Write true or false."),
    "bool_parsing": ("is neither true nor false", "Write true or false."),
    "string_type": ("is not a text", "Write a text; put quotes around it."),
    "tuple_type": ("is not a list", "Write a list: [first, second], or one item a line with a dash."),
    "dict_type": ("is not a table", "Write key: value below it, indented."),
    "mapping_type": ("is not a table", "Write key: value below it, indented."),
    "model_type": ("is not a section", "Write its keys below it, indented."),
    "model_attributes_type": ("is not a section", "Write its keys below it, indented."),
}


def explain(error: ValidationError, tree: Tree) -> Iterator[Problem]:
    """Yield a problem for each error, at the line of the nearest key the text has."""
    found = error.errors(include_url=False)
    for item in found:
        if item["type"] == "too_short" and any(_below(other["loc"], item["loc"]) for other in found):
            continue  # pydantic counts only the good items; the bad ones are told one by one
        bad_key = "[key]" in item["loc"]
        path = tuple(part for part in item["loc"] if part != "[key]")
        message, fix = _key(path, item) if bad_key else _say(path, item)
        yield Problem(tree.line(path), dotted(path), message, fix)


def _below(place: Path, above: Path) -> bool:
    return len(place) > len(above) and place[: len(above)] == above


def _say(path: Path, item: Any) -> tuple[str, str]:
    kind, given, context = item["type"], item["input"], item.get("ctx", {})
    if kind == "playbook":
        return context["problem"], context["fix"]
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), tuple(fields_at(path[:-1])))
    if kind == "missing":
        return "it is missing", "Add it."
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return _outside(path, given, kind, context)
    if kind == "literal_error":
        return _not_a_choice(path, given)
    if kind in ("too_short", "string_too_short"):
        return "it is empty", "Give at least one." if kind == "too_short" else "Write something."
    if kind in ("too_long", "string_too_long"):
        most = context.get("max_length")
        return "it is too long", f"Keep it to {most} {'items' if kind == 'too_long' else 'characters'}."
    if kind == "string_pattern_mismatch":
        return f"{_quoted(given)} does not have the right form", _description(path)
    problem, fix = _WRONG_TYPE.get(kind, ("does not fit here", _description(path)))
    return f"{_quoted(given)} {problem}", fix


def _key(path: Path, item: Any) -> tuple[str, str]:
    if item["type"] == "playbook":
        return item["ctx"]["problem"], item["ctx"]["fix"]
    return _unknown(str(path[-1]), choices_at(path[:-1]))


def _unknown(word: str, known: tuple[str, ...]) -> tuple[str, str]:
    return "nothing here has this name", _did_you_mean(word, known)


def _not_a_choice(path: Path, given: Any) -> tuple[str, str]:
    found = at(path)
    known = tuple(str(choice) for choice in getattr(found[0], "__args__", ())) if found else ()
    return f"{_quoted(given)} is not known here", _did_you_mean(str(given), known)


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    nearest = process.extractOne(word, known, scorer=fuzz.WRatio, score_cutoff=_LIKE_ENOUGH)
    if nearest:
        return f"Did you mean {nearest[0]}?"
    return "Use one of: " + ", ".join(known) + "." if known else "Remove it."


def _outside(path: Path, given: Any, kind: str, context: dict[str, Any]) -> tuple[str, str]:
    low, high = bounds_at(path)
    if low is not None and high is not None:
        return f"{given} is outside {low} to {high}", f"Use a number from {low} to {high}."
    bound = next((context[name] for name in ("ge", "gt", "le", "lt") if name in context), None)
    if kind.startswith("greater"):
        return f"{given} is too small", f"Use {bound} or more." if "ge" in context else f"Use more than {bound}."
    return f"{given} is too large", f"Use {bound} or less." if "le" in context else f"Use less than {bound}."


def _description(path: Path) -> str:
    info = fields_at(path[:-1]).get(str(path[-1])) if path else None
    return info.description if info and info.description else "Look at default.yaml for an example."


def _quoted(given: Any) -> str:
    if isinstance(given, dict | list):
        return "a table" if isinstance(given, dict) else "a list"
    if given is None:
        return "nothing"
    text = str(given)
    return repr(text if len(text) <= 60 else text[:57] + "…")
