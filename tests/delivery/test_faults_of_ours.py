"""Faults of our own: an item that crashes us, a write that fails, a batch against a command."""

import asyncio
import threading
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from bot.db.models import LivingMessage, OutboxItem
from bot.db.session import Database, transaction
from bot.delivery.deliverer import MOST_CRASHES
from bot.delivery.ledger import Ledger
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.outbox.claims import Sent, Unknown, claim, finish
from bot.outbox.enqueue import refresh, show, tell
from tests.delivery.post_office import INBOUND, post_office


async def test_an_item_that_crashes_us_is_tried_then_given_up_and_the_lane_goes_on(database: Database) -> None:
    async with post_office(database) as office:
        poison = Notice(NoticeKind.NUDGE, INBOUND, "poison", "x", Priority.NORMAL, {"crash": True})
        await database.write(lambda session: tell(session, poison))
        await office.tell("after it")
        items = await office.drained()
        assert (items[0].key, items[0].state) == ("poison", "dead")
        assert items[1].state == "sent"
        pauses = [v.after.total_seconds() for key, v in office.verdicts if key == "poison" and isinstance(v, Unknown)]
        assert pauses == [2.0**n for n in range(MOST_CRASHES - 1)]


async def test_one_crash_after_many_tries_is_not_the_end(database: Database) -> None:
    """Tries against a Slack that is away are no crashes."""
    async with post_office(database) as office:
        tries = MOST_CRASHES + 2
        await office.slack.faults.http_500("conversations.list", tries)
        facts = {"text": "patience", "crash_at": tries + 1}
        await database.write(lambda s: tell(s, Notice(NoticeKind.NUDGE, INBOUND, "k", "x", Priority.NORMAL, facts)))
        await office.drained()
        assert await office.texts() == ["patience"]


async def test_a_write_that_fails_takes_no_other_with_it(database: Database) -> None:
    ledger = Ledger(database)

    def good(session: Session) -> bool:
        return tell(session, Notice(NoticeKind.NUDGE, INBOUND, f"k{uuid4()}", "x"))

    def broken(session: Session) -> bool:
        session.execute(text("INSERT INTO people (id) VALUES (NULL)"))
        return True

    def crashing(_session: Session) -> bool:
        raise LookupError("a fault of ours")

    first = asyncio.create_task(ledger.write(good))
    rest = [asyncio.create_task(ledger.write(write)) for write in (good, broken, good, crashing, good)]
    results = await asyncio.gather(first, *rest, return_exceptions=True)
    assert [result for result in results if result is True] == [True] * 4
    assert [type(result) for result in results if result is not True] == [IntegrityError, LookupError]
    assert await database.read(lambda session: len(session.scalars(select(OutboxItem)).all())) == 4


async def test_a_person_never_falls_to_a_deadlock_with_a_batch_of_deliveries(postgres_url: str) -> None:
    """A command changes one card and then another; a batch finishes both the other way round."""
    database = Database(postgres_url)
    try:
        lanes = {name: Address.channel(f"#{name}") for name in "ab"}
        ids = {
            name: database.write_now(lambda session, name=name: show(session, View.LEAD_ALERT, name, lanes[name]))
            for name in "ab"
        }
        items = {item.living_id: item for item in database.write_now(lambda session: claim(session, 10))}
        holds_a, go_on = threading.Event(), threading.Event()
        outcome: list[Exception | None] = []

        def command() -> None:
            try:
                with transaction(database.writer) as session:
                    refresh(session, "a")
                    holds_a.set()
                    go_on.wait(10)
                    refresh(session, "b")
            except DBAPIError as error:
                outcome.append(error)
            else:
                outcome.append(None)

        thread = threading.Thread(target=command)
        thread.start()
        await asyncio.to_thread(holds_a.wait, 10)
        ledger = Ledger(database)
        both_held = asyncio.Event()
        loop = asyncio.get_running_loop()

        def finish_b(session: Session) -> bool:
            done = finish(session, items[ids["b"]], Sent("C1", "1.1", 1))
            loop.call_soon_threadsafe(both_held.set)
            return done

        def idle(_session: Session) -> bool:
            return True

        writes = [
            asyncio.create_task(ledger.write(write))
            for write in (idle, finish_b, lambda session: finish(session, items[ids["a"]], Sent("C1", "1.2", 1)))
        ]
        await both_held.wait()
        go_on.set()
        assert await asyncio.gather(*writes) == [True, True, True]
        thread.join()
        assert outcome == [None]
        rows = database.read_now(lambda session: session.scalars(select(LivingMessage)).all())
        assert {(row.subject_id, row.ts, row.sent_version, row.stale_version) for row in rows} == {
            ("a", "1.2", 1, 2),
            ("b", "1.1", 1, 2),
        }
    finally:
        database.close()


@pytest.mark.parametrize("lane", ["person:not-a-uuid", "nowhere:x"])
async def test_an_address_that_makes_no_sense_holds_up_nobody(database: Database, lane: str) -> None:
    async with post_office(database) as office:

        def broken(session: Session) -> None:
            tell(session, Notice(NoticeKind.NUDGE, INBOUND, "broken", "x", Priority.HOT, {"text": "broken"}))
            session.flush()
            session.execute(text("UPDATE outbox SET lane = :lane"), {"lane": lane})

        await database.write(broken)
        await office.tell("fine")
        await office.slack.person("Sam").sees("fine", in_="#inbound")
        items = await office.drained()
        assert [item.state for item in items] == ["dead", "sent"]
