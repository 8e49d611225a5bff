"""Consent in a contacts file: on which basis, since when, until when, in which words (process §10).

What must stay true: a consent without a basis of the playbook or without its day is none; nothing is guessed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.import_rows import ConsentFacts
from bot.intake.csv_days import CellError, read_day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """The playbook's ``compliance.consent_bases``, and the business clock's time (aware UTC)."""

    bases: tuple[str, ...]
    now: datetime


def read_consent(basis: str, given: str, expires: str, text: str, rules: ConsentRules) -> ConsentFacts | None:
    """What the cells say; None where none names a basis. Raises ``CellError`` with the reason to refuse the row.

    Days are kept as UTC: a consent holds from the beginning of the day it was given through the day it expires on.
    """
    if not basis:
        return None
    key = "_".join(basis.casefold().replace("-", " ").replace("_", " ").split())
    known = next((one for one in rules.bases if one.casefold() == key), None)
    if known is None:
        bases = ", ".join(rules.bases)
        raise CellError(f"“{basis[:60]}” is no basis of consent that the playbook knows; it knows {bases}")
    given_on, expires_on = read_day(given), read_day(expires)
    if given_on is None:
        raise CellError("a consent needs the day it was given")
    given_at = _begins(given_on)
    if given_at > rules.now + _DAY:  # somewhere it is tomorrow already
        raise CellError("the day the consent was given is still to come")
    if expires_on is not None and expires_on < given_on:
        raise CellError("the consent ends before it was given")
    if expires_on == date.max:
        raise CellError(f"there is no day after {expires}")
    return ConsentFacts(known, given_at, _begins(expires_on + _DAY) if expires_on else None, text)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
