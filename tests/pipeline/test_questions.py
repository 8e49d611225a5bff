"""The words after ``/pipeline``: what they mean, what is asked back, what buttons carry."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metrics_period import Period
from bot.domain.metrics_question import (
    Kind,
    Name,
    NotUnderstood,
    Question,
    find_names,
    resembling,
    take_apart,
)
from bot.domain.terms import Source

TODAY = date(2027, 3, 17)
INBOUND = Name(Kind.TEAM, "1", "Inbound")
SAM = Name(Kind.PERSON, "2", "Sam Okafor")
SAMANTHA = Name(Kind.PERSON, "3", "Samantha Reed")
APRIL = Name(Kind.PERSON, "4", "April Inker")
WEBINAR = Name(Kind.SOURCE, "webinar", "webinar")
TRIAL = Name(Kind.SOURCE, "free_trial", "free trial")
CORE = Name(Kind.SEGMENT, "core", "Core")
NAMES = [INBOUND, SAM, SAMANTHA, APRIL, WEBINAR, TRIAL, CORE]


@pytest.mark.parametrize(
    ("typed", "names", "period"),
    [
        ("", [], None),
        ("team Inbound last month", [INBOUND], "1 to 28 Feb 2027"),
        ("last month team inbound source free trial", [INBOUND, TRIAL], "1 to 28 Feb 2027"),
        ("sam okafor webinar q2 2026", [SAM, WEBINAR], "1 Apr to 30 Jun 2026"),
        ("source webinar samantha", [WEBINAR, SAMANTHA], None),
        ("rep april", [APRIL], None),
        ("april", [], "1 to 30 Apr 2026"),
        ("results for April Inker, in march", [APRIL], "1 to 17 Mar 2027"),
        ("segment core this week", [CORE], "15 to 17 Mar 2027"),
    ],
)
def test_words_are_names_and_a_period(typed: str, names: list[Name], period: str | None) -> None:
    asked = take_apart(typed, TODAY)
    assert find_names(asked, NAMES) == names
    assert (asked.period and asked.period.words()) == period


def test_what_slack_escaped_is_read_as_it_was_typed() -> None:
    lab = Name(Kind.TEAM, "9", "R&D")
    assert find_names(take_apart("team r&amp;d last week", TODAY), [*NAMES, lab]) == [lab]


def test_a_name_of_two_is_asked_back() -> None:
    found = find_names(take_apart("sam", TODAY), NAMES)
    assert found == find_names(take_apart("@sam", TODAY), NAMES)
    assert found == NotUnderstood("sam", (SAM, SAMANTHA), several=True)


def test_a_slip_is_asked_back_with_what_was_meant() -> None:
    found = find_names(take_apart("inbuond last week", TODAY), NAMES)
    assert isinstance(found, NotUnderstood)
    assert INBOUND in found.offers


def test_a_keyword_looks_among_its_kind_only() -> None:
    found = find_names(take_apart("team samantha", TODAY), NAMES)
    assert isinstance(found, NotUnderstood)
    assert SAMANTHA not in found.offers


def test_me_all_and_a_mention() -> None:
    assert take_apart("my results", TODAY).mine
    assert take_apart("everyone this week", TODAY).everyone
    assert take_apart("<@U0123ABC|sam> last week", TODAY).slack_user_id == "U0123ABC"


@given(st.text(max_size=80))
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    found = find_names(take_apart(text, TODAY), NAMES)
    assert isinstance(found, NotUnderstood) or all(one in NAMES for one in found)


@given(
    st.none() | st.uuids(),
    st.none() | st.sampled_from(list(Source)),
    st.none() | st.just("a_segment_whose_key_is_of_forty_character"),
    st.booleans(),
)
def test_a_button_carries_the_whole_question(
    who: UUID | None, source: Source | None, segment: str | None, is_team: bool
) -> None:
    period = Period(date(2027, 1, 1), TODAY)
    subject = {"team_id": who} if is_team else {"person_id": who}
    question = Question(period, source=source, segment_key=segment, **subject)
    assert Question.decode(question.encode()) == question
    assert len(f"pipeline~{question.encode()}") <= 255


@pytest.mark.parametrize("text", ["", "x~y", "20270301-20270317-d~q~~", "20270301-20270317-d~pzz~~", "a~b~c~d~e"])
def test_what_no_button_of_ours_carries_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Question.decode(text)


def test_names_as_they_are_typed() -> None:
    assert resembling("", NAMES) == NAMES
    assert resembling("sam", NAMES)[:2] == [SAM, SAMANTHA]
    assert resembling("zzzzzz", NAMES) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("to 1 mar", "From which day"),
        ("until today", "From which day"),
        ("10 mar to 5 mar", "end is before"),
        ("10-5 mar", "end is before"),
        ("10 oct to 5 oct 2026", "end is before"),
        ("31 feb", "no 31 Feb"),
    ],
)
def test_days_that_cannot_be_are_told(typed: str, said: str) -> None:
    assert said in take_apart(typed, TODAY).fault


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("from 1 mar", "1 to 17 Mar 2027"),
        ("ytd", "1 Jan to 17 Mar 2027"),
        ("1 mar to 31 mar", "1 to 31 Mar 2027"),
        ("20 dec to 10 jan 2027", "20 Dec 2026 to 10 Jan 2027"),
        ("1 mar to 15 mar 2026", "1 to 15 Mar 2026"),
        ("1 mar to today", "1 to 17 Mar 2027"),
    ],
)
def test_days_that_can_be_are_read_without_a_fault(typed: str, days: str) -> None:
    asked = take_apart(typed, TODAY)
    assert asked.fault == ""
    assert asked.rest == ()
    assert asked.period is not None
    assert asked.period.words() == days


@pytest.mark.parametrize(
    ("typed", "meant"), [("tody", "today"), ("last mnth", "last month"), ("sam o last yaer", "last year")]
)
def test_a_slip_of_a_period_is_asked_back(typed: str, meant: str) -> None:
    found = find_names(take_apart(typed, TODAY), NAMES)
    assert isinstance(found, NotUnderstood)
    assert found.period == meant


def test_two_letters_mean_no_source() -> None:
    found = find_names(take_apart("we", TODAY), NAMES)
    assert isinstance(found, NotUnderstood)
