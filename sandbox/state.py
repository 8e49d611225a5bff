"""The workspace in memory: members, channels, messages. What stands here is what Slack would have stored.

Invariants: a message's `ts` is unique in the workspace and only grows; a channel's `top` and `replies` hold the `ts` of
what stands, in order; ephemeral messages are in nobody's history, only with the one they were for.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.config import SandboxConfig, as_channel, as_person
from sandbox.manifest import Manifest
from sandbox.watch import Watch

COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5870dd", "2b6836", "99a949")
KEPT_EPHEMERALS = 100
KEPT_NOTIFICATIONS = 1000


@dataclass(slots=True)
class Member:
    """A member of the workspace; the bot is one too."""

    id: str
    name: str
    real_name: str
    email: str
    title: str
    tz: str
    guest: bool
    deleted: bool
    colour: str
    bot: bool = False


@dataclass(slots=True)
class Message:
    """One message. `text` is raw mrkdwn; `ephemeral_to` is the one person who sees it, if it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str
    bot: bool = False
    blocks: list[dict[str, Any]] | None = None
    attachments: list[Any] | None = None
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: str | None = None
    ephemeral_to: str | None = None
    username: str | None = None
    broadcast: bool = False
    plain: str | None = None


@dataclass(slots=True)
class Channel:
    """A conversation. `kind` is `channel`, `private`, `im` or `mpim`."""

    id: str
    name: str
    kind: str
    members: list[str]
    archived: bool = False
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)
    top: list[str] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)

    def unread(self, member: str) -> int:
        """How many top-level messages this member has not read."""
        return len(self.top) - bisect_right(self.top, self.read.get(member, ""))

    def add(self, message: Message) -> None:
        """Store a message; a reply goes to its thread (and to the channel too when it is broadcast)."""
        self.messages[message.ts] = message
        if message.thread_ts and message.thread_ts != message.ts:
            self.replies.setdefault(message.thread_ts, []).append(message.ts)
            if not message.broadcast:
                return
        self.top.append(message.ts)

    def remove(self, ts: str) -> None:
        """Take a message out."""
        message = self.messages.pop(ts)
        lists = [self.top] + ([self.replies.get(message.thread_ts, [])] if message.thread_ts else [])
        for standing in lists:
            at = bisect_left(standing, ts)
            if at < len(standing) and standing[at] == ts:
                del standing[at]


@dataclass(slots=True)
class Notification:
    """What rings for one person: `text` is what the banner says, already readable."""

    id: str
    channel: str
    ts: str
    text: str


class Workspace:
    """All that stands in the workspace, and who is to be told that it changed."""

    def __init__(self, config: SandboxConfig, manifest: Manifest, watch: Watch) -> None:
        self.team_id = "T0SANDBOX"
        self.team = config.team
        self.app_id = "A0HANDRSR"
        self.bot_id = "B0HANDRSR"
        self.watch = watch
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: dict[str, deque[Message]] = {}
        self.notifications: dict[str, deque[Notification]] = {}
        self.toasts: dict[str, list[dict[str, str]]] = {}
        self.dms: dict[str, str] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.file_bytes: dict[str, bytes] = {}
        self.files_completed: set[str] = set()
        self._last_ts = 0
        self._numbers = 0
        self.bot_user = self._add_bot(manifest.name)
        for given in config.people:
            self._add_person(as_person(given))
        for spec in map(as_channel, config.channels):
            self.add_channel(spec.name, spec.private, spec.members, spec.bot, spec.archived)

    def _add_bot(self, name: str) -> str:
        bot = Member("U0HANDRSR", name.lower(), name, "", "", "UTC", False, False, "1264a3", bot=True)
        self.members[bot.id] = bot
        return bot.id

    def _add_person(self, person: Any) -> None:
        number = len(self.members)
        member = Member(
            f"U{number:05d}SBX",
            person.name,
            person.real_name,
            person.email,
            person.title,
            person.tz,
            person.guest,
            person.deleted,
            COLOURS[number % len(COLOURS)],
        )
        self.members[member.id] = member
        self.ephemerals[member.id] = deque(maxlen=KEPT_EPHEMERALS)
        self.notifications[member.id] = deque(maxlen=KEPT_NOTIFICATIONS)
        self.toasts[member.id] = []
        if not member.deleted:
            self.dm(member.id)

    def add_channel(
        self, name: str, private: bool, members: tuple[str, ...] | None, bot: bool, archived: bool = False
    ) -> Channel:
        """Open a channel; `members` are names, None means everyone who is neither guest nor gone."""
        if members is None:
            ids = [m.id for m in self.people() if not m.guest and not m.deleted]
        else:
            ids = [self.person(name).id for name in members]
        number = sum(c.kind in {"channel", "private"} for c in self.channels.values()) + 1
        channel = Channel(
            f"C{number:05d}SBX",
            name,
            "private" if private else "channel",
            ([self.bot_user] if bot else []) + ids,
            archived,
            int(time.time()),
        )
        self.channels[channel.id] = channel
        self.watch.all_changed(ids)
        return channel

    def people(self) -> list[Member]:
        """Every member who is not the bot."""
        return [m for m in self.members.values() if not m.bot]

    def person(self, name: str) -> Member:
        """A member by name, full name, address or id. Raises `KeyError`."""
        wanted = name.removeprefix("@")
        for m in self.members.values():
            if wanted in {m.id, m.name, m.real_name, m.email}:
                return m
        raise KeyError(f"nobody called {name!r} here")

    def dm(self, member: str) -> Channel:
        """The direct conversation between the app and a member, opened when needed."""
        if member not in self.dms:
            channel = Channel(f"D{member[1:]}", self.members[self.bot_user].real_name, "im", [self.bot_user, member])
            self.channels[channel.id] = channel
            self.dms[member] = channel.id
        return self.channels[self.dms[member]]

    def names(self, some_id: str) -> str:
        """The name people see for a member's or channel's id, or an empty text."""
        if some_id in self.members:
            return self.members[some_id].name if not self.members[some_id].bot else self.members[some_id].real_name
        return self.channels[some_id].name if some_id in self.channels else ""

    def next_ts(self) -> str:
        """A fresh, unique, growing `ts` from the real clock."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """A fresh id such as `V00000012`."""
        self._numbers += 1
        return f"{prefix}{self._numbers:08d}"

    def channel_changed(self, channel: Channel) -> None:
        """Tell everyone in a channel that it looks different now."""
        self.watch.all_changed(channel.members)

    def toast(self, member: str, text: str) -> None:
        """Show one person a short failure text."""
        self.toasts[member].append({"id": self.next_id("X"), "text": text})
        del self.toasts[member][:-20]
        self.watch.changed(member)
