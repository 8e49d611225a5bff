"""Rows of a file of cadences under way as plain facts, and the command that carries them in.

What must stay true: a row says only what its cells said.
"""

from dataclasses import dataclass

from bot.domain.cadence_underway import SoFar
from bot.domain.commands import Actor


@dataclass(frozen=True, slots=True)
class StepRow:
    """One cadence under way. Addresses are normalised; ``notes`` are the rep's words, ``reason`` is why them."""

    line: int
    email: str
    rep_email: str
    so_far: SoFar
    name: str = ""
    company: str = ""
    reason: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class ImportSteps:
    """A slice of a file of cadences under way."""

    rows: tuple[StepRow, ...]
    actor: Actor | None = None
