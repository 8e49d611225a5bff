"""Exactly one list for each rep, local date and wave, whatever happens to clocks, workers and people (process §5)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from bot.clocks import ShiftedClock
from bot.db.models import DueTime, JobTick, Person, TouchItem, TouchList
from bot.db.session import Database
from bot.domain.terms import Outcome, Role
from bot.jobs.schedule import DUE_JOBS
from bot.jobs.worker import Worker
from bot.service.touch_list_times import EVENING_JOB, MORNING_JOB
from tests.support.sales_floor import SalesFloor
from tests.touch_list.office import MONDAY, Office, berlin, make_office

TUESDAY = MONDAY + timedelta(days=1)
SATURDAY = MONDAY + timedelta(days=5)


def moves(office: Office, zone: str) -> None:
    """Sam lives elsewhere from now on, and the sweep has seen it."""
    which = update(Person).where(Person.id == office.sam).values(timezone=zone)
    office.floor.write(lambda session: session.execute(which))
    office.arms()


def test_the_list_is_there_at_half_past_seven_and_the_next_one_is_set(office: Office) -> None:
    office.planned("Ann")
    office.arms()
    office.floor.until(berlin(MONDAY, "07:29"))
    assert office.days() == []
    office.floor.until(berlin(MONDAY, "07:30"))
    assert office.days() == [MONDAY]
    assert office.shown() == [str(office.lists()[0].id)]
    assert office.next_at() == berlin(TUESDAY, "07:30")


def test_who_has_no_work_of_lists_gets_no_message_until_a_line_comes(office: Office) -> None:
    ann = office.person("Ann")
    office.morning()
    assert (office.days(), office.shown()) == ([MONDAY], [])
    office.floor.now = berlin(MONDAY, "09:00")
    office.logs(ann, Outcome.CALLBACK, follow_up_at=berlin(MONDAY, "15:00"))
    assert office.shown() == [str(office.lists()[0].id)]
    office.morning(TUESDAY)
    assert len(office.shown()) == 2, "an empty day of who works by lists is still said"


def test_a_weekend_a_holiday_and_days_off_have_no_list(office: Office) -> None:
    office.floor.is_away("Sam", TUESDAY, TUESDAY)
    office.arms()
    office.floor.until(berlin(MONDAY + timedelta(days=8), "12:00"))
    good_friday = date(2026, 4, 3)
    office.floor.now = berlin(good_friday, "00:10")
    assert office.days() == [MONDAY, *(MONDAY + timedelta(days=n) for n in (2, 3, 4, 7, 8))]
    office.floor.write(lambda session: session.execute(delete(DueTime)))
    office.arms()
    assert office.next_at() == berlin(date(2026, 4, 7), "07:30")


def test_days_off_that_were_set_after_the_list_was_armed_count(office: Office) -> None:
    office.arms()
    office.floor.is_away("Sam", MONDAY, TUESDAY)
    office.floor.until(berlin(MONDAY + timedelta(days=2), "12:00"))
    assert office.days() == [MONDAY + timedelta(days=2)]


def test_a_morning_that_was_missed_comes_late_and_once(office: Office) -> None:
    office.arms()
    office.floor.now = berlin(MONDAY, "09:30")
    office.floor.until(berlin(MONDAY, "09:30"))
    assert office.days() == [MONDAY]
    assert office.lists()[0].built_at == berlin(MONDAY, "09:30")
    office.floor.until(berlin(TUESDAY, "07:30"))
    assert office.days() == [MONDAY, TUESDAY]


def test_whole_days_that_were_missed_are_not_made_up_for(office: Office) -> None:
    office.arms()
    office.floor.now = berlin(MONDAY + timedelta(days=3), "11:00")
    office.floor.until(office.floor.now)
    assert office.days() == [MONDAY + timedelta(days=3)]
    assert office.next_at() == berlin(MONDAY + timedelta(days=4), "07:30")


@pytest.mark.parametrize(("day", "offset"), [(date(2026, 3, 29), 2), (date(2026, 10, 25), 1)])
def test_the_hour_is_the_wall_clocks_on_the_days_the_clocks_change(office: Office, day: date, offset: int) -> None:
    sundays = update(Person).where(Person.id == office.sam).values(hours="sat-sun 8:00-17:00")
    office.floor.write(lambda session: session.execute(sundays))
    office.floor.now = berlin(day - timedelta(days=1), "00:00")
    office.arms()
    office.floor.until(berlin(day, "23:00"))
    assert office.days() == [day - timedelta(days=1), day]
    assert office.lists()[1].built_at == datetime(day.year, day.month, day.day, 7 - offset, 30, tzinfo=UTC)


def test_somebody_new_gets_the_first_list_the_next_morning(office: Office) -> None:
    office.floor.now = berlin(MONDAY, "11:00")
    office.arms()
    office.arms(now=berlin(MONDAY, "11:05"))
    office.floor.until(berlin(MONDAY, "18:00"))
    assert office.days() == []
    assert office.next_at() == berlin(TUESDAY, "07:30")


def test_who_works_from_no_list_has_left_or_is_not_in_slack_gets_none(office: Office) -> None:
    office.floor.hires("Erik", Role.AE)
    office.floor.hires("Gone", Role.SDR, active=False)
    office.floor.hires("Newt", Role.SDR, slack_user_id=None, timezone="Europe/Berlin")
    office.arms()
    office.floor.until(berlin(MONDAY, "12:00"))
    assert [office.days(name) for name in ("Sam", "Erik", "Gone", "Newt")] == [[MONDAY], [], [], []]
    assert office.next_at("Newt") == berlin(TUESDAY, "07:30")


def test_moving_west_before_dawn_the_list_waits_for_the_new_morning(office: Office) -> None:
    office.arms()
    moves(office, "America/New_York")
    assert office.next_at() == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    office.floor.until(datetime(2026, 3, 2, 23, tzinfo=UTC))
    assert office.days() == [MONDAY]


def test_moving_west_after_the_list_came_it_is_not_made_again(office: Office) -> None:
    office.arms()
    office.floor.until(berlin(MONDAY, "08:00"))
    moves(office, "America/New_York")
    office.floor.until(datetime(2026, 3, 3, 12, 29, tzinfo=UTC))
    assert office.days() == [MONDAY]
    office.floor.until(datetime(2026, 3, 3, 12, 30, tzinfo=UTC))
    assert office.days() == [MONDAY, TUESDAY]


def test_moving_east_past_the_morning_the_list_comes_at_once(office: Office) -> None:
    office.arms()
    moves(office, "Asia/Tokyo")
    office.floor.until(office.floor.now)
    assert office.days() == [MONDAY]
    assert office.next_at() == datetime(2026, 3, 2, 22, 30, tzinfo=UTC)


def test_a_zone_that_changes_while_no_sweep_looks_makes_no_list_too_early(office: Office) -> None:
    office.arms()
    which = update(Person).where(Person.id == office.sam).values(timezone="America/New_York")
    office.floor.write(lambda session: session.execute(which))
    office.floor.until(berlin(MONDAY, "07:31"))
    assert office.days() == []
    office.floor.until(datetime(2026, 3, 2, 12, 30, tzinfo=UTC))
    assert office.days() == [MONDAY]


def test_the_evening_list_comes_only_within_the_hours_or_on_wish(office: Office) -> None:
    office.planned("Ann", zone="Europe/Berlin")
    late = update(Person).where(Person.id == office.sam)
    office.floor.write(lambda session: session.execute(late.values(hours="mon-fri 9:00-18:00")))
    ann = office.names
    office.arms()
    office.floor.until(berlin(MONDAY, "16:59"))
    assert office.days(wave="evening") == []
    assert ann() == []
    office.floor.until(berlin(MONDAY, "17:00"))
    assert office.days(wave="evening") == [MONDAY]
    assert ann() == ["Ann"]
    office.floor.write(lambda session: session.execute(late.values(hours="mon-fri 9:00-17:00")))
    office.floor.until(berlin(TUESDAY, "20:00"))
    assert office.days(wave="evening") == [MONDAY]
    office.floor.write(lambda session: session.execute(late.values(evening_wave=True)))
    office.floor.until(berlin(TUESDAY + timedelta(days=1), "20:00"))
    assert office.days(wave="evening") == [MONDAY, TUESDAY + timedelta(days=1)]


def test_an_evening_without_an_e_mail_makes_no_list(office: Office) -> None:
    late = update(Person).where(Person.id == office.sam).values(hours="mon-fri 9:00-18:00")
    office.floor.write(lambda session: session.execute(late))
    office.arms()
    office.floor.until(berlin(MONDAY, "20:00"))
    assert office.days() == [MONDAY]
    assert office.days(wave="evening") == []


class Stopped:
    """A real clock that only the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.mark.anyio
async def test_two_workers_and_a_restart_make_one_list(database: Database, database_url: str) -> None:
    office = make_office(SalesFloor(database))
    for number in range(12):
        office.floor.hires(f"Rep{number}", Role.SDR, timezone="Europe/Berlin", country="DE")
    for name in office.floor.people:
        office.plan(office.person(f"{name}s"), rep=name)
    office.arms()
    real, other = Stopped(berlin(MONDAY, "07:29")), Database(database_url)
    other.in_force = database.in_force
    before = Worker(database, ShiftedClock(real), DUE_JOBS, ())
    await before.catch_up()
    assert office.days() == []
    real.at = berlin(MONDAY, "07:30")
    workers = [Worker(one, ShiftedClock(real), DUE_JOBS, ()) for one in (database, other)]
    for _ in range(20):
        await asyncio.gather(*(worker.catch_up() for worker in workers))
    other.close()
    assert {name: office.days(name) for name in office.floor.people} == {key: [MONDAY] for key in office.floor.people}
    assert len(office.shown()) == len(office.floor.people)


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Niue")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from((*ZONES, None)), st.integers(1, 40)), min_size=3, max_size=12))
@example([("Europe/Berlin", 1), ("Pacific/Kiritimati", 1), ("Europe/Berlin", 1), ("Pacific/Kiritimati", 29)])
def test_never_two_and_never_none_wherever_somebody_moves(office: Office, life: list[tuple[str | None, int]]) -> None:
    """Zones change and hours pass: a date has at most one list, and a whole working day in one zone has one."""
    for table in (TouchItem, TouchList, DueTime, JobTick):
        office.floor.write(lambda session, table=table: session.execute(delete(table)))
    office.floor.now = berlin(MONDAY, "03:00")
    moves(office, "Europe/Berlin")
    lived: list[tuple[str, datetime, datetime]] = []
    zone = "Europe/Berlin"
    for new, hours in life:
        if new is not None:
            zone = new
            moves(office, zone)
        begun = office.floor.now
        office.floor.until(begun + timedelta(hours=hours))
        if lived and lived[-1][0] == zone:
            begun = lived.pop()[1]
        lived.append((zone, begun, office.floor.now))
    assert len(office.days()) == len(set(office.days()))
    for name, begun, ended in lived:
        day = begun.astimezone(ZoneInfo(name)).date() + timedelta(days=1)
        while datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(name)) <= ended:
            assert (day in office.days()) is (day.weekday() < 5), (name, day)
            day += timedelta(days=1)


def test_the_jobs_have_the_names_that_databases_hold() -> None:
    assert (MORNING_JOB, EVENING_JOB) == ("daily_list", "evening_list")
    assert {MORNING_JOB, EVENING_JOB} <= set(DUE_JOBS)
