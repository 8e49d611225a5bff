"""How figures and comparisons are said."""

from datetime import UTC, date, datetime

import pytest

from bot.db.queries.pipeline_lens import Report
from bot.domain.metrics import Number, Value
from bot.domain.metrics_period import Period, Span
from bot.domain.metrics_question import Question
from bot.domain.money import Money
from bot.slack.views.pipeline import pipeline_post
from bot.slack.views.pipeline_words import change, said, sentence

NOTHING: dict[Number, Value] = dict.fromkeys(Number, Value())
WEEK = Period(date(2027, 3, 8), date(2027, 3, 14), Span.WEEK)


def report(**now_and_before: tuple[Value, Value]) -> Report:
    now = NOTHING | {Number(name): pair[0] for name, pair in now_and_before.items()}
    before = NOTHING | {Number(name): pair[1] for name, pair in now_and_before.items()}
    return Report(Question(WEEK), "team Inbound", now, before, "UTC", datetime(2027, 3, 15, tzinfo=UTC))


def euros(cents: int) -> Value:
    return Value(1, money=(Money(cents, "EUR"),))


@pytest.mark.parametrize(
    ("number", "now", "before", "words"),
    [
        ("leads", Value(12), Value(9), "12, 3 more than the week before"),
        ("leads", Value(9), Value(12), "9, 3 less than the week before"),
        ("leads", Value(9), Value(9), "9, the same as in the week before"),
        ("close_rate", Value(10, 4), Value(20, 7), "40 % (4 of 10), 5 points more than the week before"),
        ("close_rate", Value(10, 4), Value(), "40 % (4 of 10), nothing to compare with in the week before"),
        ("close_rate", Value(), Value(), "–, nothing to compare with in the week before"),
        ("response_p90", Value(3, seconds=200), Value(3, seconds=320), "3 min 20 s, 2 min faster than the week before"),
        ("response_p90", Value(3, seconds=90), Value(3, seconds=40), "90 s, 50 s slower than the week before"),
        ("pipeline", euros(1_250_000), euros(1_000_050), "12,500 EUR, 2,499.50 EUR more than the week before"),
        ("pipeline", Value(), euros(100_00), "0, 100 EUR less than the week before"),
    ],
)
def test_a_number_beside_the_one_before(number: str, now: Value, before: Value, words: str) -> None:
    assert sentence(report(**{number: (now, before)}), Number(number)) == words


def test_currencies_are_compared_each_by_itself() -> None:
    both = Value(2, money=(Money(100_00, "EUR"), Money(50_00, "USD")))
    assert said(Number.PIPELINE, both) == "100 EUR + 50 USD"
    assert change(Number.PIPELINE, both, Value(1, money=(Money(70_00, "USD"),))) == "100 EUR more, 20 USD less"


def test_everything_in_blocks_is_in_the_words_of_a_report() -> None:
    shown = pipeline_post(report(leads=(Value(12), Value(9)), responded=(Value(8), Value(9))))
    assert "Leads 12 (3 more); Responded 8 (1 less)" in shown.text
    assert len(shown.text) < 3900


def test_a_report_of_nothing_says_so_and_keeps_the_way_to_another_period() -> None:
    shown = pipeline_post(report())
    assert "Nothing to count yet" in shown.text
    kinds = [block["type"] for block in shown.blocks]
    assert "table" not in kinds
    assert "data_visualization" not in kinds
    placeholders = [
        element["placeholder"]["text"]
        for block in shown.blocks
        for element in block.get("elements", [])
        if "placeholder" in element
    ]
    assert placeholders == ["Another period", "Team or person"]
