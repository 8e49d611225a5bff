"""Money as people type it, to whole cents and a currency, and back.

What must stay true: an amount that can be read in two ways is refused with both readings named, never guessed; what
is read is whole cents, no fraction is dropped.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.errors import UserError

SYMBOLS: Final = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "C$": "CAD", "A$": "AUD", "FR.": "CHF"}
_CODES: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CURRENCIES: Final = frozenset(_CODES.split())
"""Codes of ISO 4217 that money is paid in."""
MOST_CENTS: Final = 10**14
"""A million millions: that much is a slip of the fingers."""
_TIMES: Final = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000}
_CURRENCY: Final = r"[A-Z]{3}|US\$|C\$|A\$|FR\.|[€$£]"
_WHOLE: Final = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>\d[\d.,'’ ]*\d|\d)\s*(?P<times>K|MIO|M)?\s*(?P<after>{_CURRENCY})?",
)
_MINUS: Final = re.compile(r"[-−–]\s*[€$£\d]")
_RANGE: Final = re.compile(r"\d\s*[km]?\s*[€$£]?\s*(?:[-−–]|\bto\b)\s*[€$£]?\s*\d", re.IGNORECASE)
_GROUPS: Final = r"\d{{1,3}}(?:{mark}\d{{3}})+"
_EXAMPLES: Final = "Write it like 12500, 12,500.00, 12.5k or €12k."


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in integer cents: hundredths of the currency, whichever it is."""

    cents: int
    currency: str

    def __str__(self) -> str:
        return say_money(self.cents, self.currency)


def say_money(cents: int, currency: str) -> str:
    """An amount as people read it: ``12,500 EUR``, with cents only where there are any."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:02}" if rest else "") + f" {currency}"


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Amounts added up, each currency by itself, in the order of the currencies' codes. Nothing is converted."""
    totals: dict[str, int] = {}
    for one in amounts:
        totals[one.currency] = totals.get(one.currency, 0) + one.cents
    return tuple(Money(cents, currency) for currency, cents in sorted(totals.items()))


def read_money(text: str, currency: str, field: str = "amount") -> Money:
    """Read an amount; ``currency`` is taken where the text names none.

    Understands groups of thousands in every common writing, a decimal point or comma, ``k`` and ``m``, a symbol or a
    three-letter code before or after. Raises ``UserError`` with ``field`` and what to write instead.
    """
    given = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    if not given:
        raise UserError(f"How much is it? {_EXAMPLES}", field=field)
    if _RANGE.search(given):
        raise UserError(f"“{given[:40]}” is a range. Name one amount; it can be changed later.", field=field)
    if _MINUS.search(given):
        raise UserError("An amount is never below zero.", field=field)
    found = _WHOLE.fullmatch(given.upper())
    if found is None:
        raise UserError(f"I can't read “{given[:40]}” as an amount. {_EXAMPLES}", field=field)
    named = {SYMBOLS.get(mark, mark) for mark in (found["before"], found["after"]) if mark}
    if len(named) > 1:
        raise UserError(f"Which currency is it, {' or '.join(sorted(named))}?", field=field)
    times = _TIMES[found["times"].lower()] if found["times"] else 1
    cents = _number(found["number"], times, given, field) * times * 100
    if cents != cents.to_integral_value():
        raise UserError(f"“{given[:40]}” has parts of a cent. {_EXAMPLES}", field=field)
    if cents >= MOST_CENTS:
        raise UserError("That is more than any deal here can be worth. Is there a zero too many?", field=field)
    return Money(int(cents), read_currency(named.pop() if named else currency, field))


def read_worth(text: str, currency: str, most: int, field: str = "amount") -> Money:
    """What a deal is worth, as somebody types it: ``read_money``, more than nothing, and not above ``most``.

    ``most``: whole units of whichever currency, the playbook's ``opportunities.most_amount``. Raises ``UserError``.
    """
    money = read_money(text, currency, field)
    if not money.cents:
        raise UserError("A deal is worth more than nothing. A rough amount will do.", field=field)
    if money.cents > most * 100:
        raise UserError(
            f"That is more than {most:,}, the most a deal can be worth here. Is there a zero too many? "
            "If not, an admin can raise opportunities.most_amount in the playbook.",
            field=field,
        )
    return money


def read_currency(text: str, field: str = "currency") -> str:
    """A currency's three letters, from the letters or a symbol. Raises ``UserError``."""
    given = text.strip().upper()
    code = SYMBOLS.get(given, given)
    if code not in CURRENCIES:
        raise UserError(f"“{text[:20]}” is no currency. Use three letters, like EUR.", field=field)
    return code


def _number(written: str, times: int, given: str, field: str) -> Decimal:
    """The number as written. A single mark before exactly three digits groups thousands, as money has two decimals."""
    plain = written.replace("’", "'")
    if plain.isdigit():
        return Decimal(plain)
    marks = [mark for mark in plain if not mark.isdigit()]
    if times > 1 and len(marks) == 1 and re.search(r"\D\d{3}$", plain):
        whole, point = plain.replace(marks[0], ""), plain.replace(marks[0], ".")
        raise UserError(
            f"“{given[:40]}” could be {whole} or {point} times {times:,}. Write the whole amount.", field=field
        )
    decimals = 3 if times > 1 else 2
    ways = ((group, decimal) for group in (",", ".", "'", " ") for decimal in (".", ",") if group != decimal)
    for group, decimal in ways:
        read = _by(plain, group, decimal, decimals)
        if read is not None:
            return read
    raise UserError(f"I can't tell the thousands from the cents in “{given[:40]}”. {_EXAMPLES}", field=field)


def _by(plain: str, group: str, decimal: str, decimals: int) -> Decimal | None:
    """The number under one way of writing; None where it is not written so."""
    groups = _GROUPS.format(mark=re.escape(group))
    if not re.fullmatch(rf"(?:{groups}|\d+)(?:{re.escape(decimal)}\d{{1,{decimals}}})?", plain):
        return None
    whole = plain.replace(group, "")
    if group in plain and plain.startswith("0"):
        return None
    return Decimal(whole.replace(decimal, "."))
