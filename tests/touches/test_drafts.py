"""A line that waits for an answer: it happened when it was typed, and it becomes one touch."""

from datetime import timedelta

import pytest

from bot.db.models import Lead, Touch
from bot.domain.commands import Undo
from bot.domain.errors import UserError
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_answers import answered
from bot.domain.touch_pending import Ask
from bot.service.drafts import load_draft
from bot.service.touch_lines import Asked, choose_person, go_on, save_form, touch_by_line
from bot.service.touches import Logged
from bot.service.undo import undo
from bot.slack.views.touch_form_input import FormInput
from tests.touches.house import NOW, House, add_contact

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def asked(house: House) -> Asked:
    """Sam typed a line that may mean two people."""
    house.write(lambda session: add_contact(session, "Jane", "Dorn", "dorn@beta.example"))
    line = "jane call no answer, gatekeeper was friendly"
    return house.write(lambda session: touch_by_line(session, house.sam, line, NOW))


def picks_jane_doe(house: House, asked: Asked) -> Logged:
    def work(session):
        pending = choose_person(session, house.sam, load_draft(session, asked.draft, house.sam), house.jane)
        return go_on(session, house.sam, pending, LATER)

    return house.write(work)


def submits(house: House, asked: Asked, **said: object) -> Logged:
    def work(session):
        pending = load_draft(session, asked.draft, house.sam).with_(contact_id=house.jane, questions=(), **said)
        return save_form(session, house.sam, pending, LATER)

    return house.write(work)


def test_it_happened_when_the_line_was_typed(house: House, asked: Asked) -> None:
    lead_id = house.open_lead()
    logged = picks_jane_doe(house, asked)
    assert house.get(Touch, logged.touch_id).happened_at == NOW
    assert house.get(Lead, lead_id).first_response_at == NOW


def test_the_form_begins_with_the_time_the_line_was_typed(house: House, asked: Asked) -> None:
    logged = submits(house, asked, outcome=Outcome.BUSY)
    assert house.get(Touch, logged.touch_id).happened_at == NOW


def test_the_same_answer_twice_is_one_touch(house: House, asked: Asked) -> None:
    first, again = picks_jane_doe(house, asked), picks_jane_doe(house, asked)
    assert (again.touch_id, again.repeated) == (first.touch_id, True)
    assert len(house.all(Touch)) == 1


def test_after_the_form_was_saved_the_buttons_log_nothing_more(house: House, asked: Asked) -> None:
    saved = submits(house, asked, outcome=Outcome.BUSY)
    again = picks_jane_doe(house, asked)
    assert (again.touch_id, again.outcome, again.repeated) == (saved.touch_id, Outcome.BUSY, True)
    assert len(house.all(Touch)) == 1


def test_a_form_saved_after_the_buttons_says_so_and_keeps_what_it_holds(house: House, asked: Asked) -> None:
    picks_jane_doe(house, asked)
    with pytest.raises(UserError, match="logged this line already") as refused:
        submits(house, asked, outcome=Outcome.BUSY, note="and she said more")
    assert refused.value.field == "note"
    assert len(house.all(Touch)) == 1


def test_questions_one_after_another_are_one_touch_as_well(house: House) -> None:
    typed = house.write(lambda session: touch_by_line(session, house.sam, "jane doe voicmal, about the audit", NOW))
    assert typed.kind is Ask.OUTCOME

    def answer(draft: str, kind: Ask, value: str):
        def work(session):
            return go_on(session, house.sam, answered(load_draft(session, draft, house.sam), kind, value), LATER)

        return house.write(work)

    when = answer(typed.draft, Ask.OUTCOME, Outcome.NOT_NOW.value)
    assert when.kind is Ask.CHANNEL
    first = answer(when.draft, Ask.CHANNEL, Channel.CALL.value)
    again = answer(typed.draft, Ask.OUTCOME, Outcome.VOICEMAIL.value)
    assert isinstance(first, Logged)
    assert (again.touch_id, again.repeated) == (first.touch_id, True)


def test_what_was_taken_back_can_be_logged_from_the_same_question(house: House, asked: Asked) -> None:
    first = picks_jane_doe(house, asked)
    house.write(lambda session: undo(session, Undo(house.sam, first.causation_id), LATER))
    second = picks_jane_doe(house, asked)
    third = picks_jane_doe(house, asked)
    assert not second.repeated
    assert (third.touch_id, third.repeated) == (second.touch_id, True)


def test_a_form_that_leaves_open_how_takes_what_the_outcome_says(house: House, asked: Asked) -> None:
    logged = submits(house, asked, channel=None, outcome=Outcome.VOICEMAIL)
    assert house.get(Touch, logged.touch_id).channel is Channel.CALL
    with pytest.raises(UserError, match="How did you reach them"):
        submits(house, asked, channel=None, outcome=Outcome.REFERRAL, referral_name="Tim Bell")


def test_a_form_that_leaves_open_when_it_was_is_not_logged_as_now(house: House) -> None:
    asked = house.write(lambda session: touch_by_line(session, house.sam, "jane doe connected tomorrow 3pm", NOW))
    given = FormInput(person=str(house.jane), channel=Channel.CALL, outcome=Outcome.CONNECTED, happened_at=None)

    def saves(given: FormInput) -> Logged:
        def work(session):
            return save_form(session, house.sam, given.on(load_draft(session, asked.draft, house.sam)), LATER)

        return house.write(work)

    with pytest.raises(UserError, match="“tomorrow 3pm” is still to come") as refused:
        saves(given)
    assert refused.value.field == "happened_at"
    assert house.all(Touch) == []
    logged = saves(given.model_copy(update={"happened_at": NOW - timedelta(hours=1)}))
    assert house.get(Touch, logged.touch_id).happened_at == NOW - timedelta(hours=1)
