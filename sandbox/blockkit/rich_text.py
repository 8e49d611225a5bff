"""The table of limits: rich text, as a block, in a cell, in an input, in a task's details.

Sections, lists, quotes and preformatted text hold leaves; a list holds sections only, preformatted text only words and
links. Words are never empty, a link always leads somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.blockkit.rules import ID, URL, Rule, array, boolean, by_type, integer, one_of, pattern, shape, string

MOST_TEXT = 3000
MOST_PARTS = 100

STYLE = shape(
    {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)


def _leaf(name: str, required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return shape({"type": one_of(name), **required}, {"style": STYLE, **(optional or {})})


LEAVES: Mapping[str, Rule] = {
    "text": _leaf("text", {"text": string(MOST_TEXT)}),
    "link": _leaf("link", {"url": URL}, {"text": string(MOST_TEXT), "unsafe": boolean}),
    "user": _leaf("user", {"user_id": string(32)}),
    "usergroup": _leaf("usergroup", {"usergroup_id": string(32)}),
    "channel": _leaf("channel", {"channel_id": string(32)}),
    "broadcast": _leaf("broadcast", {"range": one_of("here", "channel", "everyone")}),
    "emoji": _leaf("emoji", {"name": string(100)}, {"unicode": string(100), "url": URL, "skin_tone": integer(1, 6)}),
    "date": _leaf(
        "date",
        {"timestamp": integer(0, 10**10), "format": string(255)},
        {"url": URL, "fallback": string(MOST_TEXT)},
    ),
    "color": _leaf("color", {"value": pattern(r"#[0-9a-fA-F]{6}", "a colour like #1f6b3a")}),
}
_ANY_LEAF = by_type(LEAVES, "rich text")
_PLAIN_LEAF = by_type({kind: LEAVES[kind] for kind in ("text", "link")}, "preformatted text")


def _part(name: str, leaf: Rule, required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    return shape({"type": one_of(name), "elements": array(leaf, 1, MOST_PARTS), **required}, optional)


_BORDER: Mapping[str, Rule] = {"border": integer(0, 1)}
_SECTION = _part("rich_text_section", _ANY_LEAF, {}, {})
_PARTS: Mapping[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_list": _part(
        "rich_text_list",
        by_type({"rich_text_section": _SECTION}, "a list"),
        {"style": one_of("bullet", "ordered")},
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 10_000)},
    ),
    "rich_text_quote": _part("rich_text_quote", _ANY_LEAF, {}, _BORDER),
    "rich_text_preformatted": _part("rich_text_preformatted", _PLAIN_LEAF, {}, {**_BORDER, "language": string(50)}),
}
RICH_TEXT = shape(
    {"type": one_of("rich_text"), "elements": array(by_type(_PARTS, "rich text"), 1, MOST_PARTS)}, {"block_id": ID}
)
