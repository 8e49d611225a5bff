"""The forms of the set-up, submitted: who, a person, account executives, a team, time off.

What must stay true: what was refused stands beside its field and nothing typed is lost; Slack is asked who somebody
is before anything is written.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.setup import person_card, teams_page, unknown_person
from bot.domain.commands import Actor
from bot.domain.errors import UserError
from bot.domain.matching import normalise_email
from bot.domain.setup_commands import AlignExecutives, EnterTimeOff, SavePerson, SaveTeam
from bot.domain.terms import Role
from bot.handlers.answers import in_time
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Request, ShowView
from bot.handlers.setup import View, day_of, just_done, off_page, person_page
from bot.service.context import playbook
from bot.service.setup_changes import PERSON, may_set_up
from bot.service.setup_people import align_executives, known_as, save_person
from bot.service.setup_seen import seen_as
from bot.service.setup_teams import save_team
from bot.service.time_off import enter_time_off
from bot.slack.choices import SetupPick
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.deal_forms import given_day
from bot.slack.views.setup import teams_modal
from bot.slack.views.setup_forms import EVENING, ON_CALL, person_form, person_metadata, picked, picked_several

Look = Callable[[str], Awaitable["Member"]]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in Slack, as far as the set-up looks at them."""

    id: str
    name: str
    email: str
    timezone: str


def register(edge: Edge) -> None:
    """Register the forms."""

    async def look(user_id: str) -> Member:
        answer = await in_time(edge.app.client.users_info(user=user_id))
        return member_of(answer["user"])

    edge.view(Callback.SETUP_WHO_FORM, lambda request: on_who(request, look))
    edge.view(Callback.SETUP_PERSON_FORM, on_person_form)
    edge.view(Callback.SETUP_ALIGN_FORM, on_align_form)
    edge.view(Callback.SETUP_TEAM_FORM, on_team_form)
    edge.view(Callback.SETUP_OFF_FORM, on_off_form)


def member_of(user: Mapping[str, Any]) -> Member:
    """A Slack user who may become one of us. Raises ``UserError``."""
    profile = user.get("profile") or {}
    name = str(user.get("real_name") or profile.get("real_name") or user.get("name") or "")
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        raise UserError(f"{name} is an app. Pick a person.", field=Block.WHO)
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
        raise UserError(f"{name} is a guest here. Guests cannot be added.", field=Block.WHO)
    if user.get("deleted"):
        raise UserError(f"{name} has left your Slack.", field=Block.WHO)
    email = normalise_email(str(profile.get("email") or ""))
    if email is None:
        raise UserError(f"Slack shows me no e-mail address of {name}, and I know people by it.", field=Block.WHO)
    return Member(str(user["id"]), name, email, str(user.get("tz") or ""))


async def on_who(request: Request, look: Look) -> Answer:
    """Somebody was picked: their form, with what Slack knows, or with what we know already."""
    await request.read(lambda _, actor, __: may_set_up(actor))
    member = await look(str(request.state.get(Action.SETUP_WHO) or ""))

    def form(session: Session, actor: Actor, now: datetime) -> View:
        rules = playbook(session).people
        known = known_as(session, member.id, member.email)
        zone = member.timezone or rules.timezone
        card = (
            person_card(session, known.id, day_of(actor.timezone, now))
            if known
            else unknown_person(member.name, member.email, member.id, zone)
        )
        seen = seen_as(session, PERSON, known.id if known else None)
        return person_form(card, rules, known is None, person_metadata(card, member.id, member.timezone or None, seen))

    return ShowView(await request.read(form))


async def on_person_form(request: Request) -> Answer:
    """A person, as the form says."""
    facts, state = request.metadata, request.state

    def work(session: Session, actor: Actor, now: datetime) -> View:
        changed = save_person(session, _person(actor, facts, state), now)
        return person_page(session, actor, changed.subject_id, now, just_done(changed))

    return ShowView(await request.perform(work))


def _person(actor: Actor, facts: Mapping[str, Any], state: Mapping[str, Any]) -> SavePerson:
    def text(action: Action) -> str:
        return str(state.get(action) or "").strip()

    options = state.get(Action.SETUP_OPTIONS) or []
    return SavePerson(
        actor,
        email=str(facts["email"]),
        name=text(Action.SETUP_NAME),
        roles=frozenset(Role(role) for role in state.get(Action.SETUP_ROLES) or ()),
        team_ids=picked_several(state, SetupPick.TEAM),
        hours=text(Action.SETUP_HOURS),
        timezone=text(Action.SETUP_ZONE),
        country=text(Action.SETUP_COUNTRY),
        weight=text(Action.SETUP_WEIGHT),
        open_lead_cap=text(Action.SETUP_CAP),
        on_call=ON_CALL in options,
        evening_wave=EVENING in options,
        mailbox_began_on=given_day(state.get(Action.SETUP_MAILBOX)),
        video_link=text(Action.SETUP_VIDEO),
        channel=text(Action.SETUP_CHANNEL) or str(facts.get("channel") or ""),
        slack_user_id=facts.get("slack"),
        slack_timezone=facts.get("zone"),
        seen=str(facts.get("seen") or ""),
    )


async def on_align_form(request: Request) -> Answer:
    """To whom a rep hands leads."""
    rep_id, state = UUID(request.metadata["person"]), request.state
    seen = str(request.metadata.get("seen") or "")

    def work(session: Session, actor: Actor, now: datetime) -> View:
        most = playbook(session).people.max_aligned_aes
        chosen = [picked(state, f"{SetupPick.AE}_{place}") for place in range(1, most + 1)]
        command = AlignExecutives(actor, rep_id, tuple(one for one in chosen if one is not None), seen)
        changed = align_executives(session, command, now)
        return person_page(session, actor, rep_id, now, just_done(changed))

    return ShowView(await request.perform(work))


async def on_team_form(request: Request) -> Answer:
    """A team, as the form says."""
    team, state = request.metadata.get("team"), request.state

    def work(session: Session, actor: Actor, now: datetime) -> View:
        command = SaveTeam(
            actor,
            UUID(team) if team else None,
            name=str(state.get(Action.SETUP_NAME) or ""),
            brand_name=str(state.get(Action.SETUP_BRAND) or ""),
            postal_address=str(state.get(Action.SETUP_ADDRESS) or ""),
            domain=str(state.get(Action.SETUP_DOMAIN) or ""),
            manager_ids=picked_several(state, SetupPick.ANYBODY),
            inbound_channel=str(state.get(Action.SETUP_CHANNEL) or ""),
            seen=str(request.metadata.get("seen") or ""),
        )
        changed = save_team(session, command, now)
        return teams_modal(teams_page(session), playbook(session).channels.inbound, just_done(changed))

    return ShowView(await request.perform(work))


async def on_off_form(request: Request) -> Answer:
    """Days off."""
    fixed, state = request.metadata.get("person"), request.state
    person_id = UUID(fixed) if fixed else picked(state, SetupPick.WHOSE)
    if person_id is None:
        raise UserError("Who is away?", field=Block.WHO)

    def work(session: Session, actor: Actor, now: datetime) -> View:
        first, last = given_day(state.get(Action.SETUP_FROM)), given_day(state.get(Action.SETUP_UNTIL))
        command = EnterTimeOff(actor, person_id, first, last, picked(state, SetupPick.ANYBODY))
        changed = enter_time_off(session, command, now)
        return off_page(session, actor, now, person_id if fixed else None, just_done(changed))

    return ShowView(await request.perform(work))
