"""What is left of an alert that asks for nothing more: one line, answered, passed on or closed (process §2).

What must stay true: it says what became of the lead and who did it; the whole text is the line.
"""

from bot.db.queries.leads import LeadCard
from bot.domain.handoff_stages import STEP_BACK
from bot.domain.terms import LeadState
from bot.slack.blocks import Post, at, esc, post, section
from bot.slack.views.alert_menu import more
from bot.slack.views.words import lasting, spoken


def _short(card: LeadCard) -> str:
    return f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")


def answered_line(card: LeadCard) -> Post:
    """Who answered, and how long it took."""
    name = card.first_response_by.name if card.first_response_by else "Somebody"
    took = lasting(card.response_wall_seconds or 0)
    on_shift = card.response_on_shift_seconds
    aside = ""
    if on_shift is not None and card.response_wall_seconds is not None and on_shift < card.response_wall_seconds - 1:
        aside = f" ({lasting(on_shift)} of it on shift)"
    answer = next((touch for touch in card.touches if touch.at == card.first_response_at), None)
    what = f" · {spoken(answer.channel, answer.outcome)}" if answer else ""
    return _folded(card, f"{esc(name)} answered in {took}{aside}: {_short(card)}{what}")


def passed_on_line(card: LeadCard) -> Post:
    """The card of an earlier round: where to look now."""
    to = f"Passed to {esc(card.owner.name)}" if card.owner else "Passed on"
    if card.alerts and card.alerts[-1].cause == "reopened":
        to = "Taken up again, see the newer card"
    elif card.owner is not None and card.turns and card.turns[-1].rule == "claimed":
        to = f"{esc(card.owner.name)} took it"
    elif card.owner is not None and card.alerts and _same_owner(card):
        to = "Asked again, see the newer card"
    return _folded(card, f"{to}: {_short(card)}", menu=False)


def _same_owner(card: LeadCard) -> bool:
    before = [alert.to for alert in card.alerts if alert.round == card.round - 1 and alert.cause != "manager"]
    return bool(before) and before[-1] is not None and card.owner is not None and before[-1].id == card.owner.id


def closed_line(card: LeadCard) -> Post:
    """How the lead ended, and who ended it."""
    led = (move.by for move in reversed(card.moves) if move.after is card.state and move.reason != STEP_BACK)
    by = next(led, None)  # who took a later step back did not hand them over
    words = {LeadState.HANDED_OFF: "Handed off", LeadState.RECYCLED: "Later"}
    word = words.get(card.state, card.state.value.replace("_", " ").capitalize())
    why = f" – {esc(card.close_reason, 200)}" if card.close_reason else ""
    return _folded(card, f"{word}{f' ({esc(by)})' if by else ''}: {_short(card)}{why}{_again(card)}")


def _again(card: LeadCard) -> str:
    """Since they were handed over they asked again: the executive has it (process §1)."""
    newest = card.raises[0] if card.raises else None
    if card.state is not LeadState.HANDED_OFF or newest is None or card.closed_at is None:
        return ""
    if newest.at <= card.closed_at:
        return ""
    said = f": “{esc(newest.message, 200)}”" if newest.message else ""
    return f". Asked again {at(newest.at)}{said}; handed over already, they were told."


def _folded(card: LeadCard, line: str, *, menu: bool = True) -> Post:
    return post(line, [section(line, accessory=more(card) if menu else None)])
