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


def said(state: str) -> str:
    """A state as people say it."""
    return {NO_SHOW: "missed by the buyer", WAITING: "waiting for an answer", HELD: "held"}.get(
        state, state.replace("_", " ")
    )


def check_handoff_move(before: str, after: str, reason: str = "") -> None:
    """Let a handoff move. Raises ``Gone`` where it cannot any more, ``UserError`` where a reason is missing."""
    back = after in _BACK.get(before, ())
    if not back and after not in _FORWARD.get(before, ()):
        raise Gone(f"This handoff is {said(before)} by now.")
    if (back or after in _NEEDS_REASON) and not reason.strip():
        raise UserError("Please say why.", field="reason")
