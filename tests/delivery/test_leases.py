"""Leases: whoever holds an item may finish it, nobody else; what they left behind is taken up by another."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import LivingMessage, OutboxItem
from bot.db.session import Database, transaction
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.outbox.claims import (
    LEASE,
    Claimed,
    Dead,
    Retry,
    Sent,
    Unknown,
    Verdict,
    begin_send,
    claim,
    finish,
    next_ready,
    release_expired,
)
from bot.outbox.enqueue import show, tell

LANE = Address.channel("#inbound")


def _tell(database: Database, key: str, priority: Priority = Priority.NORMAL, to: Address = LANE) -> None:
    database.write_now(lambda session: tell(session, Notice(NoticeKind.NUDGE, to, key, "x", priority, {})))


def _claim(database: Database, limit: int = 10) -> list[Claimed]:
    return database.write_now(lambda session: claim(session, limit))


def _finish(database: Database, item: Claimed, verdict: Verdict) -> bool:
    return database.write_now(lambda session: finish(session, item, verdict))


def _item(database: Database, key: str) -> OutboxItem:
    return database.read_now(lambda session: session.scalars(select(OutboxItem).where(OutboxItem.key == key)).one())


def _run_out(database: Database) -> int:
    def work(session: Session) -> int:
        past = protocol_now() - timedelta(seconds=1)
        session.execute(update(OutboxItem).where(OutboxItem.state == "claimed").values(lease_until=past))
        return release_expired(session)

    return database.write_now(work)


def test_a_lease_is_longer_than_a_request_may_take() -> None:
    from bot.slack.client import TIMEOUT_SECONDS

    assert timedelta(seconds=TIMEOUT_SECONDS) < LEASE


def test_an_expired_lease_without_a_request_is_ready_again(database: Database) -> None:
    _tell(database, "a")
    [item] = _claim(database)
    assert _run_out(database) == 1
    assert _item(database, "a").state == "ready"
    [again] = _claim(database)
    assert (again.seq, again.sending_at, again.attempts) == (item.seq, None, 2)


def test_an_expired_lease_with_a_request_is_unknown(database: Database) -> None:
    _tell(database, "a")
    [item] = _claim(database)
    assert database.write_now(lambda session: begin_send(session, item))
    assert _run_out(database) == 1
    assert _item(database, "a").state == "unknown"
    [again] = _claim(database)
    assert again.sending_at is not None


def test_a_lease_that_runs_is_left_alone(database: Database) -> None:
    _tell(database, "a")
    _claim(database)
    assert database.write_now(release_expired) == 0
    assert _claim(database) == []


@pytest.mark.parametrize(
    "verdict", [Sent("C1", "1.0"), Retry(timedelta(0), "x"), Dead("x"), Unknown(timedelta(0), "x")], ids=repr
)
def test_a_finish_with_a_lost_lease_changes_nothing(database: Database, verdict: Verdict) -> None:
    _tell(database, "a")
    [lost] = _claim(database)
    _run_out(database)
    [held] = _claim(database)
    before = _values(database)
    assert not _finish(database, lost, verdict)
    assert not database.write_now(lambda session: begin_send(session, lost))
    assert _values(database) == before
    assert _finish(database, held, Sent("C1", "1.0"))


def test_a_finish_with_a_lost_lease_moves_no_living_message(database: Database) -> None:
    living_id = database.write_now(lambda session: show(session, View.LEAD_ALERT, "x", LANE))
    [lost] = _claim(database)
    _run_out(database)
    assert not _finish(database, lost, Sent("C9", "9.9", 1))
    assert database.read_now(lambda session: session.get_one(LivingMessage, living_id)).ts is None


def test_what_is_finished_stays_finished(database: Database) -> None:
    _tell(database, "a")
    [item] = _claim(database)
    assert _finish(database, item, Sent("C1", "1.0"))
    assert not _finish(database, item, Retry(timedelta(0), "late"))
    assert _item(database, "a").state == "sent"


def _values(database: Database) -> list[tuple[object, ...]]:
    return database.read_now(lambda session: [tuple(row) for row in session.execute(select(*OutboxItem.__table__.c))])


def test_only_the_head_of_a_lane_and_priority_can_be_claimed(database: Database) -> None:
    for key in "abc":
        _tell(database, key)
    _tell(database, "hot", Priority.HOT)
    _tell(database, "other", to=Address.channel("#general"))
    assert [item.key for item in _claim(database)] == ["hot", "a", "other"]
    assert _claim(database) == []


@pytest.mark.parametrize(
    "verdict",
    [
        Retry(timedelta(minutes=1), "later"),
        Retry(timedelta(minutes=1), "waits for its turn", tried=False),
        Unknown(timedelta(minutes=1), "perhaps"),
    ],
)
def test_what_waits_at_the_head_holds_its_lane(database: Database, verdict: Verdict) -> None:
    for key in "ab":
        _tell(database, key)
    [head] = _claim(database)
    _finish(database, head, verdict)
    assert _claim(database) == []


def test_a_dead_head_lets_the_lane_go_on(database: Database) -> None:
    for key in "ab":
        _tell(database, key)
    [head] = _claim(database)
    _finish(database, head, Dead("never"))
    assert [item.key for item in _claim(database)] == ["b"]


def test_an_item_that_becomes_visible_late_waits_for_the_one_on_its_way(postgres_url: str) -> None:
    """Sequences are given before the commit: a smaller number may come to light when a larger one is being sent."""
    database = Database(postgres_url)
    try:
        inserted, may_commit = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction(database.writer) as session:
                tell(session, Notice(NoticeKind.NUDGE, LANE, "early number", "x"))
                inserted.set()
                may_commit.wait(10)

        thread = threading.Thread(target=slow)
        thread.start()
        inserted.wait(10)
        _tell(database, "late number")
        [on_its_way] = _claim(database)
        assert on_its_way.key == "late number"
        may_commit.set()
        thread.join()
        assert _item(database, "early number").seq < on_its_way.seq
        assert _claim(database) == []
        _finish(database, on_its_way, Sent("C1", "1.0"))
        assert [item.key for item in _claim(database)] == ["early number"]
    finally:
        database.close()


def test_several_processes_never_claim_the_same_item(database: Database) -> None:
    lanes = [Address.channel(f"#c{n}") for n in range(60)]
    for lane in lanes:
        _tell(database, str(lane), to=lane)
    claimed: list[int] = []
    threads = [threading.Thread(target=lambda: claimed.extend(i.seq for i in _claim(database, 25))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claimed += [item.seq for item in _claim(database, 60)]
    assert len(claimed) == len(set(claimed)) == 60


def test_a_retry_forgets_the_request_and_what_waited_its_turn_is_no_attempt(database: Database) -> None:
    _tell(database, "a")
    [item] = _claim(database)
    database.write_now(lambda session: begin_send(session, item))
    _finish(database, item, Retry(timedelta(0), "refused"))
    assert (_item(database, "a").sending_at, _item(database, "a").attempts) == (None, 1)
    [item] = _claim(database)
    _finish(database, item, Retry(timedelta(0), "waits", tried=False))
    assert _item(database, "a").attempts == 1


def test_a_version_sent_late_leaves_a_refresh_behind(database: Database) -> None:
    """The change that made it stale enqueued nothing, because it saw this item still waiting."""

    def stale(session: Session) -> UUID:
        living_id = show(session, View.LEAD_ALERT, "x", LANE)
        session.execute(update(LivingMessage).where(LivingMessage.id == living_id).values(stale_version=2))
        return living_id

    living_id = database.write_now(stale)
    [item] = _claim(database)
    _finish(database, item, Sent("C1", "1.0", 1))
    waiting = database.read_now(
        lambda session: session.scalars(
            select(OutboxItem).where(OutboxItem.living_id == living_id, OutboxItem.state == "ready")
        ).all()
    )
    assert len(waiting) == 1


def test_the_alarm_is_set_for_the_earliest_waiting_item(database: Database) -> None:
    assert database.read_now(next_ready) is None
    _tell(database, "a")
    [item] = _claim(database)
    assert database.read_now(next_ready) is None
    _finish(database, item, Retry(timedelta(minutes=2), "later"))
    alarm = database.read_now(next_ready)
    assert alarm is not None
    assert alarm == _item(database, "a").not_before


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_wrong_delays_nothing_and_keeps_order(
    database: Database, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """What is told is stamped by the application's clock, and due by the database's."""
    with monkeypatch.context() as wrong:
        wrong.setattr("bot.outbox.enqueue.protocol_now", lambda: protocol_now() + timedelta(hours=hours))
        _tell(database, "notice")
        database.write_now(lambda session: show(session, View.LEAD_ALERT, "x", Address.channel("#other")))
    _tell(database, "after it")
    [notice, alert] = _claim(database)
    assert (notice.key, alert.kind) == ("notice", "lead_alert")
    _finish(database, notice, Sent())
    assert [item.key for item in _claim(database)] == ["after it"]


class Hands:
    """A courier who only counts."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def has_room(self) -> bool:
        return True

    def take(self, item: Claimed) -> None:
        self.taken.append(item.key)


def test_nothing_is_handed_over_that_a_savepoint_took_back(sqlite_url: str) -> None:
    """A message of a row that is not there could neither be finished nor looked up."""
    database, hands = Database(sqlite_url), Hands()
    database.courier = hands

    def work(session: Session) -> None:
        inner = session.begin_nested()
        show(session, View.LEAD_ALERT, "dropped", LANE, priority=Priority.HOT)
        inner.rollback()
        show(session, View.LEAD_ALERT, "kept", Address.channel("#other"), priority=Priority.HOT)

    try:
        database.write_now(work)
        assert len(hands.taken) == 1
        assert [item.lane for item in database.read_now(lambda s: s.scalars(select(OutboxItem)).all())] == [
            "channel:#other"
        ]
    finally:
        database.close()


def test_a_token_of_nobody_finishes_nothing(database: Database) -> None:
    _tell(database, "a")
    [item] = _claim(database)
    stranger = Claimed(**{name: getattr(item, name) for name in item.__slots__} | {"token": new_id()})
    assert not _finish(database, stranger, Dead("x"))
    assert _item(database, "a").state == "claimed"
