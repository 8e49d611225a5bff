"""What is acknowledged is on the disk; what would only be looked up again need not wait for it."""

import pytest

from bot.db.session import Database
from bot.db.threads import Urgency

FULL, NORMAL = 2, 1


async def test_commits_wait_for_the_disk_unless_a_loss_is_harmless(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    def mode(session) -> int:
        return session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one()

    seen = [
        await database.write(mode),
        await database.write(mode, Urgency.DELIVERY, relaxed=True),
        await database.write(mode),
    ]
    database.close()
    assert seen == [FULL, NORMAL, FULL]


async def test_a_relaxed_write_that_fails_leaves_the_next_one_whole(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    def breaks(_session) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(breaks, relaxed=True)
    mode = await database.write(lambda session: session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one())
    database.close()
    assert mode == FULL
