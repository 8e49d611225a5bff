"""A team set up from an empty database, without a file or a terminal: by the front door."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from bot.db.models import AuditEntry, Person
from sandbox.driver import PersonDriver
from tests.front_door.test_handoff import fills_in, picks_slot
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    """Nobody is set up but Noor, whom ADMIN_EMAIL names."""
    async with whole_house(database_url, empty=True) as house:
        yield house
        assert await house.slack.problems() == []


async def adds(noor: PersonDriver, who: str, roles: list[str], **fields: str) -> None:
    """The admin adds somebody: picked in Slack, then a form."""
    await noor.clicks("Add a person", in_="home")
    await noor.submits(**{"Who is it?": who})
    await noor.sees(f"{who.lower()}@brightpath.example", in_="modal")
    await noor.picks("Roles", roles, in_="modal")
    await noor.picks("Teams", ["Inbound"], in_="modal")
    for label, value in fields.items():
        await noor.picks(label.replace("_", " "), value, in_="modal")
    assert await noor.submits()
    await noor.sees("is added.", in_="modal")


async def test_a_team_is_set_up_without_a_file_or_a_terminal(house: WholeHouse) -> None:
    noor = house.noor
    await noor.sees("You set me up", in_="dm")
    await noor.opens_home()
    await noor.sees("There is no team yet.", in_="home")
    await noor.clicks("Add a team", in_="home")
    await noor.submits(Team="Inbound", Brand="Brightpath", Channel_for_hand_raises="general")
    await noor.sees("Inbound is added.", in_="modal")
    await noor.closes(everything=True)

    await adds(noor, "Sam", ["mrr"], Working_hours="mon-fri 8:00-18:00", Country="DE")
    await adds(noor, "Erik", ["ae"], Channel_for_handoffs="ae-erik", Video_link="https://meet.example/erik")
    await adds(noor, "Farah", ["ae"], Channel_for_handoffs="ae-farah")
    await adds(noor, "Lena", ["manager"])
    await noor.closes(everything=True)

    await noor.opens_home()
    await noor.sees("Sam Okafor hands leads to fewer than 2 account executives.", in_="home")
    await noor.clicks("Pick them…", in_="home")
    await noor.submits(First_choice="Erik Lund", Second="Farah Haddad")
    await noor.sees("Sam Okafor hands leads to Erik Lund, Farah Haddad.", in_="modal")
    await noor.clicks("◀ People", in_="modal")
    await noor.sees("Lena Gross", in_="modal")
    await noor.closes(everything=True)

    await noor.opens_home()
    await noor.sees("Nobody leads Inbound.", in_="home")
    await noor.clicks("Change…", in_="home")
    await noor.submits(**{"Who leads it?": ["Lena Gross"]})
    await noor.sees("Inbound is changed.", in_="modal")
    await noor.closes(everything=True)
    await noor.opens_home()
    await noor.sees("a postal address under the e-mails of Inbound", in_="home")
    await noor.sees("texts.our_company", in_="home")
    await house.sam.sees("You answer people who raise a hand", in_="dm")

    await house.sends_form()
    await house.sam.sees("Can somebody call me today?", in_="#general")
    await house.sam.clicks("Claim", in_="#general")
    await house.sam.types("/touch jane o'neill connected, two plants", in_="#general")
    await house.sam.sees("Logged for Jane O'Neill")
    await house.sam.types("/handoff jane o'neill", in_="#general")
    await house.sam.sees("Who decides, and how?", in_="modal")
    await fills_in(house.sam)
    await picks_slot(house.sam)
    assert await house.sam.submits()
    post = await house.slack.person("Erik").sees("Sam Okafor hands you", in_="#ae-erik")
    assert "Can somebody call me today?" in post.text
    await house.all_is_told()


async def test_what_a_form_refuses_stands_beside_its_field(house: WholeHouse) -> None:
    noor = house.noor
    await noor.opens_home()
    await noor.clicks("Add a person", in_="home")
    await noor.submits(**{"Who is it?": "Sam"})
    await noor.picks("Roles", ["mrr"], in_="modal")
    await noor.fills("Working hours", "from nine to five", in_="modal")
    await noor.submits()
    form = await noor.modal()
    assert form is not None
    assert form.raw["errors"]["hours"].startswith("“from nine to five” needs days and times.")
    await noor.fills("Working hours", "mon-thu 9-12,13-17", in_="modal")
    await noor.fills("Weight", "half", in_="modal")
    await noor.submits()
    form = await noor.modal()
    assert form is not None
    assert form.raw["errors"] == {"weight": "“half” is not a weight; use a number, like 1 or 0.5."}
    await noor.fills("Weight", "0,5", in_="modal")
    await noor.submits()
    await noor.sees("Sam Okafor is added.", in_="modal")
    await noor.sees("mon-thu 9-12,13-17, Europe/Berlin (Slack's)", in_="modal")


async def test_what_changed_while_a_form_was_open_is_not_overwritten(house: WholeHouse) -> None:
    noor = house.noor
    await noor.opens_home()
    await noor.clicks("People", in_="home")
    await noor.clicks("Open Noor", in_="modal")
    await noor.clicks("Change…", in_="modal")
    await house.parts.database.write(lambda session: session.execute(update(Person).values(weight=2)) and None)
    await noor.picks("Roles", ["admin", "manager"], in_="modal")
    await noor.submits()
    form = await noor.modal()
    assert form is not None
    assert form.raw["errors"]["name"].startswith("Somebody else changed this while it was open.")
    weight = select(Person.weight)
    assert await house.parts.database.read(lambda session: session.scalars(weight).all()) == [2]


async def test_a_change_is_taken_back_and_stands_in_the_audit_log(house: WholeHouse) -> None:
    noor = house.noor
    await noor.opens_home()
    await noor.clicks("People", in_="home")
    await noor.clicks("Open Noor", in_="modal")
    await noor.clicks("Change…", in_="modal")
    await noor.picks("Roles", ["manager"], in_="modal")
    await noor.submits()
    form = await noor.modal()
    assert form is not None
    assert form.raw["errors"] == {"roles": "They are the only admin. Make somebody else admin first."}
    await noor.picks("Roles", ["admin", "manager"], in_="modal")
    await noor.submits()
    await noor.sees("Noor is changed.", in_="modal")
    await noor.sees("Roles: manager, admin", in_="modal")
    await noor.clicks("Undo", in_="modal")
    await noor.sees("Taken back.", in_="modal")
    await noor.sees("Roles: admin", in_="modal")

    entries = await house.parts.database.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.command == "save_person")).all()
    )
    assert [(entry.detail["changed"]["roles"], entry.undone_at is not None) for entry in entries] == [
        ([["admin"], ["admin", "manager"]], True)
    ]


async def test_a_rep_enters_their_own_time_off_and_no_set_up(house: WholeHouse) -> None:
    noor, sam = house.noor, house.sam
    await noor.opens_home()
    await noor.clicks("Add a team", in_="home")
    await noor.submits(Team="Inbound")
    await noor.closes(everything=True)
    await adds(noor, "Sam", ["mrr"])
    await sam.opens_home()
    await sam.sees("Your open leads", in_="home")
    assert "Add a person" not in str(await sam.messages(in_="home"))
    await sam.clicks("Time off…", in_="home")
    await sam.sees("No time off of Sam Okafor is entered.", in_="modal")
    await sam.clicks("Add time off…", in_="modal")
    first = house.begins.date()
    await sam.fills("From", first, in_="modal")
    await sam.picks("Who covers?", "Noor", in_="modal")
    await sam.submits()
    await sam.sees("Sam Okafor is away on", in_="modal")
    await sam.sees("Noor covers", in_="modal")
    await sam.clicks("Remove time off of Sam Okafor", in_="modal")
    await sam.sees("Sam Okafor is not away on", in_="modal")
    await sam.clicks("Undo", in_="modal")
    await sam.sees("Taken back.", in_="modal")
    await sam.sees("Noor covers", in_="modal")


async def test_guests_and_apps_are_not_added(house: WholeHouse) -> None:
    noor = house.noor
    await house.parts.database.read(lambda session: session.scalars(select(Person)).one())
    await noor.opens_home()
    await noor.clicks("Add a person", in_="home")
    await noor.picks("Who is it?", house.slack.facts["app"]["user_id"], in_="modal")
    await noor.submits()
    form = await noor.modal()
    assert form is not None
    assert "is an app. Pick a person." in form.raw["errors"]["who"]
