"""What may have reached Slack is looked up before anything else, whatever goes wrong with the lookup."""

import pytest

from bot.db.models import OutboxItem
from bot.db.session import Database
from bot.domain.notices import Address
from bot.outbox.claims import Retry, Sent, Unknown
from tests.delivery.post_office import INBOUND, PostOffice, post_office
from tests.delivery.reach import out_of_reach

LOOKUP = "conversations.history"


async def _posted_once(office: PostOffice, text: str) -> None:
    await office.drained()
    assert await office.texts() == [text]
    assert await office.posts([text]) == {text: 1}
    assert await office.states() == ["sent"]


@pytest.mark.parametrize("fault", ["http_500", "reset", "lost_reply", "rate_limited"])
async def test_a_lookup_that_fails_leaves_the_post_unknown(database: Database, fault: str) -> None:
    async with post_office(database) as office:
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.slack.faults.arm(fault, LOOKUP, 3, seconds=1)
        await office.tell("only once")
        await _posted_once(office, "only once")
        assert not any(isinstance(verdict, Retry) for _, verdict in office.verdicts)


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found"])
async def test_a_lookup_that_is_refused_waits_for_who_can_mend_it(database: Database, code: str) -> None:
    async with post_office(database) as office:
        await office.add_person("Ada")
        await office.slack.faults.lose_reply("chat.postMessage", 1, text="only once")
        await office.slack.faults.error(LOOKUP, code)
        await office.tell("only once")
        await office.slack.person("Ada").sees(f"trouble: {code}", in_="dm")
        await office.drained()
        assert await office.posts(["only once"]) == {"only once": 1}
        assert await office.texts() == ["only once"]


async def test_an_answer_that_is_not_slacks_says_nothing_of_the_message(database: Database) -> None:
    """A proxy's page, a cut body: without one of Slack's codes nothing is refused."""
    async with post_office(database) as office:
        await office.slack.faults.http_500("chat.postMessage")
        await office.tell("after the proxy")
        assert isinstance((await office.verdict_of(Unknown)), Unknown)
        await _posted_twice_asked(office)


async def _posted_twice_asked(office: PostOffice) -> None:
    await office.drained()
    assert await office.texts() == ["after the proxy"]
    assert await office.posts(["after the proxy"]) == {"after the proxy": 2}
    assert len(await office.slack.calls(LOOKUP)) == 2


async def test_what_stands_far_up_in_a_busy_channel_is_found(database: Database) -> None:
    """The history is read to its end, page by page, and only the span in which the message can stand."""
    async with post_office(database) as office:
        sam = office.slack.person("Sam")
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.slack.faults.arm("hold_before", LOOKUP, seconds=0.05)
        await office.tell("only once")
        for n in range(3):
            await sam.says(f"chatter {n}", in_="#inbound")
        await office.drained()
        assert await office.posts(["only once"]) == {"only once": 1}
        asked = (await office.slack.calls(LOOKUP))[-1]["args"]
        item = (await office.items())[0]
        assert item.sending_at is not None
        assert float(asked["oldest"]) < item.sending_at.timestamp() < float(asked["latest"])


async def test_the_next_message_waits_while_one_is_unknown(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.reset("chat.postMessage", 1, text="first")
        await office.tell_all(["first", "second"])
        await office.verdict_of(Unknown)
        await office.slack.calls(LOOKUP, at_least=1)
        assert await office.texts() == []
        await office.drained()
        assert await office.texts() == ["first", "second"]


async def test_a_connection_that_is_refused_is_simply_tried_again(database: Database) -> None:
    """No connection, so no request: nothing to look up."""
    async with post_office(database) as office:
        async with out_of_reach(office.slack):
            await office.tell("patience")
            await office.verdict_of(Retry)
        await office.drained()
        kinds = {type(verdict) for _, verdict in office.verdicts}
        assert kinds == {Retry, Sent}
        assert await office.posts(["patience"]) == {"patience": 1}


async def test_a_lost_reply_to_a_direct_message_is_looked_up_there(database: Database) -> None:
    async with post_office(database) as office:
        sam = await office.add_person("Sam")
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.tell("between us", Address.person(sam))
        await office.drained()
        assert await office.texts(in_="dm") == ["between us"]


async def test_a_lost_reply_to_opening_a_conversation_posts_once(database: Database) -> None:
    async with post_office(database) as office:
        sam = await office.add_person("Sam")
        await office.slack.faults.lose_reply("conversations.open")
        await office.tell("between us", Address.person(sam))
        await office.drained()
        assert await office.texts(in_="dm") == ["between us"]
        assert await office.posts(["between us"]) == {"between us": 1}


async def test_the_key_is_all_that_travels_in_the_metadata(database: Database) -> None:
    async with post_office(database) as office:
        await office.tell("hello", INBOUND, key="the-key")
        await office.quiet()
        [message] = await office.slack.history("#inbound")
        assert message["metadata"] == {"event_type": "handraiser_notice", "event_payload": {"key": "the-key"}}


async def test_a_key_is_kept_after_it_was_sent(database: Database) -> None:
    async with post_office(database) as office:
        await office.tell("hello", key="k")
        await office.quiet()
        assert not await office.tell("hello", key="k")
        item: OutboxItem = (await office.items())[0]
        assert (item.slack_channel, item.slack_ts) == (
            office.slack.channel_id("#inbound"),
            (await office.slack.history("#inbound"))[0]["ts"],
        )
