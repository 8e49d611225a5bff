"""A rep's morning with the list, in Slack: from the message at half past seven to "Done"."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from bot.db.base import new_id
from bot.db.models import Account, Contact, Enrolment, Person, Suppression, Touch, TouchItem
from bot.db.session import PlaybookInForce
from bot.domain.compliance import key_hash
from bot.playbook.schema.texts import Library, Piece
from tests.front_door.whole_house import BERLIN, WholeHouse, monday, whole_house

pytestmark = pytest.mark.anyio


def fills(house: WholeHouse, *steps: tuple[str, str], fact: str = "They hire.", zone: str = "Europe/Berlin") -> None:
    """Plans of Sam's whose next step is due on the day the house begins."""
    today = house.begins.astimezone(BERLIN).date()

    def work(session: Any) -> None:
        sam = session.scalar(select(Person.id).where(Person.name == "Sam Okafor"))
        for name, step in steps:
            _plan(session, sam, name, step, today, fact, zone, house.begins)

    house.parts.database.write_now(work)


def _plan(session: Any, sam: UUID, name: str, step: str, today: date, fact: str, zone: str, now: datetime) -> None:
    account, contact = new_id(), new_id()
    company = f"{name} Works"
    row = {"id": account, "name": company, "name_key": company.lower(), "domain": f"{name.lower()}.example"}
    session.execute(insert(Account).values(**row, country="US", employees=300, created_at=now))
    person = {"first_name": name, "last_name": "Doe", "email": f"{name.lower()}@{name.lower()}.example"}
    session.execute(
        insert(Contact).values(
            id=contact,
            account_id=account,
            phone="+4930901820",
            timezone=zone,
            country="US",
            title="VP Operations",
            created_at=now,
            external_ids={},
            extra={},
            **person,
        )
    )
    first = step == "email" and not fact
    session.execute(
        insert(Enrolment).values(
            id=new_id(),
            contact_id=contact,
            person_id=sam,
            account_id=account,
            kind="cadence",
            reason="Their plant grows.",
            fact=fact,
            round=1,
            cycle=1 if first else 2,
            step=step,
            next_due_on=today,
            started_on=today - timedelta(days=4),
            last_email_on=None if first else today - timedelta(days=3),
            version=1,
            state={"turn": 0, "last_step_on": None, "pauses": []},
        )
    )


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[WholeHouse]:
    async with whole_house(database_url, monday("06:00")) as house:
        yield house


async def comes(house: WholeHouse, at: str = "07:30") -> None:
    """That time of the day comes, and all is told."""
    day = house.begins.astimezone(BERLIN).date()
    await house.slack.clock.to(f"{day.isoformat()}T{at}:00{house.begins.astimezone(BERLIN):%z}")
    await house.all_is_told()


def count(house: WholeHouse, model: Any, *where: Any) -> int:
    return len(house.parts.database.read_now(lambda session: session.scalars(select(model).where(*where)).all()))


async def test_a_morning_from_the_message_to_done(house: WholeHouse) -> None:
    fills(house, ("Ann", "email"), ("Bob", "email"), ("Cid", "call"))
    await comes(house)
    sam = house.sam
    first = await sam.sees("Touch list,", in_="dm")
    for words in (
        "0 of 3 done",
        "Ann Doe, VP Operations, Ann Works",
        "cycle 2 of 4, day 5 of 21",
        "Their plant grows.",
        "there",
    ):
        assert words in first.text, first.text
    await sam.clicks("Start", in_="dm")
    modal = await sam.sees("1 of 3", in_="modal")
    assert "A quarter of an hour about" in modal.text
    await sam.clicks("Open in my mail", in_="modal")
    await sam.submits()
    await sam.sees("Bob Doe", in_="modal")
    await sam.clicks("Open in Gmail", in_="modal")
    await comes(house, "09:30")
    await sam.submits()
    card = await sam.sees("Cid Doe", in_="modal")
    for words in ("Is this a bad moment?", "appointment", "Voicemail", "Discovery", "Preparation"):
        assert words in card.text, words
    await sam.picks("What came of it?", "Voicemail", in_="modal")
    await sam.fills("Note", "said I would write", in_="modal")
    await sam.submits()
    end = await sam.sees("2 drafts opened and not marked sent", in_="modal")
    assert "Logged for Cid Doe: call, voicemail." in end.text
    await sam.clicks("Mark 2 sent", in_="modal")
    await sam.submits()
    await sam.sees("2 e-mails marked sent.", in_="modal")
    await sam.sees("Done.", in_="modal")
    await house.all_is_told()
    done = await sam.sees("3 of 3 done", in_="dm")
    assert "Done. Tomorrow: 2." in done.text
    assert count(house, Touch, Touch.note == "said I would write") == 1
    lists = [one for one in await house.slack.calls("chat.postMessage") if "Touch list" in str(one["args"])]
    assert len(lists) == 1  # Ada has no work of lists; a message is updated, never posted again
    assert await house.slack.problems() == []


async def test_what_was_done_is_taken_back_where_it_was_done(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"), ("Bob", "call"))
    await comes(house)
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    await comes(house, "09:30")
    name = "Ann" if "Ann Doe" in (await sam.sees("Doe", in_="modal")).text else "Bob"
    await sam.picks("What came of it?", "Left the company", in_="modal")
    await sam.submits()
    await sam.sees("is skipped: Left the company.", in_="modal")
    await sam.clicks("Undo", in_="modal")
    again = await sam.sees("Taken back", in_="modal")
    assert f"{name} Doe" in again.text
    await sam.picks("What came of it?", "No answer", in_="modal")
    await sam.submits()
    await sam.sees("Logged for", in_="modal")
    await sam.clicks("Undo", in_="modal")
    await sam.sees("Taken back", in_="modal")
    assert count(house, TouchItem, TouchItem.state == "open") == 2
    assert await house.slack.problems() == []


async def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"))
    await comes(house, "09:30")
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    await sam.fills("Note", "wants us in May", in_="modal")
    await sam.submits()
    await sam.sees("What came of it? Your note is kept with it.", in_="modal")
    await sam.picks("What came of it?", "Callback", in_="modal")
    await sam.submits()
    await sam.sees("When shall I remind you to call back?", in_="modal")
    await sam.picks("What came of it?", "Referral", in_="modal")
    await sam.submits()
    form = await sam.sees("Whom did they name?", in_="modal")
    assert "wants us in May" in str(form.raw)
    await sam.fills("Whom did they name?", "Tim Bell", in_="modal")
    await sam.submits()
    await sam.sees("Logged for", in_="modal")
    await house.all_is_told()
    assert "1 of 1 done" in (await sam.sees("Touch list,", in_="dm")).text


async def test_after_the_form_of_a_referral_was_closed_the_line_is_still_there_to_log(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"))
    await comes(house, "09:30")
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    for _ in range(2):
        await sam.picks("What came of it?", "Referral", in_="modal")
        await sam.submits()
        await sam.sees("Whom did they name?", in_="modal")
        await sam.closes()
    await sam.picks("What came of it?", "Connected", in_="modal")
    await sam.fills("Note", "wants us in May", in_="modal")
    await sam.submits()
    await sam.sees("Logged for", in_="modal")
    await house.all_is_told()
    assert "1 of 1 done" in (await sam.sees("Touch list,", in_="dm")).text


async def test_the_count_goes_on_when_a_line_is_left_as_it_is(house: WholeHouse) -> None:
    fills(house, ("Ann", "email"), ("Bob", "call"), ("Cid", "call"))
    await comes(house, "08:30")
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    await sam.sees("1 of 3", in_="modal")
    await sam.submits()
    await sam.sees("2 of 3", in_="modal")
    await sam.picks("What came of it?", "No answer", in_="modal")
    await sam.submits()
    await sam.sees("3 of 3", in_="modal")
    await sam.submits()
    await sam.sees("That was the end of the list.", in_="modal")
    await sam.clicks("Go through what is open", in_="modal")
    await sam.sees("2 of 3", in_="modal")


async def test_a_first_touch_without_a_fact_stops_until_it_is_noted(house: WholeHouse) -> None:
    fills(house, ("Ann", "email"), fact="")
    await comes(house)
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    stopped = await sam.sees("This draft stops here.", in_="modal")
    assert "one noted fact about them" in stopped.text
    assert "Open in my mail" not in stopped.buttons
    await sam.fills("One fact about them, before the first touch", "You open a second plant.", in_="modal")
    await sam.submits()
    ready = await sam.sees("Noted.", in_="modal")
    assert "You open a second plant." in ready.text
    assert "Open in my mail" in ready.buttons
    await sam.clicks("Change the text", in_="modal")
    await sam.fills("Text", "Only my words.", in_="modal")
    await sam.submits()
    await sam.sees("Only my words.", in_="modal")


async def test_who_was_put_on_a_list_of_nos_meanwhile_is_not_come_to(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"), ("Bob", "call"), ("Cid", "call"))
    await comes(house, "09:30")
    sam = house.sam
    address = "{}@{}.example"

    def says_no(name: str) -> None:
        key = key_hash("email", address.format(name, name))
        row = Suppression(kind="email", value_hash=key, covers="call", reason="asked", created_at=house.begins)
        house.parts.database.write_now(lambda session: session.add(row))

    says_no("ann")
    await sam.types("/today")
    assert "Ann Doe" not in (await sam.sees("of 3 done")).text
    await sam.clicks("Start", in_="dm")
    first = (await sam.sees("2 of 3", in_="modal")).text
    says_no("cid" if "Bob Doe" in first else "bob")
    await sam.submits()
    await sam.sees("That was the end of the list.", in_="modal")


async def test_the_menu_of_a_line_and_today_bring_it_all_back(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"), ("Bob", "call"))
    await comes(house, "09:30")
    sam = house.sam
    await sam.clicks("Details", in_="dm")
    await sam.sees("Score")
    await sam.clicks("Put off…", in_="dm")
    await sam.picks("Until when?", "Until the next working day", in_="modal")
    await sam.submits()
    await sam.sees("is put off.", in_="modal")
    await sam.closes()
    await sam.types("/today")
    shown = await sam.sees("1 put off")
    assert shown.ephemeral
    await sam.types("/today next")
    await sam.sees("of 2", in_="modal")
    await sam.closes()
    await sam.types("/today help")
    await sam.sees("read and approve tomorrow's drafts")
    await sam.types("/today tomorrow")
    await sam.sees("can be read from 14:00 on", in_="modal")


async def test_who_has_no_work_of_lists_hears_of_none_until_they_ask_and_a_manager_has_none(house: WholeHouse) -> None:
    await comes(house)
    for person in (house.sam, house.lena):
        assert [one for one in (await person.view())["notifications"] if "Touch list" in str(one)] == []
    await house.sam.types("/today")
    assert (await house.sam.sees("Nothing is due today.")).ephemeral
    await house.lena.types("/today")
    assert (await house.lena.sees("You have no touch list; reps (SDR, MRR) do.")).ephemeral
    await house.all_is_told()
    assert [one for one in (await house.lena.view())["notifications"] if "Touch list" in str(one)] == []


async def test_a_click_costs_one_update_of_the_message_and_none_of_the_modal(house: WholeHouse) -> None:
    names = [f"P{number:02}" for number in range(30)]
    fills(house, *((name, "call") for name in names))
    await comes(house, "09:30")
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    await house.all_is_told()
    before = await house.slack.last()
    for _ in range(10):
        await sam.picks("What came of it?", "No answer", in_="modal")
        await sam.submits()
        await sam.sees("Logged for", in_="modal")
    await house.all_is_told()
    assert "10 of 30 done" in (await sam.sees("Touch list,", in_="dm")).text
    assert await house.slack.calls("views.update", after=before) == []
    assert len(await house.slack.calls("chat.update", after=before)) <= 10
    assert await house.slack.problems() == []


async def test_a_call_without_a_number_offers_an_email_or_to_skip(house: WholeHouse) -> None:
    fills(house, ("Ann", "call"), ("Bob", "call"))
    house.parts.database.write_now(lambda session: session.execute(update(Contact).values(phone=None)))
    await comes(house, "09:30")
    sam = house.sam
    await sam.sees("no phone number: e-mail or skip", in_="dm")
    await sam.clicks("Start", in_="dm")
    card = await sam.sees("No phone number is known.", in_="modal")
    assert "ann@ann.example" in card.text
    assert "bad moment" not in card.text
    await sam.picks("What came of it?", "E-mail, sent", in_="modal")
    await sam.submits()
    await sam.sees("Next in their plan: an e-mail on", in_="modal")
    await sam.picks("What came of it?", "No phone number", in_="modal")
    await sam.submits()
    await sam.sees("Bob Doe is skipped: No phone number.", in_="modal")
    assert count(house, Enrolment, Enrolment.step == "email", Enrolment.cycle == 3) == 2


async def test_a_piece_of_the_library_is_offered_and_logged_when_sent(house: WholeHouse) -> None:
    database = house.parts.database
    assert database.in_force is not None
    piece = Piece(title="How fast is fast enough?", topic="response time", url="https://www.example.com/how-fast")
    rules = database.playbook.model_copy(update={"library": Library(pieces=(piece,))})
    database.in_force = PlaybookInForce(database.in_force.number, rules)
    fills(house, ("Ann", "email"))
    await comes(house, "09:30")
    sam = house.sam
    await sam.clicks("Start", in_="dm")
    card = await sam.sees("How fast is fast enough?", in_="modal")
    assert "https://www.example.com/how-fast" in str(card.raw)
    await sam.picks("Something to read that you sent along", "How fast is fast enough?", in_="modal")
    refused = await sam.submits()
    assert "What came of it?" in str(refused.result["errors"])
    await sam.picks("What came of it?", "E-mail, sent", in_="modal")
    await sam.fills("Note", "she asked for it", in_="modal")
    assert await sam.submits()
    await sam.sees("Logged for Ann Doe", in_="modal")
    note = "she asked for it\nSent along: How fast is fast enough?, https://www.example.com/how-fast"
    assert count(house, Touch, Touch.note == note) == 1
