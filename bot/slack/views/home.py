"""App Home: what is mine, a part for each of my roles, and what to do first.

What must stay true: it stays within Slack's limit of blocks whatever there is; every part says so when it is empty.
"""

from datetime import datetime
from typing import Any

from slackblocks import Block

from bot.db.queries.home import Callback, HomeState, ListDay, Mine, OpenLead
from bot.domain.commands import Actor
from bot.domain.counting import counted
from bot.domain.terms import SELLING, Role
from bot.slack.blocks import at, bullet, button, buttons, context, divider, esc, header, home, section
from bot.slack.choices import SetupPage
from bot.slack.ids import Action
from bot.slack.views.greeting import steps_of
from bot.slack.views.home_admin import setup_blocks
from bot.slack.views.home_ae import executive_blocks, handed_over
from bot.slack.views.home_team import team_blocks
from bot.slack.views.setup import channel_words

OWED = {
    "callback": "Callbacks you promised",
    "referral": "People who were named to you",
    "social_answer": "To answer on social media",
}
"""Under which heading a kind of task stands."""
OWED_ELSE = "Also yours to do"
ANSWERS = frozenset({Role.MRR, Role.SDR})
"""Who is given leads: the others' homes say nothing while they have none."""


def home_view(actor: Actor, state: HomeState) -> dict[str, Any]:
    """One person's home: what waits for them first, then their teams, then the set-up."""
    blocks: list[Block] = [header(f"Hello {actor.name.split(' ')[0]}")]
    if state.touches_today or actor.roles.intersection(SELLING) or not actor.roles:
        blocks.append(section(_day(state)))
    if state.list_day is not None:
        blocks += _list(state.list_day)
    if state.executive is not None:
        blocks += executive_blocks(state.executive)
    if state.leads or ANSWERS & actor.roles:
        blocks += _leads(state)
    if state.handoffs:
        blocks += [divider(), section("*What you handed over*\n" + bullet(map(handed_over, state.handoffs)))]
    blocks += _owed(state)
    if state.team is not None:
        blocks += team_blocks(state.team, state.now)
    if state.setup is not None:
        blocks += setup_blocks(state.setup)
    blocks += _end(actor, state.mine)
    return home(blocks)


def _day(state: HomeState) -> str:
    if state.touches_today == 0:
        return "No touches logged yet today."
    return f"{counted(state.touches_today, 'touch', 'touches')} logged today."


def _list(day: ListDay) -> list[Block]:
    far = day.far
    plans = f"{counted(day.plans.cadence, 'person', 'people')} in your cadence"
    if day.plans.follow_up:
        plans += f", {day.plans.follow_up} in follow-up plans"
    bring = button("Bring my list", Action.HOME_TODAY)
    if far is None:
        said = f"Today's list is not there yet. It comes at {day.comes_at:%H:%M} of your working day."
        if day.soon:
            said = "Today's list is not there yet. It comes in a few minutes."
        return [divider(), section(f"*Your touch list*\n{said}"), context(plans), buttons(bring)]
    if far.total == 0:
        return [divider(), section("*Your touch list*\nNothing is due today."), context(plans)]
    waits = far.open + far.opened + far.asked + far.replied
    said = f"*{far.done} of {far.total}* done" + ("." if waits else ". *Done for today.*")
    go = button("Go on" if far.done else "Start", Action.HOME_NEXT, style="primary") if waits else None
    return [divider(), section(f"*Your touch list*\n{said}"), context(plans), buttons(go, bring)]


def _leads(state: HomeState) -> list[Block]:
    blocks: list[Block] = [divider(), section("*Your open leads*")]
    if not state.leads:
        blocks.append(section("None right now. When somebody asks for us and it is your turn, you hear it here first."))
    blocks += [section(_lead(lead, state)) for lead in state.leads]
    if state.more_leads:
        blocks.append(context(f"and {state.more_leads:,} more: `/lead` shows them all"))
    return blocks


def _lead(lead: OpenLead, state: HomeState) -> str:
    company = f", {esc(lead.company)}" if lead.company else ""
    heat = "*Hot* · " if lead.hot and not lead.answered else ""
    waits = "answered" if lead.answered else f"waiting since {at(lead.raised_at, '{date_short_pretty}, {time}')}"
    if lead.response_due_at is not None and not lead.answered:
        late = lead.response_due_at < state.now
        due = at(lead.response_due_at, "{date_short_pretty}, {time}")
        waits += f" · *overdue since {due}*" if late else f" · answer by {due}"
    return f"{heat}*{esc(lead.name)}*{company} · {lead.intent.replace('_', ' ')} · {waits}"


def _owed(state: HomeState) -> list[Block]:
    blocks: list[Block] = []
    for heading in (*OWED.values(), OWED_ELSE):
        owed = [one for one in state.callbacks if OWED.get(one.kind, OWED_ELSE) == heading]
        if owed:
            lines = bullet(_callback(one, state.now) for one in owed)
            blocks += [divider(), section(f"*{heading}*\n{lines}")]
    if state.more_callbacks:
        blocks.append(context(f"and {state.more_callbacks:,} more, later"))
    return blocks


def _callback(callback: Callback, now: datetime) -> str:
    company = f", {esc(callback.company)}" if callback.company else ""
    late = " · *overdue*" if callback.due_at < now else ""
    return f"{at(callback.due_at)}: *{esc(callback.name)}*{company}{late}"


def _end(actor: Actor, mine: Mine) -> list[Block]:
    blocks: list[Block] = [divider(), section("*How it works*\n" + bullet(steps_of(actor)))]
    off = button("Time off…", f"{Action.SETUP_OPEN}_{SetupPage.TIME_OFF}", SetupPage.TIME_OFF)
    if actor.roles and Role.ADMIN not in actor.roles:  # an admin's button stands with the set-up
        blocks.append(buttons(off))
    about = [context(_about(actor, mine))] if actor.roles.intersection(SELLING) else []
    return [*blocks, *about, context("`/touch help` shows examples.")]


def _about(actor: Actor, mine: Mine) -> str:
    """How somebody is set up, so that what is wrong is seen."""
    parts = [f"You work {esc(mine.hours, 200)}, {esc(mine.timezone, 60)}"]
    if ANSWERS & actor.roles:
        names = ", ".join(esc(name, 60) for name in mine.aes)
        parts.append(f"you hand leads to {names}" if names else "you hand leads to nobody yet")
    if Role.AE in actor.roles:
        parts.append(
            f"handoffs come to {channel_words(mine.channel)}" if mine.channel else "handoffs come to you directly"
        )
        parts.append(
            "your intro calls have a video link" if mine.has_video_link else "your intro calls have no video link"
        )
    return f"{'; '.join(parts)}. Something is wrong? An admin changes it in their Home tab."


def stranger_view(sentence: str) -> dict[str, Any]:
    """The home of somebody we do not know."""
    return home([header("Hello"), section(esc(sentence, 500))])
