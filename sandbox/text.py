"""How Slack reads text: what a message says to a person, whom it pings, and how what a person types is sent.

Only `<…>` in raw form is control: `&lt;!channel&gt;` shows `<!channel>` and pings nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Names = Callable[[str], str]  # a member's or channel's id -> the name people see

_CONTROL = re.compile(r"<([^<>\n]*)>")
_PING = re.compile(r"<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone))(?:\|[^<>]*)?>")
_STYLE = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]+?)(?<=\S)\1(?![\w*_~`])")
_LINKED = re.compile(
    r"<[^<>]*>"
    r"|https?://[^\s<>|]+"
    r"|(?P<mail>[\w.+'-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<domain>(?<![\w.@/-])(?:[\w-]+\.)+(?:com|org|net|io|dev|app|ai|eu|de|uk|fr|ch|nl)(?![\w.@-]))"
)


def escape(text: str) -> str:
    """Text with Slack's three control characters made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The reverse of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def readable(mrkdwn: str, names: Names) -> str:
    """mrkdwn as a person reads it: names for ids, labels for links, no marks for bold and the like."""

    def control(match: re.Match[str]) -> str:
        inside, _, label = match.group(1).partition("|")
        if inside.startswith(("@", "#")):
            return inside[0] + (names(inside[1:]) or label or inside[1:])
        if inside.startswith("!date"):
            return label or inside
        if inside.startswith("!"):
            return label or f"@{inside[1:]}"
        return label or inside.removeprefix("mailto:").removeprefix("tel:")

    shown = _CONTROL.sub(control, mrkdwn)
    for _ in range(3):
        shown = _STYLE.sub(r"\2", shown)
    return unescape(shown)


def block_texts(blocks: list[dict[str, Any]] | None, names: Names) -> Iterator[str]:
    """Every text a person can read in blocks, in order: labels, buttons, options, cells, chart points too."""
    for block in blocks or []:
        yield from _texts(block, names)


def _texts(node: Any, names: Names) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, names)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "mrkdwn" or (kind == "markdown" and isinstance(node.get("text"), str)):
        yield readable(node["text"], names)
    elif kind in {"user", "usergroup", "channel"} and f"{kind}_id" in node:
        yield ("#" if kind == "channel" else "@") + names(node[f"{kind}_id"])
    elif kind == "broadcast":
        yield f"@{node.get('range')}"
    elif kind == "rich_text_section":
        yield "".join(_texts(node.get("elements"), names))
    else:
        yield from _plain_texts(node, names)


_WORDS = ("title", "caption", "text", "label", "name", "alt_text", "initial_value", "x_label", "y_label")
_INSIDE = (
    "fields",
    "placeholder",
    "description",
    "hint",
    "elements",
    "accessory",
    "element",
    "options",
    "option_groups",
    "initial_option",
    "rows",
    "chart",
    "axis_config",
    "series",
    "segments",
    "data",
    "positive_button",
    "negative_button",
)


def _plain_texts(node: dict[str, Any], names: Names) -> Iterator[str]:
    if node.get("type") == "emoji":
        yield f":{node.get('name')}:"
        return
    for key in _WORDS:
        value = node.get(key)
        if isinstance(value, str) and value:
            yield value
        elif isinstance(value, dict):
            yield from _texts(value, names)
    if isinstance(node.get("value"), int | float):
        yield str(node["value"])
    if node.get("type") == "link" and "text" not in node:
        yield str(node.get("url"))
    for key in _INSIDE:
        if key in node:
            yield from _texts(node[key], names)


def pings(text: str, blocks: list[dict[str, Any]] | None) -> tuple[set[str], bool]:
    """Whom a message pings: the members named, and whether it pings the whole channel."""
    members: set[str] = set()
    everyone = False
    for source in [text, *_pinging_texts(blocks or [])]:
        if "<" not in source:
            continue
        for member, group in _PING.findall(source):
            everyone = everyone or bool(group)
            if member:
                members.add(member)
    return members, everyone


def _pinging_texts(node: Any) -> Iterator[str]:
    """The texts Slack looks for mentions in: mrkdwn and markdown, and the ids in rich text; never plain_text."""
    if isinstance(node, list):
        for item in node:
            yield from _pinging_texts(item)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind in {"mrkdwn", "markdown"} and isinstance(node.get("text"), str):
            yield node["text"]
        elif kind == "user" and "user_id" in node:
            yield f"<@{node['user_id']}>"
        elif kind == "broadcast":
            yield f"<!{node.get('range')}>"
        else:
            for value in node.values():
                if isinstance(value, dict | list):
                    yield from _pinging_texts(value)


def as_typed(text: str, members: dict[str, str], channels: dict[str, str], *, labels: bool = False) -> str:
    """What Slack sends for what a person typed: escaped, `@name` and `#channel` as ids, mails and links marked.

    `members` and `channels` map a name to its id. In slash commands (`labels=True`) a member's id carries the name.
    """
    sent = escape(text)
    for name in sorted(members, key=len, reverse=True):
        label = f"|{name}" if labels else ""
        sent = re.sub(rf"(?<!\w)@{re.escape(escape(name))}(?!\w)", f"<@{members[name]}{label}>", sent)
    for name in sorted(channels, key=len, reverse=True):
        sent = re.sub(rf"(?<![\w&])#{re.escape(name)}(?![\w-])", f"<#{channels[name]}|{name}>", sent)
    for group in ("channel", "here", "everyone"):
        sent = re.sub(rf"(?<!\w)@{group}(?!\w)", f"<!{group}>", sent)
    return _LINKED.sub(_link, sent)


def _link(match: re.Match[str]) -> str:
    found = match.group(0)
    if match.lastgroup == "mail":
        return f"<mailto:{found}|{found}>"
    return f"<http://{found}|{found}>" if match.lastgroup == "domain" else found if found[0] == "<" else f"<{found}>"
