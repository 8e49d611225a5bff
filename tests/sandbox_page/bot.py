"""A bot with one of everything the page must show, and a memory of what it was told."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import Workspace, simple_manifest
from tests.sandbox.helpers import bolt, by_socket

COMMANDS = [
    {"command": "/touch", "description": "Log a call or an e-mail", "usage_hint": "[who] [what came of it]"},
    {"command": "/today", "description": "Your touch list", "usage_hint": ""},
    {"command": "/lead", "description": "The card of a person", "usage_hint": "[name]"},
    {"command": "/broken", "description": "Fails", "usage_hint": ""},
]
MANIFEST = simple_manifest(shortcuts={"log_touch": "Log a touch"})
MANIFEST["features"]["slash_commands"] = COMMANDS
FOUND = ["Jane O'Neill", "Jana Müller", "José García"]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def button(text: str, action: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action, **more}


def field(name: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": plain(label), "element": {"action_id": "it", **element}, **more}


JUNK = {"title": plain("Mark as junk?"), "text": mrkdwn("*Jane* gets no answer."), "confirm": plain("Mark it")}
CARD = [
    {"type": "header", "text": plain("Hand raised: Jane O'Neill")},
    {
        "type": "section",
        "text": mrkdwn("*Acme* · Berlin"),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Reassign", "reassign"), option("Hand off", "hand_off")],
        },
    },
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            button("Claim", "claim", value="7", style="primary"),
            button("Junk", "junk", style="danger", confirm=JUNK | {"deny": plain("Keep it")}),
            {
                "type": "static_select",
                "action_id": "outcome",
                "placeholder": plain("Log outcome"),
                "option_groups": [
                    {"label": plain("Call"), "options": [option("Connected", "connected"), option("Busy", "busy")]},
                    {"label": plain("E-mail"), "options": [option("Sent", "sent")]},
                ],
            },
        ],
    },
]
FORM = {
    "type": "modal",
    "callback_id": "touch",
    "title": plain("Log a touch"),
    "submit": plain("Save"),
    "blocks": [
        {"type": "alert", "level": "warning", "text": mrkdwn("Not before 9:00")},
        field("who", "Who", {"type": "external_select", "min_query_length": 1}),
        field(
            "outcome", "Outcome", {"type": "static_select", "options": [option("Busy", "busy"), option("Sent", "sent")]}
        ),
        field("tell", "Also tell", {"type": "multi_users_select"}, optional=True),
        field("when", "When", {"type": "datetimepicker"}, optional=True),
        field("how", "How", {"type": "checkboxes", "options": [option("Share it", "share")]}, optional=True),
        field("note", "Note", {"type": "plain_text_input", "multiline": True}, hint=plain("In your own words")),
        {"type": "actions", "block_id": "deeper", "elements": [button("Another person", "another")]},
    ],
}
DEEPER = {
    "type": "modal",
    "callback_id": "person",
    "title": plain("Another person"),
    "blocks": [
        {"type": "section", "text": mrkdwn("Nobody else is known here.")},
    ],
}
HOME = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Good morning")},
        {"type": "actions", "elements": [button("Open my list", "list")]},
    ],
}


class Bot:
    """What the bot was told, in order."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self._told: list[dict[str, Any]] = []
        self._news = threading.Condition()

    def hear(self, body: dict[str, Any]) -> None:
        """Remember what was told, and wake the test that waits for it."""
        with self._news:
            self._told.append(body)
            self._news.notify_all()

    def heard(self, count: int | None = None, within: float = 10) -> list[dict[str, Any]]:
        """What was told so far; with a count, once it is that much. Raises ``AssertionError``."""
        with self._news:
            if count is not None:
                enough = self._news.wait_for(lambda: len(self._told) >= count, within)
                assert enough, f"the bot heard {len(self._told)} things, not {count}"
            return list(self._told)

    @classmethod
    @asynccontextmanager
    async def joined(cls, slack: Workspace) -> AsyncIterator[Bot]:
        """The bot in Socket Mode."""
        app = bolt(slack)
        bot = cls(app.client)
        bot.listen(app)
        async with by_socket(slack, app):
            yield bot

    def listen(self, app: AsyncApp) -> None:
        """Everything this bot answers."""
        app.command("/touch")(self.touch)
        app.command("/today")(self.today)
        app.command("/lead")(self.lead)
        app.command("/broken")(self.broken)
        app.options("it")(self.options)
        app.view("touch")(self.submitted)
        app.action("another")(self.another)
        app.action(re.compile(""))(self.clicked)
        app.shortcut("log_touch")(self.shortcut)
        app.event("app_home_opened")(self.home)
        app.event("message")(self.ignored)

    async def touch(self, ack: Any, body: Any, client: Any) -> None:
        self.hear(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    async def today(self, ack: Any, body: Any) -> None:
        self.hear(body)
        await ack("Nothing is due today.")

    async def lead(self, ack: Any, body: Any) -> None:
        self.hear(body)
        await ack(text=f"A card for {body['text']}", blocks=CARD)

    async def broken(self, body: Any) -> None:
        self.hear(body)

    async def options(self, ack: Any, body: Any) -> None:
        wanted = body["value"].lower()
        await ack(options=[option(name, name) for name in FOUND if wanted in name.lower()])

    async def submitted(self, ack: Any, body: Any) -> None:
        self.hear(body)
        note = body["view"]["state"]["values"]["note"]["it"]["value"]
        if note == "no":
            await ack(response_action="errors", errors={"note": "Say a little more than no."})
        else:
            await ack()

    async def clicked(self, ack: Any, body: Any) -> None:
        self.hear(body)
        await ack()

    async def another(self, ack: Any, body: Any, client: Any) -> None:
        self.hear(body)
        await client.views_push(trigger_id=body["trigger_id"], view=DEEPER)
        await ack()

    async def shortcut(self, ack: Any, body: Any, client: Any) -> None:
        self.hear(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    async def home(self, event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    async def ignored(self) -> None:
        return
