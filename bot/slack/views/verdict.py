"""What stands under a handoff's post once it is accepted, and what is told around its intro call (process §7).

What must stay true: the blocks follow from the handoff's state alone; a question carries the buttons that answer it;
an override of the proposal guard is shown with the deal.
"""

from collections.abc import Sequence

from slackblocks import Block as SlackBlock
from slackblocks import Element

from bot.db.queries.handoff_facts import CardOpportunity, HandoffCard
from bot.db.queries.lead_facts import Somebody
from bot.domain.handoff_stages import ACCEPTED, HELD, LIVE, NO_SHOW, NOT_QUALIFIED
from bot.domain.money import say_money
from bot.domain.opportunities import Guard, said_kind
from bot.slack.blocks import Post, at, button, buttons, context, esc, link, post, section
from bot.slack.ids import Action
from bot.slack.views.deal import deal_buttons, overridden

NOTE = 400
_DEAL_STATES = {"qualified": "qualified", "proposal": "at the proposal", "won": "won", "lost": "lost"}


def verdict_blocks(card: HandoffCard, menu: Element | None = None) -> list[SlackBlock]:
    """Buttons for what comes after the answer: the call, the verdict, the deal; none while there is nothing to say.

    ``menu``: stands at the end of a live handoff's row of buttons.
    """
    if card.opportunity is not None:
        return _deal(card.opportunity, card.guard_wanted)
    if card.state == HELD:
        return [
            section(f"The call was held{_when(card)}. Is it an opportunity?"),
            buttons(
                button("An opportunity…", Action.DEAL_QUALIFY, str(card.handoff_id), style="primary"),
                button("Not qualified…", Action.DEAL_NOT_QUALIFIED, str(card.handoff_id)),
                menu,
            ),
        ]
    if card.state != ACCEPTED:
        return []
    asks = "How did the call go?" if _begun(card) else "Tell me when you have spoken to them."
    return [section(asks), _call_buttons(card, menu)]


def intro_call_soon_post(card: HandoffCard, to: Somebody | None) -> Post:
    """The intro call is near: for the account executive with what they need for it, for the rep in a line."""
    meeting = card.meeting
    # {ago} stays true however late it is delivered or read
    when = at(meeting.starts_at, "{date_short} at {time} ({ago})") if meeting else "soon"
    place = f" {link(meeting.place, 'Video')}." if meeting and meeting.place.startswith("https://") else ""
    who = f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")
    covers = to is not None and _is_cover(card, str(to.id))
    holder = esc(card.ae.name) if card.ae else "Nobody"
    if to is None or card.ae is None or (to.id != card.ae.id and not covers):
        line = f"Coming up: {holder}'s intro call with {who}, {when}."
        return post(line, [section(line)])
    whose = f"{holder}'s intro call, which you cover," if covers else "your intro call"
    line = f"Coming up: {whose} with {who}, {when}.{place}"
    blocks: list[SlackBlock] = [section(line)]
    blocks += [section(f"*{esc(label, 200)}*\n{esc(said, 600, lines=True)}") for label, said in card.contract[:6]]
    blocks.append(buttons(button("Who is that?", f"{Action.LEAD_CHOOSE}_call", str(card.contact_id))))
    said_of_them = " ".join(f"{esc(label, 100)} {esc(said, 200)}" for label, said in card.contract[:6])
    return post(f"{line} {said_of_them}", blocks)


def verdict_wanted_post(card: HandoffCard, step: str, to_id: str = "") -> Post | None:
    """The account executive is asked; reminded; their manager is told. None once somebody answered.

    ``to_id``: whom it is told, where that is who covers.
    """
    who = f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")
    holder = esc(card.ae.name) if card.ae else "Nobody"
    if card.state not in LIVE:
        return None
    whose = f"{holder}'s" if _is_cover(card, to_id) else "your"
    open_question = "Is it an opportunity?" if card.state == HELD else "How did it go?"
    if step == "manager":
        said = "held the intro call" if card.state == HELD else "was to hold the intro call"
        line = f"{holder} {said} with {who}{_when(card)} and has not said what came of it. Please ask."
        return post(line, [section(line), *_for_manager(card)])
    if step == "remind":
        line = f"Still open: {whose} intro call with {who}{_when(card)}. {open_question}"
    else:
        line = f"{whose[:1].upper()}{whose[1:]} intro call with {who} is over. {open_question}"
    answer = verdict_blocks(card)[1:] if card.state == HELD else [_call_buttons(card)]
    return post(line, [section(line), *answer])


def verdict_step_post(
    card: HandoffCard, step: str, by: str, reason: str, what: str, *, credit: bool, is_open: bool
) -> Post:
    """What became of the call, for the rep who handed the person over; ``is_open``: whether their lead goes on."""
    who = f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")
    name = esc(by)
    back = card.state in (NO_SHOW, NOT_QUALIFIED)
    yours = " The lead is yours again." if is_open else " They asked again meanwhile, and that lead goes on."
    yours = yours if back else ""
    kept = " Your credit for it stays." if credit else ""
    match step:
        case "held":
            line = f"{name} held the intro call with {who}. The verdict is to come."
        case "no_show":
            line = f"{who} did not come to {name}'s intro call.{kept}{yours}"
        case "qualified":
            worth = f" {_worth(card.opportunity)}." if card.opportunity else ""
            line = f"{name} made {who} an opportunity.{worth}"
        case "not_qualified":
            line = f"{name} did not qualify {who}: {esc(reason, NOTE)}.{yours}"
        case _:
            line = _taken_back(name, who, what)
    blocks: list[SlackBlock] = [section(line)]
    if step in ("no_show", "not_qualified"):
        blocks.append(buttons(button("Show", f"{Action.LEAD_CHOOSE}_back", str(card.contact_id))))
    return post(line, blocks)


def _taken_back(name: str, who: str, what: str) -> str:
    match what:
        case "hold_call":
            return f"{name} took back that the intro call with {who} was held."
        case "miss_call":
            return f"{name} took back that {who} did not come. The lead is handed off again."
        case "qualify":
            return f"{name} took back that {who} is an opportunity."
        case "not_qualified":
            return f"{name} took back that {who} is not an opportunity. The lead is handed off again."
        case _:
            return f"{name} took the last step with {who} back."


def _deal(deal: CardOpportunity, wanted: Sequence[str]) -> list[SlackBlock]:
    state = _DEAL_STATES.get(deal.state, deal.state)
    expected = ""
    if deal.expected_close_on and deal.closed_at is None:
        expected = f", expected {deal.expected_close_on:%-d %b %Y}"
    why = f": {esc(deal.close_reason, 200)}" if deal.close_reason else ""
    blocks: list[SlackBlock] = [section(f"*{_worth(deal)}* · {esc(state)}{why}{expected}")]
    guard = Guard.stored(deal.guard)
    missing = guard.missing(wanted)
    if guard.override and missing:
        blocks.append(context(overridden(missing, guard.override)))
    blocks.append(deal_buttons(deal.id, deal.version, deal.state))
    return blocks


def _worth(deal: CardOpportunity) -> str:
    return f"{esc(say_money(deal.amount_cents, deal.currency))}, {esc(said_kind(deal.kind))}"


def _is_cover(card: HandoffCard, to_id: str) -> bool:
    """Whether somebody covers for the executive today."""
    return card.cover is not None and str(card.cover.id) == to_id and (card.ae is None or card.ae.id != card.cover.id)


def _call_buttons(card: HandoffCard, menu: Element | None = None) -> SlackBlock:
    value = str(card.handoff_id)
    begun = _begun(card)
    return buttons(
        button("Held" if begun else "We spoke already", Action.CALL_HELD, value, style="primary" if begun else None),
        button("Another time…", Action.CALL_RESCHEDULE, value) if card.meeting is not None else None,
        button("No-show", Action.CALL_MISSED, value) if begun else None,
        menu,
    )


def _for_manager(card: HandoffCard) -> list[SlackBlock]:
    """What a manager can say in the executive's place; only the executive makes it an opportunity."""
    if card.state == HELD:
        return [buttons(button("Not qualified…", Action.DEAL_NOT_QUALIFIED, str(card.handoff_id)))]
    return [_call_buttons(card)]


def _begun(card: HandoffCard) -> bool:
    return card.meeting is None or card.meeting.state != "booked" or card.meeting.starts_at <= card.now


def _when(card: HandoffCard) -> str:
    moment = card.held_at or (card.meeting.starts_at if card.meeting else None)
    return f" on {at(moment, '{date_short}')}" if moment else ""
