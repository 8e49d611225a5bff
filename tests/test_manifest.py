"""The manifest is what the code uses: nothing that does nothing, nothing missing, no scope to spare."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from slack_bolt.async_app import AsyncApp

from bot.clocks import RealClock
from bot.handlers import register_all
from bot.handlers.edge import Edge

ROOT = Path(__file__).parents[1]
NEEDS = {
    "auth_test": set(),
    "apps_connections_open": set(),
    "views_open": set(),
    "views_update": set(),
    "views_push": set(),
    "views_publish": set(),
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "chat_delete": {"chat:write"},
    "conversations_open": {"im:write"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "users_list": {"users:read", "users:read.email"},
    "users_info": {"users:read", "users:read.email"},
    "users_lookupByEmail": {"users:read.email"},
    "files_upload_v2": {"files:write"},
    "files_info": {"files:read"},
}
"""The scopes of each method we may call, as Slack's reference has them."""


class Registry(AsyncApp):
    """Bolt's app, which also remembers what was registered."""

    def __init__(self):
        super().__init__(token="xoxb-test", signing_secret="s", request_verification_enabled=False)
        self.commands, self.shortcuts, self.events = set(), set(), set()

    def command(self, name, *rest, **more):
        self.commands.add(name)
        return super().command(name, *rest, **more)

    def shortcut(self, name, *rest, **more):
        self.shortcuts.add(str(name))
        return super().shortcut(name, *rest, **more)

    def event(self, name, *rest, **more):
        self.events.add(name)
        return super().event(name, *rest, **more)


@pytest.fixture(scope="module")
def manifest():
    return YAML(typ="safe").load((ROOT / "manifest.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def registered():
    registry = Registry()
    register_all(Edge(registry, None, RealClock()))
    return registry


def methods_called() -> set[str]:
    families = "chat|conversations|users|views|files|auth|apps|team|reactions|bookmarks|pins|usergroups"
    return {
        name
        for path in (ROOT / "bot").rglob("*.py")
        for name in re.findall(rf"\.((?:{families})_[a-zA-Z_0-9]+)\(", path.read_text(encoding="utf-8"))
    }


def test_every_command_of_the_manifest_is_answered_and_every_answer_is_in_it(manifest, registered):
    assert {command["command"] for command in manifest["features"]["slash_commands"]} == registered.commands


def test_every_shortcut_too(manifest, registered):
    assert {shortcut["callback_id"] for shortcut in manifest["features"]["shortcuts"]} == registered.shortcuts


def test_every_event_too(manifest, registered):
    declared = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in declared} == registered.events


def test_the_scopes_are_those_that_are_used(manifest):
    unknown = methods_called() - set(NEEDS)
    assert unknown == set(), "say which scopes these need"
    used = {"commands"}.union(*(NEEDS[name] for name in methods_called()))
    if "message.im" in manifest["settings"]["event_subscriptions"]["bot_events"]:
        used.add("im:history")
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(scopes) == sorted(used)


def test_the_manifest_keeps_slacks_limits(manifest):
    assert len(manifest["display_information"]["description"]) <= 140
    assert 174 <= len(manifest["display_information"]["long_description"]) <= 4000
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000
        assert "help" in command["usage_hint"]
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
    assert len(manifest["features"]["shortcuts"]) <= 10
    assert set(manifest) == {"display_information", "features", "oauth_config", "settings"}
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"]
