"""An update that waits for its moment holds up nothing behind it: the next alert in its channel goes out at once."""

from bot.db.session import Database
from tests.delivery.post_office import post_office


async def test_a_new_post_passes_an_update_that_waits_out_its_debounce(database: Database) -> None:
    async with post_office(database) as office:
        await office.set_state("one")
        await office.show()
        await office.quiet()
        await office.set_state("two")
        await office.tell("news")
        await office.until(lambda: any(key.endswith("news") for key, _ in office.verdicts))
        await office.drained()
        assert sorted(await office.texts()) == ["news", "state two"]
        update, news = (await office.items())[-2:]
        assert update.living_id is not None
        assert news.finished_at < update.finished_at
