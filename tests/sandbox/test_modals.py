"""Modals and App Home: triggers, stacks, errors, typeahead, closing."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.driver import Workspace, simple_manifest
from tests.sandbox.helpers import HandClock, bolt, by_socket

MANIFEST = simple_manifest(["/touch"], {"log_touch": "Log a touch"})


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def field(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": name.lower(),
        "label": plain(name),
        "element": element | {"action_id": "it"},
        **more,
    }


def form(title: str = "Log a touch", **more: Any) -> dict[str, Any]:
    outcomes = [{"text": plain(w), "value": w.lower()} for w in ("Connected", "Voicemail")]
    return {
        "type": "modal",
        "callback_id": "touch",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "private_metadata": "lead 7",
        "blocks": [
            field("Person", {"type": "external_select", "min_query_length": 1}),
            field("Outcome", {"type": "static_select", "options": outcomes}),
            field("When", {"type": "datepicker"}, optional=True),
            field("Note", {"type": "plain_text_input", "max_length": 20}, optional=True),
        ],
        **more,
    }


def words(title: str, text: str = "Words") -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": plain(text)}]}


async def test_a_form_is_filled_with_typeahead_refused_and_saved(joined: Any) -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam, saved = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def opens(ack: Any, body: Any, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=form())
            await ack()

        @app.options("it")
        async def people(ack: Any, payload: Any) -> None:
            names = [n for n in ("Jane Doe", "Janet Ray", "Bob") if payload["value"].lower() in n.lower()]
            await ack(options=[{"text": plain(n), "value": n} for n in names])

        @app.view("touch")
        async def save(ack: Any, view: Any) -> None:
            values = {block: next(iter(held.values())) for block, held in view["state"]["values"].items()}
            if values["note"]["value"] == "bad":
                await ack(response_action="errors", errors={"note": "Say more"})
            else:
                saved.append((view["private_metadata"], values))
                await ack()

        async with joined(slack, app):
            await sam.types("/touch")
            opened = await sam.sees("Log a touch", in_="modal")
            assert "Outcome" in opened.text
            missing = await sam.submits()
            assert missing.result["errors"].keys() == {"person", "outcome"}
            assert await sam.searches("Person", "jan") == ["Jane Doe", "Janet Ray"]
            assert await sam.picks("Person", "Jane Doe", query="jan")
            assert await sam.picks("Outcome", "Voicemail")
            assert await sam.fills("When", "2026-12-01")
            long = await sam.submits(Note="x" * 21)
            assert long.result["errors"] == {"note": "Must be 20 characters or fewer."}
            assert not await sam.submits(Note="bad")
            await sam.sees("Say more", in_="modal")
            assert await sam.submits(Note="left msg")
            assert await sam.modal() is None
        ((metadata, values),) = saved
        assert metadata == "lead 7"
        assert values["person"]["selected_option"]["value"] == "Jane Doe"
        assert values["outcome"]["selected_option"]["value"] == "voicemail"
        assert values["when"] == {"type": "datepicker", "selected_date": "2026-12-01"}
        assert values["note"]["value"] == "left msg"
        assert await slack.problems() == []


async def test_a_trigger_is_dead_after_one_use_and_after_its_time() -> None:
    async with Workspace.start(manifest=MANIFEST, steady_clock=(clock := HandClock())) as slack:
        app, triggers = bolt(slack), []

        @app.command("/touch")
        async def keeps(ack: Any, body: Any) -> None:
            triggers.append(body["trigger_id"])
            await ack()

        async def refused(trigger: str) -> str:
            with pytest.raises(SlackApiError) as caught:
                await app.client.views_open(trigger_id=trigger, view=words("Late"))
            return str(caught.value.response["error"])

        async with by_socket(slack, app):
            sam = slack.person("Sam")
            await sam.types("/touch")
            await app.client.views_open(trigger_id=triggers[0], view=words("First"))
            assert await refused(triggers[0]) == "exchanged_trigger_id"
            await sam.types("/touch")
            clock.forward(3.01)
            assert await refused(triggers[1]) == "expired_trigger_id"
            await sam.types("/touch")
            clock.forward(2.99)
            await app.client.views_open(trigger_id=triggers[2], view=words("In time"))
            assert await refused("12.34.56") == "invalid_trigger_id"


async def test_answers_to_a_submission_push_update_and_clear() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")
        answers: list[dict[str, Any]] = []

        @app.command("/touch")
        async def opens(ack: Any, body: Any, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view={**words("One"), "submit": plain("Go")})
            await ack()

        @app.view({"type": "view_submission", "callback_id": ""})
        async def go(ack: Any) -> None:
            await ack(**answers.pop(0))

        async with by_socket(slack, app):
            await sam.types("/touch")
            two, three = ({**words(t), "submit": plain("Go")} for t in ("Two", "Three"))
            answers += [{"response_action": "update", "view": {**words("One and a half"), "submit": plain("Go")}}]
            assert await sam.submits()
            await sam.sees("One and a half", in_="modal")
            answers += [{"response_action": "push", "view": two}, {"response_action": "push", "view": three}]
            assert await sam.clicks("Go")
            await sam.sees("Two", in_="modal")
            assert await sam.clicks("Go")
            await sam.sees("Three", in_="modal")
            answers += [{"response_action": "push", "view": words("Four")}]
            assert (await sam.submits()).error == "push_limit_reached"
            await sam.closes()
            await sam.sees("Two", in_="modal")
            answers += [{"response_action": "clear"}]
            assert await sam.submits()
            assert await sam.modal() is None
        assert any("push_limit_reached" in p for p in await slack.problems())


async def test_an_update_needs_the_right_hash_and_keeps_what_was_typed() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam, views = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def opens(ack: Any, body: Any, client: Any) -> None:
            views.append((await client.views_open(trigger_id=body["trigger_id"], view=form()))["view"])
            await ack()

        async with by_socket(slack, app):
            await sam.types("/touch")
            await sam.fills("Note", "so far")
            view = views[0]
            fresh = form(title="Changed")
            fresh["blocks"] = fresh["blocks"][1:]
            after = await app.client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)
            assert after["view"]["state"]["values"]["note"]["it"]["value"] == "so far"
            with pytest.raises(SlackApiError, match="hash_conflict"):
                await app.client.views_update(view_id=view["id"], hash=view["hash"], view=form())


async def test_closing_tells_the_app_only_if_it_asked() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam, closed = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def opens(ack: Any, body: Any, client: Any, command: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=form(notify_on_close=command["text"] == "tell"))
            await ack()

        @app.view_closed("touch")
        async def noted(ack: Any, view: Any) -> None:
            closed.append(view["private_metadata"])
            await ack()

        async with by_socket(slack, app):
            for text in ("quiet", "tell"):
                await sam.types(f"/touch {text}")
                await sam.clicks("Cancel")
        assert closed == ["lead 7"]


async def test_app_home_opens_and_its_buttons_work() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")
        button = {"type": "button", "text": plain("Show me"), "action_id": "show"}
        home = {
            "type": "home",
            "blocks": [{"type": "header", "text": plain("Your day")}, {"type": "actions", "elements": [button]}],
        }

        @app.event("app_home_opened")
        async def opened(event: Any, client: Any) -> None:
            await client.views_publish(user_id=event["user"], view=home)

        @app.action("show")
        async def shows(ack: Any, body: Any, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=words("Shown"))
            await ack()

        async with by_socket(slack, app):
            await sam.opens_home()
            await sam.sees("Your day", in_="home")
            assert await slack.person("Ada").home() is None
            await sam.clicks("Show me")
            await sam.sees("Shown", in_="modal")


async def test_a_message_shortcut_opens_a_form() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")

        @app.shortcut("log_touch")
        async def opens(ack: Any, body: Any, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=words("About", body["message"]["text"]))
            await ack()

        async with by_socket(slack, app):
            await slack.person("Ada").says("Jane rang back", in_="#general")
            assert await sam.uses_shortcut("Log a touch", on="Jane rang back")
            await sam.sees("Jane rang back", in_="modal")


async def test_a_global_shortcut_opens_a_form_without_a_message() -> None:
    manifest = simple_manifest()
    manifest["features"]["shortcuts"] = [
        {"name": "New touch", "type": "global", "callback_id": "new_touch", "description": "Log one"}
    ]
    async with Workspace.start(manifest=manifest) as slack:
        app, sam, heard = bolt(slack), slack.person("Sam"), []

        @app.shortcut({"type": "shortcut", "callback_id": "new_touch"})
        async def opens(ack: Any, body: Any, client: Any) -> None:
            heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=words("New touch"))
            await ack()

        async with by_socket(slack, app):
            assert await sam.uses_shortcut("New touch")
            await sam.sees("New touch", in_="modal")
        (body,) = heard
        assert (body["type"], body["user"]["id"]) == ("shortcut", sam.id)
        assert not {"message", "channel", "response_url"} & body.keys()
        assert await slack.problems() == []


async def test_an_answer_in_the_ack_of_a_click_is_refused_as_slack_shows_none() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")
        button = {"type": "button", "text": plain("Claim"), "action_id": "claim"}

        @app.action("claim")
        async def answers(ack: Any) -> None:
            await ack(text="Yours now")

        async with by_socket(slack, app):
            card = [{"type": "actions", "elements": [button]}]
            await app.client.chat_postMessage(channel=slack.channel_id("inbound"), text="card", blocks=card)
            assert (await sam.clicks("Claim")).error == "invalid_ack"
            await sam.sees_no("Yours now")
        (problem,) = await slack.problems()
        assert "block_actions" in problem


async def test_a_day_that_is_none_cannot_be_picked() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")

        @app.command("/touch")
        async def opens(ack: Any, body: Any, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=form())
            await ack()

        async with by_socket(slack, app):
            await sam.types("/touch")
            assert (await sam.fills("When", "2026-99-99")).error == "invalid_arguments"
            assert await sam.fills("When", "2026-12-31")
