"""App Home, and an answer to those who write to the bot."""

from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.handlers.edge import Edge
from bot.handlers.requests import Answer, Nothing, Request
from bot.outbox.enqueue import show, tell


def register(edge: Edge) -> None:
    """Register the events of App Home and direct messages."""
    edge.event("app_home_opened", on_home_opened)
    edge.event("message", on_message)


async def on_home_opened(request: Request) -> Answer:
    """Somebody looks at their App Home: render it as of now, through the outbox like every message."""
    if request.body["event"].get("tab") != "home":
        return Nothing()
    await request.perform(
        lambda session, actor, _: show(
            session,
            View.APP_HOME,
            str(actor.person_id),
            Address.person(actor.person_id),
            priority=Priority.PERSON,
        )
    )
    return Nothing()


async def on_message(request: Request) -> Answer:
    """Somebody writes to the bot: say once what it listens to."""
    event = request.body["event"]
    if event.get("channel_type") != "im" or event.get("subtype") or event.get("bot_id"):
        return Nothing()
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
    return Nothing()
