"""Two who change the same list or plan at one moment, and a colleague who covers (process §4, §5)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.db.base import new_id
from bot.db.models import Enrolment
from bot.db.session import Database
from bot.domain.commands import LogTouch, Undo
from bot.domain.errors import Gone
from bot.domain.terms import Channel, Outcome, Role
from bot.service.enrolments import Enroll, enroll, take_back_enrolled
from bot.service.touch_list_drafts import approve_ahead, drafts_ahead
from bot.service.touch_list_state import promise_on_list
from bot.service.touches import log_touch
from tests.support.databases import in_force
from tests.support.sales_floor import SalesFloor
from tests.touch_list.office import MONDAY, Office, berlin, make_office

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def busy(postgres_url: str) -> Any:
    """Sam's office on PostgreSQL, where two transactions run side by side."""
    database = Database(postgres_url)
    database.in_force = in_force()
    try:
        yield make_office(SalesFloor(database))
    finally:
        database.close()


def one_holds(office: Office, first: Callable[[Any], Any], second: Callable[[Any], Any]) -> Exception | None:
    """``first`` is done and not yet committed when ``second`` begins; what stopped the second."""
    held, caught = threading.Event(), []
    begun = threading.Event()

    def hold(session: Any) -> None:
        first(session)
        held.set()
        begun.wait(10)
        threading.Event().wait(0.3)  # until the second waits for a row of ours

    def follow() -> None:
        held.wait(10)
        begun.set()
        try:
            office.floor.write(second)
        except Exception as error:
            caught.append(error)

    threads = [threading.Thread(target=lambda: office.floor.write(hold)), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return caught[0] if caught else None


def test_two_promises_at_once_get_a_place_each(busy: Office) -> None:
    office = busy
    people = [office.person("Ann"), office.person("Bob")]
    office.morning()
    at = berlin(MONDAY, "15:00")
    tasks = [office.owes(one, at) for one in people]

    def promises(contact: UUID, task: UUID) -> Callable[[Any], None]:
        given = (office.sam, contact, task, MONDAY, at, new_id(), office.floor.now)
        return lambda session: promise_on_list(session, *given)

    stopped = one_holds(office, promises(people[0], tasks[0]), promises(people[1], tasks[1]))
    assert stopped is None
    assert [item.position for item in office.items()] == [1, 2]


def test_an_enrolment_that_is_touched_meanwhile_is_not_taken_back(busy: Office) -> None:
    office = busy
    office.floor.now = berlin(MONDAY, "09:00")
    ann = office.person("Ann")
    sam = office.floor.actor("Sam")
    enrolled = office.floor.does(enroll, Enroll(sam, [ann]))
    touch = LogTouch(sam, ann, Channel.EMAIL, Outcome.SENT, office.floor.now)
    back = Undo(sam, enrolled.causation_id)
    stopped = one_holds(
        office,
        lambda session: log_touch(session, touch, office.floor.now),
        lambda session: take_back_enrolled(session, back, office.floor.now),
    )
    assert isinstance(stopped, Gone)
    live = select(Enrolment.ended_at).where(Enrolment.contact_id == ann)
    assert office.floor.read(lambda session: session.scalar(live)) is None


def test_who_covers_approves_tomorrows_drafts(office: Office) -> None:
    office.floor.hires("Ada", Role.SDR, timezone="Europe/Berlin", country="DE", hours="mon-fri 8:00-17:00")
    (ann,) = office.planned("Ann", due=TUESDAY)
    office.floor.is_away("Sam", MONDAY, MONDAY + timedelta(days=11), cover="Ada")
    office.floor.now = berlin(MONDAY, "16:00")
    ada, now = office.floor.actor("Ada"), office.floor.now
    one = office.floor.read(lambda session: drafts_ahead(session, ada, 1, now)).one
    assert one is not None
    office.floor.write(lambda session: approve_ahead(session, ada, one.enrolment_id, "Hello", "A short text.", now))
    again = office.floor.read(lambda session: drafts_ahead(session, ada, 1, now)).one
    assert again is not None
    assert (again.approved, again.mail.body) == (True, "A short text.")
    assert ann
