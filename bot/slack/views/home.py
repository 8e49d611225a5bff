"""App Home: what is mine, and what to do first."""

from typing import Any

from slackblocks import Block

from bot.db.queries.home import Callback, HomeState, OpenLead
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.domain.terms import Role
from bot.slack.blocks import Post, at, bullet, context, divider, esc, header, home, post, section

FIRST_STEPS = {
    Role.MRR: "Alerts about people who asked for us land in the inbound channel: claim, call, log it.",
    Role.SDR: "Log every call and e-mail with `/touch`; look anybody up with `/lead`.",
    Role.AE: "Look anybody up with `/lead`; log calls with `/touch`.",
    Role.MANAGER: "I tell you when a hot lead is left waiting. `/handraiser` shows how things are.",
    Role.ADMIN: "`/handraiser` shows health, what came in, and who is who.",
}


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
    blocks += [divider(), section("*How it works*\n" + bullet(_steps(actor))), context("`/touch help` shows examples.")]
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


def _steps(actor: Actor) -> list[str]:
    steps = [text for role, text in FIRST_STEPS.items() if role in actor.roles]
    return steps or ["You have no role yet. Ask an admin to give you one."]


def stranger_view(sentence: str) -> dict[str, Any]:
    """The home of somebody we do not know."""
    return home([header("Hello"), section(esc(sentence, 500))])


def welcome_post(actor: Actor) -> Post:
    """The answer to a message: what to do first, by role."""
    steps = _steps(actor)
    text = f"Hello {esc(actor.name.split(' ')[0])}. I listen to commands rather than to chat."
    return post(
        f"{text} {' '.join(steps)}", [section(f"{text}\n{bullet(steps)}"), context("`/handraiser help` lists all.")]
    )
