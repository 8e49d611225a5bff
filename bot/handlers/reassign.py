"""``/handraiser reassign``: the form, the preview, its pages, and the word to do it; Undo.

What must stay true: nothing changes before the preview was confirmed; what is confirmed is checked anew.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Team
from bot.db.queries.led_teams import teams_led_by
from bot.db.queries.pipeline_names import person_of_slack
from bot.db.queries.reassign import Colleague, colleagues, find_colleagues
from bot.domain.commands import Actor, Undo
from bot.domain.counting import counted
from bot.domain.errors import Gone
from bot.domain.reassign_line import NamedOne, read_reassign
from bot.domain.reassigning import Reassign, Work
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, CloseAll, Nothing, Options, Request, Say, ShowView
from bot.service.reassign import begin_reassign, manager_of, may_reassign, page_of, preview
from bot.service.reassign_undo import undo_reassign
from bot.slack.blocks import say
from bot.slack.ids import Action, Callback
from bot.slack.views.reassign import TeamOption, bulk_form, colleague_option, names_modal, preview_modal, unpacked

SHOWN = 5
"""Names offered where several may be meant."""
ANY_NAMES = re.compile(rf"^{Action.BULK_NAMES}_")


def register(edge: Edge) -> None:
    """Register the form, the preview and Undo."""
    edge.action(Action.BULK_OPEN, on_open)
    for action in (Action.BULK_FROM, Action.BULK_ACCOUNT_OWNER, Action.BULK_TO):
        edge.options(action, on_typeahead)
    edge.view(Callback.BULK_FORM, on_form)
    edge.action(ANY_NAMES, on_names)
    edge.view(Callback.BULK_PREVIEW, on_confirmed)
    edge.action(Action.BULK_UNDO, on_undo)


async def on_reassign(request: Request) -> Answer:
    """``/handraiser reassign sam to ada``: the form with the names that are sure; the others are asked for on it."""
    giver, takers = read_reassign(request.text)

    def look(session: Session, actor: Actor, _now: datetime) -> dict[str, Any]:
        may_reassign(actor)
        remarks: list[str] = []
        of = _meant(session, actor, giver, remarks, givers=True) if giver else None
        to = [_meant(session, actor, one, remarks, givers=False) for one in takers]
        found = {one.id: one for one in to if one is not None}
        return bulk_form(of, _teams(session, actor), tuple(found.values()), remarks)

    await request.open_view(await request.read(look))
    return Nothing()


def _meant(session: Session, actor: Actor, named: NamedOne, remarks: list[str], *, givers: bool) -> Colleague | None:
    """The one of ours who is meant; else None, and a remark that says why."""
    words = named.words
    if named.slack_user_id:
        person_id = person_of_slack(session, named.slack_user_id)
        words = colleagues(session, [person_id])[person_id].name if person_id else ""
        found = find_colleagues(session, words, manager_of(actor), givers=givers) if words else []
        found = [one for one in found if one.id == person_id]
    else:
        longest = max(words.split(), key=len)
        near = find_colleagues(session, longest, manager_of(actor), givers=givers)
        found = [one for one in near if named.is_called(one.name)] or [one for one in near if named.fits(one.name)]
    if len(found) == 1:
        return found[0]
    if found:
        who = " or ".join(one.name for one in found[:SHOWN])
        remarks.append(f"“{words}” may be {who}: pick the one you mean.")
    else:
        what = "whose work you can give away" if givers else "who can get work"
        remarks.append(f"I know nobody called “{words or 'that'}” {what}.")
    return None


async def open_reassign(request: Request, from_id: UUID | None = None) -> Answer:
    """Open the form; ``from_id``: whose work is chosen already."""

    def look(session: Session, actor: Actor, _now: datetime) -> tuple[Colleague | None, list[TeamOption]]:
        may_reassign(actor)
        return colleagues(session, [from_id]).get(from_id) if from_id else None, _teams(session, actor)

    giver, teams = await request.read(look)
    form = bulk_form(giver, teams)
    if request.view.get("type") == "modal":  # from somebody's set-up: in its place
        await request.update_view(str(request.view["id"]), form)
    else:
        await request.open_view(form)
    return Nothing()


async def on_open(request: Request) -> Answer:
    """The button beside somebody who still has work."""
    return await open_reassign(request, _id(request.value) if request.value else None)


def _teams(session: Session, actor: Actor) -> list[TeamOption]:
    statement = select(Team.id, Team.name).order_by(Team.name).limit(100)
    manager_id = manager_of(actor)
    if manager_id is not None:
        statement = statement.where(Team.id.in_(teams_led_by(manager_id)))
    return [TeamOption(row.id, row.name) for row in session.execute(statement)]


async def on_typeahead(request: Request) -> Answer:
    """Our people as they are typed: who may get work, or who may have some."""
    typed, givers = request.query, request.body.get("action_id") != Action.BULK_TO

    def find(session: Session, actor: Actor, _now: datetime) -> list[Colleague]:
        may_reassign(actor)
        return find_colleagues(session, typed, manager_of(actor), givers=givers)

    return Options([colleague_option(one)._resolve() for one in await request.read(find)])


async def on_form(request: Request) -> Answer:
    """The form, sent: what it would be, before anything changes."""
    state = request.state

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        return preview_modal(preview(session, _wish(state, actor), now))

    return ShowView(await request.read(look))


def _wish(state: dict[str, Any], actor: Actor) -> Reassign:
    def one(action: Action) -> UUID | None:
        return _id(state[action]) if state.get(action) else None

    return Reassign(
        actor=actor,
        works=tuple(Work(word) for word in state.get(Action.BULK_WORKS) or ()),
        reason=str(state.get(Action.REASON) or ""),
        from_id=one(Action.BULK_FROM),
        country=state.get(Action.BULK_COUNTRY),
        industry=state.get(Action.BULK_INDUSTRY),
        account_owner_id=one(Action.BULK_ACCOUNT_OWNER),
        to_ids=tuple(_id(word) for word in state.get(Action.BULK_TO) or ()),
        team_id=one(Action.BULK_TEAM),
    )


async def on_names(request: Request) -> Answer:
    """A page of the names behind a count, or the counts again."""
    word, _, number = request.value.partition("|")
    facts, page = request.metadata, int(number) if number.isdecimal() else 0
    submit = (request.view.get("submit") or {}).get("text")

    def look(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        command = unpacked(facts, actor)
        if not word:
            return preview_modal(preview(session, command, now))
        lines, total = page_of(session, command, Work(word), page, now)
        return names_modal(command, Work(word), lines, page, total, submit)

    await request.update_view(str(request.view["id"]), await request.read(look))
    return Nothing()


async def on_confirmed(request: Request) -> Answer:
    """Yes: it is carried out in the background, and told when it is done."""
    facts = request.metadata

    def work(session: Session, actor: Actor, now: datetime) -> int:
        return begin_reassign(session, unpacked(facts, actor), now).total

    total = await request.perform(work)
    pieces = counted(total, "piece of work is", "pieces of work are")
    return CloseAll(say(f"{pieces} on the way to their new owners. I tell you when it is done."))


async def on_undo(request: Request) -> Answer:
    """Take it back."""
    job_id = _id(request.value)

    def work(session: Session, actor: Actor, now: datetime) -> str:
        return undo_reassign(session, Undo(actor, job_id), now)

    return Say(say(await request.perform(work)))


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This form is too old. Type /handraiser reassign.") from None
