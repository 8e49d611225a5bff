"""App Home, and an answer to those who write to the bot.

What must stay true: somebody we do not know is told so, in a sentence; nobody meets an empty page or silence.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.db.threads import Urgency
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.handlers.answers import in_time
from bot.handlers.edge import Edge
from bot.handlers.next_item import following
from bot.handlers.requests import Answer, Nothing, Request
from bot.handlers.today import todays_post
from bot.outbox.enqueue import tell
from bot.service.home_refresh import open_home, turn_home
from bot.service.touch_list_days import todays_list
from bot.slack.ids import Action
from bot.slack.views.home import stranger_view
from bot.slack.views.home_list import list_modal

PAGES = re.compile(rf"^{Action.HOME_PAGE}_")
Publish = Callable[[str, dict[str, Any]], Awaitable[None]]


def register(edge: Edge) -> None:
    """Register the events of App Home and direct messages."""

    async def publish(slack_user_id: str, view: dict[str, Any]) -> None:
        await in_time(edge.app.client.views_publish(user_id=slack_user_id, view=view))

    edge.event("app_home_opened", lambda request: on_home_opened(request, publish))
    edge.event("message", on_message)
    edge.action(Action.HOME_NEXT, on_next)
    edge.action(Action.HOME_TODAY, on_today)
    edge.action(PAGES, on_page)


async def on_home_opened(request: Request, publish: Publish) -> Answer:
    """Somebody looks at their App Home: render it as of now, through the outbox like every message.

    The outbox knows our people only; the page of somebody else never changes, so it is published at once.
    """
    if request.body["event"].get("tab") != "home":
        return Nothing()
    try:
        await request.perform(open_home)
    except NotAllowed as stranger:
        await publish(request.slack_user_id, stranger_view(stranger.sentence))
    return Nothing()


async def on_next(request: Request) -> Answer:
    """Work today's list, one person at a time."""

    def first(session: Session, actor: Actor, now: datetime) -> dict[str, Any]:
        return following(session, actor, todays_list(session, actor, now), 0, now)

    await request.open_view(await request.perform(first))
    return Nothing()


async def on_today(request: Request) -> Answer:
    """Bring today's list, as ``/today`` does; App Home has no place for an answer, so it opens on top."""
    await request.open_view(list_modal(await request.perform(todays_post)))
    return Nothing()


async def on_page(request: Request) -> Answer:
    """Turn a page of the team."""
    page = int(request.value) if request.value.isdecimal() else 0
    await request.perform(lambda session, actor, now: turn_home(session, actor, page, now))
    return Nothing()


async def on_message(request: Request) -> Answer:
    """Somebody writes to the bot: say what it listens to; to somebody we do not know, once, who can help."""
    event = request.body["event"]
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
        return Nothing()
    try:
        await request.perform(
            lambda session, actor, _: tell(
                session,
                Notice(
                    kind=NoticeKind.WELCOME,
                    to=Address.person(actor.person_id),
                    key=f"welcome:{event.get('channel')}:{event.get('ts')}",
                    subject_id=str(actor.person_id),
                    priority=Priority.PERSON,
                ),
            )
        )
    except NotAllowed as stranger:
        greeting = Notice(
            kind=NoticeKind.LATE_RESULT,
            to=Address.channel(str(event["channel"])),
            key=f"stranger:{request.slack_user_id}",
            subject_id=request.slack_user_id,
            priority=Priority.PERSON,
            facts={"text": f"Hello. {stranger.sentence}"},
        )
        await request.database.write(lambda session: tell(session, greeting), Urgency.PERSON)
    return Nothing()
