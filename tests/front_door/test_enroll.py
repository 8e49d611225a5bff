"""``/enroll`` as a rep uses it: a name, several, a company, a reason; Undo; the button on a card."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.models import Account, Contact, Enrolment
from bot.domain.matching import company_name_key
from bot.domain.terms import Stage
from bot.service.name_index import account_words, contact_words, write_words
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio

PEOPLE = (("Jane", "Doe"), ("Tim", "Bell"), ("Ruth", "Vance"))


def furnish(session: Any) -> None:
    """Three people at Acme in Chicago."""
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    acme = Account(name="Acme", name_key=company_name_key("Acme"), domain="acme.example", country="US", created_at=now)
    session.add(acme)
    session.flush()
    write_words(session, account_words(acme.id, "Acme", "acme.example"))
    for first, last in PEOPLE:
        email = f"{first.lower()}@acme.example"
        one = Contact(
            account_id=acme.id, first_name=first, last_name=last, email=email, country="US", created_at=now,
            stage=Stage.PROSPECT,
        )  # fmt: skip
        session.add(one)
        session.flush()
        write_words(session, contact_words(one.id, first, last, email))


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        house.parts.database.write_now(furnish)
        yield house


def live(house: WholeHouse) -> list[tuple[str, str]]:
    """Who is in a plan, and why."""
    rows = select(Contact.first_name, Enrolment.reason).join(Enrolment, Enrolment.contact_id == Contact.id)
    found = rows.where(Enrolment.ended_at.is_(None)).order_by(Contact.first_name)
    return [tuple(row) for row in house.parts.database.read_now(lambda session: session.execute(found).all())]


async def test_a_name_a_reason_and_undo(house: WholeHouse) -> None:
    await house.sam.types("/enroll jane doe because they hired three")
    echo = await house.sam.sees("Enrolled Jane Doe, Acme: the first e-mail is due on Mon")
    assert live(house) == [("Jane", "they hired three")]
    await house.sam.clicks("Undo", on=echo)
    await house.sam.sees("Taken back: 1 person is not in the cadence.")
    assert live(house) == []


async def test_several_at_once_with_one_whom_nobody_knows(house: WholeHouse) -> None:
    await house.sam.types("/enroll jane doe, tim@acme.example, zebulon quix")
    echo = await house.sam.sees("Enrolled 2 people")
    assert "I know nobody called “zebulon quix”" in echo.text
    assert [name for name, _ in live(house)] == ["Jane", "Tim"]


async def test_a_company_is_a_choice_of_its_people(house: WholeHouse) -> None:
    await house.sam.types("/enroll acme because of the fair")
    choice = await house.sam.sees("Whom do you mean by “acme”?")
    await house.sam.clicks("All 3 of them", on=choice)
    await house.sam.sees("Enrolled 3 people")
    assert live(house) == [("Jane", "of the fair"), ("Ruth", "of the fair"), ("Tim", "of the fair")]


async def test_a_colleagues_account_is_left_out_with_the_reason(house: WholeHouse) -> None:
    await house.sam.types("/enroll jane doe")
    await house.sam.sees("Enrolled Jane Doe")
    await house.ada.types("/enroll tim bell")
    told = await house.ada.sees("Nobody was enrolled.")
    assert "Tim Bell works at Acme, and Sam Okafor is working there." in told.text


async def test_nothing_typed_says_how_many_are_in_plans(house: WholeHouse) -> None:
    await house.sam.types("/enroll")
    await house.sam.sees("Nobody is in your plans yet.")
    await house.sam.types("/enroll jane doe")
    await house.sam.types("/enroll")
    await house.sam.sees("You have 1 person in your cadence.")
    await house.sam.types("/enroll help")
    await house.sam.sees("Put people into your cadence")


async def test_a_manager_enrols_for_a_rep_and_nobody_else_does(house: WholeHouse) -> None:
    await house.lena.types("/enroll jane doe for @Sam because they hired three")
    await house.lena.sees("Enrolled Jane Doe, Acme on Sam Okafor's list: the first e-mail is due on Mon")
    assert live(house) == [("Jane", "they hired three")]
    await house.sam.types("/enroll")
    await house.sam.sees("You have 1 person in your cadence.")
    await house.ada.types("/enroll tim bell for @Sam")
    await house.ada.sees("You can enroll people on your own list. Their manager or an admin can do it for others.")
    await house.lena.types("/enroll tim bell for @sammy")
    await house.lena.sees("Who is @sammy?")
    await house.lena.types("/enroll acme for @sam")  # as Slack leaves it where no name was picked
    choice = await house.lena.sees("Whom do you mean by “acme”?")
    await house.lena.clicks("Tim Bell, Acme", on=choice)
    await house.lena.sees("Enrolled Tim Bell, Acme on Sam Okafor's list")
    await house.lena.types("/enroll ruth vance for sam")
    await house.lena.sees("Enrolled Ruth Vance, Acme on Sam Okafor's list")


async def test_a_manager_without_a_list_is_told_to_say_whose(house: WholeHouse) -> None:
    await house.lena.types("/enroll")
    await house.lena.sees("Try /enroll jane doe for @rep")
    await house.lena.types("/enroll tim bell")
    await house.lena.sees("You have no touch list of your own. Say whose")


async def test_taking_somebody_out_is_never_read_as_putting_them_in(house: WholeHouse) -> None:
    await house.sam.types("/enroll jane doe")
    await house.sam.types("/enroll jane doe")
    await house.sam.sees("Jane Doe is in one of your plans already.")
    await house.sam.types("/enroll remove jane doe")
    told = await house.sam.sees("A plan is ended on the person's card: /lead jane doe")
    assert [block["type"] for block in told.raw["blocks"]] == ["section"]
    assert [name for name, _ in live(house)] == ["Jane"]


async def test_the_card_has_a_button(house: WholeHouse) -> None:
    await house.sam.types("/lead jane doe")
    card = await house.sam.sees("Jane Doe, Acme")
    await house.sam.clicks("Enroll", on=card)
    await house.sam.sees("Enrolled Jane Doe, Acme")
    assert [name for name, _ in live(house)] == ["Jane"]


async def test_the_card_says_where_in_the_plan_and_ends_it(house: WholeHouse) -> None:
    await house.sam.types("/enroll jane doe")
    await house.sam.sees("Enrolled Jane Doe")
    await house.sam.types("/lead jane doe")
    card = await house.sam.sees("In Sam Okafor's cadence: cycle 1 of 4, next: an e-mail on Mon")
    await house.sam.clicks("End plan", on=card)
    await house.sam.sees("Their plan has ended.")
    assert live(house) == []
    await house.sam.types("/lead jane doe")
    await house.sam.sees("Last cadence: Sam Okafor's, ended: one of us ended it.")


async def test_a_plan_is_paused_until_a_day_and_resumed_on_the_card(house: WholeHouse) -> None:
    today = house.begins.date()
    until = today + timedelta(days=9)
    await house.sam.types("/enroll jane doe")
    await house.sam.sees("Enrolled Jane Doe")
    await house.sam.types("/lead jane doe")
    card = await house.sam.sees("In Sam Okafor's cadence: cycle 1 of 4, next: an e-mail on Mon")
    await house.sam.clicks("Pause plan…", on=card)
    await house.sam.submits(**{"Nothing falls due before": today.isoformat()})
    await house.sam.sees("Until when? Choose a day ahead.", in_="modal")
    await house.sam.submits(**{"Nothing falls due before": until.isoformat()})
    await house.sam.sees("Their plan waits; the next step is due on")
    await house.sam.types("/lead jane doe")
    card = await house.sam.sees(f"It waits until {until:%a %-d %b}.")
    await house.sam.clicks("Resume plan", on=card)
    await house.sam.sees("Their plan goes on; the next step is due on Mon")


async def test_a_company_is_given_up_with_evidence_and_taken_up_again(house: WholeHouse) -> None:
    await house.sam.types("/lead jane doe")
    card = await house.sam.sees("Jane Doe, Acme")
    await house.sam.clicks("Give up company…", on=card)
    await house.sam.sees("One person's no stops only that person", in_="modal")
    await house.sam.submits()
    await house.sam.sees("Whose no was it?", in_="modal")
    await house.sam.submits(**{"Or: why are they not a fit?": "Competitor", "What shows it?": "Their site"})
    await house.sam.sees("Acme is given up: not a fit: Competitor. Their site.")
    await house.sam.clicks("Give up company…", on=card)
    await house.sam.clicks("Take it up again")
    await house.sam.sees("Acme can be worked again.")
