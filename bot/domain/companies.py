"""What one of us may say of a company: whose it is, how it counts, that it is given up (process §4, §7, §8).

What must stay true: a strategic account is somebody's; what is typed is taken as it stands or refused, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from bot.domain.commands import Actor
from bot.domain.countries import country_code
from bot.domain.errors import UserError

MOST_EMPLOYEES: Final = 2**31 - 1
_EMPLOYEES: Final = re.compile(r"[0-9]{1,10}|[0-9]{1,3}(?:[.,' ][0-9]{3}){1,3}")
CALLED: Final[Mapping[str, str]] = {
    "owner_id": "owner",
    "csm_id": "customer success manager",
    "strategic": "strategic account",
    "partner": "channel partner",
    "industry": "industry",
    "employees": "employees",
    "country": "country",
}
"""Each fact as people read it."""


@dataclass(frozen=True, slots=True)
class SaidNo:
    """Somebody of the organisation with a logged no."""

    contact_id: UUID
    name: str
    title: str | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Organisation:
    """A company that may be given up: why it was, who said no there, the reasons to choose from."""

    account_id: UUID
    name: str
    given_up_reason: str | None
    said_no: tuple[SaidNo, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanySaid:
    """What stands on a company and can be changed by hand. ``country`` is an ISO 3166 two-letter code."""

    owner_id: UUID | None = None
    csm_id: UUID | None = None
    strategic: bool = False
    partner: bool = False
    industry: str | None = None
    employees: int | None = None
    country: str | None = None

    @property
    def mark(self) -> str:
        """A short mark of these values: a form carries it, so that nothing changed since is overwritten."""
        return blake2b(repr(sorted(asdict(self).items())).encode("utf-8", "replace"), digest_size=8).hexdigest()

    def differs(self, other: "CompanySaid") -> dict[str, Any]:
        """The values that are others than in ``other``."""
        before = asdict(other)
        return {name: value for name, value in asdict(self).items() if value != before[name]}


@dataclass(frozen=True, slots=True)
class ChangeCompany:
    """Say what a company is. ``mark``: of what stood there when the form was opened."""

    actor: Actor
    account_id: UUID
    mark: str
    said: CompanySaid


def check_company(said: CompanySaid) -> None:
    """Raise ``UserError`` where a company is strategic for nobody: its owner is offered it first (process §7)."""
    if said.strategic and said.owner_id is None:
        raise UserError("A strategic account is its owner's. Pick the owner, or take the mark off.", field="owner_id")


def read_employees(typed: str) -> int | None:
    """How many people work there: ``1200``, ``1,200``; None where nothing is typed. Raises ``UserError``."""
    text = typed.strip()
    if not text:
        return None
    if not _EMPLOYEES.fullmatch(text) or int(re.sub(r"[^0-9]", "", text)) > MOST_EMPLOYEES:
        raise UserError("How many people work there? A whole number, like 1,200.", field="employees")
    return int(re.sub(r"[^0-9]", "", text))


def read_country(typed: str) -> str | None:
    """A country by name or code, as its code; None where nothing is typed. Raises ``UserError``."""
    if not typed.strip():
        return None
    code = country_code(typed)
    if code is None:
        raise UserError("I don't know that country. Write its name, or two letters like DE.", field="country")
    return code
