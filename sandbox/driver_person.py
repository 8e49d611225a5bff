"""What one person in a test does; it is also what they see (`Eyes`).

Doing answers a `Deed`. It does not raise when Slack or the app said no, since what the person then sees is the thing to
assert; it raises an `AssertionError` when there is nothing to click or fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox.driver_find import Thing, things, to_click, to_fill
from sandbox.driver_http import DriverError
from sandbox.driver_look import Eyes, Seen
from sandbox.inputs import options_of
from sandbox.text import readable

On = str | Seen | None
MANY = {"checkboxes"}


@dataclass(frozen=True)
class Deed:
    """How something done turned out: `error` is Slack's word when it did not work."""

    ok: bool
    error: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.ok


class PersonDriver(Eyes):
    """A person, by name. `in_` is a channel's name with or without `#`, or `dm` for the conversation with the app."""

    async def _act(self, do: str, **body: Any) -> Deed:
        answer = await self._client.post("act", {"as": self.id, "do": do, **body})
        return Deed(bool(answer["ok"]), answer.get("error"), answer.get("result") or {}, answer.get("messages") or [])

    async def _channel_id(self, in_: str | None) -> str:
        if in_ is None:
            first = next((c for c in self._facts["channels"] if self.id in c["members"] and c["kind"] != "im"), None)
            return str(first["id"]) if first else str(self._channel(await self.view(), "dm")["id"])
        return str(self._channel(await self.view(), in_)["id"])

    async def types(self, text: str, in_: str | None = None) -> Deed:
        """Type a line and press enter: a command when it begins with `/`. `in_` defaults to the first channel."""
        if not text.startswith("/"):
            return await self.says(text, in_)
        return await self._act("command", channel=await self._channel_id(in_), text=text)

    async def says(self, text: str, in_: str | None = None, thread: str | Seen | None = None) -> Deed:
        """Post a message; `thread` is a message seen, or its `ts`."""
        parent = (thread.thread_ts or thread.ts) if isinstance(thread, Seen) else thread
        return await self._act("say", channel=await self._channel_id(in_), text=text, thread_ts=parent)

    async def drops(self, filename: str, content: str, in_: str | None = None) -> Deed:
        """Drop a text file into a channel."""
        return await self._act("upload", channel=await self._channel_id(in_), filename=filename, content=content)

    def _things(self, view: dict[str, Any], in_: str | None, on: On) -> Iterator[Thing]:
        where = in_ if in_ in ("modal", "home") else ("message" if in_ or on else None)
        channel = None if in_ is None or where == in_ else str(self._channel(view, in_)["id"])
        ts = on.ts if isinstance(on, Seen) else None
        return things(view, channel, on if isinstance(on, str) else None, where, ts)

    async def clicks(self, label: str, on: On = None, in_: str | None = None, within: float = 10.0) -> Deed:
        """Click what has these words on it: a button, an option of a menu or of radio buttons, a modal's own buttons.

        The newest that is visible: the modal on top, then messages, then App Home. `on`: the message, or a part of its
        text. `in_`: a channel, `dm`, `modal` or `home`. Raises `AssertionError` if it does not come up in `within`.
        """

        def target(view: dict[str, Any]) -> dict[str, Any] | None:
            found = to_click(self._things(view, in_, on), label)
            if found is not None and "view_id" in found[0].place:
                return {"do": "click", **found[0].spot(), **found[1]}
            if view["modals"] and in_ in (None, "modal") and on is None:
                modal = view["modals"][-1]
                for do in ("submit", "close"):
                    button = modal["view"].get(do)
                    if button and button["text"].casefold() == label.casefold():
                        return {"do": do, "view_id": modal["view_id"]}
            return None if found is None else {"do": "click", **found[0].spot(), **found[1]}

        return await self._act(**await self._until(target, within, f"finds no {label!r} to click"))

    async def _input(self, label: str, on: On, in_: str | None, within: float) -> Thing:
        def target(view: dict[str, Any]) -> Thing | None:
            return to_fill(self._things(view, in_, on), label)

        return await self._until(target, within, f"finds no input {label!r}")

    async def fills(self, label: str, value: Any, on: On = None, in_: str | None = None, within: float = 10.0) -> Deed:
        """Put a text, a date, a time or an aware datetime into an input; it is called by its label or placeholder."""
        return await self.picks(label, value, on, in_, within)

    async def picks(
        self,
        label: str,
        option: Any,
        on: On = None,
        in_: str | None = None,
        within: float = 10.0,
        query: str | None = None,
    ) -> Deed:
        """Choose from a menu by the option's words; several as a list; people and channels by name; None empties it.

        For a typeahead, `query` is what is typed to find the option (by default its words).
        """
        thing = await self._input(label, on, in_, within)
        return await self._act("click", **thing.spot(), selected=await self._choice(thing, option, query))

    async def _choice(self, thing: Thing, option: Any, query: str | None) -> Any:
        kind = thing.element["type"]
        if isinstance(option, list | tuple):
            return [await self._choice_of_one(thing, one, query) for one in option]
        if option is None:
            return None
        one = await self._choice_of_one(thing, option, query)
        return [one] if kind in MANY or kind.startswith("multi_") else one

    async def _choice_of_one(self, thing: Thing, option: Any, query: str | None) -> Any:
        kind = thing.element["type"].removeprefix("multi_")
        if kind in ("static_select", "radio_buttons", "checkboxes", "overflow"):
            return _option(options_of(thing.element), option)["value"]
        if kind == "external_select":
            found = await self._act("options", **thing.spot(), query=query or str(option))
            return _option(found.result.get("options", []), option)
        if kind == "users_select":
            named = [m["id"] for m in self._facts["members"] if option in (m["name"], m["real_name"], m["id"])]
            return named[0] if named else option
        if kind in ("channels_select", "conversations_select"):
            return str(self._channel(await self.view(), str(option))["id"])
        if isinstance(option, datetime):
            return int(option.timestamp())
        return option.isoformat() if isinstance(option, date) else option

    async def searches(self, label: str, query: str, on: On = None, in_: str | None = None) -> list[str]:
        """Type into a typeahead; the words of what it offers."""
        thing = await self._input(label, on, in_, 10.0)
        found = await self._act("options", **thing.spot(), query=query)
        return [o["text"]["text"] for o in found.result.get("options", [])]

    async def submits(self, **fields: Any) -> Deed:
        """Submit the modal on top, after filling in `fields` (labels, with `_` for blanks)."""
        for label, value in fields.items():
            filled = await self.picks(label.replace("_", " "), value, in_="modal")
            assert filled, f"{label}: {filled.error} {filled.messages}"
        return await self._act("submit", view_id=await self._top())

    async def closes(self, *, everything: bool = False) -> Deed:
        """Cancel the modal on top, or close all of them with the cross."""
        return await self._act("close", view_id=await self._top(), all=everything)

    async def _top(self) -> str:
        view = await self._until(lambda v: v["modals"][-1] if v["modals"] else None, 10.0, "has no modal open")
        return str(view["view_id"])

    async def uses_shortcut(self, name: str, on: On = None, in_: str | None = None) -> Deed:
        """Use a shortcut by its name; `on` is the text of the message for one on messages."""
        declared = next((s for s in self._facts["shortcuts"] if name in (s["name"], s["callback_id"])), None)
        if declared is None:
            raise DriverError(f"there is no shortcut {name!r}")
        if on is None:
            return await self._act("shortcut", callback_id=declared["callback_id"])
        message = on if isinstance(on, Seen) else await self.sees(on, in_)
        return await self._act("shortcut", callback_id=declared["callback_id"], channel=message.channel, ts=message.ts)

    async def opens_home(self) -> Deed:
        """Open the App Home tab."""
        return await self._act("home")

    async def dismisses(self) -> None:
        """Wave every notification and toast away."""
        view = await self.view()
        for notification in view["notifications"]:
            await self._act("dismiss", notification=notification["id"])
        for toast in view["toasts"]:
            await self._act("dismiss", toast=toast["id"])

    async def reads(self, in_: str) -> Deed:
        """Mark a channel read."""
        return await self._act("read", channel=await self._channel_id(in_))


def _option(options: list[dict[str, Any]], wanted: Any) -> dict[str, Any]:
    words = [readable(o["text"]["text"], str) for o in options]
    for exact in (True, False):
        for option, word in zip(options, words, strict=True):
            if word == wanted or option["value"] == wanted or (not exact and str(wanted).casefold() in word.casefold()):
                return option
    raise DriverError(f"no option {wanted!r}; offered: {', '.join(words) or 'nothing'}")
