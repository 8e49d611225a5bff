"""App Home: what is mine, and what to do first."""

from typing import Any

from slackblocks import Block

from bot.db.queries.home import Callback, HomeState, OpenLead
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.slack.blocks import at, bullet, context, divider, esc, header, home, section
from bot.slack.views.greeting import steps_of

OWED = {
    "callback": "Callbacks you promised",
    "referral": "People who were named to you",
    "social_answer": "To answer on social media",
}
"""Under which heading a kind of task stands."""
OWED_ELSE = "Also yours to do"


def home_view(actor: Actor, state: HomeState) -> dict[str, Any]:
    """One person's home."""
    blocks: list[Block] = [header(f"Hello {actor.name.split(' ')[0]}")]
    blocks.append(section(_day(state)))
    blocks += [divider(), section("*Your open leads*")]
    if state.leads:
        blocks += [section(_lead(lead)) for lead in state.leads]
        if state.more_leads:
            blocks.append(context(f"and {state.more_leads:,} more: `/lead` shows them all"))
    else:
        blocks.append(section("None right now. When somebody asks for us and it is your turn, you hear it here first."))
    for heading in (*OWED.values(), OWED_ELSE):
        owed = [one for one in state.callbacks if OWED.get(one.kind, OWED_ELSE) == heading]
        if owed:
            blocks += [divider(), section(f"*{heading}*"), section(bullet(map(_callback, owed)))]
    blocks += [
        divider(),
        section("*How it works*\n" + bullet(steps_of(actor))),
        context("`/touch help` shows examples."),
    ]
    return home(blocks)


def _day(state: HomeState) -> str:
    if state.touches_today == 0:
        return "No touches logged yet today."
    return f"{counted(state.touches_today, 'touch', 'touches')} logged today."


def _lead(lead: OpenLead) -> str:
    company = f", {esc(lead.company)}" if lead.company else ""
    heat = "*Hot* · " if lead.hot and not lead.answered else ""
    waits = "answered" if lead.answered else f"waiting since {at(lead.raised_at, '{date_short_pretty}, {time}')}"
    return f"{heat}*{esc(lead.name)}*{company} · {lead.intent.replace('_', ' ')} · {waits}"


def _callback(callback: Callback) -> str:
    company = f", {esc(callback.company)}" if callback.company else ""
    return f"{at(callback.due_at)}: *{esc(callback.name)}*{company}"


def stranger_view(sentence: str) -> dict[str, Any]:
    """The home of somebody we do not know."""
    return home([header("Hello"), section(esc(sentence, 500))])
