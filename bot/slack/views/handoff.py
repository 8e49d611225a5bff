"""A handoff's messages: the executive's post, the rep's copy, the question to a manager (process §7).

What must stay true: each is a function of the handoff's state; all it says stands in its text too; what is over folds
to a line, and says what became of it.
"""

from urllib.parse import quote as url_quote

from slackblocks import Block as SlackBlock
from slackblocks import OverflowMenu

from bot.db.queries.handoff_facts import HandoffCard
from bot.db.queries.lead_facts import CardTouch
from bot.domain.compliance import Refused
from bot.domain.handoff_stages import ACCEPTED, BEFORE_CALL, LIVE, WAITING, WAITS
from bot.slack.blocks import (
    Post,
    at,
    button,
    buttons,
    context,
    divider,
    esc,
    fields,
    link,
    mention,
    option,
    post,
    section,
)
from bot.slack.choices import HandoffMore
from bot.slack.ids import Action
from bot.slack.views.verdict import verdict_blocks
from bot.slack.views.words import dialled, lasting, local_times, score_parts, spoken

ANSWER = 1500
NOTE = 160


def handoff_post(card: HandoffCard, place: str) -> Post:
    """The handoff at ``place``: ``post`` or ``dm``, the executive's; ``rep``; ``manager:<person>:<when>``."""
    if place == "rep":
        return _rep(card)
    if place.startswith("manager:"):
        return _manager(card, place)
    return _executive(card)


def who(card: HandoffCard) -> str:
    """Name, title and company in one line of mrkdwn."""
    title = f", {esc(card.title, 80)}" if card.title else ""
    company = f" at *{esc(card.company)}*" if card.company else ""
    return f"*{esc(card.name)}*{title}{company}"


def short(card: HandoffCard) -> str:
    """Name and company."""
    return f"*{esc(card.name)}*" + (f", {esc(card.company)}" if card.company else "")


def call_line(card: HandoffCard) -> str:
    """When the call is, and where."""
    meeting = card.meeting
    if meeting is None:
        return "They are on the line now." if card.live and card.state == WAITING else "No call is booked yet."
    if meeting.state == "cancelled":
        return "The intro call is cancelled; no other time yet."
    where = f", {link(meeting.place, 'video')}" if meeting.place.startswith("https://") else ""
    moved = " (moved)" if meeting.moved and meeting.state == "booked" else ""
    theirs = f" ({local_times(card.timezones, meeting.starts_at)} for them)" if card.timezones else ""
    return f"Intro call {at(meeting.starts_at, '{date_short} at {time}')}{theirs}{moved}{where}."


def _executive(card: HandoffCard) -> Post:
    if card.state not in LIVE:
        return _over(card)
    headline = f"{_headline(card)} {call_line(card)}"
    blocks: list[SlackBlock] = [section(headline)]
    if card.state == WAITING and card.away_until is not None:
        cover = f" {mention(card.cover.slack_user_id, card.cover.name)} covers." if card.cover else ""
        blocks.append(context(f"{esc(_name(card))} is away until {card.away_until:%-d %B}.{cover}"))
    blocks += [section(f"*{esc(question, 200)}*\n{esc(said, ANSWER, lines=True)}") for question, said in card.contract]
    blocks.append(divider())
    blocks += _facts(card)
    blocks += _earlier(card)
    if card.state == WAITING:
        value = f"{card.handoff_id}|{card.version}"
        accept = button("Accept", Action.HANDOFF_ACCEPT, value, style="primary", describe=f"Accept {card.name}")
        blocks.append(buttons(accept, button("Decline…", Action.HANDOFF_DECLINE, value), more(card)))
    else:
        blocks += verdict_blocks(card, more(card))
    told = " ".join(f"{esc(question, 100)} {esc(said, 300)}" for question, said in card.contract)
    return post(f"{headline} {told}", blocks)


def _name(card: HandoffCard) -> str:
    return card.ae.name if card.ae else "Nobody"


def _headline(card: HandoffCard) -> str:
    name = mention(card.ae.slack_user_id, card.ae.name) if card.ae else "Nobody"
    if card.state == WAITING:
        verb = "is handing over" if card.live else "hands you"
        return f"{name}, {esc(card.rep.name)} {verb} {who(card)}."
    return f"{name} has it: {who(card)}, from {esc(card.rep.name)}."


def _facts(card: HandoffCard) -> list[SlackBlock]:
    phone = link(f"tel:{card.phone}", dialled(card.phone)) if card.phone else "no number"
    mail = link(f"mailto:{url_quote(card.email, safe='@')}", card.email) if card.email else "no e-mail address"
    reach = [
        "don't call: " + esc(card.may_call.reason, 200) if isinstance(card.may_call, Refused) else phone,
        "don't write: " + esc(card.may_write.reason, 200) if isinstance(card.may_write, Refused) else mail,
    ]
    found: list[SlackBlock] = [
        fields(
            f"*Reach them* {' · '.join(reach)}",
            f"*Their time* {local_times(card.timezones, card.now)}",
            f"*Source* {card.source.value.replace('_', ' ')}",
            f"*Score* {card.score} ({score_parts(card.parts)})",
        )
    ]
    if card.sales_qualified:
        held = " · ".join(f"{'✓' if holds else '✗'} {esc(label)}" for label, holds in card.sales_qualified)
        found.append(context(f"*Sales-qualified:* {held}"))
    if card.ae_reason:
        found.append(context(f"Why them: {esc(card.ae_reason, 600)}"))
    return found


def touch_line(touch: CardTouch) -> str:
    """One earlier touch."""
    note = f" – {esc(touch.note, NOTE)}" if touch.note else ""
    return f"{at(touch.at, '{date_short}')} {esc(touch.by)}: {spoken(touch.channel, touch.outcome)}{note}"


def _earlier(card: HandoffCard) -> list[SlackBlock]:
    if not card.touches:
        return [context("No touches were logged before this.")]
    lines = "\n".join(touch_line(touch) for touch in card.touches)
    rest = card.touch_count - len(card.touches)
    more_of_them = (
        button(f"All {card.touch_count:,} touches", Action.HANDOFF_TOUCHES, str(card.contact_id)) if rest > 0 else None
    )
    return [section(f"*What was done so far*\n{lines}", accessory=more_of_them)]


def more(card: HandoffCard, *, rep: bool = False) -> OverflowMenu:
    """What else can be done, as the state allows, by the executive or the ``rep``."""
    labels: dict[str, str] = {HandoffMore.TOUCHES: "Every earlier touch"}
    if card.state in BEFORE_CALL:
        booked = card.meeting is not None and card.meeting.state == "booked"
        labels[HandoffMore.MOVE] = "Move the intro call…" if booked else "Book the intro call…"
        if booked:
            labels[HandoffMore.CANCEL_CALL] = "Cancel the intro call…"
    if rep and card.state == WAITING:
        labels[HandoffMore.TAKE_BACK] = "Take it back…"
    if not rep and card.state == ACCEPTED:
        labels[HandoffMore.GIVE_BACK] = "Give it back to the rep…"
    options = [option(label, f"{choice}|{card.handoff_id}") for choice, label in labels.items()]
    return OverflowMenu(Action.HANDOFF_MORE, options)


def _over(card: HandoffCard) -> Post:
    line = _outcome(card)
    blocks: list[SlackBlock] = [section(line, accessory=more(card)), *verdict_blocks(card)]
    return post(line, blocks)


def _outcome(card: HandoffCard) -> str:
    ae, why = esc(_name(card)), f": {esc(card.end_reason, 200)}" if card.end_reason else ""
    match card.state:
        case "declined":
            return f"{ae} declined {short(card)}{why}."
        case "taken_back":
            return f"Taken back: {short(card)}{why}."
        case "no_show":
            return f"No-show: {short(card)} is back with {esc(card.rep.name)}."
        case "qualified":
            return f"Qualified by {ae}: {short(card)}."
        case "not_qualified":
            return f"Not qualified by {ae}: {short(card)}{why}."
        case _:
            return f"{card.state.replace('_', ' ').capitalize()}: {short(card)}{why}."


def _rep(card: HandoffCard) -> Post:
    """What the rep keeps of it, in their direct messages."""
    if card.state not in LIVE:
        line = _outcome(card)
        yours = card.state in ("declined", "taken_back", "no_show", "not_qualified")
        again = button("Hand off again…", Action.HANDOFF_OPEN, str(card.contact_id)) if yours else None
        return post(line, [section(line, accessory=again)])
    state = {
        WAITING: f"waits for {esc(_name(card))}'s answer",
        ACCEPTED: f"accepted by {esc(_name(card))}",
    }.get(card.state, f"held by {esc(_name(card))}, the verdict is to come")
    line = f"You handed over {short(card)}: {state}. {call_line(card)}"
    blocks: list[SlackBlock] = [section(line, accessory=more(card, rep=True))]
    if card.ae_reason:
        blocks.append(context(f"Why {esc(_name(card))}: {esc(card.ae_reason, 600)}"))
    if card.meeting is not None and card.meeting.state == "booked":
        blocks.append(context(_invite(card)))
    return post(line, blocks)


def _invite(card: HandoffCard) -> str:
    """How the call gets into the buyer's calendar."""
    if isinstance(card.may_write, Refused):
        return f"Don't write to them: {esc(card.may_write.reason, 300)} Tell them the time by phone."
    if not card.email:
        return "No e-mail address is known: ask for one, and forward the calendar file below."
    mail = link(f"mailto:{url_quote(card.email, safe='@')}", card.email)
    return f"Forward the calendar file below to {mail}, so that the call is in their calendar too."


def _manager(card: HandoffCard, place: str) -> Post:
    if card.state != WAITING:
        line = f"Settled: {_outcome(card)}" if card.state not in LIVE else f"{esc(_name(card))} accepted {short(card)}."
        return post(line, [section(line)])
    waited = lasting((card.now - card.created_at).total_seconds())
    line = (
        f"{esc(_name(card))} has not answered for {waited}: {who(card)}, handed over by {esc(card.rep.name)}. "
        f"{call_line(card)}"
    )
    if decided := _waits(card, place):
        said = f"{line} {decided}"
        return post(said, [section(said)])
    value = f"{card.handoff_id}|{card.version}"
    blocks: list[SlackBlock] = [
        section(f"{line} What now?"),
        context("The invitation is out, so nobody else gets it unless you say so."),
        buttons(
            button("Give it to somebody else…", Action.HANDOFF_GIVE, value, style="primary"),
            button("Wait on", Action.HANDOFF_WAIT, value),
        ),
    ]
    return post(f"{line} What now?", blocks)


def _waits(card: HandoffCard, place: str) -> str:
    """Who said to wait since this was asked; empty if nobody did."""
    asked = place.rpartition(":")[2]
    since = int(asked) if asked.isdecimal() else 0
    waits = [step for step in card.steps if step.before == step.after == WAITING and step.reason == WAITS]
    later = [step for step in waits if step.at.timestamp() >= since]
    return f"{esc(later[-1].by or 'Somebody')} said to wait on." if later else ""
