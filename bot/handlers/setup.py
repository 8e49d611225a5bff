"""The set-up in modals: its pages, one person, Undo, and whom its menus offer.

What must stay true: only admins see and change it; days off are everybody's own and their managers'. A click changes
the modal it was made in.
"""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.db.models import Person
from bot.db.queries.people import people_page
from bot.db.queries.setup import (
    Pick,
    coming_off,
    find_people,
    find_teams,
    led_people,
    person_card,
    team_card,
    teams_page,
)
from bot.domain.commands import Actor, Undo
from bot.domain.errors import Gone, UserError
from bot.domain.setup_commands import CancelTimeOff, DeactivatePerson
from bot.domain.terms import Role
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Options, Request
from bot.service.context import playbook
from bot.service.setup_changes import PERSON, TEAM, Changed, may_enter, may_set_up, undo_change
from bot.service.setup_people import deactivate_person
from bot.service.setup_seen import seen_as
from bot.service.time_off import cancel_time_off
from bot.slack.choices import SetupPage, SetupPick
from bot.slack.ids import Action, Callback
from bot.slack.views.setup import Just, off_modal, people_modal, person_modal, teams_modal
from bot.slack.views.setup_forms import (
    align_form,
    off_form,
    person_form,
    person_metadata,
    pick_option,
    team_form,
    who_form,
)

View = dict[str, Any]
OPENERS = re.compile(rf"^{Action.SETUP_OPEN}_")
PAGES = re.compile(rf"^{Action.SETUP_PAGE}_")
MENUS = re.compile(rf"^({Action.SETUP_PICK}|{Action.SETUP_FIND})_")
FINDS = re.compile(rf"^{Action.SETUP_FIND}_")


def register(edge: Edge) -> None:
    """Register the pages, their buttons and menus."""
    edge.action(OPENERS, on_open)
    edge.action(PAGES, on_page)
    edge.action(FINDS, on_person)
    edge.action(Action.SETUP_PERSON, on_person)
    edge.action(Action.SETUP_EDIT, on_edit)
    edge.action(Action.SETUP_ALIGN, on_align)
    edge.action(Action.SETUP_TEAM, on_team)
    edge.action(Action.SETUP_OFF, on_off)
    edge.action(Action.SETUP_OFF_CANCEL, on_cancel)
    edge.action(Action.SETUP_DEACTIVATE, on_deactivate)
    edge.action(Action.SETUP_UNDO, on_undo)
    edge.options(MENUS, on_menu)


async def put(request: Request, view: View) -> Answer:
    """Show a view: in the place of the modal that was clicked in, else opened."""
    if request.view.get("type") == "modal":
        await request.update_view(str(request.view["id"]), view)
    else:
        await request.open_view(view)
    return Nothing()


def id_of(value: str) -> UUID:
    """What a button is about. Raises ``Gone``."""
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This button is too old. Open my Home tab again.") from None


def day_of(zone: str, now: datetime) -> date:
    """What day it is for somebody."""
    return now.astimezone(ZoneInfo(zone)).date()


def just_done(changed: Changed) -> Just:
    """What was done, as the pages say it."""
    return Just(changed.sentence, str(changed.causation_id or ""), changed.remarks)


async def on_open(request: Request) -> Answer:
    """Open a page of the set-up."""
    name, _, whose = request.value.partition("|")
    if name not in list(SetupPage):
        raise Gone("This button is too old. Open my Home tab again.")
    if name == SetupPage.TIME_OFF and whose:
        person_id = id_of(whose)
        return await put(
            request, await request.read(lambda session, actor, now: off_page(session, actor, now, person_id))
        )
    page = SetupPage(name)
    return await put(request, await request.read(lambda session, actor, now: _page(session, actor, now, page, 0)))


async def on_page(request: Request) -> Answer:
    """Turn a page."""
    which, _, number = request.value.partition("|")
    page, index = SetupPage(which), int(number) if number.isdecimal() else 0
    return await put(request, await request.read(lambda session, actor, now: _page(session, actor, now, page, index)))


def _page(session: Session, actor: Actor, now: datetime, page: SetupPage, index: int) -> View:
    if page is SetupPage.TIME_OFF:
        return off_page(session, actor, now)
    may_set_up(actor)
    match page:
        case SetupPage.PEOPLE:
            return people_modal(people_page(session, index), playbook(session).people)
        case SetupPage.TEAMS:
            return teams_modal(teams_page(session, index), playbook(session).channels.inbound)
        case SetupPage.ADD_PERSON:
            return who_form()
        case SetupPage.ADD_TEAM:
            return team_form(None, playbook(session).channels.inbound, "")


def person_page(session: Session, actor: Actor, person_id: UUID, now: datetime, just: Just | None = None) -> View:
    """One person, for an admin. Raises ``NotAllowed``, ``NotFound``."""
    may_set_up(actor)
    return person_modal(person_card(session, person_id, day_of(actor.timezone, now)), playbook(session).people, just)


def off_page(
    session: Session, actor: Actor, now: datetime, whose: UUID | None = None, just: Just | None = None
) -> View:
    """Days off: of somebody, of all whose days off the actor enters, or the actor's own."""
    today, whose = day_of(actor.timezone, now), _whose(session, actor, whose)
    if whose is None:
        return off_modal(None, coming_off(session, today, led_people(session, actor)), just)
    return off_modal(_pick(session, whose), coming_off(session, today, [whose]), just)


def _whose(session: Session, actor: Actor, whose: UUID | None) -> UUID | None:
    """Whose days off are meant; None: anybody's whom the actor may enter. Raises ``NotAllowed``."""
    if whose is not None:
        may_enter(session, actor, whose)
    elif led_people(session, actor) == [actor.person_id]:
        return actor.person_id
    return whose


def _pick(session: Session, person_id: UUID) -> Pick:
    return Pick(person_id, session.get_one(Person, person_id).name)


async def on_person(request: Request) -> Answer:
    """Open one person, from the list or found by name."""
    if not request.value:
        return Nothing()
    person_id = id_of(request.value)
    return await put(
        request, await request.read(lambda session, actor, now: person_page(session, actor, person_id, now))
    )


async def on_edit(request: Request) -> Answer:
    """The form of a person."""
    person_id = id_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> View:
        may_set_up(actor)
        card = person_card(session, person_id, day_of(actor.timezone, now))
        seen = seen_as(session, PERSON, person_id)
        return person_form(card, playbook(session).people, False, person_metadata(card, card.slack_user_id, None, seen))

    return await put(request, await request.read(look))


async def on_align(request: Request) -> Answer:
    """The form of a rep's account executives."""
    person_id = id_of(request.value)

    def look(session: Session, actor: Actor, now: datetime) -> View:
        may_set_up(actor)
        card = person_card(session, person_id, day_of(actor.timezone, now))
        return align_form(card, playbook(session).people, seen_as(session, PERSON, person_id))

    return await put(request, await request.read(look))


async def on_team(request: Request) -> Answer:
    """The form of a team."""
    team_id = id_of(request.value)

    def look(session: Session, actor: Actor, _: datetime) -> View:
        may_set_up(actor)
        card, seen = team_card(session, team_id), seen_as(session, TEAM, team_id)
        return team_form(card, playbook(session).channels.inbound, seen)

    return await put(request, await request.read(look))


async def on_off(request: Request) -> Answer:
    """The form of days off."""
    whose = id_of(request.value) if request.value else None

    def look(session: Session, actor: Actor, _: datetime) -> View:
        meant = _whose(session, actor, whose)
        return off_form(_pick(session, meant) if meant else None)

    return await put(request, await request.read(look))


async def on_cancel(request: Request) -> Answer:
    """They are here after all."""
    off_id, shown = id_of(request.value), request.metadata.get("person")

    def work(session: Session, actor: Actor, now: datetime) -> View:
        changed = cancel_time_off(session, CancelTimeOff(actor, off_id), now)
        return off_page(session, actor, now, UUID(shown) if shown else None, just_done(changed))

    return await put(request, await request.perform(work))


async def on_deactivate(request: Request) -> Answer:
    """Somebody leaves."""
    person_id = id_of(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> View:
        changed = deactivate_person(session, DeactivatePerson(actor, person_id), now)
        return person_page(session, actor, person_id, now, just_done(changed))

    return await _or_said(request, person_id, work)


async def on_undo(request: Request) -> Answer:
    """Take back what was just done; the page says so."""
    causation_id = id_of(request.value)
    callback = str(request.view.get("callback_id") or "")

    def work(session: Session, actor: Actor, now: datetime) -> View:
        changed = undo_change(session, Undo(actor, causation_id), now)
        just = just_done(Changed(changed.sentence, changed.subject_id, None))
        if callback == Callback.SETUP_TEAMS:
            return teams_modal(teams_page(session), playbook(session).channels.inbound, just)
        if callback == Callback.SETUP_OFF:
            return off_page(session, actor, now, None, just)
        return person_page(session, actor, changed.subject_id, now, just)

    return await _or_said(request, None, work)


async def _or_said(request: Request, person_id: UUID | None, work: Any) -> Answer:
    """Perform; a refusal stands in the modal, where it was clicked."""
    try:
        return await put(request, await request.perform(work))
    except UserError as error:
        sentence = error.sentence
        if person_id is None:
            raise

        def look(session: Session, actor: Actor, now: datetime) -> View:
            return person_page(session, actor, person_id, now, Just(sentence))

        return await put(request, await request.read(look))


async def on_menu(request: Request) -> Answer:
    """Whom a menu offers for what is typed."""
    which = str(request.body.get("action_id") or "").removeprefix(f"{Action.SETUP_PICK}_")
    which = which.removeprefix(f"{Action.SETUP_FIND}_").partition("_")[0]
    typed = request.query

    def find(session: Session, actor: Actor, _: datetime) -> list[Pick]:
        if which == SetupPick.TEAM:
            may_set_up(actor)
            return find_teams(session, typed)
        if which == SetupPick.WHOSE:
            return find_people(session, typed, only=led_people(session, actor))
        return find_people(session, typed, (Role.AE,) if which == SetupPick.AE else ())

    return Options([pick_option(pick)._resolve() for pick in await request.read(find)])
