"""Giving much work to others at once: what, of whom, to whom, and evenly (process, opening; day-one needs).

What must stay true: a company goes to one of the new owners as a whole, so that two reps never meet there; who gets
it depends on the company alone, so that slices, kinds of work and repeats agree.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bot.domain.commands import Actor

MOST_TARGETS = 40
PAGE = 20
"""Names shown at once of what is given away."""


class Work(StrEnum):
    """Kinds of work that belong to somebody, in the order in which they are given away: accounts last.

    A follow-up plan goes with its lead. Of handoffs those that wait for their account executive's answer.
    """

    LEADS = "leads"
    PLANS = "plans"
    TASKS = "tasks"
    HANDOFFS = "handoffs"
    DEALS = "deals"
    CONTACTS = "contacts"
    ACCOUNTS = "accounts"


NAMED: Mapping[Work, tuple[str, str]] = {
    Work.LEADS: ("open lead", "open leads"),
    Work.PLANS: ("live cadence", "live cadences"),
    Work.TASKS: ("open task or callback", "open tasks and callbacks"),
    Work.HANDOFFS: ("waiting handoff", "waiting handoffs"),
    Work.DEALS: ("open deal", "open deals"),
    Work.CONTACTS: ("contact owned", "contacts owned"),
    Work.ACCOUNTS: ("account owned", "accounts owned"),
}
"""One of a kind, and several."""
CLOSING = frozenset({Work.HANDOFFS, Work.DEALS})
"""Work of account executives; nobody else can be given it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose work, or which territory's. What the new owners ``to_ids`` have already stays where it is.

    ``country``: ISO code of the company, of the person where the company's is not known. ``manager_id``: only work of
    people in this manager's teams, and what has no owner; None for all.
    """

    from_id: UUID | None = None
    country: str | None = None
    industry: str | None = None
    account_owner_id: UUID | None = None
    to_ids: tuple[UUID, ...] = ()
    manager_id: UUID | None = None

    @property
    def territory(self) -> bool:
        """Whether a country, an industry or an account owner narrows it."""
        return bool(self.country or self.industry or self.account_owner_id)


@dataclass(frozen=True, slots=True)
class Reassign:
    """Give work away: ``works`` of somebody or a territory, to people by name, or to a team's reps on shift."""

    actor: Actor
    works: tuple[Work, ...]
    reason: str
    from_id: UUID | None = None
    country: str | None = None
    industry: str | None = None
    account_owner_id: UUID | None = None
    to_ids: tuple[UUID, ...] = ()
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Who gets which company: ``targets`` in order, each from one bound up to the next."""

    targets: tuple[UUID, ...]
    bounds: tuple[int, ...] = ()

    def target(self, group: UUID) -> UUID:
        """The new owner of a company, or of a person without one."""
        return self.targets[bisect_right(self.bounds, _place(group))]


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One piece of work in a list; ``owner``: who has it."""

    name: str
    company: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One kind of work: how much, and the first names. ``stays``: nobody chosen can be given it."""

    work: Work
    count: int
    first: tuple[WorkLine, ...]
    stays: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. ``shares``: new owner, and how much they would get. ``under_way``: what stays with an AE."""

    command: Reassign
    giver: str | None
    account_owner: str | None
    lines: tuple[PreviewLine, ...]
    shares: tuple[tuple[str, int], ...]
    under_way: int

    @property
    def total(self) -> int:
        """How much would be given away."""
        return sum(line.count for line in self.lines if not line.stays)


def even_split(targets: Sequence[UUID], weights: Mapping[UUID, int]) -> Split:
    """Share companies so that each target gets as much; ``weights``: how much work each company is.

    No share is further from an even one than the largest company. Raises ``ValueError`` without a target.
    """
    if not targets:
        raise ValueError("nobody to give it to")
    total, share, given = sum(weights.values()), 1, 0
    bounds: list[int] = []
    for group in sorted(weights, key=_place):
        half = weights[group] / 2
        # A company that straddles the border of a share goes to the side on which most of it lies.
        while share < len(targets) and given + half >= total * share / len(targets):
            bounds.append(_place(group))
            share += 1
        given += weights[group]
    last = bounds[-1] if bounds else 0
    bounds += [max(last, _TOP)] * (len(targets) - 1 - len(bounds))
    return Split(tuple(targets), tuple(bounds))


_BITS = 48
"""Few enough that JSON keeps every digit."""
_TOP = 1 << _BITS


def _place(group: UUID) -> int:
    """Where a company stands in the order that is cut: by chance, so that old and new ones are mixed."""
    return int.from_bytes(hashlib.sha256(group.bytes).digest()[: _BITS // 8])
