"""The account executive's part of App Home, and what a rep handed over."""

from collections.abc import Mapping

from slackblocks import Block

from bot.db.queries.home_ae import ExecutiveDay, HomeCall, HomeHandoff
from bot.domain.counting import counted
from bot.slack.blocks import at, bullet, button, buttons, context, divider, esc, link, section
from bot.slack.ids import Action

STATES: Mapping[str, str] = {
    "waiting": "not answered yet",
    "accepted": "accepted",
    "held": "held; the verdict is owed",
}


def executive_blocks(day: ExecutiveDay) -> list[Block]:
    """Handoffs to answer, calls, verdicts owed, open deals."""
    blocks: list[Block] = [divider(), section("*Handed to you*")]
    for handoff in day.waiting:
        value = f"{handoff.id}|{handoff.version}"
        accept = button("Accept", Action.HANDOFF_ACCEPT, value, style="primary", describe=f"Accept {handoff.name}")
        decline = button("Decline…", Action.HANDOFF_DECLINE, value, describe=f"Decline {handoff.name}")
        blocks += [section(_waiting(handoff)), buttons(accept, decline)]
    if not day.waiting:
        blocks.append(section("Nothing waits for your answer."))
    elif day.waiting_count > len(day.waiting):
        blocks.append(context(f"and {day.waiting_count - len(day.waiting)} more in your channel"))
    blocks.append(section("*Intro calls*\n" + (bullet(map(_call, day.calls)) or "None is booked.")))
    if day.owed:
        blocks.append(section("*Held, without a verdict*"))
        for handoff in day.owed:
            qualify = button("An opportunity…", Action.DEAL_QUALIFY, str(handoff.id), style="primary")
            reject = button("Not qualified…", Action.DEAL_NOT_QUALIFIED, str(handoff.id))
            blocks += [
                section(f"{_who(handoff.name, handoff.company)} · held {at(handoff.since)}"),
                buttons(qualify, reject),
            ]
        if day.owed_count > len(day.owed):
            blocks.append(context(f"and {day.owed_count - len(day.owed)} more"))
    blocks.append(section(_deals(day)))
    return blocks


def handed_over(handoff: HomeHandoff) -> str:
    """A handoff of a rep's, in a line."""
    call = f" · intro call {at(handoff.calls_at)}" if handoff.calls_at and handoff.state != "held" else ""
    to = f" to {esc(handoff.with_whom)}" if handoff.with_whom else ""
    return f"{_who(handoff.name, handoff.company)}{to} · {STATES.get(handoff.state, handoff.state)}{call}"


def _waiting(handoff: HomeHandoff) -> str:
    call = f" · intro call {at(handoff.calls_at)}" if handoff.calls_at else ""
    by = f" from {esc(handoff.with_whom)}" if handoff.with_whom else ""
    return f"{_who(handoff.name, handoff.company)}{by} · since {at(handoff.since)}{call}"


def _call(call: HomeCall) -> str:
    video = f" · {link(call.place, 'video')}" if call.place.startswith("https://") else ""
    return f"{at(call.starts_at)}: {_who(call.name, call.company)}{video}"


def _deals(day: ExecutiveDay) -> str:
    if not day.deals:
        return "*Open deals*\nNone yet. What you call an opportunity after an intro call stands here."
    total = ", ".join(esc(str(one)) for one in day.deal_sums)
    lines = [
        f"*{esc(name)}* {esc(str(money))}" + (f", expected {on:%-d %b %Y}" if on else "")
        for name, money, on in day.next_closes
    ]
    return f"*Open deals*\n{counted(day.deals, 'deal')}, {total}; `/deal` shows them\n{bullet(lines)}"


def _who(name: str, company: str) -> str:
    return f"*{esc(name)}*" + (f", {esc(company)}" if company else "")
