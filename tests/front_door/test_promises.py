"""What a rep is promised after a touch: reminders that are kept, replaced or refused, and undo as a word."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.models import Task, Touch
from bot.db.session import Database
from bot.domain.terms import Channel, Outcome
from tests.front_door.touch_house import Office, open_office
from tests.touches.house import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as office:
        yield office


async def test_no_call_is_promised_to_somebody_who_asked_not_to_be_called(office: Office) -> None:
    office.house.log(Outcome.DO_NOT_CALL)
    await office.sam.types("/touch jane doe connected, callback thu 15:00, ask for Tim")
    await office.sam.sees("They are not to be called: asked not to be called. So I promise no call", in_="modal")
    await office.sam.picks("What came of it?", "Connected", in_="modal")
    assert await office.sam.submits()
    await office.sam.sees("Logged for Jane Doe, Acme: call, connected.", in_="modal")
    assert office.house.all(Task) == []
    assert "ask for Tim" in office.house.all(Touch, Touch.outcome == Outcome.CONNECTED)[0].note


async def test_a_callback_in_the_middle_of_their_night_is_kept_and_remarked_on(office: Office) -> None:
    await office.sam.types("/touch jane doe callback thu 23:30")
    seen = await office.sam.sees("Callback Thu 26 Nov 23:30 your time")
    assert "Mind the time you agreed: It is 23:30 where they are (Berlin)" in seen.text
    assert len(office.house.all(Task)) == 1


async def test_a_second_callback_says_which_one_it_replaces(office: Office) -> None:
    await office.sam.types("/touch jane doe callback wed 15:00")
    await office.sam.sees("Callback Wed 25 Nov 15:00 your time")
    await office.sam.types("/touch jane doe callback thu 11:00")
    seen = await office.sam.sees("Callback Thu 26 Nov 11:00 your time")
    assert "It replaces your reminder for Wed 25 Nov 15:00." in seen.text


async def test_a_conversation_before_a_callback_says_that_the_reminder_is_off(office: Office) -> None:
    await office.sam.types("/touch jane doe callback wed 15:00")
    await office.sam.types("/touch jane doe connected, good talk")
    await office.sam.sees("Your reminder for Wed 25 Nov 15:00 is done with that.")


async def test_a_callback_moved_by_change_replaces_nothing(office: Office) -> None:
    await office.sam.types("/touch jane doe callback wed 15:00")
    await office.sam.clicks("Change", on="Logged for Jane Doe")
    await office.sam.fills("When shall I remind you to call?", NOW + timedelta(days=2), in_="modal")
    assert await office.sam.submits()
    changed = await office.sam.sees("Changed for Jane Doe", in_="modal")
    assert "replaces" not in changed.text


async def test_undo_as_a_word_takes_back_the_last_touch_and_then_the_one_before(office: Office) -> None:
    await office.sam.types("/touch jane doe no answer, first try")
    await office.sam.types("/touch jane doe voicemail, second try")
    await office.sam.sees("second try")
    await office.sam.types("/touch undo")
    await office.sam.sees("Taken back: Jane Doe, call, voicemail.")
    await office.sam.types("/touch Undo ")
    await office.sam.sees("Taken back: Jane Doe, call, no answer.")
    await office.sam.types("/touch undo")
    await office.sam.sees("There is nothing to take back: you logged no touch in the last 10 minutes.")


async def test_undo_as_a_word_is_for_ones_own_and_for_ten_minutes(office: Office) -> None:
    office.house.log(Outcome.NO_ANSWER)
    await office.ada.types("/touch undo")
    await office.ada.sees("There is nothing to take back")
    office.clock.at = NOW + timedelta(minutes=11)
    await office.sam.types("/touch undo")
    await office.sam.sees("There is nothing to take back")
    assert office.house.all(Touch)[0].undone_at is None


async def test_the_echo_says_until_when_undo_works(office: Office) -> None:
    await office.sam.types("/touch jane doe no answer")
    await office.sam.sees("Undo works until 11:10.")


async def test_what_is_owed_by_mail_is_no_call_to_refuse(office: Office) -> None:
    office.house.log(Outcome.DO_NOT_CALL)
    office.house.log(Outcome.OUT_OF_OFFICE, Channel.EMAIL, follow_up_at=NOW + timedelta(days=3))
    assert len(office.house.all(Task)) == 1
