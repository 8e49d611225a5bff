"""Who takes a hot handoff (process §7): the account executive first, then the time (``domain.intro_call``).

What must stay true: whoever is on leave, not in Slack or passed over is never chosen; the choice depends on nothing
but what is given, and says why.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from bot.domain.business_time import WorkWeek, next_shift_start, shift_at

_NEVER = datetime.min.replace(tzinfo=UTC)
_LAST = 1_000_000
"""The place of somebody who is not in the rep's order."""


@dataclass(frozen=True, slots=True)
class Executive:
    """An account executive as the choice looks at them.

    ``position``: the rep's order of preference; None for one who is not aligned with the rep. ``open_handoffs``:
    waiting, accepted and held ones. ``away_until``: last day of the time off that holds today, in their own zone.
    """

    id: UUID
    name: str
    week: WorkWeek
    position: int | None = None
    open_handoffs: int = 0
    last_handoff_at: datetime | None = None
    reachable: bool = True
    away_until: date | None = None
    cover_id: UUID | None = None
    owns_account: bool = False

    @property
    def aligned(self) -> bool:
        """Whether the rep hands leads to them as a rule."""
        return self.position is not None


@dataclass(frozen=True, slots=True)
class ExecutiveChoice:
    """Who is to take it (None: nobody can) and why; ``asides`` say why others were passed over."""

    ae_id: UUID | None
    reason: str
    asides: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """All of the reason, in sentences."""
        return " ".join((*self.asides, self.reason))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who could take it: everybody, aligned ones first, and the first choice with its reason."""

    executives: tuple[Executive, ...]
    choice: ExecutiveChoice


@dataclass(frozen=True, slots=True)
class Slots:
    """Free starts (UTC) of an executive, with the zones they are shown in; ``theirs``: where the buyer may be."""

    starts: tuple[datetime, ...]
    minutes: int
    zone: str
    theirs: tuple[str, ...]


def choose_executive(
    executives: Collection[Executive], now: datetime, *, live: bool = False, passed_over: Collection[UUID] = ()
) -> ExecutiveChoice:
    """The account's own if aligned; else the aligned one with the fewest open handoffs, then longest since the last.

    ``live``: somebody is on the line, so only who is on shift now can take it. ``passed_over`` declined it before.
    Where nobody is aligned, everybody is looked at. On leave: not offered; an aligned cover of the account's own is.
    """
    pool = [one for one in executives if one.aligned] or list(executives)
    everybody = not any(one.aligned for one in pool)
    asides = ["No account executive is aligned yet, so all were looked at."] if everybody else []
    asides += [f"{one.name} owns the account, but is not aligned." for one in executives if _is_outside(one, pool)]
    able: list[Executive] = []
    for one in sorted(pool, key=_place):
        why_not = _why_not(one, executives, now, live=live, passed_over=passed_over)
        if why_not is None:
            able.append(one)
        elif one.owns_account or not everybody:
            asides.append(why_not)
    if not able:
        return ExecutiveChoice(None, _nobody(pool, live=live), tuple(asides))
    covering = _covering(able, executives)
    first = covering or min(able, key=_turn)
    why = f"{first.name} covers for the account's own." if covering else _why(first, able)
    return ExecutiveChoice(first.id, why, tuple(asides))


def _is_outside(one: Executive, pool: Collection[Executive]) -> bool:
    return one.owns_account and one not in pool


def _nobody(pool: Collection[Executive], *, live: bool) -> str:
    if not pool:
        return "There is no account executive yet. An admin can add one."
    return "None of them is on shift now." if live else "None of them can take it now."


def _covering(able: Sequence[Executive], executives: Iterable[Executive]) -> Executive | None:
    """Who covers for the account's own executive while that one is on leave, if it is one of ``able``."""
    away = {one.cover_id for one in executives if one.owns_account and one.aligned and one.away_until is not None}
    return next((one for one in able if one.id in away), None)


def _place(one: Executive) -> tuple[int, str, str]:
    return (one.position if one.position is not None else _LAST, one.name, str(one.id))


def _why_not(
    one: Executive, executives: Iterable[Executive], now: datetime, *, live: bool, passed_over: Collection[UUID]
) -> str | None:
    """Why they cannot take it now, as a sentence; None if they can."""
    if one.id in passed_over:
        return f"{one.name} had it already."
    if not one.reachable:
        return f"{one.name} is not in Slack yet."
    if one.away_until is not None:
        return on_leave(one, executives)
    if live and shift_at(one.week, now) is None:
        return f"{one.name} is not on shift now."
    if not live and next_shift_start(one.week, now) is None and shift_at(one.week, now) is None:
        return f"{one.name} has no working hours ahead."
    return None


def on_leave(one: Executive, executives: Iterable[Executive]) -> str:
    """Until when somebody is away, and who covers."""
    cover = next((other.name for other in executives if other.id == one.cover_id), None)
    covered = f"; {cover} covers" if cover else ""
    return f"{one.name} is away until {one.away_until:%-d %B}{covered}."


def _turn(one: Executive) -> tuple[bool, int, datetime, tuple[int, str, str]]:
    return (not one.owns_account, one.open_handoffs, one.last_handoff_at or _NEVER, _place(one))


def _why(first: Executive, able: Sequence[Executive]) -> str:
    if first.owns_account:
        return f"{first.name} owns the account."
    if len(able) == 1:
        return f"{first.name} is the only one who can take it."
    others = [one for one in able if one is not first]
    if all(first.open_handoffs < one.open_handoffs for one in others):
        return f"{first.name} has the fewest open handoffs ({first.open_handoffs})."
    level = [one for one in others if one.open_handoffs == first.open_handoffs]
    if first.last_handoff_at is None and any(one.last_handoff_at is not None for one in level):
        return f"{first.name} has had none yet."
    if all((one.last_handoff_at or _NEVER) > (first.last_handoff_at or _NEVER) for one in level):
        return f"{first.name} has waited longest for one."
    return f"{first.name} comes first in the order."
