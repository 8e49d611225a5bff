"""App Home, and an answer to those who write to the bot.

What must stay true: somebody we do not know is told so, in a sentence; nobody meets an empty page or silence.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.db.threads import Urgency
from bot.domain.errors import NotAllowed
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.handlers.answers import in_time
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Request
from bot.outbox.enqueue import show, tell
from bot.slack.views.home import stranger_view

Publish = Callable[[str, dict[str, Any]], Awaitable[None]]


def register(edge: Edge) -> None:
    """Register the events of App Home and direct messages."""

    async def publish(slack_user_id: str, view: dict[str, Any]) -> None:
        await in_time(edge.app.client.views_publish(user_id=slack_user_id, view=view))

    edge.event("app_home_opened", lambda request: on_home_opened(request, publish))
    edge.event("message", on_message)


async def on_home_opened(request: Request, publish: Publish) -> Answer:
    """Somebody looks at their App Home: render it as of now, through the outbox like every message.

    The outbox knows our people only; the page of somebody else never changes, so it is published at once.
    """
    if request.body["event"].get("tab") != "home":
        return Nothing()
    try:
        await request.perform(
            lambda session, actor, _: show(
                session,
                View.APP_HOME,
                str(actor.person_id),
                Address.person(actor.person_id),
                priority=Priority.PERSON,
            )
        )
    except NotAllowed as stranger:
        await publish(request.slack_user_id, stranger_view(stranger.sentence))
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
