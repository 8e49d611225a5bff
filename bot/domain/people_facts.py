"""Facts of our people as they are written, in people.csv and in forms: country, hours, weight, channel.

What must stay true: file and form take the same words and refuse the others with the same sentence.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from bot.domain.business_time import zone
from bot.domain.countries import country_code
from bot.playbook.schema.hours import HoursError, parse_hours

LONGEST: Final = 255
_CENT: Final = Decimal("0.01")
_CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{5,}")
_HEAVIEST: Final = Decimal(1000)


class FactError(ValueError):
    """What was written cannot be used; the message is a plain sentence without a full stop."""


def read_country(text: str) -> str | None:
    """The two letters of a country; None for nothing written. Raises ``FactError``."""
    code = country_code(text) if text else None
    if text and code is None:
        raise FactError(f"“{text[:40]}” is not a country; use two letters, like DE")
    return code


def read_hours(text: str) -> str | None:
    """Working hours that can be read, as written; None for nothing written. Raises ``FactError``."""
    try:
        if text:
            parse_hours(text)
    except HoursError as error:
        raise FactError(str(error).rstrip(".")) from None
    return text or None


def read_zone(text: str) -> str | None:
    """A timezone's own name; None for nothing written. Raises ``FactError``."""
    try:
        return zone(text).key if text else None
    except HoursError as error:
        raise FactError(str(error).rstrip(".")) from None


def read_weight(text: str) -> Decimal | None:
    """A share of the round robin, to the hundredth; None for nothing written. Raises ``FactError``."""
    if not text:
        return None
    try:
        weight = Decimal(text.replace(",", ".")).quantize(_CENT)
    except InvalidOperation:
        raise FactError(f"“{text[:40]}” is not a weight; use a number, like 1 or 0.5") from None
    if weight.is_nan() or not _CENT <= weight <= _HEAVIEST:
        raise FactError(f"a weight is between {_CENT} and {_HEAVIEST}, not {text[:40]}")
    return weight


def read_channel(text: str) -> str | None:
    """A channel's id, or its name with ``#``; None for nothing written. Raises ``FactError``."""
    if " " in text:
        raise FactError(f"“{text[:60]}” is not a channel; write it like #ae-jane")
    if not text or text.startswith("#") or _CHANNEL_ID.fullmatch(text):
        return text or None
    return f"#{text.lower()}"
