"""``/handraiser reassign`` as an admin and a manager use it: form, preview, pages, result, Undo."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.models import Account, Contact, Person
from bot.domain.matching import company_name_key
from bot.service.name_index import contact_words, write_words
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio
SAMS = 23


def furnish(session: Any) -> None:
    """Sam owns people at companies of their own, in Germany."""
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    sam = session.scalar(select(Person.id).where(Person.name == "Sam Okafor"))
    for number in range(SAMS):
        name = f"Firm {number:02}"
        account = Account(
            name=name, name_key=company_name_key(name), domain=f"firm{number}.example", country="DE", created_at=now
        )
        session.add(account)
        session.flush()
        one = Contact(
            account_id=account.id, first_name=f"Jane{number:02}", last_name="Doe", owner_id=sam, created_at=now
        )
        session.add(one)
        session.flush()
        write_words(session, contact_words(one.id, one.first_name, one.last_name, None))


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        house.parts.database.write_now(furnish)
        yield house


def owners(house: WholeHouse) -> dict[str, int]:
    rows = select(Person.name).join(Contact, Contact.owner_id == Person.id)
    names = house.parts.database.read_now(lambda session: session.scalars(rows).all())
    return {name: names.count(name) for name in set(names)}


async def test_names_behind_the_command_stand_in_the_form(house: WholeHouse) -> None:
    noor = house.noor
    await noor.types("/handraiser reassign sam to Ada and @maya, nobody")
    form = await noor.sees("I know nobody called “nobody” who can get work.", in_="modal")
    for name in ("Sam Okafor (mrr)", "Ada Lindqvist", "Maya Stone"):
        assert name in str(form.raw)
    assert await noor.submits(**{"Why?": "moves to sales"})
    await noor.sees("Sam Okafor's work", in_="modal")
    await noor.closes()
    await noor.types("/handraiser reassign from @Sam")
    form = await noor.sees("Whose work?", in_="modal")
    assert "Sam Okafor (mrr)" in str(form.raw)
    assert "I know nobody" not in form.text


async def test_from_the_form_to_the_result_and_back(house: WholeHouse) -> None:
    noor = house.noor
    assert await noor.types("/handraiser reassign")
    await noor.sees("Whose work?", in_="modal")
    assert "Sam Okafor (mrr)" in await noor.searches("Whose work?", "sam", in_="modal")
    await noor.picks("Whose work?", "Sam Okafor", query="sam", in_="modal")
    await noor.picks("To whom? Several share it evenly", ["Ada", "Maya"], in_="modal")
    assert await noor.submits(**{"Why?": "moves to sales"})
    shown = await noor.sees("Sam Okafor's work", in_="modal")
    assert "23 contacts owned" in shown.text
    assert "Jane00 Doe, Firm 00" in shown.text
    assert "and 18 more" in shown.text
    assert owners(house) == {"Sam Okafor": SAMS}, "nothing has changed yet"

    assert await noor.clicks("All names", in_="modal")
    await noor.sees("1 to 20 of 23", in_="modal")
    assert await noor.clicks("More ▶", in_="modal")
    page = await noor.sees("21 to 23 of 23", in_="modal")
    assert "Jane22 Doe, Firm 22 · Sam Okafor" in page.text
    assert await noor.clicks("All kinds", in_="modal")
    await noor.sees("Nothing has changed yet.", in_="modal")
    assert await noor.submits()
    await noor.sees("23 pieces of work are on the way to their new owners.")

    result = await noor.sees("Done: 23 contacts owned.", in_="dm")
    shares = owners(house)
    assert sorted(shares) == ["Ada Lindqvist", "Maya Stone"]
    assert sorted(shares.values()) == [11, 12]
    got = await house.ada.sees("Noor Rahmani gave you", in_="dm")
    assert f"{shares['Ada Lindqvist']} contacts owned of Sam Okafor: moves to sales." in got.text
    await house.sam.sees("Noor Rahmani gave 23 contacts owned of yours to Ada Lindqvist, Maya Stone", in_="dm")

    assert await noor.clicks("Undo", on=result)
    await noor.sees("I am taking it back, and tell you when it is done.")
    await noor.sees("Taken back: 23 of 23 are their former owners' again.", in_="dm")
    assert owners(house) == {"Sam Okafor": SAMS}


async def test_a_manager_gives_away_a_territory_to_a_teams_reps_on_shift(house: WholeHouse) -> None:
    lena = house.lena
    assert await lena.types("/handraiser reassign")
    await lena.sees("Whose work?", in_="modal")
    assert await lena.searches("Whose work?", "noor", in_="modal") == [], "Noor is in none of her teams"
    await lena.fills("Or a territory: country", "germany", in_="modal")
    await lena.picks("Or the reps of a team who are on shift now", "Inbound", in_="modal")
    assert await lena.submits(**{"Why?": "a new patch"})
    shown = await lena.sees("Everybody's work (germany)", in_="modal")
    assert "Maya" not in shown.text, "it is night where Maya is"
    assert "23 accounts owned" in shown.text
    assert await lena.submits()
    await lena.sees("Done: 23 accounts owned.", in_="dm")


async def test_what_is_missing_stands_beside_its_field(house: WholeHouse) -> None:
    noor = house.noor
    await noor.types("/handraiser reassign")
    await noor.sees("Whose work?", in_="modal")
    refused = await noor.submits(**{"Why?": "a reason"})
    assert refused.result["errors"] == {"from": "Whose work is it? Choose somebody, or name a territory."}
    await noor.picks("Whose work?", "Ada", in_="modal")
    refused = await noor.submits()
    assert refused.result["errors"] == {"to": "Who gets it? Choose one or several, or a team."}
    await noor.picks("To whom? Several share it evenly", ["Maya"], in_="modal")
    refused = await noor.submits()
    assert "Ada Lindqvist has nothing of that." in refused.result["errors"]["works"]


async def test_a_rep_is_told_that_it_is_not_for_them(house: WholeHouse) -> None:
    await house.sam.types("/handraiser reassign")
    await house.sam.sees("Managers and admins give much work away at once.")


async def test_from_somebodys_set_up_their_work_is_handed_on(house: WholeHouse) -> None:
    noor = house.noor
    await house.sam.types("/touch Jane00 Doe call back tomorrow at 10")
    await house.sam.sees("Logged for Jane00 Doe")
    await noor.opens_home()
    await noor.clicks("People", in_="home")
    await noor.clicks("Open Sam Okafor", in_="modal")
    await noor.sees("Theirs now", in_="modal")
    assert await noor.clicks("Hand it on…", in_="modal")
    await noor.sees("Whose work?", in_="modal")
    await noor.picks("To whom? Several share it evenly", ["Ada"], in_="modal")
    assert await noor.submits(**{"Why?": "leaves us"})
    await noor.sees("Sam Okafor's work", in_="modal")
