"""``/lead`` as a rep uses it: a card, a choice, own open leads, pages."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.db.base import new_id
from bot.db.models import Consent, HandRaise, LeadAlert, LeadMove, Person, ScoreEntry
from bot.db.session import Database
from bot.domain.terms import Channel, Intent, LeadState, Outcome, ScorePart, Source
from tests.front_door.touch_house import Office, open_office
from tests.touches.house import NOW, add_contact

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as office:
        yield office


async def test_the_card_says_who_where_they_stand_and_why(office: Office) -> None:
    house = office.house
    lead_id = house.open_lead(owner_reason=["Sam answers Acme."])
    started = NOW - timedelta(minutes=2)
    rows = [
        (
            HandRaise,
            {"lead_id": lead_id, "intent": Intent.CONTACT_ME, "source": Source.CONTACT_FORM, "raised_at": started},
        ),
        (LeadMove, {"lead_id": lead_id, "to_state": LeadState.OPEN, "at": started, "reason": "raised a hand"}),
        (
            LeadAlert,
            {"lead_id": lead_id, "person_id": house.sam.person_id, "round": 1, "at": started, "cause": "hand_raise"},
        ),
        (
            ScoreEntry,
            {
                "contact_id": house.jane,
                "part": ScorePart.BEHAVIOURAL,
                "points": 30,
                "reason": "asked for contact",
                "at": started,
            },
        ),
        (Consent, {"contact_id": house.jane, "basis": "raised_hand", "given_at": started}),
    ]
    for model, values in rows:
        values = {"id": new_id(), **values}
        house.write(lambda session, model=model, values=values: session.execute(insert(model).values(**values)))
    house.log(Outcome.CALLBACK, follow_up_at=NOW + timedelta(days=1), note="busy <!channel>")
    await office.sam.types("/lead jane doe")
    card = await office.sam.sees("Jane Doe, Acme")
    for words in (
        "Lead: responded",
        "Sam answers Acme.",
        "First response: Sam, after 2 min",
        "Please call me",
        "interest +30",
        "+30 asked for contact",
        "callback",
        "by Sam – busy",
        "raised a hand: contact me, contact form",
        "alert to Sam",
        "consent: raised hand",
        "Tue 11:00 there",
        "Calls: fine now",
        "Owed to them",
    ):
        assert words in card.text, f"{words!r} is not on the card:\n{card.text}"
    assert await office.sam.notifications() == []


async def test_somebody_without_any_history_has_a_card_too(office: Office) -> None:
    office.house.write(lambda session: add_contact(session, "Tim", "Bell"))
    await office.sam.types("/lead tim bell")
    card = await office.sam.sees("Tim Bell")
    assert "Nothing has happened yet." in card.text
    assert "Nothing has been scored yet." in card.text


async def test_several_of_one_name_are_a_choice(office: Office) -> None:
    office.house.write(lambda session: add_contact(session, "Jane", "Dorn", "dorn@beta.example"))
    await office.sam.types("/lead jane")
    await office.sam.sees("Who do you mean by “jane”?")
    await office.sam.clicks("Jane Dorn")
    card = await office.sam.sees("Score 0")
    assert "Jane Dorn" in card.text


async def test_nobody_found_says_what_to_try(office: Office) -> None:
    await office.sam.types("/lead qwertz")
    await office.sam.sees("I know nobody called “qwertz”.")


async def test_nothing_typed_lists_own_open_leads_page_by_page(office: Office) -> None:
    for number in range(23):
        contact = office.house.write(lambda session, n=number: add_contact(session, "Lead", f"Number{n:02}"))
        office.house.open_lead(contact, raised_at=NOW - timedelta(hours=number + 1))
    office.house.open_lead(owner=office.house.ada)
    await office.sam.types("/lead")
    first = await office.sam.sees("1 to 10 of 23")
    assert "Jane Doe" not in first.text
    await office.sam.clicks("More ▶")
    await office.sam.sees("11 to 20 of 23")
    await office.sam.clicks("More ▶")
    await office.sam.sees("21 to 23 of 23")
    await office.sam.clicks("◀ Back")
    await office.sam.sees("11 to 20 of 23")


async def test_no_open_leads_says_so(office: Office) -> None:
    await office.sam.types("/lead")
    await office.sam.sees("You have no open leads.")


async def test_a_long_history_is_turned_page_by_page(office: Office) -> None:
    for number in range(25):
        office.house.log(Outcome.NO_ANSWER, note=f"try {number:02}", now=NOW + timedelta(minutes=number))
    office.clock.at = NOW + timedelta(hours=1)
    await office.sam.types("/lead jane doe")
    first = await office.sam.sees("try 24")
    assert "try 14" not in first.text
    await office.sam.clicks("Earlier ▶")
    await office.sam.sees("try 14")
    await office.sam.clicks("Earlier ▶")
    last = await office.sam.sees("try 00")
    assert "Earlier ▶" not in last.buttons
    await office.sam.clicks("◀ Newer")
    await office.sam.sees("try 14")


async def test_a_touch_is_logged_from_the_card(office: Office) -> None:
    await office.sam.types("/lead jane doe")
    await office.sam.clicks("Log a touch")
    form = await office.sam.sees("Log a touch", in_="modal")
    assert "Jane Doe, Acme" in form.text


async def test_a_suppressed_person_is_marked(office: Office) -> None:
    office.house.log(Outcome.DO_NOT_CALL)
    office.house.log(Outcome.OPTED_OUT, Channel.EMAIL, now=NOW + timedelta(minutes=1))
    await office.sam.types("/lead jane doe")
    card = await office.sam.sees("Calls: no.")
    assert "asked not to be called" in card.text
    assert "E-mail: no." in card.text


async def test_help_shows_examples(office: Office) -> None:
    await office.sam.types("/lead help")
    await office.sam.sees("/lead jane@acme.com")


async def test_a_phone_number_finds_whose_it_is(office: Office) -> None:
    await office.sam.types("/lead +49 30 123456")
    await office.sam.sees("Jane Doe, Acme")
    await office.sam.types("/touch +49 (30) 123456 no answer, about the audit")
    await office.sam.sees("Logged for Jane Doe, Acme: call, no answer. “about the audit”")


async def test_an_unknown_number_is_said_to_be_one(office: Office) -> None:
    await office.sam.types("/lead +49 30 999999")
    await office.sam.sees("I know nobody with the number +49 30 999999.")


async def test_one_of_us_is_no_lead(office: Office) -> None:
    await office.sam.types("/lead @Ada")
    await office.sam.sees("Ada is one of us. /lead looks up people outside")
    office.house.write(
        lambda session: session.execute(update(Person).values(slack_user_id=None).where(Person.name == "Ada"))
    )
    await office.sam.types("/lead @Ada")
    await office.sam.sees("That is somebody in this Slack. /lead looks up people outside")


async def test_namesakes_at_one_company_are_told_apart_by_whole_addresses(office: Office) -> None:
    addresses = [f"a-rather-long-address-of-jane-number-{number}@holding.example" for number in range(9)]
    for address in addresses:
        office.house.write(
            lambda session, address=address: add_contact(
                session, "Jane", "Wolfeschlegelsteinhausen", address, office.house.acme
            )
        )
    await office.sam.types("/lead wolfeschlegelsteinhausen")
    choice = await office.sam.sees("There are more: type more of the name, or the address.")
    assert len(choice.buttons) == 8
    assert all(any(address in label for address in addresses) for label in choice.buttons)
