"""How ``/enroll`` is read: whom, on whose list, and why."""

import pytest

from bot.domain.enroll_line import EnrollLine, read_enroll


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jane doe", EnrollLine(("jane doe",))),
        ("jane, tim because they hired", EnrollLine(("jane", "tim"), "they hired")),
        ("jane anyway she moved", EnrollLine(("jane",), "she moved", anyway=True)),
        ("jane for <@U1>", EnrollLine(("jane",), rep="U1")),
        ("jane, tim for <@U1> because they hired", EnrollLine(("jane", "tim"), "they hired", rep="U1")),
        ("jane because they hired for <@U1>", EnrollLine(("jane",), "they hired", rep="U1")),
        ("jane because <@U2> asked for <@U3> twice", EnrollLine(("jane",), "<@U2> asked for <@U3> twice")),
        ("jane for @sam", EnrollLine(("jane",), rep_unknown="sam")),
        ("jane for sale", EnrollLine(("jane for sale",))),
        (" for <@U1> because of the fair", EnrollLine((), "of the fair", rep="U1")),
    ],
)
def test_every_part_of_the_line_is_somebody_the_rep_or_the_reason(typed: str, meant: EnrollLine) -> None:
    assert read_enroll(typed) == meant
