"""What was sent long ago costs nothing: no look at the outbox reads more than what is on its way."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.session import Database
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.claims import claim, leads_on, next_ready, release_expired
from bot.outbox.enqueue import is_waiting, tell

LOOKS: dict[str, Callable[[Session], Any]] = {
    "claim": lambda session: claim(session, 10),
    "what waits behind an item": lambda session: [leads_on(session, item) for item in claim(session, 1)],
    "next": next_ready,
    "leases": release_expired,
    "living": lambda session: is_waiting(session, new_id()),
}


@pytest.fixture
def sqlite(sqlite_url: str) -> Any:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_no_look_reads_every_item(sqlite: Database, look: Callable[[Session], Any]) -> None:
    notice = Notice(NoticeKind.NUDGE, Address.channel("#inbound"), "one", "x", Priority.HOT, {})
    sqlite.write_now(lambda session: tell(session, notice))
    asked: list[tuple[str, Any]] = []

    @event.listens_for(sqlite.writer, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, given))

    sqlite.write_now(look)
    steps = [step for statement, given in asked if "outbox" in statement for step in _plan(sqlite, statement, given)]
    assert steps
    assert [step for step in steps if step.startswith("SCAN outbox") and "USING INDEX" not in step] == []


def _plan(database: Database, statement: str, given: Any) -> list[str]:
    with database.reader.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
