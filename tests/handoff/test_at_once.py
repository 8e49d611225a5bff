"""Two people at the same moment: one handoff, one call in a slot, one answer (process §7)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from bot.db.models import Handoff, Lead, Meeting
from bot.db.session import Database
from bot.domain.commands import AnswerHandoff, HandOff
from bot.domain.errors import UserError
from bot.domain.terms import LeadState
from bot.jobs.perform import carry_out, take
from bot.jobs.schedule import DUE_JOBS
from bot.service.hand_raises import raise_hand
from bot.service.handoff_ladder_times import HANDOFF_LADDER
from bot.service.handoff_moves import get_handoff
from bot.service.handoffs import answer_handoff, hand_off
from tests.handoff.house import CONTRACT, HandoffHouse, minutes, open_house
from tests.support.databases import in_force


def together(house: HandoffHouse, *deeds: Callable[[Any], Any]) -> list[Any]:
    """Each in a transaction of its own, begun at one moment; results and refusals."""
    barrier = Barrier(len(deeds))

    def one(deed: Callable[[Any], Any]) -> Any:
        barrier.wait(10)
        try:
            return house.database.write_now(deed)
        except UserError as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def handing(house: HandoffHouse, by: str, contact_id: UUID, **values: Any) -> Callable[[Any], Any]:
    erik = house.people["Erik"]
    command = HandOff(house.actor(by), contact_id, CONTRACT, erik, erik, **{"kind": "transfer", **values})
    return lambda session: hand_off(session, command, house.now)


@pytest.mark.parametrize("with_lead", [True, False])
def test_two_hand_over_the_same_person(house: HandoffHouse, with_lead: bool) -> None:
    for number in range(4):
        email = f"jane{number}@acme{number}.example"
        jane = house.a_lead(email)
        house.touches(jane, by="Bea")
        if not with_lead:
            house.write(
                lambda session, jane=jane: (
                    session.query(Lead)
                    .filter(Lead.contact_id == jane)
                    .update({"state": LeadState.RECYCLED, "closed_at": house.now})
                    and None
                )
            )
        results = together(house, handing(house, "Ada", jane), handing(house, "Bea", jane))
        refused = [one for one in results if isinstance(one, UserError)]
        assert len(refused) == 1, results
        assert "handed them to Erik at 12:00 already" in refused[0].sentence
        count = select(func.count()).select_from(Handoff).where(Handoff.contact_id == jane)
        assert house.read(lambda session, count=count: session.scalar(count)) == 1


def test_two_take_the_same_slot(house: HandoffHouse) -> None:
    for number in range(4):
        jane, tim = (house.a_lead(f"{name}{number}@acme{number}.example") for name in ("jane", "tim"))
        at = {"kind": "intro_call", "starts_at": house.slots("Erik", jane)[0]}
        results = together(house, handing(house, "Ada", jane, **at), handing(house, "Ada", tim, **at))
        refused = [one for one in results if isinstance(one, UserError)]
        assert [one.field for one in refused] == ["starts_at"], results
        count = select(func.count()).select_from(Meeting).where(Meeting.starts_at == at["starts_at"])
        assert house.read(lambda session, count=count: session.scalar(count)) == 1


def test_two_answer(house: HandoffHouse) -> None:
    done = house.hands_off(house.a_lead())

    def answering(accepted: bool, by: str) -> Callable[[Any], Any]:
        command = AnswerHandoff(house.actor(by), done.handoff_id, accepted, "Not my account")
        return lambda session: answer_handoff(session, command, house.now)

    results = together(house, answering(True, "Erik"), answering(True, "Mia"))
    assert len([one for one in results if isinstance(one, UserError)]) == 1
    assert house.steps(done.handoff_id) == [(None, "waiting"), ("waiting", "accepted")]


@pytest.fixture
def busy(postgres_url: str) -> Iterator[HandoffHouse]:
    """The house on PostgreSQL, where two can be in the middle of something at once."""
    database = Database(postgres_url)
    try:
        database.in_force = in_force()
        yield open_house(database)
    finally:
        database.close()


def test_a_hand_raised_while_they_are_handed_over_is_the_lead_that_goes(busy: HandoffHouse) -> None:
    jane = busy.a_lead()
    busy.write(
        lambda session: session.query(Lead).update({"state": LeadState.RECYCLED, "closed_at": busy.now}) and None
    )
    raised, again = Event(), busy.event()

    def raising(session: Any) -> UUID | None:
        lead_id = raise_hand(session, again, busy.now).lead_id
        raised.set()
        waits = text("SELECT 1 FROM pg_locks WHERE NOT granted")
        for _ in range(2000):
            if busy.read(lambda other: other.execute(waits).first()):
                break
        return lead_id

    def handing_over(session: Any) -> UUID:
        raised.wait(10)
        handoff_id: UUID = handing(busy, "Ada", jane)(session).handoff_id
        return handoff_id

    with ThreadPoolExecutor(2) as pool:
        lead, handoff = (
            pool.submit(busy.database.write_now, raising),
            pool.submit(busy.database.write_now, handing_over),
        )
        assert busy.handoff(handoff.result(30)).lead_id == lead.result(30)


def test_an_answer_at_the_moment_of_the_reminder_is_taken(busy: HandoffHouse) -> None:
    """The worker holds the due time and wants the handoff, the answer holds the handoff and ends the due time."""
    house = busy
    done = house.hands_off(house.a_lead(), kind="transfer")
    house.now += minutes(30)
    held = {"due": Event(), "handoff": Event()}
    erik = house.actor("Erik")

    def reminding(session: Any) -> None:
        row = take(session, house.now, DUE_JOBS)
        held["due"].set()
        held["handoff"].wait(10)
        if row is not None:
            carry_out(session, row, DUE_JOBS, house.now)

    def answering(session: Any) -> None:
        get_handoff(session, done.handoff_id)
        held["handoff"].set()
        held["due"].wait(10)
        answer_handoff(session, AnswerHandoff(erik, done.handoff_id, accepted=True), house.now)

    with ThreadPoolExecutor(2) as pool:
        for waiting in [pool.submit(house.database.write_now, deed) for deed in (reminding, answering)]:
            waiting.result(30)
    assert house.handoff(done.handoff_id).state == "accepted"
    assert HANDOFF_LADDER not in house.dues(done.handoff_id)
