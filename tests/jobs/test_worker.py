"""What falls due is done: in time, once, in order, whatever happens (design, points 3 and 4)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot.clocks import RealClock, ShiftedClock, protocol_now
from bot.db.models import DueTime, InboxEvent, JobTick, OutboxItem, SeenRequest, Setting
from bot.db.queries.vital_signs import LAST_TICK
from bot.db.session import Database
from bot.domain.commands import Due
from bot.jobs.housekeeping import forget_old_rows
from bot.jobs.perform import Run
from bot.jobs.schedule import DUE_JOBS, SWEEPS, Sweep
from bot.jobs.worker import Worker
from bot.service.due import claim_tick, fall_due, forget_due
from tests.support.sales_floor import MONDAY_NOON, SalesFloor

pytestmark = pytest.mark.anyio


class Diary:
    """Jobs that write down what they were asked to do, and when it was for them."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, datetime]] = []
        self.failing: set[str] = set()

    @property
    def jobs(self) -> dict[str, Run]:
        return {"note": self.note, "again": self.again}

    def note(self, session: Session, due: Due, now: datetime) -> None:
        if due.subject_id in self.failing:
            raise RuntimeError(f"no luck with {due.subject_id}")
        self.entries.append((due.subject_id, now))

    def again(self, session: Session, due: Due, now: datetime) -> None:
        self.entries.append((f"{due.subject_id}:{due.slot}", now))
        if int(due.slot) < 5:
            fall_due(session, "again", due.subject_id, str(int(due.slot) + 1), due.due_at + timedelta(minutes=1))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.entries]


class StoppedReal:
    """A real clock that only tests move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def sets(database: Database, subject: str, at: datetime, job: str = "note", slot: str = "1") -> None:
    database.write_now(lambda session: fall_due(session, job, subject, slot, at))


async def sees(what: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until ``what`` holds."""
    async with asyncio.timeout(within):
        while not what():  # noqa: ASYNC110 — what is waited for stands in the database
            await asyncio.sleep(0.01)


def has_run(database: Database) -> bool:
    """Whether a worker has been round once."""
    return database.read_now(lambda session: session.get(Setting, LAST_TICK)) is not None


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    """Workers at work."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(worker.run(stop)) for worker in workers]
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def test_it_wakes_for_what_falls_due_within_two_seconds(database: Database) -> None:
    diary = Diary()
    async with running(Worker(database, RealClock(), diary.jobs)):
        due_at = protocol_now() + timedelta(seconds=0.7)
        sets(database, "soon", due_at)
        await sees(lambda: diary.names == ["soon"])
        late = (diary.entries[0][1] - due_at).total_seconds()

    assert 0 <= late <= 2


async def test_what_another_process_set_is_found_without_a_bell(database: Database, database_url: str) -> None:
    diary, other = Diary(), Database(database_url)
    async with running(Worker(database, RealClock(), diary.jobs)):
        await sees(lambda: has_run(database))
        sets(other, "quietly", protocol_now())
        await sees(lambda: diary.names == ["quietly"], within=4)
    other.close()


async def test_a_jump_is_stepped_through_each_at_its_own_time(database: Database) -> None:
    real = StoppedReal(MONDAY_NOON)
    clock, diary = ShiftedClock(real), Diary()
    worker = Worker(database, clock, diary.jobs)
    for minutes in (30, 10, 20):
        sets(database, f"{minutes}", MONDAY_NOON + timedelta(minutes=minutes))
    sets(database, "chain", MONDAY_NOON + timedelta(minutes=5), "again")
    clock.hold(clock.now())
    clock.set_offset(timedelta(hours=1))
    await worker.catch_up()

    at = dict(diary.entries)
    assert diary.names == ["chain:1", "chain:2", "chain:3", "chain:4", "chain:5", "10", "20", "30"]
    assert [at[f"{minutes}"] - MONDAY_NOON for minutes in (10, 20, 30)] == [
        timedelta(minutes=minutes) for minutes in (10, 20, 30)
    ]
    assert clock.now() == MONDAY_NOON + timedelta(hours=1)


async def test_hours_the_worker_was_down_are_caught_up_with_the_real_now(database: Database) -> None:
    clock, diary = ShiftedClock(StoppedReal(MONDAY_NOON)), Diary()
    sets(database, "missed", MONDAY_NOON - timedelta(hours=3))
    sets(database, "chain", MONDAY_NOON - timedelta(hours=2), "again")
    await Worker(database, clock, diary.jobs).catch_up()

    assert diary.names == ["missed", *(f"chain:{number}" for number in range(1, 6))]
    assert {now for _, now in diary.entries} == {MONDAY_NOON}


async def test_one_that_fails_is_put_off_and_stands_in_nobodys_way(database: Database) -> None:
    real, diary = StoppedReal(MONDAY_NOON), Diary()
    diary.failing = {"bad"}
    worker = Worker(database, ShiftedClock(real), diary.jobs)
    sets(database, "bad", MONDAY_NOON - timedelta(minutes=1))
    sets(database, "good", MONDAY_NOON)
    with capture_logs() as logs:
        await worker.catch_up()
    row = database.read_now(lambda session: session.scalars(select(DueTime)).one())

    assert diary.names == ["good"]
    assert (row.subject_id, row.attempts, row.due_at) == ("bad", 1, MONDAY_NOON + timedelta(seconds=15))
    assert database.read_now(lambda session: session.scalars(select(JobTick.subject_id)).all()) == ["good"]
    assert [(line["event"], line["job"], line["subject"], len(line["reference"])) for line in logs] == [
        ("due_failed", "note", "bad", 8)
    ]
    waits = []
    with capture_logs():
        for _ in range(12):
            real.at = row.due_at
            await worker.catch_up()
            row = database.read_now(lambda session: session.scalars(select(DueTime)).one())
            waits.append((row.due_at - real.at).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == 3600
    diary.failing.clear()
    real.at = row.due_at
    await worker.catch_up()
    assert diary.names == ["good", "bad"]
    assert database.read_now(lambda session: session.scalars(select(DueTime)).all()) == []


async def test_a_failure_halfway_leaves_nothing_behind(database: Database) -> None:
    def halfway(session: Session, due: Due, now: datetime) -> None:
        session.execute(insert(Setting).values(key="half", value={}))
        raise ValueError("no")

    sets(database, "x", MONDAY_NOON)
    with capture_logs():
        await Worker(database, ShiftedClock(StoppedReal(MONDAY_NOON)), {"note": halfway}).catch_up()

    assert database.read_now(lambda session: session.get(Setting, "half")) is None


async def test_two_workers_do_each_thing_once(database: Database, database_url: str) -> None:
    diary, other = Diary(), Database(database_url)
    now = protocol_now()

    def all_of_them(session: Session) -> None:
        for number in range(60):
            fall_due(session, "note", f"s{number}", "1", now - timedelta(seconds=number))

    workers = [Worker(one, RealClock(), diary.jobs) for one in (database, other)]
    async with running(*workers):
        database.write_now(all_of_them)
        await sees(lambda: len(diary.entries) >= 60, within=30)
    other.close()

    assert sorted(diary.names) == sorted(f"s{number}" for number in range(60))


async def test_a_tick_already_taken_is_not_taken_twice(database: Database) -> None:
    diary = Diary()
    sets(database, "x", MONDAY_NOON)
    database.write_now(lambda session: claim_tick(session, "note", "x", "1", MONDAY_NOON))
    await Worker(database, ShiftedClock(StoppedReal(MONDAY_NOON)), diary.jobs).catch_up()

    assert diary.entries == []
    assert database.read_now(lambda session: session.scalars(select(DueTime)).all()) == []


async def test_what_was_forgotten_is_not_done(database: Database) -> None:
    diary = Diary()
    sets(database, "x", MONDAY_NOON)
    database.write_now(lambda session: forget_due(session, "note", "x"))
    await Worker(database, ShiftedClock(StoppedReal(MONDAY_NOON)), diary.jobs).catch_up()

    assert diary.entries == []


async def test_a_database_that_goes_away_is_waited_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.worker.DATABASE_PAUSE", 0.1)
    diary = Diary()
    async with running(Worker(database, RealClock(), diary.jobs)):
        await sees(lambda: has_run(database))
        with capture_logs() as logs:
            database.write_now(lambda session: session.execute(text("ALTER TABLE due_times RENAME TO gone")))
            await sees(lambda: len(logs) > 1)
        assert {line["event"] for line in logs} == {"worker_database"}
        database.write_now(lambda session: session.execute(text("ALTER TABLE gone RENAME TO due_times")))
        sets(database, "after all", protocol_now())
        await sees(lambda: diary.names == ["after all"])


async def test_sweeps_run_once_for_all_workers_and_one_failing_leaves_the_rest(database: Database) -> None:
    swept: list[str] = []

    def breaks(session: Session, now: datetime) -> None:
        raise RuntimeError("no")

    sweeps = (
        Sweep("breaks", timedelta(days=900), breaks),
        Sweep("works", timedelta(days=900), lambda session, now: swept.append("works")),
    )
    workers = [Worker(database, RealClock(), {}, sweeps) for _ in range(2)]
    with capture_logs() as logs:
        for worker in workers:
            await worker.sweep()
    assert [line["sweep"] for line in logs] == ["breaks", "breaks"]
    tick = database.read_now(lambda session: session.get_one(Setting, LAST_TICK))

    assert swept == ["works"]
    assert protocol_now() - datetime.fromisoformat(tick.value["at"]) < timedelta(seconds=30)


async def test_the_real_sweeps_run(database: Database) -> None:
    worker = Worker(database, RealClock(), {}, SWEEPS)
    await worker.sweep()

    swept = database.read_now(lambda session: set(session.scalars(select(JobTick.subject_id)).all()))
    assert swept == {sweep.name for sweep in SWEEPS}


def test_old_rows_go_and_young_ones_stay(database: Database) -> None:
    now = protocol_now()

    def fills(session: Session) -> None:
        for days in (0, 2, 4, 40):
            session.add(SeenRequest(key=f"r{days}", at=now - timedelta(days=days)))
            session.add(JobTick(job="note", subject_id=f"s{days}", slot="1", at=now - timedelta(days=days)))

    database.write_now(fills)
    assert database.write_now(lambda session: forget_old_rows(session, now)) == 3
    left = database.read_now(
        lambda session: (
            set(session.scalars(select(SeenRequest.key)).all()),
            set(session.scalars(select(JobTick.subject_id)).all()),
        )
    )

    assert left == ({"r0", "r2"}, {"s0", "s2", "s4"})


def test_what_was_told_and_what_came_in_raw_is_kept_no_longer_than_it_serves(database: Database) -> None:
    now = protocol_now()

    def fills(session: Session) -> None:
        for days in (0, 29, 31, 100):
            at = now - timedelta(days=days)
            session.add(_told(f"k{days}", at))
            session.add(InboxEvent(sender="form", event_key=f"e{days}", received_at=at, body=b"jane", result="lead"))

    database.write_now(fills)
    database.write_now(lambda session: forget_old_rows(session, now))

    def left(session: Session) -> tuple[set[str], set[str]]:
        whole = session.scalars(select(InboxEvent.event_key).where(InboxEvent.body != b""))
        return set(session.scalars(select(OutboxItem.key))), set(whole)

    assert database.read_now(left) == ({"k0", "k29"}, {"e0", "e29", "e31"})
    assert len(database.read_now(lambda session: session.scalars(select(InboxEvent)).all())) == 4


def _told(key: str, at: datetime) -> OutboxItem:
    when = {"not_before": at, "created_at": at, "finished_at": at}
    return OutboxItem(key=key, kind="nudge", lane="x", priority=5, notice={}, state="sent", **when)


async def test_a_job_of_a_newer_release_waits_for_a_newer_worker(floor: SalesFloor, database: Database) -> None:
    diary, now = Diary(), protocol_now()
    database.write_now(lambda session: fall_due(session, "invented_later", "x", "1", now - timedelta(minutes=5)))
    sets(database, "known", now - timedelta(minutes=1))
    await Worker(database, RealClock(), diary.jobs, ()).catch_up()
    assert diary.names == ["known"]
    waiting = database.read_now(lambda session: session.scalars(select(DueTime)).one())
    assert (waiting.job, waiting.attempts) == ("invented_later", 0)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from((5, 45, 70, 95, 200, 500, 4000)), min_size=1, max_size=5))
async def test_whatever_the_jumps_the_ladder_keeps_its_times(floor: SalesFloor, jumps: list[int]) -> None:
    """The worker steps through jumps: every step of the ladder happens at its own time, none is lost."""
    real = StoppedReal(MONDAY_NOON)
    clock = ShiftedClock(real)
    worker = Worker(floor.database, clock, DUE_JOBS, ())
    floor.now = MONDAY_NOON
    raised = floor.raises(f"p{id(jumps)}@acme.example")
    first, second = ("Ada", "Bea") if floor.owner(raised.lead_id) == "Ada" else ("Bea", "Ada")
    total = timedelta()
    for seconds in jumps:
        clock.hold(clock.now())
        total += timedelta(seconds=seconds)
        clock.set_offset(total)
        await worker.catch_up()
    alerts = floor.card(raised.lead_id).alerts

    expected = [(0, first, "hand_raise"), (180, second, "ladder"), (600, "Mia", "manager")]
    assert [(int((one.at - MONDAY_NOON).total_seconds()), floor.name(one.to.id), one.cause) for one in alerts] == [
        item for item in expected if item[0] <= total.total_seconds()
    ]
    floor.now = MONDAY_NOON + total
    floor.after(days=3)
