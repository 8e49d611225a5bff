"""``/touch`` as a rep uses it: typed lines, questions, the form, Change and Undo."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from bot.db.models import Contact, Person, PersonRole, Suppression, Task, Touch
from bot.db.session import Database
from bot.domain.terms import Channel, Outcome
from tests.front_door.touch_house import Office, open_office
from tests.touches.house import NOW, add_account, add_contact

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as office:
        yield office


async def test_a_line_is_logged_and_told_back(office: Office) -> None:
    assert await office.sam.types("/touch jane@acme.com call voicemail left msg about audit")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail. “left msg about audit”")
    assert seen.buttons == ["Change", "Undo"]
    (touch,) = office.house.all(Touch)
    assert (touch.channel, touch.outcome, touch.note) == (Channel.CALL, Outcome.VOICEMAIL, "left msg about audit")
    assert touch.typed == "jane@acme.com call voicemail left msg about audit"
    await office.ada.sees_no("Jane Doe")


async def test_a_callback_is_understood_in_the_reps_own_time(office: Office) -> None:
    await office.sam.types("/touch jane doe connected, callback thu 15:00")
    await office.sam.sees("Callback Thu 26 Nov 15:00 your time")
    assert office.house.all(Task)[0].due_at == datetime(2026, 11, 26, 14, tzinfo=UTC)


async def test_undo_takes_it_back_and_says_what_was_typed(office: Office) -> None:
    await office.sam.types("/touch jane doe do not call, was angry")
    await office.sam.clicks("Undo", on="Logged for Jane Doe")
    await office.sam.sees("Taken back: Jane Doe, call, do not call.")
    await office.sam.sees("It said: jane doe do not call, was angry")
    assert office.house.all(Suppression) == []


async def test_undo_after_its_time_says_so(office: Office) -> None:
    await office.sam.types("/touch jane doe no answer")
    office.clock.at = NOW + timedelta(minutes=11)
    await office.sam.clicks("Undo", on="Logged for Jane Doe")
    await office.sam.sees("Undo works for 10 minutes. You can still change it.")
    assert office.house.all(Touch)[0].undone_at is None


async def test_several_of_one_name_are_a_choice(office: Office) -> None:
    office.house.write(lambda session: add_contact(session, "Jane", "Dorn", "dorn@beta.example"))
    await office.sam.types("/touch jane call no answer gatekeeper was friendly")
    question = await office.sam.sees("Who do you mean by “jane”?")
    assert sorted(question.buttons) == ["Jane Doe, Acme", "Jane Dorn", "Someone else…"]
    await office.sam.clicks("Jane Dorn")
    await office.sam.sees("Logged for Jane Dorn: call")
    assert "friendly" in office.house.all(Touch)[0].note


async def test_a_company_instead_of_a_person_is_a_choice(office: Office) -> None:
    office.house.write(lambda session: add_contact(session, "Tim", "Bell", "tim@acme.com", office.house.acme))
    await office.sam.types("/touch acme connected, callback thu 15:00")
    question = await office.sam.sees("Who do you mean by “acme”?")
    assert {"Jane Doe, Acme", "Tim Bell, Acme"} <= set(question.buttons)
    await office.sam.clicks("Tim Bell, Acme")
    await office.sam.sees("Logged for Tim Bell, Acme: call, callback.")


@pytest.mark.parametrize(
    ("first", "last", "typed"),
    [
        ("Zoë", "O'Brien-Müller", "zoe obrien-mueller"),
        ("Søren", "D’Angelo", "soren dangelo"),
        ("Jane", "Roe", "<mailto:roe@x.example|roe@x.example>"),
    ],
)
async def test_names_are_found_however_they_are_spelled(office: Office, first: str, last: str, typed: str) -> None:
    office.house.write(lambda session: add_contact(session, first, last, "roe@x.example"))
    await office.sam.types(f"/touch {typed} call no answer")
    await office.sam.sees(f"Logged for {first} {last}")


async def test_a_slip_of_the_fingers_in_a_name_is_offered_or_understood(office: Office) -> None:
    await office.sam.types("/touch jnae doe voicemail")
    await office.sam.sees("Jane Doe")


async def test_a_slip_in_an_outcome_is_understood_and_said(office: Office) -> None:
    await office.sam.types("/touch jane doe conected good talk")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: call, connected.")
    assert "I took it so: “conected” read as connected." in seen.text


async def test_a_doubtful_outcome_is_asked_about(office: Office) -> None:
    await office.sam.types("/touch jane doe voicmal, about the audit")
    question = await office.sam.sees("By “voicmal”, did you mean voicemail?")
    assert question.buttons == ["Voicemail", "Something else…"]
    assert office.house.all(Touch) == []
    await office.sam.clicks("Voicemail")
    await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.")
    assert "about the audit" in office.house.all(Touch)[0].note


async def test_a_line_without_an_outcome_opens_the_form_and_can_be_opened_again(office: Office) -> None:
    await office.sam.types("/touch jane doe, about the audit")
    await office.sam.sees("What came of it?", in_="modal")
    await office.sam.closes()
    await office.sam.sees("You typed: jane doe, about the audit")
    await office.sam.clicks("Open the form")
    await office.sam.picks("How?", "Call", in_="modal")
    await office.sam.picks("What came of it?", "No answer", in_="modal")
    await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, no answer.", in_="modal")
    assert "about the audit" in office.house.all(Touch)[0].note


async def test_a_booked_wish_without_an_hour_asks_for_the_hour(office: Office) -> None:
    await office.sam.types("/touch jane doe connected, wants a demo thursday")
    await office.sam.clicks("Yes, Thu 26 Nov 2026")
    await office.sam.sees("When is the meeting?", in_="modal")
    assert office.house.all(Touch) == []


async def test_a_wish_is_no_booking_until_confirmed(office: Office) -> None:
    await office.sam.types("/touch jane doe connected, wants a demo thursday 15:00")
    await office.sam.sees("is a meeting booked?")
    assert office.house.all(Touch) == []
    await office.sam.clicks("No, only a wish")
    await office.sam.sees("Logged for Jane Doe, Acme: call, connected.")
    assert "wants a demo" in office.house.all(Touch)[0].note


async def test_nobody_found_opens_the_form_filled_in_and_adds_them(office: Office) -> None:
    await office.sam.types("/touch petra lind call voicemail said hi")
    form = await office.sam.sees("I know nobody called “petra lind”.", in_="modal")
    assert "said hi" in form.text
    await office.sam.fills("Their e-mail address", "petra@lind.example", in_="modal")
    await office.sam.submits()
    await office.sam.sees("Logged for petra lind", in_="modal")
    (petra,) = office.house.all(Contact, Contact.email == "petra@lind.example")
    (touch,) = office.house.all(Touch)
    assert (touch.contact_id, touch.note, petra.owner_id) == (petra.id, "said hi", office.house.sam.person_id)


async def test_touch_alone_opens_a_form_whose_fields_follow_the_outcome(office: Office) -> None:
    await office.sam.types("/touch")
    await office.sam.sees("Log a touch", in_="modal")
    await office.sam.fills("Note", "rang twice", in_="modal")
    await office.sam.picks("Who was it?", "Jane Doe, Acme", in_="modal", query="jane")
    await office.sam.picks("How?", "Call", in_="modal")
    await office.sam.picks("What came of it?", "Callback", in_="modal")
    await office.sam.sees("When shall I remind you to call?", in_="modal")
    refused = await office.sam.submits()
    assert not refused
    await office.sam.fills("When shall I remind you to call?", NOW + timedelta(days=1), in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, callback. “rang twice”", in_="modal")
    assert office.house.all(Task)[0].due_at == NOW + timedelta(days=1)


async def test_an_error_stands_beside_its_field_and_the_form_stays(office: Office) -> None:
    await office.sam.types("/touch jane doe callback")
    await office.sam.sees("When shall I remind you to call?", in_="modal")
    await office.sam.fills("When shall I remind you to call?", NOW - timedelta(days=1), in_="modal")
    await office.sam.submits()
    await office.sam.sees("That time is before the touch itself.", in_="modal")
    assert office.house.all(Touch) == []


async def test_change_opens_what_was_logged_and_corrects_it(office: Office) -> None:
    await office.sam.types("/touch jane doe voicemail left msg")
    await office.sam.clicks("Change", on="Logged for Jane Doe")
    await office.sam.picks("What came of it?", "Busy", in_="modal")
    await office.sam.submits()
    await office.sam.sees("Changed for Jane Doe, Acme: call, busy. “left msg”", in_="modal")
    (touch,) = office.house.all(Touch)
    assert (touch.outcome, touch.note, touch.version) == (Outcome.BUSY, "left msg", 2)


async def test_a_note_longer_than_slacks_field_is_kept_whole_through_the_form(office: Office) -> None:
    note = "word " * 800 + "end"
    await office.sam.types(f"/touch petra lind call voicemail {note}")
    await office.sam.sees("is kept whole", in_="modal")
    await office.sam.fills("Add to the note", "and more", in_="modal")
    await office.sam.submits()
    await office.sam.sees("Logged for petra lind", in_="modal")
    assert office.house.all(Touch)[0].note == f"{note}\nand more"


async def test_a_name_longer_than_its_field_is_cut_there_and_kept_whole_in_the_note(office: Office) -> None:
    name = "Zyx" * 1200
    await office.sam.types(f"/touch {name} call voicemail")
    await office.sam.sees("Log a touch", in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for", in_="modal")
    (touch,) = office.house.all(Touch)
    (contact,) = office.house.all(Contact, Contact.id == touch.contact_id)
    assert contact.first_name is not None
    assert 0 < len(contact.first_name) <= 100
    assert touch.note == name


async def test_a_referral_with_an_endless_name_can_be_changed(office: Office) -> None:
    await office.sam.types(f"/touch jane doe call referral to {'Zyx' * 1200}")
    await office.sam.clicks("Change", on="Logged for Jane Doe")
    (before,) = office.house.all(Touch)
    assert await office.sam.submits(Note="Her boss")
    await office.sam.sees("Changed for Jane Doe", in_="modal")
    (touch,) = office.house.all(Touch)
    assert before.referral_name
    assert touch.referral_name
    assert len(touch.referral_name) <= 200
    assert touch.note == f"Her boss\n{before.referral_name}"


async def test_help_shows_examples(office: Office) -> None:
    await office.sam.types("/touch help")
    await office.sam.sees("/touch jane doe connected, callback tue 15:00")


async def test_a_stranger_is_told_to_ask_an_admin_and_gets_the_line_back(office: Office) -> None:
    office.house.write(lambda session: session.execute(update(Person).values(active=False)))
    await office.sam.types("/touch jane doe voicemail precious words")
    await office.sam.sees("I don't know you yet.")
    await office.sam.sees("precious words")


async def test_a_redelivered_line_is_logged_once(office: Office) -> None:
    await office.slack.faults.redeliver("slash_commands")
    await office.sam.types("/touch jane doe no answer")
    await office.sam.sees("Logged for Jane Doe")
    await office.slack.deliveries("/touch", at_least=2)
    assert len(office.house.all(Touch)) == 1


async def test_a_message_becomes_a_touch_by_its_shortcut(office: Office) -> None:
    await office.ada.says("Jane (jane@acme.com) rang me, wants the offer", "#general")
    await office.sam.uses_shortcut("Log a touch", on="rang me", in_="#general")
    form = await office.sam.sees("Log a touch", in_="modal")
    assert "wants the offer" in form.text
    assert "Jane Doe, Acme" in form.text


async def test_hostile_names_and_notes_do_no_harm(office: Office) -> None:
    evil = "<!channel> <@U1> *bold* `x` \u202eevil & <https://x.example|click>"
    account = office.house.write(lambda session: add_account(session, evil))
    office.house.write(lambda session: add_contact(session, evil, "Zzyx", "zzyx@x.example", account))
    await office.sam.types(f"/touch zzyx@x.example call voicemail {evil}")
    seen = await office.sam.sees("Logged for")
    assert "zzyx" in seen.text.casefold()
    assert await office.ada.notifications() == []


async def test_without_a_role_nobody_is_shown(office: Office) -> None:
    house, sam = office.house, office.sam
    house.write(lambda session: add_contact(session, "Jane", "Dorn", "dorn@beta.example"))
    await office.ada.says("Call jane@acme.com back", "#general")
    await sam.types("/lead jane doe")
    await sam.sees("Log a touch")
    await sam.types("/touch")
    assert "Jane Doe, Acme" in await sam.searches("Who was it?", "jane", in_="modal")
    house.write(lambda session: session.execute(delete(PersonRole).where(PersonRole.person_id == house.sam.person_id)))
    assert await sam.searches("Who was it?", "jane", in_="modal") == []
    await sam.closes()
    refusal = "You have no role here yet, so I cannot show you leads and contacts."
    await sam.clicks("Log a touch")
    await sam.sees(refusal)
    for count, line in enumerate(["/lead jane doe", "/lead", "/touch jane no answer"], 2):
        await sam.types(line)
        assert len([seen for seen in await sam.messages() if refusal in seen.text]) == count
    await sam.uses_shortcut("Log a touch", on="Call jane@acme.com back", in_="#general")
    assert await sam.modal() is None


async def test_a_question_answered_late_and_twice_is_one_touch_at_its_time(office: Office) -> None:
    office.house.write(lambda session: add_contact(session, "Jane", "Dorn", "dorn@beta.example"))
    await office.sam.types("/touch jane call no answer")
    question = await office.sam.sees("Who do you mean by “jane”?")
    office.clock.at = NOW + timedelta(minutes=10)
    await asyncio.gather(
        office.sam.clicks("Jane Doe, Acme", on=question), office.sam.clicks("Jane Doe, Acme", on=question)
    )
    await office.sam.sees("Logged for Jane Doe, Acme: call, no answer. It was Tue 24 Nov 11:00.")
    (touch,) = office.house.all(Touch)
    assert touch.happened_at == NOW
