"""A file is told at least once, whatever Slack or the network do to it (design, point 3)."""

import pytest

from bot.db.session import Database
from bot.domain.notices import Address
from tests.delivery.post_office import PostOffice, post_office

pytestmark = pytest.mark.anyio
STEPS = ("files.getUploadURLExternal", "files.completeUploadExternal")


async def files_seen(office: PostOffice) -> list[tuple[str, str | None]]:
    seen = await office.slack.person("Sam").messages(in_="#inbound")
    return [(file["name"], one.thread_ts) for one in seen for file in one.raw.get("files") or []]


async def content_of(office: PostOffice) -> list[bytes]:
    assert office.slack.server is not None
    return list(office.slack.server.sandbox.ws.file_bytes.values())


async def test_a_file_stands_in_the_thread_with_its_words(database: Database) -> None:
    async with post_office(database) as office:
        await office.set_state("one")
        card = await office.show()
        await office.drained()
        await office.send_file("BEGIN:VCALENDAR", Address.under(card))
        items = await office.drained()
        assert [item.state for item in items] == ["sent", "sent"]
        (file,) = await files_seen(office)
        posted = await office.slack.person("Sam").sees("state one", in_="#inbound")
        assert file == ("call.ics", posted.ts)
        assert await content_of(office) == [b"BEGIN:VCALENDAR"]
        await office.slack.person("Sam").sees("here is the file")
        assert await office.slack.problems() == []


@pytest.mark.parametrize("method", STEPS)
async def test_an_answer_that_is_lost_costs_a_second_file_at_most(database: Database, method: str) -> None:
    async with post_office(database) as office:
        await office.slack.faults.lose_reply(method)
        await office.send_file("BEGIN:VCALENDAR")
        (item,) = await office.drained()
        assert (item.state, item.attempts) == ("sent", 2)
        assert len(await files_seen(office)) == (2 if method == STEPS[1] else 1)


@pytest.mark.parametrize("method", STEPS)
async def test_a_refusal_sends_it_once(database: Database, method: str) -> None:
    async with post_office(database) as office:
        await office.slack.faults.rate_limited(method, 1)
        await office.send_file("BEGIN:VCALENDAR")
        (item,) = await office.drained()
        assert (item.state, item.attempts) == ("sent", 2)
        assert len(await files_seen(office)) == 1


async def test_a_process_that_died_sending_it_sends_it_again_without_looking_it_up(database: Database) -> None:
    async with post_office(database) as office:
        await office.slack.faults.slow(STEPS[0], 5)
        await office.send_file("BEGIN:VCALENDAR")
        await office.until(lambda: office.slack.calls(STEPS[0]))
        await office.run_out_leases()
        await office.until(lambda: files_seen(office))
        assert await office.slack.calls("conversations.history") == []
