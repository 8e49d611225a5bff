"""What goes wrong at Slack, on purpose: late acks, lost replies, cuts, redelivery, limits."""

import asyncio
import math
import signal
import sys
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.driver import Workspace, simple_manifest
from sandbox.faults import Fault
from sandbox.rates import RateLimits
from tests.sandbox.helpers import HandClock, bolt, by_http, by_socket, client

MANIFEST = simple_manifest(["/touch"])


async def test_a_late_ack_shows_slacks_failure_text(joined: Any) -> None:
    async with Workspace.start(manifest=MANIFEST, ack_seconds=0.2) as slack:
        app, sam, go_on = bolt(slack), slack.person("Sam"), asyncio.Event()

        @app.command("/touch")
        async def dawdles(ack: Any) -> None:
            await go_on.wait()
            await ack("too late")

        async with joined(slack, app):
            done = await sam.types("/touch x", in_="#inbound")
            go_on.set()
            assert done.error == "operation_timeout"
            await sam.sees('/touch failed with the error "operation_timeout"', in_="toast")
            await sam.sees_no("too late")


async def test_nobody_listening_and_unknown_commands_are_said() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        sam = slack.person("Sam")
        assert (await sam.types("/touch x")).error == "dispatch_failed"
        assert (await sam.types("/dance")).error == "invalid_command"
        assert await sam.toasts() == [
            '/touch failed with the error "dispatch_failed"',
            "/dance is not a valid command.",
        ]
        await slack.events_to("http://127.0.0.1:9/slack/events")
        assert (await sam.types("/touch x")).error == "dispatch_failed"


async def test_a_500_from_the_bot_is_said_and_a_bad_signature_is_noticed() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")
        async with by_http(slack, app):
            assert (await sam.types("/touch x")).error == "http_service_error"  # Bolt knows no such command: 404


async def test_a_lost_reply_is_done_and_a_reset_is_not() -> None:
    async with Workspace.start() as slack:
        api, sam, inbound = client(slack), slack.person("Sam"), slack.channel_id("inbound")
        await slack.faults.lose_reply("chat.postMessage", text="once")
        await slack.faults.reset("chat.postMessage", text="never")
        for text in ("only once", "never ever"):
            with pytest.raises(aiohttp.ClientError):
                await api.chat_postMessage(channel=inbound, text=text)
        await api.chat_postMessage(channel=inbound, text="after")
        assert [m.text for m in await sam.messages("inbound")] == ["only once", "after"]
        assert await slack.faults.struck() == 2


async def test_500s_429s_errors_and_slowness_come_as_armed_and_then_stop() -> None:
    async with Workspace.start() as slack:
        api, inbound = client(slack), slack.channel_id("inbound")
        await slack.faults.http_500("chat.postMessage")
        await slack.faults.rate_limited("chat.postMessage", retry_after=7)
        await slack.faults.error("chat.postMessage", "fatal_error")
        statuses = []
        for _ in range(3):
            with pytest.raises(SlackApiError) as caught:
                await api.chat_postMessage(channel=inbound, text="x")
            statuses.append((caught.value.response.status_code, caught.value.response.headers.get("Retry-After")))
        assert statuses == [(500, None), (429, "7"), (200, None)]
        await slack.faults.slow("auth.test", seconds=0.2)
        began = asyncio.get_running_loop().time()
        await api.auth_test()
        assert asyncio.get_running_loop().time() - began >= 0.19
        await api.chat_postMessage(channel=inbound, text="well again")
        assert len(await slack.person("Sam").messages("inbound")) == 1


async def test_a_call_can_wait_for_a_test_or_kill_whoever_made_it() -> None:
    async with Workspace.start() as slack:
        assert slack.server is not None
        api, inbound, seen = client(slack), slack.channel_id("inbound"), []
        slack.server.sandbox.faults.arm(Fault("kill_after", "chat.postMessage", callback=lambda: seen.append("now")))
        with pytest.raises(aiohttp.ClientError):
            await api.chat_postMessage(channel=inbound, text="taken")
        assert seen == ["now"]
        victim = await asyncio.create_subprocess_exec(sys.executable, "-c", "import signal; signal.pause()")
        await slack.faults.kill_before("chat.postMessage", victim.pid)
        with pytest.raises(aiohttp.ClientError):
            await api.chat_postMessage(channel=inbound, text="not taken")
        assert await victim.wait() == -signal.SIGKILL
        assert len(await slack.history("inbound")) == 1
        assert [m.text for m in await slack.person("Sam").messages("inbound")] == ["taken"]


async def test_an_event_not_acknowledged_comes_again_with_its_number(joined: Any) -> None:
    async with Workspace.start(manifest=MANIFEST, retry_delays=(0, 0, 0), ack_seconds=2) as slack:
        app, sam, heard = bolt(slack), slack.person("Sam"), []

        @app.event("message")
        async def hears(body: Any, event: Any) -> None:
            heard.append((body["event_id"], event["text"], event["channel_type"]))

        async with joined(slack, app):
            await slack.faults.drop("events_api", times=2)
            await sam.says("hello there", in_="dm")
            await slack.deliveries("message", at_least=3)
            assert [e["retry"] for e in await slack.log("sent", "message")] == [0, 1, 2]
            await slack.faults.redeliver("events_api")
            await sam.says("twice", in_="#inbound")
            await slack.deliveries("message", at_least=5)
        assert heard[0][1:] == ("hello there", "im")
        assert heard[1] == heard[2]
        assert heard[1][1:] == ("twice", "channel")


async def test_the_bot_comes_back_after_its_socket_ends_and_any_connection_serves() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        first, second, sam, served = bolt(slack), bolt(slack), slack.person("Sam"), []

        def serve(name: str, app: AsyncApp) -> None:
            @app.command("/touch")
            async def touch(ack: Any) -> None:
                served.append(name)
                await ack()

        serve("first", first)
        serve("second", second)

        async with by_socket(slack, first), by_socket(slack, second):
            await slack.connected(2)
            for _ in range(4):
                assert await sam.types("/touch x")
            assert sorted(served) == ["first", "first", "second", "second"]
            await slack.faults.disconnect_socket()
            await slack.connected(2)
            assert await sam.types("/touch x")
            await slack.faults.disconnect_socket(hard=True)
            await slack.connected(2)
            assert await sam.types("/touch x")


async def test_limits_answer_429_with_seconds_and_other_channels_go_on() -> None:
    async with Workspace.start() as slack:
        api, inbound, general = client(slack), slack.channel_id("inbound"), slack.channel_id("general")
        await slack.limits(on=True, channel_burst=1)
        await api.chat_postMessage(channel=inbound, text="1")
        with pytest.raises(SlackApiError) as caught:
            await api.chat_postMessage(channel=inbound, text="2")
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "1"
        await api.chat_postMessage(channel=general, text="other")
        await slack.limits(on=True, workspace_per_minute=1, channel_burst=9)
        await api.chat_postMessage(channel=general, text="3")
        with pytest.raises(SlackApiError) as caught:
            await api.chat_postMessage(channel=inbound, text="4")
        assert int(caught.value.response.headers["Retry-After"]) > 30
        await slack.limits(on=False)
        for n in range(20):
            await api.chat_postMessage(channel=inbound, text=str(n))


async def test_a_response_url_works_five_times_and_not_after_its_time() -> None:
    async with Workspace.start(manifest=MANIFEST, steady_clock=(clock := HandClock())) as slack:
        app, sam, urls = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def touch(ack: Any, body: Any) -> None:
            urls.append(body["response_url"])
            await ack()

        async with by_socket(slack, app):
            await sam.types("/touch")
            hook = AsyncWebhookClient(urls[0])
            assert [(await hook.send(text=str(n))).status_code for n in range(5)] == [200] * 5
            sixth = await hook.send(text="six")
            assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
            await sam.types("/touch")
            clock.forward(30 * 60 - 1)
            assert (await AsyncWebhookClient(urls[1]).send(text="in time")).status_code == 200
            clock.forward(2)
            late = await AsyncWebhookClient(urls[1]).send(text="late")
            assert "expired_url" in late.body
            assert len(await sam.messages("general")) == 6


async def test_what_replaces_a_message_keeps_to_the_length_of_an_update() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam, urls = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def touch(ack: Any, body: Any) -> None:
            urls.append(body["response_url"])
            await ack()

        async with by_socket(slack, app):
            await sam.types("/touch")
            hook = AsyncWebhookClient(urls[0])
            assert (await hook.send(text="x" * 4001)).status_code == 200
            assert (await hook.send(text="x" * 4000, replace_original=True)).status_code == 200
            long = await hook.send(text="x" * 4001, replace_original=True)
            assert (long.status_code, "msg_too_long" in long.body) == (400, True)


async def test_nonsense_at_a_response_url_or_the_web_api_is_refused_also_while_a_fault_waits() -> None:
    async with Workspace.start() as slack, aiohttp.ClientSession() as web:
        assert slack.server is not None
        await slack.faults.reset("*", text="never")
        hook = slack.server.sandbox.responses.url(slack.person("Sam").id, slack.channel_id("inbound"))
        for body in (b"[1]", b'"x"', b"null", b"{", b"\xff"):
            reply = await web.post(hook, data=body)
            assert (reply.status, (await reply.json())["error"]) == (400, "invalid_payload")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        parts = {"Content-Type": "multipart/form-data; boundary=b"}
        part = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n'
        for headers, body in ((form, b"text=\xff"), (form, b"text=%ff"), (parts, part)):
            reply = await web.post(f"{slack.url}/api/chat.postMessage", data=body, headers=headers)
            assert (reply.status, (await reply.json())["error"]) == (400, "invalid_form_data")
        assert (await (await web.post(hook, json={"text": "still good"})).text()) == "ok"


@pytest.mark.parametrize(("tier", "at_once"), [(1, 10), (2, 20), (3, 50), (4, 100)])
def test_each_tier_allows_its_calls_a_minute_per_method(tier: int, at_once: int) -> None:
    clock = HandClock()
    rates = RateLimits(on=True, clock=clock)
    assert [rates.wait("users.list", tier, None) for _ in range(at_once)] == [0] * at_once
    a_token = math.ceil(60 / {1: 1, 2: 20, 3: 50, 4: 100}[tier])
    assert rates.wait("users.list", tier, None) == a_token
    assert rates.wait("users.info", tier, None) == 0
    clock.forward(a_token)
    assert rates.wait("users.list", tier, None) == 0


async def test_a_method_called_too_often_is_refused_while_others_go_on() -> None:
    async with Workspace.start(steady_clock=HandClock()) as slack:
        api, sam = client(slack), slack.person("Sam").id
        await slack.limits(on=True)
        for _ in range(20):
            await api.users_list()
        with pytest.raises(SlackApiError) as caught:
            await api.users_list()
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "3")
        await api.users_info(user=sam)


async def test_the_sockets_can_be_cut_just_before_a_delivery() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam, heard = bolt(slack), slack.person("Sam"), []

        @app.command("/touch")
        async def touch(ack: Any, command: Any) -> None:
            heard.append(command["text"])
            await ack()

        async with by_socket(slack, app):
            await slack.faults.arm("socket_disconnect", "slash_commands")
            assert (await sam.types("/touch lost")).error == "dispatch_failed"
            await slack.connected()
            assert await sam.types("/touch heard")
            assert await slack.faults.struck() == 1
        assert heard == ["heard"]


async def test_a_refused_answer_to_a_command_is_a_problem_and_a_toast() -> None:
    async with Workspace.start(manifest=MANIFEST) as slack:
        app, sam = bolt(slack), slack.person("Sam")

        @app.command("/touch")
        async def touch(ack: Any) -> None:
            await ack(text="x", blocks=[{"type": "section"}])

        async with by_socket(slack, app):
            assert (await sam.types("/touch x")).error == "invalid_blocks"
            assert "invalid_blocks" in (await sam.toasts())[0]
        assert len(await slack.problems()) == 1
