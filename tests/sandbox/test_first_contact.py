from typing import Any

from sandbox.driver import Workspace, simple_manifest
from tests.sandbox.helpers import bolt, client

MANIFEST = simple_manifest(["/touch"])


async def test_a_posted_message_is_seen_and_can_be_changed() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        api, sam = client(slack), slack.person("Sam")
        posted = await api.chat_postMessage(channel=slack.channel_id("#inbound"), text="A *hand* is up")
        seen = await sam.sees("A hand is up", in_="#inbound")
        assert seen.bot
        assert seen.ts == posted["ts"]
        await api.chat_update(channel=posted["channel"], ts=posted["ts"], text="Answered in 48 s")
        assert (await sam.sees("Answered in 48 s")).edited
        await sam.sees_no("A hand is up")
        assert await sam.notifications() == []


async def test_a_command_is_answered_and_a_button_changes_its_message(joined: Any) -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")

        @app.command("/touch")
        async def touch(ack: Any, command: Any) -> None:
            button = {"type": "button", "text": {"type": "plain_text", "text": "Undo"}, "action_id": "undo"}
            text = f"Logged: {command['text']}"
            section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
            await ack(text=text, blocks=[section, {"type": "actions", "elements": [button]}])

        @app.action("undo")
        async def undo(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="Taken back", replace_original=True)

        async with joined(slack, app):
            assert await sam.types("/touch jane <x> call", in_="#inbound")
            answer = await sam.sees("Logged: jane <x> call", in_="#inbound")
            assert answer.ephemeral
            assert answer.buttons == ["Undo"]
            await slack.person("Ada").sees_no("Logged")
            assert await sam.clicks("Undo")
            await sam.sees("Taken back")
            await sam.sees_no("Logged")
        assert await slack.problems() == []
