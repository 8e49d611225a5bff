"""Judges what is to leave for Slack: does it ping, link, mislead or break?"""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit import check_blocks
from sandbox.blockkit.check import check_view
from sandbox.text import pings
from tests.hostile.corpus import EVIL

_CONTROL = re.compile(r"<([^<>\n]*)>")
_DATE = re.compile(r"!date\^\d+\^[^^<>|]+\|[^<>|]+")
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\u2028\u2029]")
_THERE = re.compile(rf"https?://([^/]*\.)?{re.escape(EVIL)}")
UNSEEN = {"value", "private_metadata", "action_id", "block_id", "callback_id", "initial_value"}
"""What nobody reads, and what is given back to who typed it."""
MOST_TEXT = 4000
"""An update's text (slack.md); what is posted may be updated."""

OUR_CHANNEL = "C0000000001"
"""The id of a channel, as Slack gave it to us."""


def problems_of_message(text: str, blocks: list[dict[str, Any]], ours: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a message; ``ours`` are the members it may name."""
    found = check_blocks(json.loads(json.dumps(blocks)))
    if not text.strip():
        found.append("the text is empty")
    if len(text) > MOST_TEXT:
        found.append(f"the text has {len(text)} characters")
    named, everyone = pings(text, blocks)
    if everyone or named - ours:
        found.append(f"pings {sorted(named - ours)} everyone={everyone}")
    for source in (text, *_mrkdwn(blocks)):
        found += _in_mrkdwn(source, ours)
    return [*found, *_in_all([text, blocks]), *_self_linking(blocks)]


def problems_of_view(view: dict[str, Any], ours: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with a modal or App Home."""
    found = check_view(json.loads(json.dumps(view)))
    for source in _mrkdwn(view["blocks"]):
        found += _in_mrkdwn(source, ours)
    return [*found, *_in_all([view]), *_self_linking(view["blocks"])]


def _in_mrkdwn(source: str, ours: frozenset[str]) -> Iterator[str]:
    for inside in _CONTROL.findall(source):
        if inside.startswith("@"):
            if inside[1:] not in ours:
                yield f"mentions <{inside}>"
        elif inside.startswith("!"):
            if not _DATE.fullmatch(inside):
                yield f"commands <{inside[:60]}>"
        elif inside == f"#{OUR_CHANNEL}":
            continue  # a channel somebody picked in Slack
        elif not inside.startswith(("tel:", "mailto:", "https://")) or _THERE.match(inside):
            yield f"links <{inside[:60]}>"


def _self_linking(node: Any) -> Iterator[str]:
    """Addresses become links by themselves in mrkdwn that is not ``verbatim``."""
    for text in _objects(node, "mrkdwn"):
        if EVIL in text["text"] and not text.get("verbatim"):
            yield f"links by itself: {text['text'][:60]}"


def _in_all(node: Any) -> Iterator[str]:
    for string in _strings(node):
        if bad := _BAD.search(string):
            yield f"holds {bad.group()!r} in {string[:60]!r}"


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | tuple):
        for one in node:
            yield from _strings(one)
    elif isinstance(node, dict):
        for key, one in node.items():
            if key not in UNSEEN:
                yield from _strings(one)


def _objects(node: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for one in node:
            yield from _objects(one, kind)
    elif isinstance(node, dict):
        if node.get("type") == kind and isinstance(node.get("text"), str):
            yield node
        for one in node.values():
            yield from _objects(one, kind)


def _mrkdwn(node: Any) -> Iterator[str]:
    for text in _objects(node, "mrkdwn"):
        yield text["text"]
