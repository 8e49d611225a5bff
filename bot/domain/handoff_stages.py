"""Guarded moves of a handoff (process §7).

What must stay true: only the moves listed here happen; a step back, and every end that gives the buyer back, needs a
reason.
"""

from collections.abc import Mapping

from bot.domain.errors import Gone, UserError

WAITING, ACCEPTED, HELD = "waiting", "accepted", "held"
QUALIFIED, NOT_QUALIFIED, DECLINED, NO_SHOW, TAKEN_BACK = (
    "qualified",
    "not_qualified",
    "declined",
    "no_show",
    "taken_back",
)
LIVE = (WAITING, ACCEPTED, HELD)
"""States in which somebody still has something to do about it."""
BEFORE_CALL = (WAITING, ACCEPTED)
"""States in which its intro call is to come, or was not spoken of yet."""
INTRO_CALL, TRANSFER = "intro_call", "transfer"
"""Kinds: with a time, or of somebody who is on the line."""
CALL_MOVED = "call moved"
"""What another time for the call says in the history, before its reason."""
STEP_BACK = "taken back"
"""What an undone verdict says in the history of the handoff and of its lead."""
WAITS = "waits on"
"""What a manager's decision to wait says in the history."""

_FORWARD: Mapping[str, frozenset[str]] = {
    WAITING: frozenset({ACCEPTED, HELD, NO_SHOW, DECLINED, TAKEN_BACK}),
    ACCEPTED: frozenset({HELD, NO_SHOW, DECLINED}),
    HELD: frozenset({QUALIFIED, NOT_QUALIFIED}),
}
_BACK: Mapping[str, frozenset[str]] = {
    ACCEPTED: frozenset({WAITING}),
    HELD: frozenset({WAITING, ACCEPTED}),
    NO_SHOW: frozenset({WAITING, ACCEPTED}),
    QUALIFIED: frozenset({HELD}),
    NOT_QUALIFIED: frozenset({HELD}),
}
_NEEDS_REASON = frozenset({DECLINED, TAKEN_BACK, NOT_QUALIFIED})


_UNDO = " If that is wrong, undo it first."
_STALE: Mapping[str, str] = {
    WAITING: "This handoff is waiting for an answer by now.",
    ACCEPTED: "This handoff was accepted already.",
    HELD: f"Somebody said already that the call was held.{_UNDO}",
    NO_SHOW: f"Somebody said already that they did not come.{_UNDO}",
    QUALIFIED: "This is an opportunity already. If it is none, close it as lost: /deal.",
    NOT_QUALIFIED: f"Somebody said already that this is not an opportunity.{_UNDO}",
    DECLINED: "This handoff was declined already.",
    TAKEN_BACK: "The rep has taken this handoff back already.",
}


def stale(state: str) -> str:
    """Why a button that was right once is not any more, in a sentence."""
    return _STALE.get(state, f"This handoff is {state.replace('_', ' ')} by now.")


def check_handoff_move(before: str, after: str, reason: str = "") -> None:
    """Let a handoff move. Raises ``Gone`` where it cannot any more, ``UserError`` where a reason is missing."""
    back = after in _BACK.get(before, ())
    if not back and after not in _FORWARD.get(before, ()):
        raise Gone(stale(before))
    if (back or after in _NEEDS_REASON) and not reason.strip():
        raise UserError("Please say why.", field="reason")
