"""The app as Slack knows it: what its manifest declares exists, and nothing else does.

A command, shortcut, event or scope that is missing there does not work here either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ALL_SCOPES = [
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
    "users:read.email",
]
ALL_EVENTS = [
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "member_joined_channel",
]


@dataclass(frozen=True)
class Command:
    """A slash command as declared: with its slash."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A shortcut: `type` is `message` or `global`."""

    callback_id: str
    name: str
    type: str


@dataclass(frozen=True)
class Manifest:
    """What the app declares. Scopes are those of the bot token."""

    name: str = "Handraiser"
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: frozenset[str] = frozenset(ALL_SCOPES)
    events: frozenset[str] = frozenset(ALL_EVENTS)
    home_tab: bool = True
    messages_tab: bool = True
    interactive: bool = True

    def command(self, name: str) -> Command | None:
        """The declared command of this name, with its slash."""
        return next((c for c in self.commands if c.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """The declared shortcut of this callback id."""
        return next((s for s in self.shortcuts if s.callback_id == callback_id), None)


def simple_manifest(
    commands: Iterable[str] = (), shortcuts: Mapping[str, str] | None = None, scopes: Iterable[str] = ALL_SCOPES
) -> dict[str, Any]:
    """A manifest for a test: command names with their slash, message shortcuts as callback id -> name."""
    return {
        "display_information": {"name": "Handraiser"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Handraiser", "always_online": True},
            "slash_commands": [
                {"command": c, "description": c, "usage_hint": "", "should_escape": False} for c in commands
            ],
            "shortcuts": [
                {"name": name, "type": "message", "callback_id": key, "description": name}
                for key, name in (shortcuts or {}).items()
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(ALL_EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


def read_manifest(given: Path | str | Mapping[str, Any] | None) -> Manifest:
    """The manifest from a file, from its content, or (None) from `manifest.yaml` here, else one that may do all.

    Raises `FileNotFoundError` for a path that is not there.
    """
    if given is None:
        here = Path("manifest.yaml")
        if not here.exists():
            return Manifest()
        given = here
    return _from_content(given if isinstance(given, Mapping) else _content(Path(given).read_text("utf-8")))


@lru_cache(maxsize=4)
def _content(text: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = YAML(typ="safe").load(text)
    return content


def _from_content(content: Mapping[str, Any]) -> Manifest:
    features = content.get("features") or {}
    settings = content.get("settings") or {}
    home = features.get("app_home") or {}
    bot = features.get("bot_user") or {}
    return Manifest(
        name=bot.get("display_name") or (content.get("display_information") or {}).get("name") or "App",
        commands=tuple(
            Command(
                c["command"], c.get("description", ""), c.get("usage_hint") or "", bool(c.get("should_escape", False))
            )
            for c in features.get("slash_commands") or []
        ),
        shortcuts=tuple(Shortcut(s["callback_id"], s["name"], s["type"]) for s in features.get("shortcuts") or []),
        scopes=frozenset(((content.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []),
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        interactive=bool((settings.get("interactivity") or {}).get("is_enabled", False)),
    )
