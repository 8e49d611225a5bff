"""A living message shows its subject's newest state, once, wherever it stands."""

import asyncio
from uuid import UUID

from sqlalchemy import delete, update

from bot.db.models import LivingMessage, OutboxItem, Setting
from bot.db.session import Database
from bot.domain.notices import Address
from bot.outbox.claims import Dead, Retry
from bot.outbox.enqueue import DEBOUNCE, refresh
from bot.outbox.living import refresh_forgotten
from tests.delivery.post_office import INBOUND, SUBJECT, PostOffice, post_office


async def _row(office: PostOffice, living_id: UUID) -> LivingMessage:
    return await office.database.read(lambda session: session.get_one(LivingMessage, living_id))


async def _standing(office: PostOffice, state: str = "one") -> UUID:
    """A living message that is posted and fresh."""
    await office.set_state(state)
    living_id = await office.show()
    await office.quiet()
    return living_id


async def test_a_change_while_it_is_being_sent_is_shown_next(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.arm("hold_after", "chat.postMessage", seconds=0.3)
        await office.set_state("one")
        living_id = await office.show()
        await office.slack.calls("chat.postMessage", at_least=1)
        await office.set_state("two")
        await office.drained()
        assert await office.texts() == ["state two"]
        row = await _row(office, living_id)
        assert row.sent_version == row.stale_version == 2


async def test_a_change_committed_late_is_not_left_to_the_sweep(database: Database) -> None:
    """The change saw an item still waiting, and was committed after that item had been rendered."""
    async with post_office(database) as office:
        living_id = await _standing(office)
        await office.slack.faults.arm("hold_before", "chat.update", seconds=0.3)
        await office.set_state("two")
        await office.hurry()
        await office.slack.calls("chat.update", at_least=1)

        def late(session) -> None:
            session.get_one(Setting, SUBJECT).value = {"state": "three"}
            session.execute(update(LivingMessage).values(stale_version=LivingMessage.stale_version + 1))

        await database.write(late)
        await office.drained()
        await office.until(lambda: _fresh(office, living_id))
        await office.drained()
        assert await office.texts() == ["state three"]


async def _fresh(office: PostOffice, living_id: UUID) -> bool:
    await office.hurry()
    row = await _row(office, living_id)
    return row.sent_version == row.stale_version


async def test_many_changes_become_one_update_after_the_debounce(database: Database) -> None:
    async with post_office(database) as office:
        living_id = await _standing(office)
        posted_at = (await _row(office, living_id)).refreshed_at
        for n in range(20):
            await office.set_state(f"change {n}")
        waiting = [item for item in await office.items() if item.state == "ready"]
        assert len(waiting) == 1
        assert posted_at is not None
        assert waiting[0].not_before == posted_at + DEBOUNCE
        await office.drained()
        assert await office.texts() == ["state change 19"]
        assert len(await office.slack.calls("chat.update")) == 1


async def test_an_update_that_meets_a_rate_limit_shows_what_is_newest_then(database: Database) -> None:
    async with post_office(database) as office:
        await _standing(office)
        await office.slack.faults.rate_limited("chat.update", 30)
        await office.set_state("two")
        await office.hurry()
        assert (await office.verdict_of(Retry)).after.total_seconds() == 30
        await office.set_state("three")
        await office.drained()
        assert await office.texts() == ["state three"]
        assert [c["args"]["text"] for c in await office.slack.calls("chat.update")] == ["state two", "state three"]


async def test_a_lost_reply_to_an_update_updates_again_and_posts_nothing(database: Database) -> None:
    async with post_office(database) as office:
        await _standing(office)
        await office.slack.faults.lose_reply("chat.update")
        await office.set_state("two")
        await office.drained()
        assert await office.texts() == ["state two"]
        assert len(await office.slack.calls("chat.postMessage")) == 1
        assert await office.slack.calls("conversations.history") == []


async def test_a_message_that_is_gone_and_whose_new_post_lost_its_reply_stands_once(database: Database) -> None:
    async with post_office(database) as office:
        await _standing(office)
        await office.slack.faults.error("chat.update", "message_not_found")
        await office.slack.faults.lose_reply("chat.postMessage")
        await office.set_state("two")
        await office.drained()
        assert (await office.posts(["state one", "state two"])) == {"state one": 1, "state two": 1}


async def test_a_card_that_somebody_deleted_comes_back_for_the_reply_under_it(database: Database) -> None:
    async with post_office(database) as office:
        living_id = await _standing(office)
        await office.slack.faults.error("chat.postMessage", "thread_not_found")
        await office.tell("under it", Address.under(living_id))
        await office.drained()
        replies = [m for m in await office.slack.history("#inbound") if m["text"] == "under it"]
        assert len(replies) == 1
        assert replies[0]["thread_ts"] == (await _row(office, living_id)).ts


async def test_a_reply_to_a_card_that_can_never_be_posted_is_told_without_it(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.error("chat.postMessage", "msg_too_long", text="state")
        await office.set_state("card")
        living_id = await office.show()
        await office.verdict_of(Dead)
        await office.tell("under it", Address.under(living_id))
        await office.drained()
        assert await office.texts() == ["under it"]


async def test_a_reply_waits_and_is_tried_without_counting(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.rate_limited("chat.postMessage", 30)
        await office.set_state("card")
        living_id = await office.show()
        await office.verdict_of(Retry)
        await office.tell("under it", Address.under(living_id))
        await office.until(lambda: any(v.error.startswith("waits") for _, v in office.verdicts if isinstance(v, Retry)))
        assert (await office.items())[-1].attempts == 0
        await office.drained()
        assert await office.texts() == ["state card", "under it"]


async def test_a_subject_that_is_gone_shows_nothing_and_blocks_nothing(database: Database) -> None:
    async with post_office(database) as office:
        await office.show()
        await office.tell("next")
        await office.quiet()
        assert await office.texts() == ["next"]


async def test_the_sweep_enqueues_what_was_forgotten(database: Database) -> None:
    async with post_office(database) as office:
        await _standing(office)

        def forget(session) -> None:
            session.get_one(Setting, SUBJECT).value = {"state": "two"}
            refresh(session, SUBJECT)
            session.execute(delete(OutboxItem).where(OutboxItem.state == "ready"))

        await database.write(forget)
        assert await database.write(refresh_forgotten) == 1
        await office.drained()
        assert await office.texts() == ["state two"]
        assert await database.write(refresh_forgotten) == 0


async def test_one_subject_is_shown_in_several_places_and_all_change(database: Database) -> None:
    async with post_office(database) as office:
        sam = await office.add_person("Sam")
        await office.set_state("one")
        await office.show(INBOUND, "round:1")
        await office.show(Address.person(sam), "dm")
        await office.quiet()
        await office.set_state("two")
        await office.drained()
        assert await office.texts() == ["state two"]
        assert await office.texts(in_="dm") == ["state two"]


async def test_changes_racing_with_deliveries_end_with_the_last_state(database: Database) -> None:
    async with post_office(database, deliverers=2) as office:
        living_id = await _standing(office)

        async def change(who: int) -> None:
            for n in range(8):
                await office.set_state(f"{who} {n}")
                await office.hurry()

        await asyncio.gather(*(change(who) for who in range(3)))
        await office.set_state("the end")
        await office.drained()
        assert await office.texts() == ["state the end"]
        row = await _row(office, living_id)
        assert row.sent_version == row.stale_version
