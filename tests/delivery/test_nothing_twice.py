"""Every notice arrives, none twice, in order: whatever Slack does to the requests."""

from datetime import timedelta

import pytest

from bot.db.models import LivingMessage
from bot.db.session import Database
from bot.domain.notices import Address, Priority
from bot.outbox.claims import Retry, Unknown
from tests.delivery.post_office import INBOUND, PostOffice, post_office


async def test_a_notice_is_posted_once(database: Database) -> None:
    async with post_office(database) as office:
        assert await office.tell("hello", key="same")
        assert not await office.tell("hello again", key="same")
        await office.slack.person("Sam").sees("hello", in_="#inbound")
        await office.quiet()
        assert await office.texts() == ["hello"]


async def test_messages_of_a_channel_keep_their_order(database: Database) -> None:
    texts = [f"number {n:02}" for n in range(30)]
    async with post_office(database, deliverers=2) as office:
        await office.slack.faults.http_500("chat.postMessage", 1, text="number 03")
        await office.slack.faults.rate_limited("chat.postMessage", 1, 1, text="number 07")
        await office.slack.faults.lose_reply("chat.postMessage", 1, text="number 11")
        await office.tell_all(texts)
        await office.drained()
        assert await office.texts() == texts


async def test_a_lost_reply_is_looked_up_and_not_posted_again(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.tell("only once")
        await office.quiet()
        assert await office.texts() == ["only once"]
        assert len(await office.slack.calls("chat.postMessage")) == 1
        assert isinstance(office.verdicts[0][1], Unknown)


async def test_a_cut_connection_is_looked_up_twice_and_then_sent_again(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.reset("chat.postMessage")
        await office.tell("after all")
        await office.slack.calls("conversations.history", at_least=1)
        assert await office.texts() == []
        await office.drained()
        assert await office.texts() == ["after all"]
        assert len(await office.slack.calls("conversations.history")) == 2
        assert "unexpected" not in [v.error for _, v in office.verdicts if isinstance(v, Unknown)]


async def test_a_rate_limit_is_waited_out_and_holds_up_no_other_channel(database: Database) -> None:
    async with post_office(database) as office:
        general = Address.channel("#general")
        await office.slack.faults.rate_limited("chat.postMessage", 30, 1, channel=office.slack.channel_id("#inbound"))
        await office.tell("slow")
        await office.slack.calls("chat.postMessage", at_least=1)
        await office.tell("quick", general)
        await office.slack.person("Sam").sees("quick", in_="#general")
        assert await office.texts() == []
        assert (await office.verdict_of(Retry)).after == timedelta(seconds=30)
        await office.hurry()
        await office.slack.person("Sam").sees("slow", in_="#inbound")


async def test_a_hot_notice_overtakes_what_waits_in_its_channel(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.rate_limited("chat.postMessage", 30, 1, text="first")
        await office.tell("first")
        await office.slack.calls("chat.postMessage", at_least=1)
        await office.tell("hot", INBOUND, Priority.HOT)
        await office.slack.person("Sam").sees("hot", in_="#inbound")
        assert await office.texts() == ["hot"]


async def test_a_living_message_is_one_message_that_changes(database: Database) -> None:
    async with post_office(database) as office:
        await office.set_state("one")
        living_id = await office.show()
        await office.slack.person("Sam").sees("state one", in_="#inbound")
        await office.quiet()
        for state in ("two", "three", "four"):
            await office.set_state(state)
        await office.hurry()
        await office.slack.person("Sam").sees("state four", in_="#inbound")
        await office.quiet()
        assert await office.texts() == ["state four"]
        assert len(await office.slack.calls("chat.update")) <= 2
        row = await database.read(lambda session: session.get_one(LivingMessage, living_id))
        assert (row.sent_version, row.stale_version) == (4, 4)


async def test_a_deleted_living_message_is_posted_anew(database: Database) -> None:
    async with post_office(database) as office:
        await office.set_state("one")
        await office.show()
        await office.quiet()
        await office.slack.faults.error("chat.update", "message_not_found")
        await office.set_state("two")
        await office.hurry()
        await office.slack.person("Sam").sees("state two", in_="#inbound")
        assert await office.texts() == ["state one", "state two"]


async def test_a_lost_reply_to_a_living_post_is_found_and_then_updated(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.set_state("one")
        await office.show()
        await office.set_state("two")
        await office.quiet()
        await office.hurry()
        await office.quiet()
        assert await office.texts() == ["state two"]
        assert len(await office.slack.calls("chat.postMessage")) == 1


async def test_a_lost_reply_in_a_thread_is_looked_up_in_the_thread(database: Database) -> None:
    async with post_office(database) as office:
        await office.set_state("card")
        living_id = await office.show()
        await office.quiet()
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.tell("under it", Address.under(living_id))
        await office.quiet()
        assert await office.texts() == ["state card", "under it"]
        assert len(await office.slack.calls("conversations.replies")) == 1


async def test_a_reply_waits_for_the_message_it_replies_to(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.rate_limited("chat.postMessage", 30)
        await office.set_state("card")
        living_id = await office.show()
        await office.verdict_of(Retry)
        await office.tell("under it", Address.under(living_id))
        await office.drained()
        card, reply = await office.slack.history("#inbound")
        assert (card["text"], reply["text"]) == ("state card", "under it")
        assert reply["thread_ts"] == card["ts"]


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived"])
async def test_a_wrong_channel_is_told_to_the_admins_and_tried_again(database: Database, code: str) -> None:
    async with post_office(database) as office:
        await office.add_person("Ada")
        await office.slack.faults.error("chat.postMessage", code, 1, channel=office.slack.channel_id("#inbound"))
        await office.tell("patience")
        await office.until(lambda: _states_are(office, ["ready", "sent"]))
        assert (await office.items())[0].last_error == f"set-up: {code}"
        await office.hurry()
        await office.quiet()
        assert await office.texts() == ["patience"]


async def _states_are(office: PostOffice, states: list[str]) -> bool:
    return await office.states() == states


async def test_blocks_that_slack_refuses_do_not_lose_the_words(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.error("chat.postMessage", "invalid_blocks")
        await office.tell("the words at least")
        await office.quiet()
        assert await office.texts() == ["the words at least"]


async def test_a_direct_message_is_opened_once(database: Database) -> None:
    async with post_office(database) as office:
        sam = await office.add_person("Sam")
        await office.tell("one", Address.person(sam))
        await office.tell("two", Address.person(sam))
        await office.quiet()
        assert await office.texts(in_="dm") == ["one", "two"]
        assert len(await office.slack.calls("conversations.open")) == 1


async def test_two_deliverers_post_each_notice_once(database: Database) -> None:
    async with post_office(database, deliverers=3) as office:
        lanes = [Address.channel("#inbound"), Address.channel("#general")]
        for lane in lanes:
            await office.tell_all([f"{lane} {n}" for n in range(40)], lane)
        await office.quiet()
        assert await office.texts(in_="#inbound") == [f"{lanes[0]} {n}" for n in range(40)]
        assert await office.texts(in_="#general") == [f"{lanes[1]} {n}" for n in range(40)]
