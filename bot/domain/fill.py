"""Filling the playbook's texts: plain placeholders, and a list of what was missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its facts, and the names of the facts that were not there."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, facts: Mapping[str, str | None]) -> Filled:
    """Put ``facts`` into the placeholders of ``text``; a missing one leaves a gap and is named (process §5)."""
    parts: list[str] = []
    missing: list[str] = []
    for literal, name, _, _ in Formatter().parse(text):
        parts.append(literal)
        if name is None:
            continue
        value = facts.get(name)
        if value:
            parts.append(value)
        else:
            parts.append("…")
            missing.append(name)
    return Filled("".join(parts), tuple(dict.fromkeys(missing)))
