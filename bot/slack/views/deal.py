"""``/deal``: open deals with their sums, one deal with its history and buttons, a choice, help; what was done.

What must stay true: each currency is added up by itself; an override of the proposal guard is shown wherever the deal
is; outside text is escaped.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock

from bot.db.queries.deals import PAGE, DealCard, DealLine, DealMove, DealsPage
from bot.domain.counting import counted
from bot.domain.money import Money
from bot.domain.opportunities import DealState, said_guard, said_kind
from bot.slack.blocks import (
    Post,
    at,
    bullet,
    button,
    buttons,
    context,
    divider,
    esc,
    header,
    modal,
    post,
    say,
    section,
)
from bot.slack.ids import Action, Callback

NOTE = 400
HELP = (
    ("/deal", "your open deals, what closes soonest first, and what they add up to"),
    ("/deal acme", "the deal with Acme: proposal, won, lost, change; a closed one can be taken up again"),
    ("/deal jane doe", "the same, by the person"),
    ("/deal new acme", "a deal that began without a handoff: an add-on, a renewal, new business"),
)
SAID = {
    DealState.QUALIFIED: "qualified",
    DealState.PROPOSAL: "proposal",
    DealState.WON: "won",
    DealState.LOST: "lost",
}


def deals_post(page: DealsPage, *, may_begin: bool = True) -> Post:
    """Open deals, a page of them, with the sums of all; ``may_begin``: whether the reader may begin one."""
    if page.total == 0:
        text = "You have no open deals. One begins when you qualify a handoff, or with `/deal new acme`."
        if not may_begin:
            text = "You have no open deals. One begins when an account executive qualifies a handoff."
        return post(text, [section(text), context("`/deal help` shows what else I can do.")])
    title = f"{counted(page.total, 'open deal')}: {_sums(page.sums)}"
    blocks: list[SlackBlock] = [header(title)]
    blocks += [section(_line(line, page.today), accessory=_show(line)) for line in page.lines]
    blocks.append(context(_where(page)))
    blocks += _turn(page)
    said = "; ".join(_plain_line(line) for line in page.lines)
    return post(f"{esc(title, 1000)}. {said}", blocks)


def choice_post(typed: str, lines: tuple[DealLine, ...], today: date) -> Post:
    """Several deals fit."""
    text = f"Several deals fit “{esc(typed)}”. Which one?"
    blocks: list[SlackBlock] = [section(text)]
    blocks += [section(_line(line, today), accessory=_show(line)) for line in lines[:20]]
    return post(f"{text} {'; '.join(_plain_line(line) for line in lines[:20])}", blocks)


def no_deal_post(typed: str) -> Post:
    """Nothing fits."""
    return say(f"I know no deal of yours with “{esc(typed)}”. `/deal` lists those that are open.")


def help_post() -> Post:
    """What can be typed."""
    lines = bullet(f"`{example}` – {text}" for example, text in HELP)
    return post(f"How to use /deal:\n{lines}", [section(f"*How to use `/deal`*\n{lines}")])


def deal_post(card: DealCard, today: date, *, may_change: bool) -> Post:
    """One deal: where it stands, what it is worth, its history; buttons for who may change it."""
    headline = deal_line(card)
    blocks: list[SlackBlock] = [section(headline)]
    facts = [f"*Type* {esc(said_kind(card.kind))}", f"*Account executive* {esc(card.ae.name)}"]
    facts.append(f"*Handed over by* {esc(card.rep.name)}" if card.rep else "*Handed over by* nobody here")
    facts.append(f"*Customer success* {esc(card.csm.name) if card.csm else 'nobody yet'}")
    blocks.append(section(" · ".join(facts)))
    blocks += _words(card, today)
    blocks += _history(card.moves)
    if may_change:
        blocks.append(divider())
        blocks.append(deal_buttons(card.deal_id, card.version, card.state))
    return post(f"{headline} {' '.join(_said_moves(card.moves))}", blocks)


def deal_line(card: DealCard) -> str:
    """A deal in a sentence."""
    person = f" ({esc(card.contact)})" if card.company and card.contact else ""
    expected = f", expected {card.expected_close_on:%-d %b %Y}" if card.expected_close_on and card.open else ""
    closed = f" on {at(card.closed_at, '{date_short}')}" if card.closed_at else ""
    why = f": {esc(card.close_reason, 200)}" if card.close_reason else ""
    return f"*{esc(card.name)}*{person}: *{esc(str(card.money))}*, {SAID[card.state]}{closed}{why}{expected}."


def deal_buttons(deal_id: UUID, version: int, state: str, block_id: str | None = None) -> SlackBlock:
    """What can be done with a deal, as its state allows."""
    value = f"{deal_id}|{version}"
    change = button("Change…", Action.DEAL_CHANGE, value)
    if state not in ("qualified", "proposal"):
        return buttons(button("Take it up again…", Action.DEAL_REOPEN, value), change, block_id=block_id)
    if state == "qualified":
        first = button("Proposal…", Action.DEAL_PROPOSE, value, style="primary")
        back = None
    else:
        first, back = None, button("Proposal back…", Action.DEAL_REOPEN, value)
    won = button("Won…", Action.DEAL_WIN, value, style=None if first else "primary")
    return buttons(first, won, button("Lost…", Action.DEAL_LOSE, value), change, back, block_id=block_id)


def overridden(missing: Sequence[str], reason: str) -> str:
    """What stands on a deal whose proposal went out although something was not confirmed."""
    return f"*Proposal without:* {esc(said_guard(missing))}. Why: {esc(reason, NOTE)}"


def done_post(sentence: str, causation_id: str, undo_minutes: int) -> Post:
    """What was done, with the way to take it back. ``sentence``: outside text may stand in it."""
    text = esc(sentence, 1500)
    return post(text, [section(text), *_undo(causation_id, undo_minutes)])


def done_modal(sentence: str, causation_id: str, undo_minutes: int) -> dict[str, Any]:
    """The same, in the place of the form."""
    blocks = [section(esc(sentence, 1500)), *_undo(causation_id, undo_minutes)]
    return modal("Saved", blocks, callback=Callback.DEAL_DONE, close="Close")


def undone_post(sentence: str) -> Post:
    """What was taken back."""
    return say(esc(sentence, 1500))


def undone_modal(sentence: str) -> dict[str, Any]:
    """The same, where the form was."""
    return modal("Taken back", [section(esc(sentence, 1500))], callback=Callback.DEAL_UNDONE, close="Close")


def deal_step_post(card: DealCard, step: str, by: str, reason: str, what: str) -> Post:
    """What became of a deal, for the rep who handed it over and for customer success."""
    name, who = f"*{esc(card.name)}*", esc(by)
    if step == "won_csm":
        return _won_for_csm(card, who)
    sentences = {
        "begun": f"{who} began a deal for you: {name}, {esc(str(card.money))}, {esc(said_kind(card.kind))}.",
        "credited": f"{who} began a deal with {name}: {esc(str(card.money))}, {esc(said_kind(card.kind))}. "
        "You brought them in, so it counts for you too.",
        "proposal": f"{who} sent a proposal to {name}: {esc(str(card.money))}.",
        "won": f"{who} won {name}: {esc(str(card.money))}, {esc(said_kind(card.kind))}. You opened that door.",
        "lost": f"{who} lost {name}: {esc(reason, NOTE)}.",
        "proposal_back": f"{who} took the proposal to {name} back: {esc(reason, NOTE)}.",
        "reopened": f"{who} took {name} up again: {esc(reason, NOTE)}.",
        "taken back": f"{who} took a step back with {name}: {_TAKEN_BACK.get(what, 'it stands as before')}.",
    }
    return say(sentences.get(step, f"{who} changed {name}."))


def deal_gone_post(by: str, name: str) -> Post:
    """A deal that was begun for somebody is taken back; there is none to show any more."""
    return say(f"{esc(by)} took the deal back that they began for you: *{esc(name) or 'it'}* is gone.")


_TAKEN_BACK = {
    "propose": "no proposal is out",
    "win": "it is not won yet",
    "lose": "it is not lost",
    "reopen_deal": "it is closed as it was",
}


def _won_for_csm(card: DealCard, who: str) -> Post:
    kind = esc(said_kind(card.kind))
    person = f" Your person there: {esc(card.contact)}." if card.contact else ""
    line = f"*{esc(card.name)}* bought: {esc(str(card.money))}, {kind}, won by {who}.{person}"
    promised = card.promised or card.next_step
    blocks: list[SlackBlock] = [section(line)]
    said = f"*What was promised*\n{esc(promised, 1500, lines=True)}" if promised else "Nothing was noted as promised."
    blocks.append(section(said))
    blocks += [section(f"*{esc(label, 200)}*\n{esc(text, 600, lines=True)}") for label, text in card.contract[:6]]
    look = button("Show the deal", f"{Action.DEAL_SHOW}_{card.deal_id}", str(card.deal_id))
    return post(f"{line} {said}", [*blocks, buttons(look)])


def _words(card: DealCard, today: date) -> list[SlackBlock]:
    found: list[SlackBlock] = []
    if card.open and card.expected_close_on and card.expected_close_on < today:
        found.append(context(f"It was expected to close on {card.expected_close_on:%-d %b %Y}. Is there a new day?"))
    missing = card.guard.missing(card.wanted)
    if card.guard.override and missing:
        found.append(section(overridden(missing, card.guard.override)))
    if card.next_step:
        found.append(section(f"*Next step* {esc(card.next_step, NOTE, lines=True)}"))
    if card.promised:
        found.append(section(f"*Promised* {esc(card.promised, NOTE, lines=True)}"))
    return found


def _history(moves: tuple[DealMove, ...]) -> list[SlackBlock]:
    lines = _said_moves(moves)
    return [context("\n".join(lines))] if lines else []


def _said_moves(moves: tuple[DealMove, ...]) -> list[str]:
    return [
        f"{at(move.at, '{date_short_pretty}')} {SAID[move.after] if move.before is not move.after else 'changed'}"
        f"{f' by {esc(move.by)}' if move.by else ''}{f' – {esc(move.reason, 160)}' if move.reason else ''}"
        for move in moves
    ]


def _line(line: DealLine, today: date) -> str:
    person = f", {esc(line.contact)}" if line.company and line.contact else ""
    whose = "" if line.mine else f" · {esc(line.ae)}"
    when = "no day yet"
    if line.expected_close_on is not None:
        late = "_was due_ " if line.expected_close_on < today else ""
        when = f"{late}{line.expected_close_on:%-d %b %Y}"
    return f"*{esc(line.name)}*{person}\n{esc(str(line.money))} · {SAID[line.state]} · {when}{whose}"


def _plain_line(line: DealLine) -> str:
    return f"{esc(line.name, 60)} {esc(str(line.money))}, {SAID[line.state]}"


def _show(line: DealLine) -> Any:
    return button("Show", f"{Action.DEAL_SHOW}_{line.deal_id}", str(line.deal_id), describe=f"Show {line.name}")


def _sums(totals: tuple[Money, ...]) -> str:
    return " + ".join(str(one) for one in totals) or "nothing"


def _where(page: DealsPage) -> str:
    first = page.offset + 1
    here = f"{first} to {page.offset + len(page.lines)} of {page.total:,}" if page.lines else "no more deals"
    return f"{here} · the sum is of all of them, nothing is converted"


def _turn(page: DealsPage) -> list[SlackBlock]:
    back = button("◀ Back", f"{Action.DEAL_PAGE}_back", str(max(page.offset - PAGE, 0))) if page.offset else None
    end = page.offset + len(page.lines)
    more = button("More ▶", f"{Action.DEAL_PAGE}_more", str(end)) if page.lines and end < page.total else None
    return [buttons(back, more)] if back or more else []


def _undo(causation_id: str, minutes: int) -> list[SlackBlock]:
    if not causation_id:
        return []
    return [
        buttons(button("Undo", Action.DEAL_UNDO, causation_id)),
        context(f"Undo works for {counted(minutes, 'minute')}, while nothing followed."),
    ]
