"""The admin's part of App Home: what is missing in the set-up with a button for each, who and what there is, health."""

from collections.abc import Iterator

from slackblocks import Block

from bot.db.queries.home_admin import SetupState, Somebody
from bot.domain.counting import counted
from bot.slack.blocks import at, bullet, button, buttons, context, divider, esc, section
from bot.slack.choices import SetupPage
from bot.slack.ids import Action
from bot.slack.views.admin import health_warnings
from bot.slack.views.setup import channel_words

MOST = 12
"""Lines on what is missing; the rest follows when these are done."""
Missing = tuple[str, str, str, str]
"""What is missing; the button's words, action and value."""


def setup_blocks(state: SetupState) -> list[Block]:
    """The set-up: what is missing first."""
    missing = list(_missing(state))
    blocks: list[Block] = [divider(), section("*The set-up*")]
    if missing:
        blocks.append(section(f"{counted(len(missing), 'thing')} to set up:"))
        blocks += [section(said, button(label, action, value)) for said, label, action, value in missing[:MOST]]
        if len(missing) > MOST:
            blocks.append(context(f"and {len(missing) - MOST} more"))
    unsaid = list(_unsaid(state))
    if unsaid:
        blocks.append(section("For the texts that go out, still missing:\n" + bullet(unsaid)))
    elif not missing:
        blocks.append(section("Everything is set up: hands that are raised find somebody, and deals an owner."))
    blocks.append(section(bullet(_facts(state))))
    pages = {
        SetupPage.PEOPLE: "People",
        SetupPage.TEAMS: "Teams",
        SetupPage.TIME_OFF: "Time off",
        SetupPage.ADD_PERSON: "Add a person",
        SetupPage.ADD_TEAM: "Add a team",
    }
    blocks.append(buttons(*(button(words, f"{Action.SETUP_OPEN}_{page}", page) for page, words in pages.items())))
    warnings = list(health_warnings(state.health))
    blocks.append(section("*Health*\n" + (bullet(warnings) if warnings else "All is well.")))
    return blocks


def _unsaid(state: SetupState) -> Iterator[str]:
    """What texts to people outside need, and has no button: it stands in the playbook or with the team."""
    if state.no_company:
        yield "our company's name: `texts.our_company` in the playbook"
    if state.no_phone:
        yield "the number left on voicemail: `texts.our_phone` in the playbook"
    if state.without_address:
        teams = ", ".join(f"*{esc(name, 80)}*" for name in state.without_address)
        yield f"a postal address under the e-mails of {teams}: Teams, Change…"


def _missing(state: SetupState) -> Iterator[Missing]:
    add_team = ("Add a team", f"{Action.SETUP_OPEN}_{SetupPage.ADD_TEAM}", SetupPage.ADD_TEAM)
    add = ("Add a person", f"{Action.SETUP_OPEN}_{SetupPage.ADD_PERSON}", SetupPage.ADD_PERSON)
    if not state.teams:
        yield ("There is no team yet.", *add_team)
    for role in state.missing_roles:
        yield (f"Nobody is {role} yet.", *add)
    for team in state.unled:
        yield (f"Nobody leads *{esc(team.name, 80)}*.", "Change…", Action.SETUP_TEAM, str(team.id))
    for one in state.without_role:
        yield _of(one, "has no role", "Change…", Action.SETUP_EDIT)
    for one in state.unaligned:
        wanted = f"hands leads to fewer than {state.least_aligned} account executives"
        yield _of(one, wanted, "Pick them…", Action.SETUP_ALIGN)
    for one in state.teamless:
        yield _of(one, "belongs to no team", "Change…", Action.SETUP_EDIT)
    for one in state.without_channel:
        yield _of(one, "has no channel for handoffs; they come as direct messages", "Change…", Action.SETUP_EDIT)
    for one in state.without_slack:
        yield _of(one, "is not found in Slack by their address", "Open", Action.SETUP_PERSON)


def _of(one: Somebody, lacks: str, label: str, action: str) -> Missing:
    return f"*{esc(one.name, 80)}* {lacks}.", label, action, str(one.id)


def _facts(state: SetupState) -> list[str]:
    roles = ", ".join(f"{count} {role}" for role, count in state.by_role)
    own = "".join(f"; {esc(team, 60)} in {channel_words(channel)}" for team, channel in state.channels)
    number = state.playbook_number
    since = f", since {at(state.health.playbook_since)}" if state.health.playbook_since else ""
    managers = f"; managers' digests in {esc(state.managers, 80)}" if state.managers else ""
    return [
        f"{counted(state.people, 'person', 'people')}{f': {roles}' if roles else ''}; {counted(state.teams, 'team')}",
        f"Raised hands are told in {esc(state.inbound, 80)}{own}{managers}",
        f"Playbook version {number}{since}" if number is not None else "No playbook is stored yet",
    ]
