"""Numbers with their word."""

import pytest

from bot.domain.counting import counted


@pytest.mark.parametrize(
    ("number", "plural", "said"),
    [(0, None, "0 leads"), (1, None, "1 lead"), (1200, None, "1,200 leads"), (2, "leads in all", "2 leads in all")],
)
def test_a_number_has_its_word(number: int, plural: str | None, said: str) -> None:
    assert counted(number, "lead", plural) == said
