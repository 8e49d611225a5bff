"""Slack's Web API as slack_sdk sees it: what works, and Slack's own words for what does not."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.driver import ChannelSpec, Person, Workspace, simple_manifest
from tests.sandbox.helpers import client

LEAST = ["chat:write", "users:read", "channels:read"]
PLACES = [
    "inbound",
    ChannelSpec("strangers", bot=False),
    ChannelSpec("secret", private=True, bot=False),
    ChannelSpec("board", private=True),
    ChannelSpec("attic", archived=True),
]


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)


async def test_a_token_must_be_the_right_one() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        assert slack.server is not None
        wrong, app = client(slack, "xoxb-wrong"), client(slack, slack.server.sandbox.config.app_token)
        none = AsyncWebClient(base_url=f"{slack.url}/api/", retry_handlers=[])
        assert (await refusal(wrong.auth_test()))["error"] == "invalid_auth"
        assert (await refusal(none.api_call("auth.test")))["error"] == "not_authed"
        assert (await refusal(app.auth_test()))["error"] == "not_allowed_token_type"
        assert (await refusal(client(slack).apps_connections_open(app_token="xapp-wrong")))["error"] == "invalid_auth"
        me = await client(slack).auth_test()
        assert me["team_id"] == "T0SANDBOX"
        assert "chat:write" in me.headers["x-oauth-scopes"]


async def test_a_missing_scope_is_named() -> None:
    async with Workspace.start(manifest=simple_manifest(scopes=LEAST)) as slack:
        api, inbound = client(slack), slack.channel_id("#inbound")
        body = await refusal(api.conversations_history(channel=inbound))
        assert body["error"] == "missing_scope"
        assert body["needed"] == "channels:history"
        assert body["provided"] == "channels:read,chat:write,users:read"
        assert (await refusal(api.users_lookupByEmail(email="a@b.example")))["needed"] == "users:read.email"
        assert (await refusal(api.conversations_list(types="private_channel")))["needed"] == "groups:read"
        sam = (await api.users_info(user=slack.person("Sam").id))["user"]
        assert "email" not in sam["profile"]


async def test_channels_are_refused_as_slack_refuses_them() -> None:
    scopes = [*LEAST, "groups:read", "channels:history"]
    async with Workspace.start(channels=PLACES, manifest=simple_manifest(scopes=scopes)) as slack:
        api = client(slack)
        for name, code in {
            "C404": "channel_not_found",
            slack.channel_id("strangers"): "not_in_channel",
            slack.channel_id("secret"): "channel_not_found",
            slack.channel_id("attic"): "is_archived",
        }.items():
            assert (await refusal(api.chat_postMessage(channel=name, text="x")))["error"] == code
        listed = await api.conversations_list(types="public_channel,private_channel", exclude_archived=True)
        assert {c["name"] for c in listed["channels"]} == {"inbound", "strangers", "board"}
        assert (await refusal(api.conversations_history(channel=slack.channel_id("strangers"))))[
            "error"
        ] == "not_in_channel"


async def test_arguments_and_methods_that_are_none_are_refused() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, inbound = client(slack), slack.channel_id("#inbound")
        body = await refusal(api.api_call("chat.postMessage", json={"channel": inbound, "text": "x", "colour": "red"}))
        assert body["error"] == "invalid_arguments"
        assert body["response_metadata"]["messages"] == ["[ERROR] unknown argument: colour"]
        assert (await refusal(api.api_call("chat.update", json={"channel": inbound, "text": "x"})))[
            "error"
        ] == "invalid_arguments"
        assert (await refusal(api.api_call("chat.shout")))["error"] == "unknown_method"
        assert (await refusal(api.api_call("chat.postMessage", json={"channel": inbound, "text": " "})))[
            "error"
        ] == "no_text"
        assert (await refusal(api.chat_postMessage(channel=inbound, text="x", blocks="[")))[
            "error"
        ] == "invalid_blocks_format"
        body = await refusal(api.chat_postMessage(channel=inbound, text="x", blocks=[{"type": "header"}]))
        assert body["error"] == "invalid_blocks"
        assert "json-pointer:/blocks/0" in body["response_metadata"]["messages"][0]
        assert await slack.problems()


async def test_an_update_keeps_to_its_rules() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, inbound, sam = client(slack), slack.channel_id("#inbound"), slack.person("Sam")
        blocks = [SectionBlock(text="the card")]
        ts = (await api.chat_postMessage(channel=inbound, text="words", blocks=blocks))["ts"]
        await sam.sees("the card")
        await api.chat_update(channel=inbound, ts=ts, text="only words")
        await sam.sees_no("the card")
        assert (await refusal(api.chat_update(channel=inbound, ts=ts, text="x" * 4001)))["error"] == "msg_too_long"
        assert (await refusal(api.chat_update(channel=inbound, ts="1.000001", text="x")))[
            "error"
        ] == "message_not_found"
        said = await sam.says("mine", in_="#inbound")
        assert (await refusal(api.chat_update(channel=inbound, ts=said.result["ts"], text="x")))[
            "error"
        ] == "cant_update_message"
        assert (await refusal(api.chat_delete(channel=inbound, ts=said.result["ts"])))["error"] == "cant_delete_message"
        await api.chat_delete(channel=inbound, ts=ts)
        assert (await refusal(api.chat_delete(channel=inbound, ts=ts)))["error"] == "message_not_found"
        long = await api.chat_postMessage(channel=inbound, text="x" * 50_000)
        assert len(long["message"]["text"]) == 40_000


async def test_history_pages_backwards_and_gives_metadata_only_when_asked() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, inbound = client(slack), slack.channel_id("#inbound")
        key = {"event_type": "notice", "event_payload": {"key": "k1"}}
        sent = [(await api.chat_postMessage(channel=inbound, text=str(n), metadata=key))["ts"] for n in range(5)]
        reply = await api.chat_postMessage(channel=inbound, text="below", thread_ts=sent[0], metadata=key)
        first = await api.conversations_history(channel=inbound, limit=3)
        assert [m["text"] for m in first["messages"]] == ["4", "3", "2"]
        assert "metadata" not in first["messages"][0]
        cursor = first["response_metadata"]["next_cursor"]
        rest = await api.conversations_history(channel=inbound, limit=3, cursor=cursor, include_all_metadata=True)
        assert [m["text"] for m in rest["messages"]] == ["1", "0"]
        assert rest["messages"][0]["metadata"] == key
        assert rest["messages"][1]["reply_count"] == 1
        after = await api.conversations_history(channel=inbound, oldest=sent[3])
        assert [m["text"] for m in after["messages"]] == ["4"]
        thread = await api.conversations_replies(channel=inbound, ts=sent[0], include_all_metadata=True)
        assert [m["ts"] for m in thread["messages"]] == [sent[0], reply["ts"]]
        assert thread["messages"][1]["metadata"] == key


async def test_people_are_found_and_those_who_left_are_not() -> None:
    people = [
        Person("Ada", email="ada@firm.example", tz="America/New_York"),
        Person("Gone", deleted=True),
        Person("Guy", guest=True),
    ]
    async with Workspace.start(people=people, manifest=simple_manifest()) as slack:
        api = client(slack)
        ada = (await api.users_lookupByEmail(email="ADA@firm.example"))["user"]
        assert (ada["profile"]["email"], ada["tz"]) == ("ada@firm.example", "America/New_York")
        assert (await refusal(api.users_lookupByEmail(email="gone@brightpath.example")))["error"] == "users_not_found"
        listed = (await api.users_list(limit=2))["members"]
        assert len(listed) == 2
        members = (await api.users_list())["members"]
        assert {m["name"] for m in members if m["deleted"]} == {"gone"}
        assert {m["name"] for m in members if m["is_restricted"]} == {"guy"}
        gone = next(m["id"] for m in members if m["deleted"])
        assert (await refusal(api.conversations_open(users=gone)))["error"] == "user_disabled"


async def test_a_file_goes_up_in_three_steps() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, inbound = client(slack), slack.channel_id("#inbound")
        await api.files_upload_v2(channel=inbound, filename="hits.csv", content="a,b\n1,2\n", initial_comment="Here")
        seen = await slack.person("Sam").sees("Here")
        assert seen.raw["files"][0]["name"] == "hits.csv"
        assert "hits.csv" in seen.text


async def test_a_file_is_completed_once_and_goes_under_a_parent_by_the_channels_id() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, inbound = client(slack), slack.channel_id("#inbound")
        parent = (await api.chat_postMessage(channel=inbound, text="a parent"))["ts"]
        reply = (await api.chat_postMessage(channel=inbound, text="a reply", thread_ts=parent))["ts"]
        up = {"filename": "call.ics", "content": "BEGIN:VCALENDAR"}
        sent = await api.files_upload_v2(channel=inbound, thread_ts=parent, **up)
        again = api.files_completeUploadExternal(files=[{"id": sent["file"]["id"]}], channel_id=inbound)
        assert (await refusal(again))["error"] == "file_not_found"
        for where, code in (
            ({"channel": "#inbound"}, "channel_not_found"),
            ({"channel": slack.person("Sam").id}, "channel_not_found"),
            ({"channel": inbound, "thread_ts": "1.000001"}, "thread_not_found"),
            ({"channel": inbound, "thread_ts": reply}, "invalid_arguments"),
            ({"thread_ts": parent}, "invalid_arguments"),
        ):
            assert (await refusal(api.files_upload_v2(**where, **up)))["error"] == code
        shared = [one for one in await slack.person("Sam").messages(in_="#inbound") if one.raw["files"]]
        assert [one.thread_ts for one in shared] == [parent]


async def test_a_direct_message_rings_and_mentions_ring_only_those_named() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, sam, ada, inbound = client(slack), slack.person("Sam"), slack.person("Ada"), slack.channel_id("inbound")
        dm = (await api.conversations_open(users=sam.id))["channel"]["id"]
        await api.chat_postMessage(channel=dm, text="for you")
        await api.chat_postMessage(channel=inbound, text=f"<@{ada.id}> a hand is up")
        await api.chat_postMessage(channel=inbound, text="from &lt;!channel&gt; &lt;@U00001SBX&gt;")
        updated = await api.chat_postMessage(channel=inbound, text="quiet")
        await api.chat_update(channel=inbound, ts=updated["ts"], text="<!channel> still quiet")
        assert await sam.notifications() == ["for you"]
        assert await ada.notifications() == ["@Ada a hand is up"]
        await api.chat_postMessage(channel=inbound, text="<!here> all")
        assert "@here all" in await sam.notifications()


async def test_an_ephemeral_is_for_one_person_and_in_no_history() -> None:
    async with Workspace.start(manifest=simple_manifest()) as slack:
        api, sam, inbound = client(slack), slack.person("Sam"), slack.channel_id("inbound")
        sent = await api.chat_postEphemeral(channel=inbound, user=sam.id, text="psst")
        assert (await sam.sees("psst")).ephemeral
        await slack.person("Ada").sees_no("psst")
        assert (await api.conversations_history(channel=inbound))["messages"] == []
        body = await refusal(api.chat_update(channel=inbound, ts=sent["message_ts"], text="x"))
        assert body["error"] == "message_not_found"
