"""What one person in a test sees. What is not there raises an `AssertionError` that shows what is.

Looking never changes anything, and waits by long poll.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.driver_http import Client, DriverError

Found = TypeVar("Found")


@dataclass(frozen=True)
class Seen:
    """Something a person can read: `text` is all of it, in plain words.

    `where` is a channel's name, `dm`, `modal`, `home` or `toast`; `raw` is what the Person API gave.
    """

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


class Eyes:
    """What a person sees. `in_` is a channel's name with or without `#`, or `dm` for the conversation with the app."""

    def __init__(self, client: Client, facts: dict[str, Any], member: dict[str, Any]) -> None:
        self._client = client
        self._facts = facts
        self.member = member
        self.id: str = member["id"]
        self.name: str = member["name"]

    async def view(self) -> dict[str, Any]:
        """Everything on this person's screen, as the Person API gives it, with `plain` texts."""
        return await self._client.get("view", **{"as": self.id, "plain": 1})

    async def _until(self, test: Callable[[dict[str, Any]], Found | None], within: float, missing: str) -> Found:
        """Look until the test finds something. Raises `AssertionError`."""
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
            names = ("dm", channel["id"]) if channel["kind"] == "im" else (channel["name"], channel["id"])
            if wanted in names:
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

    async def sees(self, text: str, in_: str | None = None, within: float = 10.0) -> Seen:
        """Wait until this can be read; the newest that says it. `in_`: a channel, `dm`, `modal`, `home`, `toast`."""

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

    async def replies(self, to: Seen) -> list[Seen]:
        """The replies below a message, oldest first."""
        thread = to.thread_ts or to.ts
        return [s for s in await self.messages(to.channel) if s.thread_ts == thread and s.ts != thread]

    async def notifications(self) -> list[str]:
        """What rang for this person, oldest first, as the banner says it."""
        return [n["text"] for n in (await self.view())["notifications"]]

    async def is_rung(self, text: str, within: float = 10.0) -> str:
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
