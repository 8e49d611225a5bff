"""Rows of a deals file as plain facts, and the command that carries them in.

What must stay true: a row says only what its cells said; equal rows have equal keys and digests.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from bot.domain.commands import Actor
from bot.domain.matching import company_name_key
from bot.domain.money import Money
from bot.domain.opportunities import DealKind, DealState


@dataclass(frozen=True, slots=True)
class DealRow:
    """One open deal of a file. Addresses are normalised; ``number`` is the deal's id in the system it comes from."""

    line: int
    company: str
    email: str | None
    contact: str
    ae_email: str
    money: Money
    kind: DealKind
    state: DealState
    expected_close_on: date | None
    next_step: str = ""
    number: str = ""

    @property
    def key(self) -> str:
        """What makes it the same deal in another file: its number; else who it is with, and the type of business."""
        if self.number:
            return f"number:{_hash(self.number)}"
        return f"row:{_hash(self.email or '', company_name_key(self.company), self.kind)}"

    @property
    def digest(self) -> str:
        """What the row says, in short."""
        amount = (str(self.money.cents), self.money.currency)
        closes = self.expected_close_on.isoformat() if self.expected_close_on else ""
        return _hash(
            self.company, self.email or "", self.ae_email, *amount, self.kind, self.state, closes, self.next_step
        )


@dataclass(frozen=True, slots=True)
class ImportDeals:
    """A slice of a deals file."""

    rows: tuple[DealRow, ...]
    actor: Actor | None = None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:48]
