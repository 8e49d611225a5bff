"""Finding things as people name them: a button by its words, an input by its label.

A `Thing` is one element somebody could use, where it stands, and the words on it. Things come in the order a person
looks: the modal on top, then messages from the newest, then App Home.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.blockkit.check import elements_of
from sandbox.inputs import options_of
from sandbox.text import readable

BUTTONS = {"button", "workflow_button", "icon_button"}


@dataclass(frozen=True)
class Thing:
    """An element, where it stands (`view_id`, or `channel` and `ts`), and everything to be read there."""

    place: dict[str, str]
    around: str
    block: dict[str, Any]
    element: dict[str, Any]

    def spot(self) -> dict[str, str]:
        """What the Person API needs to name it."""
        return self.place | {"block_id": self.block["block_id"], "action_id": self.element["action_id"]}

    def labels(self) -> list[str]:
        """The words by which a person would call an input."""
        words = [self.block.get("label"), self.element.get("placeholder"), self.block.get("text")]
        found = [readable(w["text"], str) for w in words if isinstance(w, dict)]
        return [*found, self.element["action_id"], self.block["block_id"]]


def things(
    view: dict[str, Any], channel: str | None, on: str | None, where: str | None, ts: str | None = None
) -> Iterator[Thing]:
    """All a person could use; narrowed to a channel, to messages that say `on`, to `modal`, `home` or `message`."""
    if where in (None, "modal") and channel is None and view["modals"]:
        yield from _of_view(view["modals"][-1])
    if where in (None, "message"):
        standing = [m for c in view["channels"] if channel in (None, c["id"]) for m in c["messages"]]
        for message in sorted(standing, key=lambda m: str(m["ts"]), reverse=True):
            if ts in (None, message["ts"]) and (
                on is None or " ".join(on.split()) in " ".join(message["plain"].split())
            ):
                place = {"channel": message["channel"], "ts": message["ts"]}
                yield from _of_blocks(place, message["plain"], message["blocks"])
    if where in (None, "home") and channel is None and view["home"]:
        yield from _of_view({"view_id": view["home"]["view"]["id"], **view["home"]})


def _of_view(standing: dict[str, Any]) -> Iterator[Thing]:
    yield from _of_blocks({"view_id": standing["view_id"]}, standing["plain"], standing["view"]["blocks"])


def _of_blocks(place: dict[str, str], around: str, blocks: list[dict[str, Any]]) -> Iterator[Thing]:
    for block in blocks:
        for element in elements_of(block):
            yield Thing(place, around, block, element)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def to_click(found: Iterator[Thing], label: str) -> tuple[Thing, dict[str, Any]] | None:
    """The first thing with these words on it, and what a click on it selects."""
    for thing in found:
        element = thing.element
        words = [element.get("text", {}).get("text", "")] if element["type"] in BUTTONS else []
        words.append(str(element.get("accessibility_label", "")))
        if any(w and _same(w, label) for w in words):
            return thing, {}
        if element["type"] == "feedback_buttons":
            for key in ("positive_button", "negative_button"):
                if _same(element[key]["text"]["text"], label):
                    return thing, {"selected": element[key].get("value")}
        for option in options_of(element):
            if _same(readable(option["text"]["text"], str), label):
                many = element["type"] in {"checkboxes", "multi_static_select"}
                return thing, {"selected": [option["value"]] if many else option["value"]}
    return None


def to_fill(found: Iterator[Thing], label: str) -> Thing | None:
    """The first input by its label, placeholder, the text beside it, or its id."""
    for thing in found:
        element = thing.element
        if element["type"] not in BUTTONS and any(_same(word, label) for word in thing.labels()):
            return thing
    return None
