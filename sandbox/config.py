"""What a sandbox is started with: who works there, which channels there are, and how the bot is reached.

Ids are given in the order of the lists, so the same configuration gives the same ids again after a restart.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Person:
    """A member of the workspace. `tz` is an IANA name; guests and deactivated members exist to be refused."""

    name: str
    email: str = ""
    real_name: str = ""
    title: str = ""
    tz: str = "Europe/Berlin"
    guest: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class ChannelSpec:
    """A channel: `members` by name (None: everyone but guests), and whether the bot was invited."""

    name: str
    private: bool = False
    members: tuple[str, ...] | None = None
    bot: bool = True
    archived: bool = False


def _token(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(12)}"


@dataclass
class SandboxConfig:
    """The whole configuration. Seconds are seconds of the protocol clock, which is real.

    `steady_clock` tells the age of triggers and response URLs and fills the rate limits: seconds that only grow. A test
    that wants one of them to run out gives its own. How long an acknowledgement takes is always real.
    `events_url` is where signed HTTP goes; None means Socket Mode. `manifest` is the app's: a path, its content,
    or None for `manifest.yaml` in the current folder if there is one, else an app with all scopes and no command.
    `own_events`: whether the bot hears of its own messages too, as it does at Slack (Bolt drops them).
    """

    people: Sequence[Person | str] = ("Sam", "Ada", "Lin")
    channels: Sequence[ChannelSpec | str] = ("general", "inbound")
    host: str = "127.0.0.1"
    port: int = 0
    team: str = "Sandbox"
    bot_token: str = field(default_factory=lambda: _token("xoxb"))
    app_token: str = field(default_factory=lambda: _token("xapp"))
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    events_url: str | None = None
    manifest: Path | str | Mapping[str, Any] | None = None
    form_url: str | None = None
    website: Mapping[str, Any] = field(default_factory=dict)
    limits_on: bool = False
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_seconds: float = 30 * 60
    response_url_uses: int = 5
    steady_clock: Callable[[], float] = time.monotonic
    retry_delays: Sequence[float] = (0.0, 60.0, 300.0)
    own_events: bool = False


def as_person(given: Person | str) -> Person:
    """A person from a bare name or a `Person`, with an address and a full name filled in."""
    person = Person(given) if isinstance(given, str) else given
    handle = person.name.lower().replace(" ", ".")
    return Person(
        name=person.name,
        email=person.email or f"{handle}@brightpath.example",
        real_name=person.real_name or person.name,
        title=person.title,
        tz=person.tz,
        guest=person.guest,
        deleted=person.deleted,
    )


def as_channel(given: ChannelSpec | str) -> ChannelSpec:
    """A channel from a bare name (with or without `#`) or a `ChannelSpec`."""
    return ChannelSpec(given.removeprefix("#")) if isinstance(given, str) else given
