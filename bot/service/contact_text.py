"""Outside text as the tables can hold it.

What must stay true: nothing that a sender wrote breaks a statement: no NUL, no lone surrogate, no text longer than
its column; what is cut here stands whole in the inbox.
"""

import math
from typing import Any

SHORT = 255
LONG = 40_000
WHOLE = 1_000_000
"""For what one of us typed: longer than anything Slack lets through, so nothing of it is cut."""
MOST_ITEMS = 200
DEEPEST = 6


def clean(text: str | None, longest: int = SHORT) -> str:
    """``text`` without what no database keeps, trimmed, on one line, and at most ``longest`` signs."""
    return " ".join(_keepable(text or "").split())[:longest].rstrip()


def clean_or_none(text: str | None, longest: int = SHORT) -> str | None:
    """Like ``clean``; None if nothing is left."""
    return clean(text, longest) or None


def clean_lines(text: str | None, longest: int = LONG) -> str:
    """Like ``clean``, with the line breaks of a message kept."""
    return _keepable(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()[:longest]


def _keepable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def clean_data(value: Any, depth: int = 0) -> Any:
    """Outside JSON of any shape, bounded in depth, width and length of texts."""
    if isinstance(value, str):
        return clean_lines(value)
    if depth >= DEEPEST:
        return None if isinstance(value, dict | list) else value
    if isinstance(value, dict):
        items = list(value.items())[:MOST_ITEMS]
        return {clean(str(key)): clean_data(one, depth + 1) for key, one in items}
    if isinstance(value, list | tuple):
        return [clean_data(one, depth + 1) for one in list(value)[:MOST_ITEMS]]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
