"""Two versions of us at work on one outbox: what only the newer one can show, the older one leaves to it."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.db.session import Database
from bot.delivery.deliverer import MOST_CRASHES
from bot.domain.notices import Notice, NoticeKind, Priority, View
from bot.outbox.claims import Retry, Sent, Unknown
from bot.outbox.enqueue import show, tell
from bot.outbox.living import refresh_forgotten
from tests.delivery.post_office import INBOUND, SUBJECT, PostOffice, post_office

NEWER = "of a newer version"


def _notice(session: Session) -> None:
    tell(session, Notice(NoticeKind.NUDGE, INBOUND, "newer", "x", Priority.HOT, {"text": "newer"}))
    session.execute(text("UPDATE outbox SET kind = :kind"), {"kind": NEWER})


def _living(session: Session) -> None:
    show(session, View.LEAD_ALERT, SUBJECT, INBOUND, priority=Priority.HOT)
    session.execute(text("UPDATE outbox SET kind = :kind"), {"kind": NEWER})
    session.execute(text("UPDATE living_messages SET view = :kind"), {"kind": NEWER})


def _understood(session: Session) -> None:
    """The newer version's worker comes by."""
    session.execute(text("UPDATE living_messages SET view = 'lead_alert'"))
    session.execute(
        text("UPDATE outbox SET kind = CASE WHEN living_id IS NULL THEN 'nudge' ELSE 'lead_alert' END WHERE kind = :k"),
        {"k": NEWER},
    )


async def _met(office: PostOffice, times: int) -> None:
    """The older version's worker has come upon it so many times."""
    for number in range(1, times + 1):
        await office.until(lambda number=number: len(_given_back(office)) >= number)
        await office.hurry()


def _given_back(office: PostOffice) -> list[str]:
    return [key for key, verdict in office.verdicts if isinstance(verdict, Retry | Unknown)]


@pytest.mark.parametrize("put", [_notice, _living], ids=["notice", "living message"])
async def test_an_item_of_a_newer_version_is_left_to_it_and_holds_up_nobody(database: Database, put) -> None:
    async with post_office(database) as office:
        await office.set_state("as it is then")
        await database.write(put)
        await office.tell("ours", priority=Priority.HOT)
        await _met(office, MOST_CRASHES + 1)
        await office.verdict_of(Sent)
        newer, ours = await office.items()
        assert (newer.state, newer.sending_at) in [("ready", None), ("claimed", None)]
        assert newer.attempts <= 1
        assert ours.state == "sent"
        await database.write(_understood)
        await office.drained()
        assert await office.texts() == ["ours", "newer" if newer.living_id is None else "state as it is then"]


def test_a_stale_message_of_a_newer_version_is_no_trouble_for_the_net(database: Database) -> None:
    def stale(session: Session) -> int:
        _living(session)
        session.execute(text("UPDATE outbox SET state = 'dead'"))
        session.execute(text("UPDATE living_messages SET ts = '1.1', channel = 'C1'"))
        return refresh_forgotten(session)

    assert database.write_now(stale) == 1
