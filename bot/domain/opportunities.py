"""An opportunity from qualified to won or lost, and the guard before a proposal (process §8).

What must stay true: only the moves listed here happen; going back and reopening need a reason; nothing gets to a
proposal, or past one, without every fact of the playbook's guard confirmed, or a reason that is shown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from bot.domain.errors import UserError
from bot.domain.terms import Stage


class DealState(StrEnum):
    """Where an opportunity stands."""

    QUALIFIED = "qualified"
    PROPOSAL = "proposal"
    WON = "won"
    LOST = "lost"


class DealKind(StrEnum):
    """What kind of business it is (process §8)."""

    NEW = "new"
    ADD_ON = "add_on"
    RENEWAL = "renewal"


OPEN_DEALS: Final = (DealState.QUALIFIED, DealState.PROPOSAL)
GUARD_WORDS: Final[Mapping[str, str]] = {
    "need": "they need it",
    "decision_maker": "the decision maker is with us",
    "budget": "there is a budget",
    "timing": "we know when",
}
"""What each fact of the proposal guard says."""
_FORWARD: Final[Mapping[DealState, frozenset[DealState]]] = {
    DealState.QUALIFIED: frozenset({DealState.PROPOSAL, DealState.LOST}),
    DealState.PROPOSAL: frozenset({DealState.WON, DealState.LOST}),
    DealState.WON: frozenset(),
    DealState.LOST: frozenset(),
}
_BACK: Final[Mapping[DealState, frozenset[DealState]]] = {
    DealState.QUALIFIED: frozenset(),
    DealState.PROPOSAL: frozenset({DealState.QUALIFIED}),
    DealState.WON: frozenset({DealState.PROPOSAL}),
    DealState.LOST: frozenset(OPEN_DEALS),
}
_STAGES: Final = tuple(Stage)
FARTHEST_DAYS: Final = 3653
"""An expected close more than ten years away is a slip of the fingers."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What is confirmed before a proposal, and why it goes out although something is not."""

    confirmed: tuple[str, ...] = ()
    override: str = ""

    def missing(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The facts among ``wanted`` that are not confirmed."""
        return tuple(fact for fact in wanted if fact not in self.confirmed)

    def as_stored(self) -> dict[str, Any]:
        """The guard as a row holds it."""
        return {"confirmed": list(self.confirmed), "override": self.override}

    @classmethod
    def stored(cls, held: Mapping[str, Any]) -> "Guard":
        """The guard of a row."""
        return cls(tuple(held.get("confirmed") or ()), str(held.get("override") or ""))


def check_guard(guard: Guard, wanted: Sequence[str]) -> None:
    """Let a proposal out, or raise ``UserError``: a fact is not confirmed and no reason is given (process §8)."""
    missing = guard.missing(wanted)
    if missing and not guard.override.strip():
        boxes = ", ".join(f"“{GUARD_WORDS[fact].capitalize()}”" for fact in missing)
        raise UserError(
            f"Not confirmed yet: {boxes}. Tick what is, or say here why it goes on anyway; "
            "the reason stands on the deal.",
            field="override",
        )


def said_guard(facts: Collection[str]) -> str:
    """Facts of the guard in words: "need, decision maker"."""
    return ", ".join(fact.replace("_", " ") for fact in facts)


def goes_back(before: DealState, after: DealState) -> bool:
    """Whether a move is a step back, or a reopening."""
    return after in _BACK[before]


def check_deal_move(before: DealState, after: DealState, reason: str = "") -> None:
    """Let an opportunity move, or raise ``UserError``. A loss, a step back and a reopening need a reason."""
    if after not in _FORWARD[before] and not goes_back(before, after):
        raise UserError(f"This deal is {said_state(before)} and cannot become {said_state(after)}.")
    if (goes_back(before, after) or after is DealState.LOST) and not reason.strip():
        raise UserError(f"Please say why it becomes {said_state(after)}.", field="reason")


def path_to(before: DealState, after: DealState) -> tuple[DealState, ...]:
    """The moves from ``before`` to ``after``: what is won without a proposal of its own passes through it."""
    if before is DealState.QUALIFIED and after is DealState.WON:
        return (DealState.PROPOSAL, DealState.WON)
    return (after,)


def reopened_as(had_proposal: bool) -> DealState:
    """Where a closed deal goes on: at its proposal, if there was one."""
    return DealState.PROPOSAL if had_proposal else DealState.QUALIFIED


def check_close_on(expected: date | None, today: date) -> date:
    """The day a deal is expected to close. Raises ``UserError`` where it is missing, past, or absurdly far away."""
    if expected is None:
        raise UserError("When do you expect to close it? A guess will do.", field="expected_close_on")
    if expected < today:
        raise UserError("That day is past. When do you expect to close it?", field="expected_close_on")
    if (expected - today).days > FARTHEST_DAYS:
        raise UserError("That is more than ten years away. Is the year right?", field="expected_close_on")
    return expected


def at_least(before: Stage, stage: Stage) -> Stage:
    """``stage``, or the one before if that is farther: nobody falls back by a new deal."""
    return max(before, stage, key=_STAGES.index)


def said_state(state: DealState) -> str:
    """A state in a sentence: "at the proposal", "won"."""
    return "at the proposal" if state is DealState.PROPOSAL else state.value


def said_kind(kind: str) -> str:
    """A type of business in a sentence: "new business", "an add-on", "a renewal"."""
    return {"new": "new business", "add_on": "an add-on", "renewal": "a renewal"}.get(kind, kind)
