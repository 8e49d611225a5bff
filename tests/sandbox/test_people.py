"""What people do besides typing and clicking: menus in messages, files, threads, places they are not in."""

from typing import Any

import aiohttp

from sandbox.driver import ChannelSpec, Workspace, simple_manifest
from tests.sandbox.helpers import bolt, by_socket, client


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def options(*words: str) -> list[dict[str, Any]]:
    return [{"text": plain(w), "value": w.lower()} for w in words]


OUTCOMES = {"type": "static_select", "action_id": "outcome", "options": options("Connected", "Busy")}
WHO = [
    {"type": "users_select", "action_id": "user", "placeholder": plain("Reassign to")},
    {"type": "overflow", "action_id": "more", "options": options("Junk", "Hand off")},
    {"type": "checkboxes", "action_id": "checks", "options": options("Called", "Wrote")},
    {"type": "external_select", "action_id": "find", "placeholder": plain("Find"), "min_query_length": 3},
]
MENUS: list[dict[str, Any]] = [
    {"type": "section", "text": plain("Outcome"), "accessory": OUTCOMES},
    {"type": "actions", "block_id": "who", "elements": WHO},
]


async def test_menus_in_a_message_say_what_was_chosen_and_what_else_is() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        app, sam, ada, heard = bolt(slack), slack.person("Sam"), slack.person("Ada"), []

        @app.action({"action_id": "outcome"})
        @app.action({"action_id": "user"})
        @app.action({"action_id": "more"})
        @app.action({"action_id": "checks"})
        async def chosen(ack: Any, body: Any) -> None:
            heard.append(body)
            await ack()

        async with by_socket(slack, app):
            await client(slack).chat_postMessage(channel=slack.channel_id("inbound"), text="card", blocks=MENUS)
            assert await sam.picks("Outcome", "Busy")
            assert await sam.picks("Reassign to", "Ada")
            assert await sam.clicks("Hand off")
            assert await sam.picks("checks", ["Called", "Wrote"], on="card")
        outcome, user, more, checks = (body["actions"][0] for body in heard)
        assert outcome["selected_option"]["value"] == "busy"
        assert user["selected_user"] == ada.id
        assert more["selected_option"]["text"]["text"] == "Hand off"
        assert [o["value"] for o in checks["selected_options"]] == ["called", "wrote"]
        held = heard[-1]["state"]["values"]
        assert held["who"]["user"]["selected_user"] == ada.id
        assert "more" not in held["who"]
        assert heard[0]["message"]["text"] == "card"
        assert heard[0]["container"]["is_ephemeral"] is False


async def test_a_typeahead_asks_nobody_before_its_shortest_query() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        app, sam, asked = bolt(slack), slack.person("Sam"), []

        @app.options("find")
        async def find(ack: Any, payload: Any) -> None:
            asked.append(payload["value"])
            await ack(options=options("Jane"))

        async with by_socket(slack, app):
            await client(slack).chat_postMessage(channel=slack.channel_id("inbound"), text="card", blocks=MENUS)
            assert await sam.searches("Find", "ja") == []
            assert await sam.searches("Find", "jan") == ["Jane"]
        assert asked == ["jan"]


async def test_nobody_sees_or_acts_where_they_are_not() -> None:
    places = ["general", ChannelSpec("board", private=True, members=("Ada",))]
    async with Workspace.start(channels=places, manifest=simple_manifest(["/touch"])) as slack:
        sam, ada, board = slack.person("Sam"), slack.person("Ada"), slack.channel_id("board")
        await client(slack).chat_postMessage(channel=board, text="<!channel> numbers")
        await ada.sees("numbers", in_="#board")
        await sam.sees_no("numbers")
        assert await sam.notifications() == []
        async with aiohttp.ClientSession() as web:
            deed = {"as": sam.id, "do": "say", "channel": board, "text": "hello"}
            reply = await web.post(f"{slack.url}/sandbox/act", json=deed)
            assert (await reply.json())["error"] == "channel_not_found"
        await sam.sees_no("hello")
        await ada.sees_no("hello")


async def test_a_dropped_file_reaches_the_bot_and_only_its_token_opens_it() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack, aiohttp.ClientSession() as web:
        app, heard = bolt(slack), []

        @app.event("message")
        async def hears(event: Any) -> None:
            heard.append(event)

        async with by_socket(slack, app):
            await slack.person("Sam").drops("contacts.csv", "email\njane@acme.com\n", in_="dm")
            await slack.deliveries("message", at_least=1)
        assert heard[0]["subtype"] == "file_share"
        url = heard[0]["files"][0]["url_private_download"]
        assert (await web.get(url)).status == 403
        opened = await web.get(url, headers={"Authorization": f"Bearer {app.client.token}"})
        assert await opened.text() == "email\njane@acme.com\n"


async def test_replies_stand_in_their_thread_and_commands_do_not_work_there() -> None:
    async with Workspace.start(manifest=simple_manifest(["/touch"])) as slack:
        sam, ada = slack.person("Sam"), slack.person("Ada")
        await sam.says("a question", in_="#general")
        question = await ada.sees("a question")
        await ada.says("an answer", in_="#general", thread=question)
        assert [r.text for r in await sam.replies(question)] == ["an answer"]
        assert (await sam.sees("a question")).raw["reply_count"] == 1
        async with aiohttp.ClientSession() as web:
            deed = {
                "as": sam.id,
                "do": "command",
                "channel": question.channel,
                "thread_ts": question.ts,
                "text": "/touch",
            }
            reply = await web.post(f"{slack.url}/sandbox/act", json=deed)
            assert (await reply.json())["error"] == "not_in_threads"


async def test_what_a_person_dismisses_is_gone() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        sam = slack.person("Sam")
        await client(slack).chat_postMessage(channel=sam.id, text="by member id, into the direct conversation")
        await sam.is_rung("by member id")
        await sam.types("/dance")
        view = await sam.view()
        await sam.dismisses()
        assert view["toasts"]
        assert await sam.toasts() == []
        assert await sam.notifications() == []


async def test_a_command_is_sent_as_slack_escapes_it() -> None:
    manifest = simple_manifest(["/touch"])
    manifest["features"]["slash_commands"][0]["should_escape"] = True
    async with Workspace.start(manifest=manifest) as slack:
        app, heard = bolt(slack), []

        @app.command("/touch")
        async def touch(ack: Any, command: Any) -> None:
            heard.append(command["text"])
            await ack()

        async with by_socket(slack, app):
            await slack.person("Sam").types("/touch jane@acme.com & @Ada <3")
        ada = slack.person("Ada").id
        assert heard == [f"<mailto:jane@acme.com|jane@acme.com> &amp; <@{ada}|Ada> &lt;3"]
