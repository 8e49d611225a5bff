"""The pages of the set-up, in modals: people, one person, teams; what was just done, with Undo.

What must stay true: a page stays within Slack's limit of blocks, however many people there are; names ping nobody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slackblocks import Block as SlackBlock
from slackblocks import ExternalSelectMenu

from bot.db.queries.people import PEOPLE_PAGE, PeoplePage, PersonLine
from bot.db.queries.setup import OFF_SHOWN, TEAMS_PAGE, OffLine, PersonCard, Pick, TeamCard, TeamsPage
from bot.domain.counting import counted
from bot.domain.terms import Role
from bot.playbook.schema.people import People
from bot.slack.blocks import bullet, button, buttons, confirm, context, divider, esc, modal, plain, section
from bot.slack.choices import SetupPage, SetupPick
from bot.slack.ids import Action, Callback

REPS = (Role.MRR, Role.SDR)


@dataclass(frozen=True, slots=True)
class Just:
    """What was just done. ``undo``: what its Undo button takes; empty: nothing to take back."""

    said: str
    undo: str = ""
    remarks: tuple[str, ...] = ()


def people_modal(page: PeoplePage, rules: People, just: Just | None = None) -> dict[str, Any]:
    """Everybody, by name, with a way to find one of many."""
    find = ExternalSelectMenu(
        f"{Action.SETUP_FIND}_{SetupPick.ANYBODY}", min_query_length=0, placeholder=plain("Find somebody", 150)
    )
    add = button("Add a person", f"{Action.SETUP_OPEN}_{SetupPage.ADD_PERSON}", SetupPage.ADD_PERSON, style="primary")
    blocks: list[SlackBlock] = [*_just(just), buttons(find, add), divider()]
    blocks += [_person_line(line, rules) for line in page.lines]
    if not page.lines:
        blocks.append(section("Nobody is set up yet." if not page.total else "There are no more people."))
    blocks += _turn(SetupPage.PEOPLE, page.page, PEOPLE_PAGE, len(page.lines), page.total)
    return modal("People", blocks, callback=Callback.SETUP_PEOPLE, close="Close")


def _person_line(line: PersonLine, rules: People) -> SlackBlock:
    roles = ", ".join(line.roles) or "no role yet"
    teams = ", ".join(esc(team, 60) for team in line.teams[:5])
    wants = ""
    if not line.in_slack:
        wants = "_not found in Slack_"
    elif set(REPS) & set(line.roles) and line.aligned_aes < rules.min_aligned_aes:
        wants = f"_{counted(line.aligned_aes, 'account executive')} of {rules.min_aligned_aes}_"
    text = " · ".join(part for part in (f"*{esc(line.name)}*", roles, teams, wants) if part)
    return section(text, button("Open", Action.SETUP_PERSON, str(line.id), describe=f"Open {line.name}"))


def person_modal(card: PersonCard, rules: People, just: Just | None = None) -> dict[str, Any]:
    """One of us: what is set up, what is missing, what can be done."""
    value = str(card.id)
    blocks: list[SlackBlock] = [*_just(just), section(_title(card)), section(bullet(_facts(card, rules)))]
    if card.active:
        edit = button("Change…", Action.SETUP_EDIT, value, style="primary")
        align = button("Account executives…", Action.SETUP_ALIGN, value) if set(REPS) & set(card.roles) else None
        blocks.append(
            buttons(
                edit,
                align,
                button("Time off…", f"{Action.SETUP_OPEN}_{SetupPage.TIME_OFF}", f"{SetupPage.TIME_OFF}|{value}"),
                _deactivate(card),
            )
        )
    else:
        blocks.append(buttons(button("Take back on the team…", Action.SETUP_EDIT, value)))
    if card.off:
        blocks += [divider(), section("*Time off*\n" + bullet(map(_off, card.off[:OFF_SHOWN])))]
    if card.owned.anything:
        give = button("Hand it on…", Action.BULK_OPEN, value) if card.owned.total else None
        blocks += [divider(), section(f"*Theirs now*\n{card.owned.said()}", give)]
    blocks.append(buttons(button("◀ People", f"{Action.SETUP_OPEN}_{SetupPage.PEOPLE}", SetupPage.PEOPLE)))
    return modal("A person", blocks, callback=Callback.SETUP_PERSON, close="Close")


def _title(card: PersonCard) -> str:
    state = "" if card.active else " · deactivated"
    unknown = "" if card.slack_user_id else " · _not found in Slack by this address_"
    return f"*{esc(card.name)}* · {esc(card.email, 200)}{state}{unknown}"


def _facts(card: PersonCard, rules: People) -> Sequence[str]:
    teams = [f"leads {esc(pick.name, 60)}" if leads else esc(pick.name, 60) for pick, leads in card.teams[:10]]
    facts = [
        f"Roles: {', '.join(card.roles) or 'none yet'}",
        f"Teams: {', '.join(teams) or 'none yet'}",
        f"Hours: {esc(card.hours or rules.hours, 200)}, {esc(card.timezone, 60)}"
        + ("" if card.timezone_overridden else " (Slack's)"),
        f"Country: {esc(card.country or rules.country, 10)}",
    ]
    if set(REPS) & set(card.roles):
        names = ", ".join(esc(pick.name, 60) for pick in card.aes)
        wanted = f" ({rules.min_aligned_aes} to {rules.max_aligned_aes} are wanted)"
        few = not rules.min_aligned_aes <= len(card.aes) <= rules.max_aligned_aes
        facts.append(f"Hands leads to: {names or 'nobody yet'}{wanted if few else ''}")
        facts.append(f"Weight {esc(card.weight, 10)}, " + _cap(card))
    if Role.AE in card.roles:
        facts.append(f"Channel: {_channel(card.channel)}")
        facts.append("Video link: " + ("set" if card.video_link else "none, so intro calls carry no link"))
    if card.on_call:
        facts.append("On call off shift")
    if card.evening_wave:
        facts.append("Gets the evening list after hours too")
    if card.mailbox_began_on:
        facts.append(f"New mailbox since {card.mailbox_began_on:%-d %b %Y}")
    return facts


def _cap(card: PersonCard) -> str:
    return f"at most {counted(card.open_lead_cap, 'open lead')}" if card.open_lead_cap else "no cap on open leads"


def _channel(channel: str | None) -> str:
    return channel_words(channel) if channel else "none, so handoffs come as direct messages"


def channel_words(channel: str) -> str:
    """A channel as Slack shows it, or the name of one that is not looked up yet."""
    known = channel[:1] in ("C", "G") and channel.isalnum() and channel.isascii()
    return f"<#{channel}>" if known else esc(channel, 80)


def _off(line: OffLine) -> str:
    until = f" to {line.ends_on:%-d %b %Y}" if line.ends_on != line.starts_on else ""
    cover = f"; {esc(line.cover)} covers" if line.cover else ""
    return f"{line.starts_on:%-d %b %Y}{until}{cover}"


def _deactivate(card: PersonCard) -> Any:
    owned = f" Still theirs: {card.owned.said()}." if card.owned.anything else ""
    sure = confirm("Deactivate?", f"They get nothing any more and nobody is reminded.{owned}", "Deactivate")
    return button("Deactivate", Action.SETUP_DEACTIVATE, str(card.id), style="danger", confirm=sure)


def teams_modal(page: TeamsPage, inbound: str, just: Just | None = None) -> dict[str, Any]:
    """Every team. ``inbound``: the playbook's channel for hand raises."""
    add = button("Add a team", f"{Action.SETUP_OPEN}_{SetupPage.ADD_TEAM}", SetupPage.ADD_TEAM, style="primary")
    blocks: list[SlackBlock] = [*_just(just), buttons(add), divider()]
    blocks += [_team_line(line, inbound) for line in page.lines]
    if not page.lines:
        blocks.append(section("There is no team yet. A team is who is led together and writes under one brand."))
    blocks += _turn(SetupPage.TEAMS, page.page, TEAMS_PAGE, len(page.lines), page.total)
    return modal("Teams", blocks, callback=Callback.SETUP_TEAMS, close="Close")


def _team_line(line: TeamCard, inbound: str) -> SlackBlock:
    leaders = ", ".join(esc(pick.name, 60) for pick in line.managers[:5]) or "_nobody leads it_"
    channel = channel_words(line.inbound_channel) if line.inbound_channel else esc(inbound, 80)
    brand = f" · {esc(line.brand_name, 60)}" if line.brand_name else ""
    text = f"*{esc(line.name)}* · {leaders} · {counted(line.people, 'person', 'people')} · alerts in {channel}{brand}"
    return section(text, button("Change…", Action.SETUP_TEAM, str(line.id), describe=f"Change {line.name}"))


def off_modal(person: Pick | None, off: Sequence[OffLine], just: Just | None = None) -> dict[str, Any]:
    """Days off that are to come, of ``person`` or of several people."""
    value = str(person.id) if person else ""
    add = button("Add time off…", Action.SETUP_OFF, value, style="primary")
    blocks: list[SlackBlock] = [*_just(just), buttons(add), divider()]
    for line in off[:OFF_SHOWN]:
        remove = button("Remove", Action.SETUP_OFF_CANCEL, str(line.id), describe=f"Remove time off of {line.name}")
        blocks.append(section(f"*{esc(line.name)}*: {_off(line)}", remove))
    if len(off) > OFF_SHOWN:
        blocks.append(context("There is more, later. Somebody's own stands on their page, under People."))
    if not off:
        whose = f" of {esc(person.name)}" if person else ""
        blocks.append(section(f"No time off{whose} is entered. Leads and lists go on as usual."))
    blocks.append(context("A public holiday need not be entered: the country's are known."))
    metadata = json.dumps({"person": value})
    return modal("Time off", blocks, callback=Callback.SETUP_OFF, close="Close", metadata=metadata)


def _just(just: Just | None) -> list[SlackBlock]:
    if just is None:
        return []
    undo = button("Undo", Action.SETUP_UNDO, just.undo) if just.undo else None
    blocks: list[SlackBlock] = [section(f"*{esc(just.said, 400)}*", undo)]
    remarks = [said for said in (esc(remark, 300) for remark in just.remarks) if said]
    return [*blocks, *([context(*remarks)] if remarks else []), divider()]


def _turn(which: SetupPage, page: int, size: int, shown: int, total: int) -> list[SlackBlock]:
    back = button("◀ Back", f"{Action.SETUP_PAGE}_back", f"{which}|{page - 1}") if page else None
    more = button("More ▶", f"{Action.SETUP_PAGE}_more", f"{which}|{page + 1}") if page * size + shown < total else None
    if back is None and more is None:
        return []
    return [context(f"{page * size + 1} to {page * size + shown} of {total:,}"), buttons(back, more)]
