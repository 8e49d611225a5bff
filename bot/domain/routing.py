"""Who gets a lead, and why (process §2, owner).

What must stay true: among reps eligible together since their last turn and of equal weight, nobody is ever more
than one ahead. Every choice comes with its reasons in plain sentences.

How: each rep has a *turn*, a number that grows by 1 ÷ weight with every lead given. The lowest turn is next;
ties go to whoever waited longest. The *present* is the turn at which the latest lead was given. Who was always
there is never below it, so lifting everybody to the present changes nothing for them, and whoever comes back
from a break starts level with the others instead of being flooded. The turn is all that must be stored.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from bot.domain.sentences import stop

_DIGITS = 6  # turns are compared and stored to this many digits: sums of 1/3 must not break ties by chance
_NAMED = 3
_NEVER = datetime.min.replace(tzinfo=UTC)


class Rule(StrEnum):
    """Which rule chose the owner; stored with the assignment."""

    CLIENT_TEAM = "client_team"
    ACCOUNT_OWNER = "account_owner"
    COVER = "cover"
    ROUND_ROBIN = "round_robin"
    OVER_CAP = "over_cap"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    NOBODY_LEFT = "nobody_left"


@dataclass(frozen=True, slots=True)
class Rep:
    """One of us as far as routing looks at them.

    ``cap``: most open leads, None for no limit. ``away``: time off today. ``in_rotation``: an MRR who takes part
    in the round robin. ``reachable``: Slack knows them; an alert reaches nobody else. ``turn`` and
    ``last_assigned_at`` are stored state; both change only by the round robin.
    """

    id: UUID
    name: str
    weight: float = 1.0
    open_leads: int = 0
    cap: int | None = None
    skills: frozenset[str] = frozenset()
    on_shift: bool = True
    away: bool = False
    active: bool = True
    in_rotation: bool = True
    reachable: bool = True
    cover_id: UUID | None = None
    turn: float = 0.0
    last_assigned_at: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether the rep has as many open leads as they may."""
        return self.cap is not None and self.open_leads >= self.cap


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account already means to us when its lead arrives. All None for an unknown company."""

    account_name: str = ""
    is_client: bool = False
    owner_id: UUID | None = None
    csm_id: UUID | None = None
    skills_needed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the lead (None: nobody now) and why.

    ``turn`` is to be stored for the chosen rep, together with the time, when the round robin chose; else None.
    """

    person_id: UUID | None
    rule: Rule
    reason: tuple[str, ...]
    turn: float | None = None


@dataclass
class _Reasons:
    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append(line)

    def all(self, last: str) -> tuple[str, ...]:
        return (*self.lines, last)


@dataclass(frozen=True, slots=True)
class Before:
    """Who had the lead before; ``absence`` says that they are away or left, empty if they can have it again."""

    id: UUID
    name: str
    absence: str


def choose_owner(reps: Collection[Rep], standing: Standing, passed_over: Collection[UUID] = ()) -> Choice:
    """Choose the owner of a new lead.

    ``reps`` are all our people that may own one: account teams and every MRR, also those off shift, away or no
    longer active, since their turns say where the present is. ``passed_over`` had this lead and could not take
    it. Existing client: AE, then CSM; else the account's owner; else the round robin.
    """
    reasons = _Reasons()
    by_id = {rep.id: rep for rep in reps}
    account = standing.account_name or "the account"
    wanted = [(standing.owner_id, Rule.ACCOUNT_OWNER, f"owns {account}")]
    if standing.is_client:
        wanted = [
            (standing.owner_id, Rule.CLIENT_TEAM, f"is the account executive of our client {account}"),
            (standing.csm_id, Rule.CLIENT_TEAM, f"looks after our client {account}"),
        ]
    for person_id, rule, why in wanted:
        found = _by_account(by_id, person_id, rule, why, passed_over, reasons) if person_id else None
        if found:
            return found
    return round_robin(reps, standing.skills_needed, passed_over, reasons.lines)


def _by_account(
    by_id: dict[UUID, Rep], person_id: UUID, rule: Rule, why: str, passed_over: Collection[UUID], reasons: _Reasons
) -> Choice | None:
    owner = by_id.get(person_id)
    if owner is None or not owner.active:
        reasons.add(f"{owner.name if owner else 'Somebody'} {why} but is no longer active.")
        return None
    if not owner.reachable:
        reasons.add(f"{owner.name} {why} but is not found in Slack.")
        return None
    if owner.id in passed_over:
        reasons.add(f"{owner.name} {why} but passed it on.")
        return None
    if not owner.away:
        return Choice(owner.id, rule, reasons.all(stop(f"{owner.name} {why}")))
    cover = by_id.get(owner.cover_id) if owner.cover_id else None
    if cover and cover.active and cover.reachable and not cover.away and cover.id not in passed_over:
        return Choice(cover.id, Rule.COVER, reasons.all(f"{owner.name} {why}, is away, and {cover.name} covers."))
    reasons.add(f"{owner.name} {why} but is away without a cover.")
    return None


def round_robin(
    reps: Collection[Rep],
    skills_needed: frozenset[str] = frozenset(),
    passed_over: Collection[UUID] = (),
    because: Iterable[str] = (),
) -> Choice:
    """Choose among the MRRs on shift. Skills are a wish and caps a limit, but a lead is never left lying for them."""
    reasons = _Reasons(list(because))
    there = [rep for rep in reps if rep.in_rotation and rep.active and not rep.away and rep.on_shift]
    unknown = sorted(rep.name for rep in there if not rep.reachable)
    if unknown:
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        reasons.add(f"Left out, not found in Slack: {', '.join(unknown[:_NAMED])}{more}.")
        there = [rep for rep in there if rep.reachable]
    if not there:
        return Choice(None, Rule.NOBODY_ON_SHIFT, reasons.all("Nobody is on shift; it waits for the next shift."))
    left = [rep for rep in there if rep.id not in passed_over]
    if not left:
        return Choice(None, Rule.NOBODY_LEFT, reasons.all("Everybody on shift has passed it on."))
    rule = Rule.ROUND_ROBIN
    fit = _narrowed(left, lambda rep: skills_needed <= rep.skills)
    if skills_needed:
        said = ", ".join(sorted(skills_needed))
        reasons.add(f"Speaks for {said}." if fit else f"Nobody on shift has the skill {said}.")
    eligible = _narrowed(fit or left, lambda rep: not rep.full)
    if not eligible:
        reasons.add("Everybody on shift has as many open leads as they may.")
        rule, eligible = Rule.OVER_CAP, fit or left
    present = present_turn(reps)
    chosen = min(
        eligible,
        key=lambda rep: (_level(rep, present), rep.last_assigned_at or _NEVER, rep.name, str(rep.id)),
    )
    turn = round(_level(chosen, present) + 1 / chosen.weight, _DIGITS)
    return Choice(chosen.id, rule, reasons.all(_in_turn(chosen, eligible, left, there)), turn)


def _in_turn(chosen: Rep, eligible: Collection[Rep], left: Collection[Rep], there: Collection[Rep]) -> str:
    """Say in what way it is somebody's turn: ``eligible`` were chosen from, of those ``left``, of all who are there."""
    if len(eligible) > 1:
        return f"{chosen.name} is next in turn, of {len(eligible)} on shift."
    if len(left) > 1:
        return f"{chosen.name} is the only one on shift who can take it."
    others = "the only other one" if len(there) > 1 else "the only one"
    return f"{chosen.name} is {others} on shift."


def present_turn(reps: Iterable[Rep]) -> float:
    """Return the turn at which the latest lead was given, from the reps' stored turns."""
    # Whoever was given it stands exactly one stride above it, and nobody was ever given one above the present.
    return max(
        (round(rep.turn - 1 / rep.weight, _DIGITS) for rep in reps if rep.last_assigned_at is not None), default=0.0
    )


def _level(rep: Rep, present: float) -> float:
    return round(max(rep.turn, present), _DIGITS)


def _narrowed(reps: Iterable[Rep], keep: Callable[[Rep], bool]) -> list[Rep]:
    return [rep for rep in reps if keep(rep)]
