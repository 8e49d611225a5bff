"""What stands behind ``/handraiser reassign``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reassign_line import NamedOne, read_reassign


@pytest.mark.parametrize(
    ("text", "giver", "takers"),
    [
        ("reassign", None, []),
        ("reassign sam to ada", "sam", ["ada"]),
        ("Reassign from Sam Okafor TO ada, maya stone & leo and Bo", "Sam Okafor", ["ada", "maya stone", "leo", "Bo"]),
        ("reassign @sam.okafor to @ada", "sam okafor", ["ada"]),
        ("reassign to ada", None, ["ada"]),
        ("reassign tom", "tom", []),
        ("reassign sam to ada, ada", "sam", ["ada"]),
    ],
)
def test_both_sides_are_read(text: str, giver: str | None, takers: list[str]) -> None:
    of, to = read_reassign(text)
    assert (of.words if of else None, [one.words for one in to]) == (giver, takers)


def test_a_mention_is_a_slack_user() -> None:
    of, to = read_reassign("reassign <@U0SAM|sam> to <@U0ADA>")
    assert of is not None
    assert (of.slack_user_id, [one.slack_user_id for one in to]) == ("U0SAM", ["U0ADA"])


@given(st.text(max_size=60))
def test_any_text_is_read_and_names_are_never_empty(text: str) -> None:
    of, to = read_reassign(text)
    assert all(one.words.strip() for one in (of, *to) if one is not None)


def test_words_fit_a_name_by_their_beginnings() -> None:
    assert NamedOne("sam ok").fits("Sam Okafor")
    assert not NamedOne("am").fits("Sam Okafor")
    assert NamedOne("okafor").is_called("Sam Okafor")
