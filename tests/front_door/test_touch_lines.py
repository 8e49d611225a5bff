"""Lines of ``/touch`` that say more than one thing, or a time that is not plainly the rep's, as a rep sees them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.db.base import new_id
from bot.db.models import Contact, Lead, Person, Task, TimeOff, Touch
from bot.db.session import Database
from bot.domain.terms import Channel, Outcome
from tests.front_door.touch_house import Office, open_office
from tests.touches.house import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as office:
        yield office


def jane_is_in(office: Office, **facts: Any) -> None:
    office.house.write(lambda session: session.execute(update(Contact).values(**facts)))


def dues(office: Office) -> list[datetime]:
    return sorted(task.due_at for task in office.house.all(Task, Task.done_at.is_(None)))


async def test_their_time_is_read_where_they_are(office: Office) -> None:
    jane_is_in(office, timezone="America/New_York")
    await office.sam.types("/touch jane doe callback 9am their time")
    seen = await office.sam.sees("Callback Tue 24 Nov 15:00 your time.")
    assert "Tue 24 Nov 09:00 US Eastern time taken as Jane Doe's time" in seen.text
    assert dues(office) == [datetime(2026, 11, 24, 14, tzinfo=UTC)]


async def test_their_time_is_asked_where_the_place_is_not_sure(office: Office) -> None:
    jane_is_in(office, timezone=None, phone=None, country="US")
    await office.sam.types("/touch jane doe callback thu 9am their time")
    question = await office.sam.sees("I am not sure where Jane Doe is.")
    assert "Thu 26 Nov 09:00 US Eastern time (Thu 26 Nov 15:00 yours)" in question.buttons
    assert not any("Adak" in label for label in question.buttons)
    assert office.house.all(Touch) == []
    await office.sam.clicks("Thu 26 Nov 09:00 US Pacific time (Thu 26 Nov 18:00 yours)")
    await office.sam.sees("Callback Thu 26 Nov 18:00 your time.")


async def test_their_time_is_not_filled_in_as_ours_while_nobody_knows_who_it_is(office: Office) -> None:
    await office.sam.types("/touch petra lind callback thu 9am their time")
    form = await office.sam.sees("You wrote “thu 9am their time”. Pick it in your own time.", in_="modal")
    assert "09:00" not in form.text
    await office.sam.fills("When shall I remind you to call?", datetime(2026, 11, 26, 13, tzinfo=UTC), in_="modal")
    await office.sam.submits()
    await office.sam.sees("Callback Thu 26 Nov 14:00 your time.", in_="modal")


async def test_their_time_answered_in_the_form_is_the_forms(office: Office) -> None:
    jane_is_in(office, timezone=None, phone=None, country="US")
    await office.sam.types("/touch jane doe vm, callback thu 9am their time")
    await office.sam.clicks("Something else…")
    await office.sam.sees("You wrote “thu 9am their time”.", in_="modal")
    await office.sam.fills("When shall I remind you to call back?", datetime(2026, 11, 26, 13, tzinfo=UTC), in_="modal")
    await office.sam.submits()
    await office.sam.sees("Thu 26 Nov 14:00.", in_="modal")
    assert dues(office) == [datetime(2026, 11, 26, 13, tzinfo=UTC)]


async def test_an_unknown_place_is_asked_about(office: Office) -> None:
    await office.sam.types("/touch jane doe callback thu 3pm Springfield time")
    await office.sam.sees("I know no time zone called “Springfield”.")
    assert office.house.all(Touch) == []
    await office.sam.clicks("Thu 26 Nov 15:00, my own time")
    await office.sam.sees("Callback Thu 26 Nov 15:00 your time.")


async def test_a_city_is_its_zone_and_said(office: Office) -> None:
    await office.sam.types("/touch jane doe callback thu 3pm Tokyo")
    seen = await office.sam.sees("Callback Thu 26 Nov 07:00 your time.")
    assert "Thu 15:00 Tokyo time" in seen.text


async def test_a_touch_of_yesterday_happened_yesterday(office: Office) -> None:
    await office.sam.types("/touch called jane doe yesterday 15:00, no answer")
    await office.sam.sees("Logged for Jane Doe, Acme: call, no answer. It was Mon 23 Nov 15:00.")
    assert office.house.all(Touch)[0].happened_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("callback yesterday 15:00", "“yesterday 15:00” is in the past."),
        ("meeting booked last friday", "“last friday” is in the past."),
        ("callback this morning at 9", "“this morning at 9” is in the past."),
    ],
)
async def test_a_callback_or_meeting_in_the_past_is_asked_about(office: Office, line: str, why: str) -> None:
    await office.sam.types(f"/touch jane doe {line}")
    await office.sam.sees(why, in_="modal")
    assert office.house.all(Touch) == []


async def test_tonight_is_an_hour_of_the_evening(office: Office) -> None:
    await office.sam.types("/touch jane doe callback tonight")
    seen = await office.sam.sees("Callback Tue 24 Nov 18:00 your time.")
    assert "“night” taken as 18:00" in seen.text


async def test_asap_is_a_choice(office: Office) -> None:
    await office.sam.types("/touch jane doe callback asap")
    await office.sam.sees("When is “asap”?")
    await office.sam.clicks("Tue 24 Nov 2026, 12:00")
    await office.sam.sees("Callback Tue 24 Nov 12:00 your time.")


async def test_a_voicemail_and_a_callback_are_both_kept(office: Office) -> None:
    await office.sam.types("/touch jane doe vm callback in 2 hours")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.")
    assert "I'll remind you when it is time to call, Tue 24 Nov 13:00." in seen.text
    assert dues(office) == [NOW + timedelta(hours=2)]
    await office.sam.clicks("Undo", on="Logged for Jane Doe")
    await office.sam.sees("Taken back: Jane Doe")
    assert dues(office) == []


async def test_a_meeting_and_a_callback_are_both_kept_and_survive_a_change(office: Office) -> None:
    await office.sam.types("/touch jane doe meeting booked thu 10:00 and callback wed 11:00")
    await office.sam.sees("Logged for Jane Doe, Acme: meeting, meeting booked.")
    await office.sam.clicks("Change", on="Logged for Jane Doe")
    await office.sam.sees("When shall I remind you to call back?", in_="modal")
    await office.sam.submits(Note="at their office")
    await office.sam.sees("Changed for Jane Doe", in_="modal")
    assert dues(office) == [datetime(2026, 11, 25, 10, tzinfo=UTC)]
    (touch,) = office.house.all(Touch)
    assert (touch.follow_up_at, touch.note) == (datetime(2026, 11, 26, 9, tzinfo=UTC), "at their office")


async def test_a_changed_promise_rings_at_its_new_time(office: Office) -> None:
    await office.sam.types("/touch jane doe vm, callback thu 11:00")
    await office.sam.clicks("Change", on="Logged for Jane Doe")
    later = datetime(2026, 11, 27, 9, tzinfo=UTC)
    await office.sam.fills("When shall I remind you to call back?", later, in_="modal")
    await office.sam.submits()
    await office.sam.sees("Changed for Jane Doe", in_="modal")
    assert dues(office) == [later]


@pytest.mark.parametrize(
    ("button", "outcome", "reminders"),
    [
        ("Not now, until Fri 1 Jan 2027", Outcome.NOT_NOW, 1),
        ("Both: not interested, and call Fri 1 Jan 2027", Outcome.NOT_INTERESTED, 1),
        ("Only not interested", Outcome.NOT_INTERESTED, 0),
        ("Only a callback Fri 1 Jan 2027", Outcome.CALLBACK, 1),
    ],
)
async def test_a_no_with_a_callback_is_asked(office: Office, button: str, outcome: Outcome, reminders: int) -> None:
    await office.sam.types("/touch jane doe not interested but call in january")
    await office.sam.sees("“not interested” and a callback: what shall I log?")
    assert office.house.all(Touch) == []
    await office.sam.clicks(button)
    await office.sam.sees("Logged for Jane Doe, Acme: call")
    (touch,) = office.house.all(Touch)
    assert touch.outcome == outcome
    assert "january" in touch.note
    assert len(dues(office)) == reminders


async def test_a_social_touch_is_kept_beside_its_callback(office: Office) -> None:
    await office.sam.types("/touch jane doe linkedin callback thu 15:00")
    question = await office.sam.sees("What came of it?")
    assert {"They responded", "Only the callback"} <= set(question.buttons)
    await office.sam.clicks("They responded")
    await office.sam.sees("Logged for Jane Doe, Acme: social, they responded.")
    assert datetime(2026, 11, 26, 14, tzinfo=UTC) in dues(office)


async def test_only_the_callback_of_a_social_line_is_a_callback(office: Office) -> None:
    await office.sam.types("/touch jane doe linkedin callback thu 15:00")
    await office.sam.clicks("Only the callback")
    await office.sam.sees("Logged for Jane Doe, Acme: call, callback. Callback Thu 26 Nov 15:00 your time.")
    assert dues(office) == [datetime(2026, 11, 26, 14, tzinfo=UTC)]


async def test_opted_out_alone_says_that_it_is_e_mail(office: Office) -> None:
    await office.sam.types("/touch jane doe opted out")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: e-mail, opted out.")
    assert "taken as no more e-mail; for calls, log “do not call” too" in seen.text


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("she hung up on me", {"Connected", "Not interested"}),
        ("wrong person, left the company", {"Referral", "Not interested"}),
    ],
)
async def test_what_may_mean_several_things_is_a_choice(office: Office, line: str, answers: set[str]) -> None:
    await office.sam.types(f"/touch jane doe {line}")
    question = await office.sam.sees("What came of it?")
    assert answers <= set(question.buttons)
    await office.sam.clicks("Not interested")
    await office.sam.sees("Logged for Jane Doe, Acme: call, not interested.")
    (touch,) = office.house.all(Touch)
    assert (touch.channel, touch.note) == (Channel.CALL, line)


async def test_a_callback_outside_the_reps_work_is_said_and_kept(office: Office) -> None:
    await office.sam.types("/touch jane doe callback sat 10:00")
    seen = await office.sam.sees("Callback Sat 28 Nov 10:00 your time.")
    assert "Note: The callback is outside your working hours." in seen.text
    await office.sam.types("/touch jane doe vm, callback 25 dec 10:00")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.")
    assert "Note: The callback is on a public holiday where you are." in seen.text
    assert len(dues(office)) == 2


async def test_a_callback_on_the_reps_leave_is_said(office: Office) -> None:
    off = {"starts_on": date(2026, 11, 26), "ends_on": date(2026, 11, 27), "person_id": office.house.sam.person_id}
    office.house.write(lambda session: session.execute(update(Person).values(country="DE")))
    office.house.write(lambda session: session.execute(insert(TimeOff).values(id=new_id(), **off)))
    await office.sam.types("/touch jane doe callback thu 10:00")
    seen = await office.sam.sees("Callback Thu 26 Nov 10:00 your time.")
    assert "Note: You are off on the day of the callback." in seen.text


async def test_a_refused_promise_leaves_nothing_behind(office: Office) -> None:
    await office.sam.types("/touch jane doe vm, callback thu 11:00")
    await office.sam.sees("Logged for Jane Doe")
    office.house.log(Outcome.DO_NOT_CALL, by=office.house.ada)
    lead_id = office.house.open_lead()
    await office.sam.types("/touch jane doe connected, callback fri 15:00")
    await office.sam.sees("So I promise no call", in_="modal")
    assert dues(office) == [datetime(2026, 11, 26, 10, tzinfo=UTC)]
    assert office.house.get(Lead, lead_id).first_response_at is None
    assert len(office.house.all(Touch)) == 2


async def test_a_refused_callback_beside_a_voicemail_is_taken_out_of_the_form(office: Office) -> None:
    office.house.log(Outcome.DO_NOT_CALL)
    await office.sam.types("/touch jane doe vm, callback fri 15:00")
    await office.sam.sees("So I promise no call: leave this empty.", in_="modal")
    await office.sam.fills("When shall I remind you to call back?", "", in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.", in_="modal")
    assert dues(office) == []


async def test_a_wish_that_is_a_booking_keeps_the_callback(office: Office) -> None:
    await office.sam.types("/touch jane doe callback wed 9:00, wants a demo thursday 15:00")
    await office.sam.sees("is a meeting booked?")
    await office.sam.clicks("Yes, Thu 26 Nov 2026, 15:00")
    await office.sam.sees("Logged for Jane Doe, Acme: call, meeting booked.")
    (touch,) = office.house.all(Touch)
    assert touch.follow_up_at == datetime(2026, 11, 26, 14, tzinfo=UTC)
    assert dues(office) == [datetime(2026, 11, 25, 8, tzinfo=UTC)]


async def test_what_is_still_to_come_is_asked_about_and_not_logged_as_now(office: Office) -> None:
    await office.sam.types("/touch jane doe connected tomorrow 15:00")
    await office.sam.sees(
        "“tomorrow 15:00”: That is still to come. When was it, or shall I remind you then?", in_="modal"
    )
    await office.sam.sees("You wrote “tomorrow 15:00”, and that is still to come.", in_="modal")
    assert not await office.sam.submits()
    assert office.house.all(Touch) == []
    await office.sam.picks("What came of it?", "Voicemail", in_="modal")
    assert not await office.sam.submits()
    await office.sam.fills("When was it?", NOW - timedelta(hours=2), in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.", in_="modal")
    (touch,) = office.house.all(Touch)
    assert (touch.happened_at, touch.note) == (NOW - timedelta(hours=2), "tomorrow 15:00")
    assert dues(office) == [datetime(2026, 11, 25, 14, tzinfo=UTC)]


async def test_what_is_still_to_come_can_be_a_reminder_instead(office: Office) -> None:
    await office.sam.types("/touch tomorrow 15:00 jane doe no answer")
    await office.sam.sees("“tomorrow 15:00”: That is still to come.", in_="modal")
    await office.sam.picks("What came of it?", "Callback", in_="modal")
    form = await office.sam.sees("When shall I remind you to call?", in_="modal")
    assert "15:00" in form.text
    await office.sam.fills("When was it?", NOW, in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, callback.", in_="modal")
    assert dues(office) == [datetime(2026, 11, 25, 14, tzinfo=UTC)]


async def test_what_they_do_later_is_a_note(office: Office) -> None:
    await office.sam.types("/touch jane doe connected, next monday she decides")
    await office.sam.sees("Logged for Jane Doe, Acme: call, connected.")
    (touch,) = office.house.all(Touch)
    assert (touch.happened_at, touch.note) == (NOW, "next monday she decides")


async def test_a_callback_far_away_is_told_with_its_year(office: Office) -> None:
    await office.sam.types("/touch jane doe callback 24 nov 2031 8:00")
    await office.sam.sees("Callback Mon 24 Nov 2031 08:00 your time.")


async def test_a_second_person_on_the_line_is_told_to_be_a_line_of_its_own(office: Office) -> None:
    await office.sam.types("/touch jane doe voicemail; ruth vance no answer")
    seen = await office.sam.sees("Logged for Jane Doe, Acme: call, voicemail.")
    assert "I logged Jane Doe only; send the rest as a line of its own: /touch ruth vance no answer" in seen.text
