"""Lines for /touch that say two things, a time that has been, or what may mean several things."""

from datetime import UTC, datetime

import pytest

from bot.domain.terms import Outcome
from bot.domain.time_words import say_when
from bot.domain.touch_draft import QuestionKind, TouchDraft
from bot.domain.touch_line import read_line

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # a Tuesday, 11:00 in Berlin


def read(text: str) -> TouchDraft:
    return read_line(text, NOW, "Europe/Berlin")


def test_a_missed_call_with_a_callback_is_both():
    draft = read("jane doe left vm, will call back tue 3pm")
    assert draft.complete
    assert draft.outcome == Outcome.VOICEMAIL
    assert draft.callback is not None
    assert say_when(draft.callback) == "Tue 10 Mar 2026, 15:00 (Europe/Berlin)"


def test_a_no_beside_a_callback_is_asked_with_all_its_meanings():
    draft = read("jane not interested but call in january")
    (question,) = draft.questions
    assert question.kind == QuestionKind.SECOND
    assert [option.value for option in question.options] == ["until", "both", "first", "second"]
    assert question.when is not None
    assert say_when(question.when) == "Fri 1 Jan 2027"
    assert draft.callback is None


def test_do_not_call_and_a_callback_are_never_both():
    (question,) = read("jane do not call, callback fri 9:00").questions
    assert [option.value for option in question.options] == ["first", "second"]


def test_what_stays_a_note_is_said():
    assert read("jane call vm, email sent").assumed == (
        "“email sent” stays a note; log it as a touch of its own if it was one",
    )
    (told,) = read("jane meeting booked thu 10:00 callback if she does not show").assumed
    assert told == "no time was said for “callback”, so I remind you of nothing"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jane callback yesterday 15:00", "“yesterday 15:00” is in the past."),
        ("jane meeting booked last friday", "“last friday” is in the past."),
        ("jane callback today 9:00", "“today 9:00” is in the past."),
        ("jane meeting booked 2 mar 10:00", "“2 mar 10:00” has passed this year."),
    ],
)
def test_a_time_that_has_been_is_asked_about(text, why):
    draft = read(text)
    (question,) = draft.questions
    assert question.kind == QuestionKind.WHEN
    assert question.why == why


def test_asap_is_a_choice_of_hours():
    (question,) = read("jane callback asap").questions
    assert [option.label for option in question.options] == [
        "Tue 10 Mar 2026, 12:00",
        "Wed 11 Mar 2026, 09:00",
    ]


def test_what_can_mean_several_things_is_asked():
    (question,) = read("jane she hung up on me").questions
    assert [option.value for option in question.options] == ["connected", "not_interested"]
    assert question.about == "hung up on me"


def test_a_bare_opt_out_says_what_it_stops():
    assert read("jane opted out").assumed == ("taken as no more e-mail; for calls, log “do not call” too",)
    assert read("jane unsubscribed").assumed == ()
    assert read("jane opted out of emails").assumed == ()


def test_last_week_is_told_to_be_no_day():
    draft = read("jane met last week")
    assert draft.happened_at is None
    assert draft.note == "last week"
    assert draft.assumed == ("“last week” names no day, so it counts as now; “Change” sets the time",)
