"""Money as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.money import CURRENCIES, Money, read_currency, read_money, read_worth, say_money, sums

amounts = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("typed", "cents", "currency"),
    [
        ("12500", 1_250_000, "EUR"),
        ("12.500", 1_250_000, "EUR"),
        ("12,500", 1_250_000, "EUR"),
        ("12 500", 1_250_000, "EUR"),
        ("12\u202f500", 1_250_000, "EUR"),
        ("12'500.50", 1_250_050, "EUR"),
        ("1.234.567,89", 123_456_789, "EUR"),
        ("1,234,567.89", 123_456_789, "EUR"),
        ("12.5", 1_250, "EUR"),
        ("12,50", 1_250, "EUR"),
        ("12.5k", 1_250_000, "EUR"),
        ("12,5 K", 1_250_000, "EUR"),
        ("1.5m", 150_000_000, "EUR"),
        ("€12k", 1_200_000, "EUR"),
        ("$ 300", 30_000, "USD"),
        ("300 usd", 30_000, "USD"),
        ("£9.99", 999, "GBP"),
        ("0", 0, "EUR"),
        ("1,2 Mio", 120_000_000, "EUR"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed: str, cents: int, currency: str) -> None:
    assert read_money(typed, "EUR") == Money(cents, currency)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "How much"),
        ("  ", "How much"),
        ("-5", "below zero"),
        ("10-20k", "is a range"),
        ("€10k to €20k", "is a range"),
        ("1000000000000", "a zero too many"),
        ("€ -5", "below zero"),
        ("about ten", "can't read"),
        ("5 kg", "can't read"),
        ("12.500k", "12500 or 12.500 times 1,000"),
        ("1.2345", "thousands from the cents"),
        ("12,50,00", "thousands from the cents"),
        ("0.500", "thousands from the cents"),
        ("€5 USD", "EUR or USD"),
        ("5 XYZ", "no currency"),
        ("9" * 20, "zero too many"),
        ("1" * 5000, "zero too many"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        read_money(typed, "EUR")
    assert refused.value.field == "amount"


@given(amounts, st.sampled_from(sorted(CURRENCIES)))
def test_what_is_said_is_read_back_the_same(cents: int, currency: str) -> None:
    assert read_money(say_money(cents, currency), "EUR") == Money(cents, currency)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_a_plain_sentence(text: str) -> None:
    try:
        assert read_money(text, "EUR").cents >= 0
    except UserError as refused:
        assert refused.sentence.endswith((".", "?"))  # noqa: PT017 — either answer is right


@given(st.lists(st.builds(Money, amounts, st.sampled_from(["EUR", "USD", "CHF"]))))
def test_sums_keep_the_currencies_apart(parts: list[Money]) -> None:
    added = {one.currency: one.cents for one in sums(parts)}
    assert added == {
        currency: sum(part.cents for part in parts if part.currency == currency)
        for currency in {part.currency for part in parts}
    }


def test_a_currency_is_known_by_its_letters_or_its_sign() -> None:
    assert read_currency(" eur ") == "EUR"
    assert read_currency("$") == "USD"
    with pytest.raises(UserError, match="three letters"):
        read_currency("dollars")


def test_a_deal_is_worth_something() -> None:
    assert read_worth("0.01", "EUR", 500) == Money(1, "EUR")
    assert read_worth("500", "EUR", 500) == Money(50_000, "EUR")
    with pytest.raises(UserError, match="more than nothing"):
        read_worth("0", "EUR", 500)
    with pytest.raises(UserError, match="more than 500, the most a deal can be worth here") as refused:
        read_worth("500.01", "EUR", 500)
    assert refused.value.field == "amount"
