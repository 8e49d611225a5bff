"""Guarded moves of leads and stages (process §1).

What must stay true: only the moves listed here happen; going back, and giving somebody up, needs a reason.
"""

from collections.abc import Mapping

from bot.domain.errors import UserError
from bot.domain.terms import LeadState, Stage

_OPEN, _CLAIMED, _RESPONDED = LeadState.OPEN, LeadState.CLAIMED, LeadState.RESPONDED
_ENDED = (LeadState.RECYCLED, LeadState.JUNK, LeadState.DISQUALIFIED, LeadState.CLOSED)

WORKED_STATES = (LeadState.OPEN, LeadState.CLAIMED, LeadState.RESPONDED)
"""States of a lead that somebody has to do something about."""

_LEAD_FORWARD: Mapping[LeadState, frozenset[LeadState]] = {
    _OPEN: frozenset({_CLAIMED, _RESPONDED, LeadState.HANDED_OFF, *_ENDED}),
    _CLAIMED: frozenset({_RESPONDED, LeadState.HANDED_OFF, *_ENDED}),
    _RESPONDED: frozenset({LeadState.HANDED_OFF, *_ENDED}),
    LeadState.HANDED_OFF: frozenset({LeadState.CLOSED, LeadState.RECYCLED, LeadState.DISQUALIFIED}),
    LeadState.RECYCLED: frozenset({LeadState.JUNK, LeadState.DISQUALIFIED, LeadState.CLOSED}),
    LeadState.JUNK: frozenset(),
    LeadState.DISQUALIFIED: frozenset(),
    LeadState.CLOSED: frozenset(),
}
_LEAD_BACK: Mapping[LeadState, frozenset[LeadState]] = {
    _OPEN: frozenset(),
    _CLAIMED: frozenset({_OPEN}),
    _RESPONDED: frozenset({_OPEN, _CLAIMED}),
    LeadState.HANDED_OFF: frozenset({_OPEN, _CLAIMED, _RESPONDED}),
    **{state: frozenset({*WORKED_STATES, LeadState.HANDED_OFF}) for state in _ENDED},
}
_NEEDS_REASON = frozenset({LeadState.JUNK, LeadState.DISQUALIFIED, LeadState.CLOSED})

_STAGES = tuple(Stage)
_STAGE_FORWARD: Mapping[Stage, frozenset[Stage]] = {
    Stage.ANONYMOUS: frozenset({Stage.PROSPECT, Stage.LEAD}),
    Stage.PROSPECT: frozenset({Stage.LEAD}),
    Stage.LEAD: frozenset({Stage.OPPORTUNITY}),
    Stage.OPPORTUNITY: frozenset({Stage.CLIENT}),
    Stage.CLIENT: frozenset({Stage.CHAMPION}),
    Stage.CHAMPION: frozenset(),
}


def goes_back(before: LeadState, after: LeadState) -> bool:
    """Whether a move of a lead is a step back."""
    return after in _LEAD_BACK[before]


def can_move(before: LeadState, after: LeadState) -> bool:
    """Whether a lead may move so, given a reason where one is needed."""
    return after in _LEAD_FORWARD[before] or goes_back(before, after)


def needs_reason(before: LeadState, after: LeadState) -> bool:
    """Whether a move of a lead needs a reason: every step back, and every end that gives somebody up."""
    return goes_back(before, after) or after in _NEEDS_REASON


def check_move(before: LeadState, after: LeadState, reason: str = "") -> None:
    """Let a lead move, or raise `UserError` with a plain sentence. Staying where it is, is no move."""
    if not can_move(before, after):
        raise UserError(f"This lead is {_said(before)} and cannot become {_said(after)}.")
    if needs_reason(before, after) and not reason.strip():
        raise UserError(f"Please say why this lead becomes {_said(after)}.", field="reason")


def check_stage(before: Stage, after: Stage, reason: str = "") -> None:
    """Let a contact or account move between stages, or raise `UserError`; any step back needs a reason."""
    if _STAGES.index(after) < _STAGES.index(before):
        if not reason.strip():
            raise UserError(f"Please say why this goes back from {before.value} to {after.value}.", field="reason")
        return
    if after not in _STAGE_FORWARD[before]:
        following = ", ".join(stage.value for stage in _STAGES if stage in _STAGE_FORWARD[before])
        way_out = f" The next stage is {following}." if following else ""
        raise UserError(f"A move from {before.value} to {after.value} is not possible.{way_out}")


def raised(before: Stage) -> Stage:
    """Return the stage of somebody who raises a hand: at least lead, never less than before."""
    return max(before, Stage.LEAD, key=_STAGES.index)


def _said(state: LeadState) -> str:
    return state.value.replace("_", " ")
