"""The forms of the set-up: who, a person, a rep's account executives, a team, time off; and how they are read.

What must stay true: a field's block id is the name of the fact, so that errors find it; metadata holds ids and what
Slack said, nothing else.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from slackblocks import Block as SlackBlock
from slackblocks import (
    CheckboxGroup,
    ConversationFilter,
    ConversationSelectMenu,
    DatePicker,
    Element,
    ExternalMultiSelectMenu,
    ExternalSelectMenu,
    InputBlock,
    PlainTextInput,
    URLInput,
    UserSelectMenu,
)

from bot.db.queries.setup import PersonCard, Pick, TeamCard
from bot.domain.terms import Role
from bot.playbook.schema.people import People
from bot.slack.blocks import context, esc, modal, option, plain, section
from bot.slack.choices import SetupPick
from bot.slack.ids import Action, Block, Callback

ROLE_WORDS: Mapping[Role, str] = {
    Role.MRR: "Market Response Rep: answers raised hands",
    Role.SDR: "Sales Development Rep: opens accounts",
    Role.AE: "Account Executive: closes",
    Role.CSM: "Customer Success",
    Role.MARKETING: "Marketing",
    Role.MANAGER: "Manager of a team",
    Role.ADMIN: "Admin: sets me up",
}
ON_CALL, EVENING = "on_call", "evening_wave"
OPTIONS = {
    ON_CALL: "On call: may be paged off shift",
    EVENING: "Wants the evening list, also after hours",
}
SHORT = 255


def who_form() -> dict[str, Any]:
    """Whom to add, picked in Slack."""
    menu = UserSelectMenu(Action.SETUP_WHO, placeholder=plain("Somebody in your Slack", 150))
    blocks: list[SlackBlock] = [
        _input("Who is it?", menu, Block.WHO),
        context("Their name, e-mail address and timezone come from Slack. Guests cannot be added."),
    ]
    return modal("Add a person", blocks, callback=Callback.SETUP_WHO_FORM, submit="Next")


def person_form(card: PersonCard, rules: People, new: bool, metadata: str) -> dict[str, Any]:
    """One of us. ``metadata``: see ``person_metadata``."""
    member = [pick for pick, leads in card.teams if not leads]
    led = [pick.name for pick, leads in card.teams if leads]
    zone = card.timezone if card.timezone_overridden else ""
    slacks = "Empty: Slack's" if card.timezone_overridden else f"Empty: Slack's, {card.timezone}"
    blocks: list[SlackBlock] = [
        context(f"Known by {esc(card.email, 200)}" + ("" if card.slack_user_id else ", not found in Slack")),
        _text("Name", Action.SETUP_NAME, Block.NAME, card.name),
        _input("Roles", _roles(card.roles), Block.ROLES),
        _input(
            "Teams",
            _several(SetupPick.TEAM, member, "Pick teams"),
            Block.TEAMS,
            optional=True,
            hint=f"Leads {', '.join(led)}; that is changed in the team."[:150]
            if led
            else "Who leads a team is set there.",
        ),
        _text("Working hours", Action.SETUP_HOURS, Block.HOURS, card.hours or "", hint=f"Empty: {rules.hours}"),
        _text("Timezone", Action.SETUP_ZONE, Block.ZONE, zone, hint=slacks),
        _text(
            "Country",
            Action.SETUP_COUNTRY,
            Block.COUNTRY,
            card.country or "",
            hint=f"Its holidays. Empty: {rules.country}",
        ),
        _text(
            "Weight", Action.SETUP_WEIGHT, Block.WEIGHT, card.weight, hint="Share of new leads; 0.5 gets half as many"
        ),
        _text(
            "Most open leads",
            Action.SETUP_CAP,
            Block.CAP,
            str(card.open_lead_cap or ""),
            hint="Empty: no cap",
        ),
        _input("Options", _options(card), Block.OPTIONS, optional=True),
        _input(
            "New mailbox since",
            DatePicker(Action.SETUP_MAILBOX, initial_date=_day(card.mailbox_began_on)),
            Block.MAILBOX,
            optional=True,
            hint="E-mails a day begin low and grow from this day. Empty: an established mailbox",
        ),
        _input(
            "Video link",
            URLInput(Action.SETUP_VIDEO, initial_value=card.video_link or None),
            Block.VIDEO,
            optional=True,
            hint="Where their intro calls take place",
        ),
        _input("Channel for handoffs", _channel(card.channel), Block.CHANNEL, optional=True, hint=_now(card.channel)),
    ]
    title = "Add a person" if new else "Change a person"
    return modal(title, blocks, callback=Callback.SETUP_PERSON_FORM, submit="Save", metadata=metadata)


def person_metadata(card: PersonCard, slack_user_id: str | None, slack_timezone: str | None, seen: str) -> str:
    """What the form's answer needs to know besides what is typed."""
    named = card.channel if card.channel and card.channel.startswith("#") else ""
    facts = {"email": card.email, "slack": slack_user_id, "zone": slack_timezone, "channel": named, "seen": seen}
    return json.dumps(facts)


def align_form(card: PersonCard, rules: People, seen: str) -> dict[str, Any]:
    """The account executives of a rep, first choice first. ``seen``: what it is filled from (``setup_seen``)."""
    ordinal = ("First choice", "Second", "Third", "Fourth", "Fifth")
    blocks: list[SlackBlock] = [section(f"To whom does *{esc(card.name)}* hand leads?")]
    for place in range(rules.max_aligned_aes):
        chosen = card.aes[place] if place < len(card.aes) else None
        label = ordinal[place] if place < len(ordinal) else f"Number {place + 1}"
        menu = _one(f"{SetupPick.AE}_{place + 1}", chosen, "Pick an account executive")
        blocks.append(_input(label, menu, f"ae_{place + 1}", optional=True))
    blocks.append(
        context(
            f"{rules.min_aligned_aes} to {rules.max_aligned_aes} are wanted. Among them, the one with the fewest "
            "open handoffs comes first."
        )
    )
    metadata = json.dumps({"person": str(card.id), "seen": seen})
    return modal("Account executives", blocks, callback=Callback.SETUP_ALIGN_FORM, submit="Save", metadata=metadata)


def team_form(card: TeamCard | None, inbound: str, seen: str) -> dict[str, Any]:
    """A team, or a new one. ``inbound``: the playbook's channel for hand raises; ``seen``: what it is filled from."""
    blocks: list[SlackBlock] = [
        _text("Team", Action.SETUP_NAME, Block.NAME, card.name if card else "", optional=False),
        _input(
            "Who leads it?",
            _several(SetupPick.ANYBODY, card.managers if card else (), "Pick managers"),
            Block.MANAGERS,
            optional=True,
            hint="They get the role manager and see this team's results",
        ),
        _input(
            "Channel for hand raises",
            _channel(card.inbound_channel if card else None),
            Block.INBOUND,
            optional=True,
            hint=f"Invite me there. Empty: {inbound}"[:150],
        ),
        _text(
            "Brand",
            Action.SETUP_BRAND,
            Block.BRAND,
            (card.brand_name if card else None) or "",
            hint="The name e-mails are signed with",
        ),
        _text(
            "Postal address",
            Action.SETUP_ADDRESS,
            Block.ADDRESS,
            (card.postal_address if card else None) or "",
            hint="The law wants it under cold e-mails",
        ),
        _text(
            "Domain",
            Action.SETUP_DOMAIN,
            Block.DOMAIN,
            (card.domain if card else None) or "",
            hint="Like brightpath.example",
        ),
    ]
    metadata = json.dumps({"team": str(card.id) if card else "", "seen": seen})
    title = "Change a team" if card else "Add a team"
    return modal(title, blocks, callback=Callback.SETUP_TEAM_FORM, submit="Save", metadata=metadata)


def off_form(person: Pick | None) -> dict[str, Any]:
    """Enter days off, of ``person``, or of somebody to pick."""
    blocks: list[SlackBlock] = []
    if person is None:
        blocks.append(_input("Who is away?", _one(SetupPick.WHOSE, None, "Pick somebody"), Block.WHO))
    else:
        blocks.append(section(f"*{esc(person.name)}* is away:"))
    until = DatePicker(Action.SETUP_UNTIL)
    blocks += [
        _input("From", DatePicker(Action.SETUP_FROM), Block.STARTS_ON),
        _input("Until", until, Block.ENDS_ON, optional=True, hint="That day too. Empty: one day"),
        _input(
            "Who covers?",
            _one(SetupPick.ANYBODY, None, "Pick somebody"),
            Block.COVER,
            optional=True,
            hint="Gets new leads and what cannot wait",
        ),
    ]
    metadata = json.dumps({"person": str(person.id) if person else ""})
    return modal("Add time off", blocks, callback=Callback.SETUP_OFF_FORM, submit="Save", metadata=metadata)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _now(channel: str | None) -> str:
    return f"Now {channel}. Invite me there" if channel and channel.startswith("#") else "Invite me there"


def _input(label: str, element: Element, block_id: str, *, optional: bool = False, hint: str = "") -> InputBlock:
    return InputBlock(
        plain(label, 150), element, block_id=block_id, optional=optional, hint=plain(hint, 150) if hint else None
    )


def _text(
    label: str, action: str, block_id: str, initial: str, *, optional: bool | None = None, hint: str = ""
) -> InputBlock:
    shown = plain(initial, SHORT).text if initial.strip() else None
    empty = block_id != Block.NAME if optional is None else optional
    return _input(
        label, PlainTextInput(action, initial_value=shown, max_length=SHORT), block_id, optional=empty, hint=hint
    )


def _roles(held: Sequence[Role]) -> CheckboxGroup:
    options = {role: option(words, role.value) for role, words in ROLE_WORDS.items()}
    return CheckboxGroup(
        Action.SETUP_ROLES, list(options.values()), initial_options=[options[role] for role in held] or None
    )


def _options(card: PersonCard) -> CheckboxGroup:
    options = {name: option(words, name) for name, words in OPTIONS.items()}
    on = [options[name] for name in OPTIONS if getattr(card, name)]
    return CheckboxGroup(Action.SETUP_OPTIONS, list(options.values()), initial_options=on or None)


def pick_option(pick: Pick) -> Any:
    """Somebody, or a team, as an option."""
    return option(pick.name, str(pick.id))


def _one(which: str, chosen: Pick | None, placeholder: str) -> ExternalSelectMenu:
    return ExternalSelectMenu(
        f"{Action.SETUP_PICK}_{which}",
        initial_option=pick_option(chosen) if chosen else None,
        min_query_length=0,
        placeholder=plain(placeholder, 150),
    )


def _several(which: str, chosen: Sequence[Pick], placeholder: str) -> ExternalMultiSelectMenu:
    return ExternalMultiSelectMenu(
        f"{Action.SETUP_PICK}_{which}",
        min_query_length=0,
        initial_options=[pick_option(one) for one in chosen[:100]] or None,
        placeholder=plain(placeholder, 150),
    )


def _channel(chosen: str | None) -> ConversationSelectMenu:
    known = chosen if chosen and not chosen.startswith("#") else None
    return ConversationSelectMenu(
        Action.SETUP_CHANNEL,
        initial_conversation=known,
        filter=ConversationFilter(include=["public", "private"], exclude_external_shared_channels=True),
        placeholder=plain("Pick a channel", 150),
    )


def picked(state: Mapping[str, Any], which: str) -> UUID | None:
    """Whom a menu holds."""
    value = state.get(f"{Action.SETUP_PICK}_{which}")
    return UUID(value) if value else None


def picked_several(state: Mapping[str, Any], which: str) -> tuple[UUID, ...]:
    """All whom a menu holds, in the order they were picked."""
    return tuple(UUID(value) for value in state.get(f"{Action.SETUP_PICK}_{which}") or ())
