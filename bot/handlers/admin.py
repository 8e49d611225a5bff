"""``/handraiser``: health, what came in, people and roles, help for every command."""

import re
from datetime import datetime

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy.orm import Session

from bot.db.queries.health import events_page, health
from bot.db.queries.people import people_page
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed
from bot.domain.terms import Role
from bot.handlers.edge import Edge
from bot.handlers.reassign import on_reassign
from bot.handlers.requests import Answer, Request, Say
from bot.service.context import playbook
from bot.slack.blocks import Post
from bot.slack.choices import AdminPage
from bot.slack.ids import Action, Command
from bot.slack.views.admin import events_post, health_post, help_post, people_post

ANY_PAGE = re.compile(rf"^{Action.ADMIN_PAGE}_")


MAY_SEE = (Role.ADMIN, Role.MANAGER)
REASSIGN = "reassign"
"""The word after the command that opens the form which gives work away."""
LIKE = 0.6
"""From this likeness on a word is taken for a slip of another."""


def register(edge: Edge) -> None:
    """Register ``/handraiser`` and its buttons."""
    edge.command(Command.HANDRAISER, on_handraiser)
    edge.action(ANY_PAGE, on_page)


async def on_handraiser(request: Request) -> Answer:
    """Show a page; unknown words get help."""
    word = request.text.lower().split(" ")[0] if request.text else ""
    if word == REASSIGN:
        return await on_reassign(request)
    page = AdminPage(word) if word in list(AdminPage) else None
    if word and page is None:
        return Say(await request.read(lambda session, actor, now: _unknown(actor, word)))
    return Say(await request.read(lambda session, actor, now: _page(session, actor, now, page, 0)))


async def on_page(request: Request) -> Answer:
    """Turn to another page, in place."""
    name, _, number = request.value.partition("|")
    page = AdminPage(name) if name in list(AdminPage) else None
    index = int(number) if number.isdecimal() else 0
    return Say(await request.read(lambda session, actor, now: _page(session, actor, now, page, index)), replace=True)


def _unknown(actor: Actor, word: str) -> Post:
    """Help, with the page that a slip of the fingers was meant to open, if the actor may open it."""
    known = [*(str(page) for page in AdminPage), REASSIGN] if actor.has(*MAY_SEE) else [str(AdminPage.HELP)]
    close = process.extractOne(word, known, scorer=OSA.normalized_similarity, score_cutoff=LIKE)
    return help_post(actor.roles, unknown=word, meant=close[0] if close else "")


def _page(session: Session, actor: Actor, now: datetime, page: AdminPage | None, index: int) -> Post:
    may_see = actor.has(*MAY_SEE)
    if page is AdminPage.HELP or (page is None and not may_see):
        return help_post(actor.roles)
    if not may_see:
        raise NotAllowed("This is for managers and admins. `/handraiser help` shows what you can ask me.")
    match page:
        case AdminPage.EVENTS:
            return events_post(events_page(session, index))
        case AdminPage.PEOPLE:
            return people_post(people_page(session, index), playbook(session).people)
        case _:
            return health_post(health(session, now))
