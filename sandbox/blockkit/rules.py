"""The small language the table of limits is written in.

A rule looks at one value, at one place (a JSON pointer), and writes what is wrong into the `Check`.
It never raises: one check lists every problem of a payload, worded as Slack words them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Check:
    """One payload under inspection: on which surface, and what is wrong with it so far."""

    surface: str
    problems: list[str] = field(default_factory=list)

    def bad(self, sentence: str, at: str) -> None:
        """Note a problem at a JSON pointer."""
        self.problems.append(f"[ERROR] {sentence} [json-pointer:{at}]")


Rule = Callable[[Any, str, Check], None]


def string(most: int, least: int = 1) -> Rule:
    """A string of `least` to `most` characters."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, str):
            check.bad("must be a string", at)
        elif len(value) > most:
            check.bad(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            check.bad(f"must be more than {least - 1} characters", at)

    return rule


def pattern(expression: str, what: str) -> Rule:
    """A string that matches an expression in full."""
    compiled = re.compile(expression)

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            check.bad(f"must be {what}", at)

    return rule


def both(*rules: Rule) -> Rule:
    """Every one of several rules."""

    def rule(value: Any, at: str, check: Check) -> None:
        for each in rules:
            each(value, at, check)

    return rule


ID = string(255)
URL = both(string(3000), pattern(r"(https?|mailto|tel|slack):\S+", "a valid URL"))
IMAGE_URL = both(string(3000), pattern(r"https?://\S+", "a valid URL"))


def boolean(value: Any, at: str, check: Check) -> None:
    """True or false."""
    if not isinstance(value, bool):
        check.bad("must be a boolean", at)


def anything(value: Any, at: str, check: Check) -> None:
    """Not looked at."""


def integer(least: int, most: int) -> Rule:
    """A whole number from `least` to `most`."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            check.bad("must be an integer", at)
        elif not least <= value <= most:
            check.bad(f"must be between {least} and {most}", at)

    return rule


def number(value: Any, at: str, check: Check) -> None:
    """Any finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        check.bad("must be a number", at)


def positive(value: Any, at: str, check: Check) -> None:
    """A number above zero."""
    number(value, at, check)
    if isinstance(value, int | float) and value <= 0:
        check.bad("must be greater than 0", at)


def one_of(*values: str) -> Rule:
    """One of some words."""

    def rule(value: Any, at: str, check: Check) -> None:
        if value not in values:
            check.bad(f"must be one of: {', '.join(values)}", at)

    return rule


def array(of: Rule, least: int, most: int) -> Rule:
    """A list of `least` to `most` things."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, list):
            check.bad("must be an array", at)
            return
        if len(value) > most:
            check.bad(f"no more than {most} items allowed", at)
            return
        if len(value) < least:
            check.bad(f"no fewer than {least} items allowed", at)
        for index, item in enumerate(value):
            of(item, f"{at}/{index}", check)

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these keys and no others."""
    known = {**required, **(optional or {})}

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            check.bad("must be an object", at)
            return
        for key in required:
            if value.get(key) is None:
                check.bad(f"missing required field: {key}", at)
        for key, item in value.items():
            inner = known.get(key)
            if inner is None:
                check.bad(f"invalid additional property: {key}", at)
            elif item is not None:
                inner(item, f"{at}/{key}", check)
            elif key not in required:
                check.bad("must not be null", f"{at}/{key}")

    return rule


def exactly_one(*keys: str) -> Rule:
    """An object that has exactly one of these keys."""

    def rule(value: Any, at: str, check: Check) -> None:
        if isinstance(value, dict) and sum(key in value for key in keys) != 1:
            check.bad(f"must have exactly one of: {', '.join(keys)}", at)

    return rule


def by_type(table: Mapping[str, Rule], what: str) -> Rule:
    """An object whose `type` says which rule holds for it."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            check.bad("must be an object", at)
            return
        inner = table.get(str(value.get("type")))
        if inner is None:
            check.bad(f"unsupported type for {what}: {value.get('type')}", f"{at}/type")
        else:
            inner(value, at, check)

    return rule


def plain(most: int) -> Rule:
    """A plain_text object."""
    return shape({"type": one_of("plain_text"), "text": string(most)}, {"emoji": boolean})


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    mrkdwn = shape({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean})
    return by_type({"plain_text": plain(most), "mrkdwn": mrkdwn}, "text object")
