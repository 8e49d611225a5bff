"""Finding people as they are typed: names, companies, addresses, slips; and that an index is used for it."""

from uuid import UUID

import pytest
from sqlalchemy import event, update

from bot.db.models import Person
from bot.db.queries.contacts import find_contacts, suggest_contacts
from bot.domain.names import Match, decide, rank
from bot.domain.terms import Outcome
from tests.touches.house import NOW, House, add_account, add_contact


@pytest.fixture
def people(house: House) -> dict[str, UUID]:
    """Some people beside Jane Doe of Acme."""

    def work(session) -> dict[str, UUID]:
        beta = add_account(session, "Beta Systems GmbH", "beta.example")
        return {
            "jane": house.jane,
            "dorn": add_contact(session, "Jane", "Dorn", "dorn@beta.example", beta),
            "brien": add_contact(session, "Conor", "O'Brien", "conor@beta.example", beta),
            "berg": add_contact(session, "Anna", "van der Berg", "berg@x.example"),
            "mueller": add_contact(session, "Jörg", "Müller", "jm@y.example"),
        }

    return house.write(work)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("jane@acme.com", ["jane"]),
        ("JANE@ACME.COM", ["jane"]),
        ("jane doe", ["jane"]),
        ("doe, jane", ["jane"]),
        ("jane acme", ["jane"]),
        ("jane at beta", ["dorn"]),
        ("jan dor", ["dorn"]),
        ("obrien", ["brien"]),
        ("o'brien", ["brien"]),
        ("vanderberg", ["berg"]),
        ("van der berg", ["berg"]),
        ("muller", ["mueller"]),
        ("mueller", ["mueller"]),
        ("joerg müller", ["mueller"]),
        ("jnae doe", ["jane"]),
        ("conro obrien", ["brien"]),
        ("xqzzyk", []),
        ("", []),
    ],
)
def test_the_right_one_comes_first(house: House, people, typed, expected) -> None:
    found = house.read(lambda session: find_contacts(session, typed, house.sam.person_id, 5))
    names = {contact: name for name, contact in people.items()}
    assert [names[one.id] for one in found][: max(len(expected), 1)] == expected


def test_a_company_finds_its_people(house: House, people) -> None:
    found = house.read(lambda session: find_contacts(session, "beta", house.sam.person_id, 5))
    assert {one.id for one in found} == {people["dorn"], people["brien"]}


def test_words_of_a_note_do_not_hide_the_name(house: House, people) -> None:
    found = house.read(lambda session: find_contacts(session, "jane dorn pricing", house.sam.person_id, 5))
    assert found[0].id == people["dorn"]


def test_own_open_leads_come_first_however_many_share_the_name(house: House) -> None:
    def work(session) -> UUID:
        for number in range(80):
            add_contact(session, "Jane", f"Aaa{number:02}")
        return add_contact(session, "Jane", "Zzz")

    mine = house.write(work)
    house.open_lead(mine)
    found = house.read(lambda session: find_contacts(session, "jane", house.sam.person_id, 5))
    assert found[0].id == mine
    assert found[0].mine


def test_with_nothing_typed_own_leads_and_the_last_touched_are_offered(house: House, people) -> None:
    house.open_lead(people["dorn"])
    house.log(Outcome.NO_ANSWER, contact=people["berg"], now=NOW)
    found = house.read(lambda session: suggest_contacts(session, "", house.sam.person_id))
    assert [one.id for one in found] == [people["dorn"], people["berg"]]


def test_every_step_of_the_search_uses_an_index(house: House, people) -> None:
    if not house.database.sqlite:
        pytest.skip("plans are read on SQLite; PostgreSQL chooses by size")
    seen: list[tuple[str, object]] = []
    engine = house.database.reader
    event.listen(engine, "before_cursor_execute", lambda c, cursor, text, values, *rest: seen.append((text, values)))
    for typed in ("jane@acme.com", "jane", "jane doe", "jnae doe", "jane at beta", "xqzzyk"):
        house.read(lambda session, typed=typed: find_contacts(session, typed, house.sam.person_id, 5))
    steps = [
        row[3]
        for text, values in seen
        if text.lstrip().startswith(("SELECT", "WITH"))
        for row in house.read(
            lambda session, text=text, values=values: (
                session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + text, values).all()
            )
        )
    ]
    assert len(steps) > 20
    tables = ("name_tokens", "contacts", "accounts", "leads")
    assert [step for step in steps if step.startswith(tuple(f"SCAN {table}" for table in tables))] == []


@pytest.mark.parametrize(
    "typed",
    [
        "+4930123456",
        "+49 30 123456",
        "0049 30 123456",
        "+49 (0)30 123456",
        "49 30 123456",
        "030/123456",
        "(030) 123-456",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(house: House, people, typed: str) -> None:
    house.write(lambda session: session.execute(update(Person).where(Person.name == "Ada").values(country="DE")))
    house.write(lambda session: add_contact(session, "Tim", "Bell", phone="+4930999456"))
    found = house.read(lambda session: find_contacts(session, typed, house.sam.person_id, 5))
    assert [one.id for one in found] == [house.jane]
    assert isinstance(decide(rank(typed, found)), Match)


def test_a_number_that_several_share_is_a_choice_own_ones_first(house: House, people) -> None:
    tim = house.write(
        lambda session: add_contact(session, "Tim", "Bell", phone="+4930123456", owner_id=house.sam.person_id)
    )
    found = house.read(lambda session: find_contacts(session, "+49 30 123456", house.sam.person_id, 5))
    assert [one.id for one in found] == [tim, house.jane]


def test_a_number_of_nobody_finds_nobody(house: House, people) -> None:
    assert house.read(lambda session: find_contacts(session, "+49 30 999999", house.sam.person_id, 5)) == []
