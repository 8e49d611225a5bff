"""The manager's part of App Home: the team as it is now, what waits, what to look at."""

from collections.abc import Iterator
from datetime import datetime

from slackblocks import Block

from bot.db.queries.home_team import PAGE, HotLead, TeamDay
from bot.db.queries.home_team_lines import TeamLine
from bot.domain.counting import counted
from bot.slack.blocks import at, bullet, button, buttons, context, divider, esc, section
from bot.slack.ids import Action
from bot.slack.views.words import lasting


def team_blocks(day: TeamDay, now: datetime) -> list[Block]:
    """The team live."""
    blocks: list[Block] = [divider(), section("*Your team now*")]
    if not day.people:
        blocks.append(section("Nobody is in a team that you lead yet. An admin sets up teams in my Home tab."))
        return blocks
    blocks.append(section(_summary(day)))
    if day.hot:
        more = day.hot_count - len(day.hot)
        lines = [_hot(lead, now) for lead in day.hot] + ([f"and {more:,} more"] if more else [])
        blocks.append(section(f"*Hot leads without an answer*\n{bullet(lines)}"))
    warnings = list(_warnings(day, now))
    if warnings:
        blocks.append(section(f"*To look at*\n{bullet(warnings)}"))
    blocks += [section("\n".join(map(_line, day.lines[at_ : at_ + 4]))) for at_ in range(0, len(day.lines), 4)]
    return blocks + _turn(day)


def _summary(day: TeamDay) -> str:
    parts = [
        f"{day.on_shift} of {counted(day.people, 'person', 'people')} on shift",
        f"{counted(day.touches, 'touch', 'touches')} today, {counted(day.calls, 'call')} among them",
        f"{counted(day.hot_count, 'hot lead')} without an answer",
        f"{counted(day.breaches, 'lead')} past the time for an answer today",
    ]
    return " · ".join(parts)


def _hot(lead: HotLead, now: datetime) -> str:
    company = f", {esc(lead.company)}" if lead.company else ""
    waits = lasting(max(0.0, (now - lead.raised_at).total_seconds()))
    state = "claimed" if lead.claimed else "not claimed"
    whose = f"with {esc(lead.owner)}, {state}" if lead.owner else "*with nobody*"
    return f"*{esc(lead.name)}*{company} · {whose} · waiting {waits}, since {at(lead.raised_at, '{time}')}"


def _warnings(day: TeamDay, now: datetime) -> Iterator[str]:
    if day.overdue:
        yield f"{counted(day.overdue, 'lead')} overdue for a first answer"
    if day.waiting_handoffs and day.oldest_handoff:
        oldest = lasting(max(0.0, (now - day.oldest_handoff).total_seconds()))
        yield f"{counted(day.waiting_handoffs, 'handoff')} not answered, the oldest for {oldest}"
    if day.unaligned:
        yield f"too few aligned account executives: {', '.join(esc(name) for name in day.unaligned)}"
    for name, count in day.full:
        yield f"{esc(name)} has had {count:,} leads this month; about {day.capacity:,} is what one can answer"


def _line(line: TeamLine) -> str:
    state = "away" if line.away else "on shift" if line.on_shift else "off shift"
    parts = [state, counted(line.touches, "touch", "touches"), counted(line.calls, "call")]
    if line.total is not None:
        parts.append(f"list {line.done} of {line.total}")
    if line.open_leads:
        unanswered = f", {line.unanswered} unanswered" if line.unanswered else ""
        parts.append(f"{counted(line.open_leads, 'open lead')}{unanswered}")
    if line.waiting_handoffs:
        parts.append(f"{counted(line.waiting_handoffs, 'handoff')} to answer")
    # a list must ping nobody: names, not mentions
    return f"*{esc(line.name)}* ({', '.join(line.roles)}) · " + " · ".join(parts)


def _turn(day: TeamDay) -> list[Block]:
    if day.people <= PAGE:
        return []
    first = day.page * PAGE + 1
    back = button("◀ Back", f"{Action.HOME_PAGE}_back", str(day.page - 1)) if day.page else None
    last = first + len(day.lines) - 1
    more = button("More ▶", f"{Action.HOME_PAGE}_more", str(day.page + 1)) if last < day.people else None
    blocks: list[Block] = [context(f"{first} to {last} of {day.people:,} people")]
    return [*blocks, buttons(back, more)] if back or more else blocks
