"""One full stop, whatever somebody's words end with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sentences import stop


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Sam owns Acme", "Sam owns Acme."),
        ("Sam owns Acme Inc.", "Sam owns Acme Inc."),
        ("*Acme Inc.*", "*Acme Inc.*"),
        ("“Can you call?”", "“Can you call?”"),
        ("“Call me”", "“Call me”."),
        ("and so on… ", "and so on…"),
        ("", ""),
    ],
)
def test_a_sentence_has_one_full_stop(words: str, sentence: str) -> None:
    assert stop(words) == sentence


@given(st.text())
def test_a_sentence_stays_as_it_is(words: str) -> None:
    assert stop(stop(words)) == stop(words)
