"""The disk is full under the whole product: it says *not saved* and means it, and goes on once there is room."""

import asyncio

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.db.models import InboxEvent, OutboxItem, Touch
from bot.db.session import Database
from bot.outbox.claims import LIVE
from tests.front_door.whole_house import FORM_KEY, WholeHouse, whole_house

LARGE = "x" * 3000


async def _form(house: WholeHouse, number: int) -> int:
    fields = {
        "first_name": f"Number{number}",
        "email": f"n{number}@n{number}-works.example",
        "intent": "contact_me",
        "message": LARGE,
        "nonce": f"n{number}",
    }
    return (await house.site.post(f"/intake/form/{FORM_KEY}", data=fields)).status_code


async def _room(house: WholeHouse, more: int) -> None:
    """Let the file grow by this many pages and no further; said on each of the pool's few connections in turn."""

    def work(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + more}"))

    for _ in range(6):
        await house.parts.database.write(work)


async def test_a_full_disk_is_said_and_loses_nothing_that_was_accepted(sqlite_url: str) -> None:
    async with whole_house(sqlite_url, slack_budget="off") as house:
        await house.sends_form()
        await house.sam.sees("O'Neill", in_="#inbound")
        await _room(house, 4)
        statuses: list[int] = []
        while len(statuses) < 100 and 503 not in statuses:
            statuses.append(await _form(house, len(statuses)))
        assert statuses[-1] == 503
        assert set(statuses[:-1]) <= {200}

        database = house.parts.database
        logged = await _logs_until_it_cannot(house)
        assert await database.read(lambda session: session.scalar(select(func.count()).select_from(Touch))) == logged

        while await _form(house, len(statuses) - 1) != 200:
            await _room(house, 100_000)
        kept = set(await database.read(lambda session: session.scalars(select(InboxEvent.event_key)).all()))
        assert {f"nonce:n{number}" for number in range(len(statuses))} <= kept
        await _told(database)
        said = " ".join(message["text"] for message in await house.slack.history("#inbound"))
        assert all(said.count(f"Number{number}*") == 1 for number in range(len(statuses)))


async def _logs_until_it_cannot(house: WholeHouse) -> int:
    """Sam logs calls until one is not saved, and gets back what he typed; how many were."""
    for number in range(50):
        await house.sam.types(f"/touch oneill voicemail note{number} {LARGE[:2000]}", in_="#general")
        answer = (await house.sam.messages(in_="#general"))[-1]
        if "Not saved" in answer.text:
            assert f"note{number} {LARGE[:1800]}" in answer.text
            return number
        assert "Logged for" in answer.text
    raise AssertionError("never full")


async def _told(database: Database) -> None:
    waiting = select(func.count()).select_from(OutboxItem).where(OutboxItem.state.in_(LIVE))
    async with asyncio.timeout(60):
        while True:
            if not await database.read(lambda session: session.scalar(waiting)):
                return
            await asyncio.sleep(0.05)
