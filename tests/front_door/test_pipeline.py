"""``/pipeline`` as a rep, a manager and an admin use it: figures, periods, people, rows, files, sharing, roles."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account, Contact, Handoff, Lead, Opportunity, Person, Touch
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Source, Stage
from sandbox.driver import PersonDriver, Seen
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio
EVIL = '=HYPERLINK("http://evil.example","open")'


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url) as house:
        yield house
        assert await house.slack.problems() == []


async def a_month_of_work(house: WholeHouse) -> None:
    """Sam: three leads, two answered, one handed to Erik, qualified and won. Ada: one lead. All of today and before."""
    at = house.begins - timedelta(minutes=30)

    def work(session: Session) -> None:
        people = {row.name.split(" ")[0]: row.id for row in session.execute(select(Person.id, Person.name))}
        contacts = [_contact(session, at, name) for name in ("Jane", "Tim", EVIL, "Olga")]
        leads = [
            _lead(session, contact, people["Ada" if n == 3 else "Sam"], at, answered=n != 1)
            for n, contact in enumerate(contacts)
        ]
        _won(session, contacts[0], leads[0], people["Sam"], people["Erik"], at)
        _touch(session, contacts[0], people["Sam"], at)

    await house.parts.database.write(work)


def _contact(session: Session, at: Any, name: str) -> UUID:
    account, contact = new_id(), new_id()
    made = {"stage": Stage.PROSPECT, "created_at": at}
    session.execute(insert(Account).values(id=account, name=f"{name} Works", name_key=name.lower(), **made))
    named = {"first_name": name, "last_name": "Doe", "source": Source.WEBINAR, "external_ids": {}, "extra": {}}
    session.execute(insert(Contact).values(id=contact, account_id=account, **named, **made))
    return contact


def _lead(session: Session, contact: UUID, owner: UUID, at: Any, *, answered: bool) -> UUID:
    lead = new_id()
    response = {"first_response_at": at + timedelta(minutes=4), "first_response_by_id": owner} if answered else {}
    session.execute(
        insert(Lead).values(
            id=lead,
            contact_id=contact,
            state=LeadState.RESPONDED if answered else LeadState.OPEN,
            intent=Intent.CONTACT_ME,
            hot=True,
            source=Source.WEBINAR,
            owner_id=owner,
            owner_reason=[],
            raised_at=at,
            received_at=at,
            response_due_at=at + timedelta(minutes=10),
            **response,
        )
    )
    return lead


def _won(session: Session, contact: UUID, lead: UUID, rep: UUID, ae: UUID, at: Any) -> None:
    people = {"contact_id": contact, "lead_id": lead, "rep_id": rep, "ae_id": ae}
    session.execute(
        insert(Handoff).values(
            id=new_id(), **people, state="qualified", contract={}, created_at=at, held_at=at, ended_at=at
        )
    )
    session.execute(
        insert(Opportunity).values(
            id=new_id(), **people, state="won", amount_cents=1_250_000, currency="EUR", qualified_at=at, closed_at=at
        )
    )


def _touch(session: Session, contact: UUID, rep: UUID, at: Any) -> None:
    said = {"channel": Channel.CALL, "outcome": Outcome.CONNECTED, "local_date": at.date()}
    session.execute(
        insert(Touch).values(id=new_id(), contact_id=contact, person_id=rep, happened_at=at, logged_at=at, **said)
    )


async def asks(person: PersonDriver, words: str, sees: str = "Pipeline") -> Seen:
    await person.types(f"/pipeline {words}".strip(), in_="#general")
    return await person.sees(sees, in_="#general")


async def test_a_rep_sees_their_own_and_nobody_elses(house: WholeHouse) -> None:
    await a_month_of_work(house)
    seen = await asks(house.sam, "today")
    assert seen.ephemeral
    for words in ("Sam Okafor", "12,500 EUR", "Leads 3 (3 more)", "Responded 2", "Won 1", "Discovery calls held 1"):
        assert words in seen.raw["text"], f"{words!r} is not said:\n{seen.raw['text']}"
    await asks(house.sam, "ada today", "You see your own results")
    await asks(house.sam, "team Inbound", "You see your own results")


async def test_a_manager_sees_their_teams_and_an_admin_everybody(house: WholeHouse) -> None:
    await a_month_of_work(house)
    assert "Leads 4" in (await asks(house.lena, "today", "teams Closing, Inbound")).raw["text"]
    assert "Leads 1" in (await asks(house.lena, "ada today", "Ada Lindqvist")).raw["text"]
    await asks(house.lena, "noor today", "You see the teams you lead")
    assert "Leads 4" in (await asks(house.noor, "today", "everyone")).raw["text"]
    assert "Leads 3" in (await asks(house.noor, "sam today source webinar", "source webinar")).raw["text"]


async def test_somebody_of_the_workspace_without_a_role_sees_nothing(house: WholeHouse) -> None:
    await asks(house.gus, "", "I don't know you yet")


async def test_a_chart_a_table_and_all_of_it_in_words(house: WholeHouse) -> None:
    await a_month_of_work(house)
    seen = await asks(house.noor, "today")
    kinds = [block["type"] for block in seen.raw["blocks"]]
    assert "table" in kinds
    assert "data_visualization" in kinds
    table = next(block for block in seen.raw["blocks"] if block["type"] == "table")
    for row in table["rows"][1:]:
        assert row[0]["text"] in seen.raw["text"], f"the table's {row[0]['text']} is not in the words"
    assert "the day before" in seen.text


async def test_another_period_and_person_in_place(house: WholeHouse) -> None:
    await a_month_of_work(house)
    await asks(house.lena, "today", "teams Closing, Inbound")
    assert await house.lena.picks("Team or person", "Ada Lindqvist", query="ada")
    await house.lena.sees("Ada Lindqvist · against the day before")
    assert await house.lena.picks("Another period", "Last week")
    await house.lena.sees("Nothing to count yet", in_="#general")
    shown = [one for one in await house.lena.messages("#general") if "Pipeline" in one.text]
    assert len(shown) == 1, "the message changes in place"
    assert await house.lena.searches("Team or person", "noor") == []


async def test_the_rows_behind_a_number_add_up_to_it_in_the_file_too(house: WholeHouse) -> None:
    await a_month_of_work(house)
    await asks(house.sam, "today")
    assert await house.sam.picks("Rows behind…", "Leads")
    rows = await house.sam.sees("1 to 3 of 3 rows", in_="modal")
    assert "Jane Doe" in rows.text
    assert "Olga" not in rows.text
    assert await house.sam.clicks("Send me these rows as CSV", in_="modal")
    await house.sam.sees("The file is on its way", in_="modal")
    message = await house.sam.sees("3 rows, which make 3", in_="dm")
    text = await _download(house, message)
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == 3
    assert sum(int(line["counts"]) for line in lines) == 3, "each of the three counts"
    assert {line["name"] for line in lines} == {"Jane Doe", "Tim Doe", f"'{EVIL} Doe"}


async def _download(house: WholeHouse, message: Seen) -> str:
    assert house.slack.server is not None
    file = message.raw["files"][0]
    stored: bytes = house.slack.server.sandbox.ws.file_bytes[file["id"]]
    return stored.decode("utf-8-sig")


async def test_closed_business_opens_its_deals(house: WholeHouse) -> None:
    await a_month_of_work(house)
    await asks(house.noor, "today")
    assert await house.noor.clicks("Rows", in_="#general")
    rows = await house.noor.sees("1 to 1 of 1 row", in_="modal")
    assert "12,500 EUR" in rows.text
    assert "Sam Okafor → Erik Lund" in rows.text


async def test_sharing_shows_it_to_everybody_with_who_shared_and_no_controls(house: WholeHouse) -> None:
    await a_month_of_work(house)
    await asks(house.lena, "team Inbound today", "Team Inbound")
    assert await house.lena.clicks("Share here", in_="#general")
    seen = await house.gus.sees("team Inbound, as of", in_="#general")
    assert not seen.ephemeral
    assert seen.buttons == []
    assert f"<@{house.lena.id}>" in seen.raw["text"]
    assert not any(block["type"] == "actions" for block in seen.raw["blocks"])


async def test_a_button_of_somebody_else_shows_no_more_than_ones_own_role(house: WholeHouse) -> None:
    """What a button carries is a question; who may ask it is decided for whoever presses."""
    await a_month_of_work(house)
    await asks(house.lena, "today", "teams Closing, Inbound")
    await house.parts.database.write(_take_roles_from_lena)
    assert await house.lena.picks("Another period", "This week")
    await house.lena.sees("You have no role here yet")


def _take_roles_from_lena(session: Session) -> None:
    lena = session.scalars(select(Person).where(Person.name == "Lena Gross")).one()
    lena.roles.clear()


async def test_wrong_words_get_help(house: WholeHouse) -> None:
    seen = await asks(house.noor, "inbuond last month", "Did you mean")
    assert "/pipeline team Inbound" in seen.text
    await asks(house.noor, "qwertz", "I don't know “qwertz”")
    assert "last 30 days" in (await asks(house.noor, "help", "Results, funnel and speed")).text


async def test_what_numbers_mean_is_a_tap_away(house: WholeHouse) -> None:
    await a_month_of_work(house)
    await asks(house.sam, "today")
    assert await house.sam.clicks("What the numbers mean", in_="#general")
    assert "the share that was won" in (await house.sam.sees("The five results", in_="modal")).text


async def test_a_new_team_is_told_what_to_do_first(house: WholeHouse) -> None:
    seen = await asks(house.lena, "", "Nothing to count yet")
    assert "/touch help" in seen.text
    assert "Share here" not in seen.buttons
