"""One person in a test: what they do, and what they see.

Doing answers a `Deed`; it does not raise when Slack or the app said no, since what the person then sees is the thing to assert. Seeing
raises an `AssertionError` that shows what the person does see.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.driver_find import Thing, things, to_click, to_fill
from sandbox.driver_http import Client, DriverError
from sandbox.inputs import options_of
from sandbox.text import readable

Found = TypeVar("Found")


@dataclass(frozen=True)
class Deed:
    """How something done turned out: `error` is Slack's word when it did not work."""

    ok: bool
    error: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.ok


@dataclass(frozen=True)
class Seen:
    """Something a person can read: `where` is a channel's name, `modal`, `home` or `toast`; `text` is all of it, in plain words."""

    text: str
    where: str
    ts: str = ""
    channel: str = ""
    thread_ts: str | None = None
    ephemeral: bool = False
    bot: bool = False
    edited: bool = False
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons."""
        blocks = self.raw.get("blocks") or (self.raw.get("view") or {}).get("blocks") or []
        return [e["text"]["text"] for b in blocks for e in _all_elements(b) if e.get("type") == "button"]


def _all_elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(block.get("elements") or []), *([block["accessory"]] if block.get("accessory") else [])]


class PersonDriver:
    """A person, by name. `in_` is a channel's name with or without `#`, or `dm` for the conversation with the app."""

    def __init__(self, client: Client, facts: dict[str, Any], member: dict[str, Any]) -> None:
        self._client = client
        self._facts = facts
        self.member = member
        self.id: str = member["id"]
        self.name: str = member["name"]

    # --- looking

    async def view(self) -> dict[str, Any]:
        """Everything on this person's screen, as the Person API gives it, with `plain` texts."""
        return await self._client.get("view", **{"as": self.id, "plain": 1})

    async def _until(
        self, test: Callable[[dict[str, Any]], Found | None], within: float, missing: str, *, within_errors: bool = True
    ) -> Found:
        deadline = time.monotonic() + within
        while True:
            view = await self.view()
            found = test(view)
            if found is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise DriverError(f"{self.name} {missing}. {self.name} sees:\n{_screen(view)}")
            await self._client.get("wait", **{"as": self.id, "after": view["version"], "seconds": max(0.01, left)})

    def _channel(self, view: dict[str, Any], name: str) -> dict[str, Any]:
        wanted = name.removeprefix("#")
        for channel in view["channels"]:
            if wanted in (channel["id"], channel["name"]) or (wanted == "dm" and channel["kind"] == "im"):
                if wanted != channel["name"] or channel["kind"] != "im":
                    return dict(channel)
        raise DriverError(f"{self.name} is in no channel {name!r}")

    def _all_seen(self, view: dict[str, Any], in_: str | None) -> list[Seen]:
        """Newest messages first, then the modal on top, App Home and toasts."""
        seen: list[Seen] = []
        if in_ not in ("modal", "home", "toast"):
            for channel in [self._channel(view, in_)] if in_ else view["channels"]:
                seen += [_message(channel, m) for m in channel["messages"]]
            seen.sort(key=lambda s: s.ts, reverse=True)
        if in_ in (None, "modal") and view["modals"]:
            seen.append(Seen(view["modals"][-1]["plain"], "modal", raw=view["modals"][-1]))
        if in_ in (None, "home") and view["home"]:
            seen.append(Seen(view["home"]["plain"], "home", raw=view["home"]))
        if in_ in (None, "toast"):
            seen += [Seen(t["text"], "toast", raw=t) for t in view["toasts"]]
        return seen

    async def sees(self, text: str, in_: str | None = None, within: float = 5.0) -> Seen:
        """Wait until this can be read somewhere (a channel, `dm`, `modal`, `home`, `toast`); the newest that says it."""

        def test(view: dict[str, Any]) -> Seen | None:
            return next((s for s in self._all_seen(view, in_) if _says(s.text, text)), None)

        return await self._until(test, within, f"does not see {text!r}" + (f" in {in_}" if in_ else ""))

    async def sees_no(self, text: str, in_: str | None = None, within: float = 0.0) -> None:
        """Wait until this can be read nowhere any more (at once by default). Raises `AssertionError`."""

        def test(view: dict[str, Any]) -> bool | None:
            return None if any(_says(s.text, text) for s in self._all_seen(view, in_)) else True

        await self._until(test, within, f"still sees {text!r}")

    async def messages(self, in_: str | None = None) -> list[Seen]:
        """The messages this person sees, oldest first; in one channel, or in all of them."""
        view = await self.view()
        return [s for s in reversed(self._all_seen(view, in_)) if s.ts]

    async def notifications(self) -> list[str]:
        """What rang for this person, oldest first, as the banner says it."""
        return [n["text"] for n in (await self.view())["notifications"]]

    async def is_rung(self, text: str, within: float = 5.0) -> str:
        """Wait for a notification that says this."""

        def test(view: dict[str, Any]) -> str | None:
            return next((n["text"] for n in view["notifications"] if _says(n["text"], text)), None)

        return await self._until(test, within, f"got no notification {text!r}")

    async def toasts(self) -> list[str]:
        """Slack's short failure texts."""
        return [t["text"] for t in (await self.view())["toasts"]]

    async def modal(self) -> Seen | None:
        """The modal on top, if one is open."""
        return next(iter(self._all_seen(await self.view(), "modal")), None)

    async def home(self) -> Seen | None:
        """App Home, if the app published one."""
        return next(iter(self._all_seen(await self.view(), "home")), None)

    # --- doing

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

    async def _things(self, view: dict[str, Any], in_: str | None, on: str | None) -> list[Thing]:
        where = in_ if in_ in ("modal", "home") else ("message" if in_ or on else None)
        channel = None if in_ is None or where == in_ else str(self._channel(view, in_)["id"])
        return list(things(view, channel, on, where))

    async def clicks(self, label: str, on: str | None = None, in_: str | None = None, within: float = 5.0) -> Deed:
        """Click what has these words on it: a button, a menu's or radio's option, a modal's own buttons.

        The newest that is visible: the modal on top, then messages, then App Home. `on`: the text of the message.
        """
        deadline = time.monotonic() + within
        while True:
            view = await self.view()
            modal = view["modals"][-1] if view["modals"] and in_ in (None, "modal") and on is None else None
            found = to_click(iter(await self._things(view, in_, on)), label)
            if found is not None and (modal is None or "view_id" in found[0].place):
                thing, selected = found
                return await self._act("click", **thing.spot(), **selected)
            for key, do in (("submit", "submit"), ("close", "close")):
                if modal and modal["view"].get(key) and modal["view"][key]["text"].casefold() == label.casefold():
                    return await self._act(do, view_id=modal["view_id"])
            if found is not None:
                return await self._act("click", **found[0].spot(), **found[1])
            left = deadline - time.monotonic()
            if left <= 0:
                raise DriverError(f"{self.name} finds no {label!r} to click. {self.name} sees:\n{_screen(view)}")
            await self._client.get("wait", **{"as": self.id, "after": view["version"], "seconds": max(0.01, left)})

    async def _input(self, label: str, on: str | None, in_: str | None, within: float) -> Thing:
        deadline = time.monotonic() + within
        while True:
            view = await self.view()
            found = to_fill(iter(await self._things(view, in_, on)), label)
            if found is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise DriverError(f"{self.name} finds no input {label!r}. {self.name} sees:\n{_screen(view)}")
            await self._client.get("wait", **{"as": self.id, "after": view["version"], "seconds": max(0.01, left)})

    async def fills(
        self, label: str, value: Any, on: str | None = None, in_: str | None = None, within: float = 5.0
    ) -> Deed:
        """Put something into an input: a text, `2026-01-31`, `15:30`; or an option's words, as `picks`."""
        return await self.picks(label, value, on, in_, within)

    async def picks(
        self, label: str, option: Any, on: str | None = None, in_: str | None = None, within: float = 5.0
    ) -> Deed:
        """Choose from a menu by the option's words; a list for menus that take several; a name for people and channels."""
        thing = await self._input(label, on, in_, within)
        return await self._act("click", **thing.spot(), selected=await self._choice(thing, option))

    async def _choice(self, thing: Thing, option: Any) -> Any:
        if isinstance(option, list | tuple):
            return [await self._choice(thing, one) for one in option]
        kind = thing.element["type"].removeprefix("multi_")
        if kind in ("static_select", "radio_buttons", "checkboxes", "overflow"):
            chosen = _option(options_of(thing.element), option)["value"]
            return [chosen] if thing.element["type"] == "checkboxes" and not isinstance(option, list) else chosen
        if kind == "external_select":
            found = await self._act("options", **thing.spot(), query=str(option))
            return _option(found.result.get("options", []), option)
        if kind == "users_select":
            return next(
                (m["id"] for m in self._facts["members"] if option in (m["name"], m["real_name"], m["id"])), option
            )
        if kind in ("channels_select", "conversations_select"):
            return str(self._channel(await self.view(), str(option))["id"])
        return option

    async def searches(self, label: str, query: str, on: str | None = None, in_: str | None = None) -> list[str]:
        """Type into a typeahead; the words of what it offers."""
        thing = await self._input(label, on, in_, 5.0)
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
        view = await self._until(lambda v: v["modals"][-1] if v["modals"] else None, 5.0, "has no modal open")
        return str(view["view_id"])

    async def uses_shortcut(self, name: str, on: str | None = None, in_: str | None = None) -> Deed:
        """Use a shortcut by its name; `on` is the text of the message for one on messages."""
        declared = next((s for s in self._facts["shortcuts"] if name in (s["name"], s["callback_id"])), None)
        if declared is None:
            raise DriverError(f"there is no shortcut {name!r}")
        if on is None:
            return await self._act("shortcut", callback_id=declared["callback_id"])
        message = await self.sees(on, in_)
        return await self._act("shortcut", callback_id=declared["callback_id"], channel=message.channel, ts=message.ts)

    async def opens_home(self) -> Deed:
        """Open the App Home tab."""
        return await self._act("home")

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


def _says(text: str, wanted: str) -> bool:
    return " ".join(wanted.split()) in " ".join(text.split())


def _message(channel: dict[str, Any], m: dict[str, Any]) -> Seen:
    return Seen(
        m["plain"],
        channel["name"] if channel["kind"] != "im" else "dm",
        m["ts"],
        channel["id"],
        m["thread_ts"],
        m["ephemeral"],
        m["bot"],
        m["edited"] is not None,
        m,
    )


def _screen(view: dict[str, Any]) -> str:
    """What is on a screen, in words, for a failure."""
    lines = []
    for channel in view["channels"]:
        lines.append(f"--- {'dm with ' if channel['kind'] == 'im' else '#'}{channel['name']}")
        for m in channel["messages"][-8:]:
            only = " (only you)" if m["ephemeral"] else ""
            lines.append(f"  {m['username']}{only}: " + m["plain"][:1500].replace("\n", "\n    "))
    lines += [f"--- modal: {m['plain']}" for m in view["modals"]]
    lines += [f"--- home: {view['home']['plain'][:1500]}"] if view["home"] else []
    lines += [f"--- toast: {t['text']}" for t in view["toasts"]]
    return "\n".join(lines)
