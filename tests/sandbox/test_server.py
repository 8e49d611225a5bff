"""The sandbox by itself: its own process, its clock, long polls, and who may talk to it."""

import asyncio
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from sandbox.driver import DriverError, Workspace
from tests.sandbox.helpers import client


async def test_the_business_clock_goes_forward_only() -> None:
    async with Workspace.start() as slack:
        before = datetime.fromisoformat(await slack.clock.now())
        await slack.clock.forward(minutes=5)
        assert datetime.fromisoformat(await slack.clock.now()) - before >= timedelta(minutes=5)
        await slack.clock.to("tomorrow 07:30", tz="Europe/Berlin")
        morning = datetime.fromisoformat(await slack.clock.now()).astimezone(ZoneInfo("Europe/Berlin"))
        assert (morning.hour, morning.minute) == (7, 30)
        assert morning.date() == (before.astimezone(ZoneInfo("Europe/Berlin")) + timedelta(days=1, minutes=5)).date()
        with pytest.raises(DriverError, match="never goes backwards"):
            await slack.clock.to(before.isoformat())
        with pytest.raises(DriverError, match="offset"):
            await slack.clock.to("2099-01-01T00:00:00")


async def test_whoever_waits_hears_of_a_change_and_of_nothing_else() -> None:
    async with Workspace.start(channels=["general"], people=["Sam", "Ada"]) as slack, aiohttp.ClientSession() as web:
        sam, ada = slack.person("Sam"), slack.person("Ada")
        version = (await sam.view())["version"]
        url = f"{slack.url}/sandbox/wait?as={sam.id}&after={version}"
        waiting = asyncio.create_task((await web.get(f"{url}&seconds=0.05")).json())
        assert (await waiting)["version"] == version
        clock = asyncio.ensure_future(web.get(f"{slack.url}/sandbox/clock?after=0"))
        change = asyncio.ensure_future(web.get(url))
        await client(slack).chat_postEphemeral(channel=slack.channel_id("general"), user=ada.id, text="not for Sam")
        assert not change.done()
        await client(slack).chat_postMessage(channel=slack.channel_id("general"), text="news")
        assert (await (await change).json())["version"] > version
        await slack.clock.forward(seconds=1)
        assert (await (await clock).json())["offset_seconds"] == 1


async def test_unread_and_mentions_are_counted_and_long_channels_are_cut() -> None:
    async with Workspace.start(channels=["general"], people=["Sam"]) as slack:
        sam, api, general = slack.person("Sam"), client(slack), slack.channel_id("general")
        for n in range(205):
            await api.chat_postMessage(channel=general, text=f"n{n}" + (f" <@{sam.id}>" if n == 7 else ""))
        channel = (await sam.view())["channels"][-1]
        assert (channel["unread"], channel["mentions"], channel["has_more"]) == (205, 1, True)
        assert len(channel["messages"]) == 200
        await sam.reads("#general")
        channel = (await sam.view())["channels"][-1]
        assert (channel["unread"], channel["mentions"]) == (0, 0)


async def test_only_this_machine_may_use_the_person_api_and_only_with_json() -> None:
    async with Workspace.start() as slack, aiohttp.ClientSession() as web:
        rebound = await web.get(f"{slack.url}/sandbox/workspace", headers={"Host": "evil.example"})
        assert rebound.status == 403
        form = await web.post(f"{slack.url}/sandbox/act", data={"do": "say"})
        assert form.status == 400
        odd = await web.post(f"{slack.url}/sandbox/act", json={"as": slack.person("Sam").id, "do": "fly"})
        assert (await odd.json())["error"] == "unknown_deed"
        stranger = await web.get(f"{slack.url}/sandbox/view?as=U404")
        assert stranger.status == 400
        assert (await web.get(f"{slack.url}/socket/guess")).status == 404


async def test_a_failing_test_shows_what_the_person_sees_instead() -> None:
    async with Workspace.start() as slack:
        await client(slack).chat_postMessage(channel=slack.channel_id("inbound"), text="Quite another thing")
        with pytest.raises(AssertionError, match="Quite another thing"):
            await slack.person("Sam").sees("Logged", within=0.05)
        with pytest.raises(AssertionError, match="finds no 'Claim'"):
            await slack.person("Sam").clicks("Claim", within=0.05)


@pytest.mark.slow
async def test_it_runs_alone_and_a_test_can_join_it() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--people", "Sam,Ada", "--channels", "inbound"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode()
        url = line.split()[-1].rstrip("/")
        async with Workspace.connect(url) as slack:
            await slack.person("Sam").says("anybody here?", in_="#inbound")
            await slack.person("Ada").sees("anybody here?")
            with pytest.raises(DriverError):
                slack.env()
    finally:
        process.terminate()
        await process.communicate()


async def test_whoever_looks_afresh_sees_no_ephemeral_from_before_and_the_driver_sees_all() -> None:
    async with Workspace.start() as slack, aiohttp.ClientSession() as web:
        sam, inbound = slack.person("Sam"), slack.channel_id("inbound")

        async def reads(since: str) -> list[str]:
            view = await (await web.get(f"{slack.url}/sandbox/view?as={sam.id}&since={since}")).json()
            return [m["text"] for channel in view["channels"] for m in channel["messages"]]

        async def opened() -> str:
            return str((await (await web.get(f"{slack.url}/sandbox/workspace")).json())["now_ts"])

        first = await opened()
        await client(slack).chat_postMessage(channel=inbound, text="for all")
        await client(slack).chat_postEphemeral(channel=inbound, user=sam.id, text="for Sam")
        assert await reads(first) == ["for all", "for Sam"]
        assert await reads(await opened()) == ["for all"]
        assert [m.text for m in await sam.messages("inbound")] == ["for all", "for Sam"]


async def test_what_the_browser_holds_of_the_page_is_asked_about_each_time() -> None:
    async with Workspace.start() as slack, aiohttp.ClientSession() as web:
        for path in ("/", "/site/", "/static/page/main.js", "/static/page/css/base.css", "/static/site/site.js"):
            reply = await web.get(f"{slack.url}{path}")
            assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-cache"), path


async def test_the_page_is_served_and_a_file_outside_it_is_not() -> None:
    async with Workspace.start() as slack, aiohttp.ClientSession() as web:
        page = await web.get(f"{slack.url}/")
        assert (page.status, page.content_type) == (200, "text/html")
        assert (await web.get(f"{slack.url}/static/page/../server.py")).status == 404
        assert (await web.get(f"{slack.url}/static/page/%2e%2e/server.py")).status in {403, 404}
