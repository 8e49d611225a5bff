"""Sam and Ada at their Slack, with /touch and /lead answered by the real handlers over Socket Mode."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from bot.db.models import Person
from bot.db.session import Database
from bot.domain.warm import warm_up
from bot.handlers import lead, touch
from bot.handlers.bolt import Identity, make_bolt, make_socket
from bot.handlers.edge import Edge
from bot.slack.client import drain, make_client, make_session
from sandbox.driver import PersonDriver, Workspace
from tests.touches.house import NOW, House, furnish


class HeldClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Office:
    """What a test holds: the workspace, the people in it, what is in the database."""

    slack: Workspace
    house: House
    clock: HeldClock

    @property
    def sam(self) -> PersonDriver:
        return self.slack.person("Sam")

    @property
    def ada(self) -> PersonDriver:
        return self.slack.person("Ada")


@asynccontextmanager
async def open_office(database: Database) -> AsyncIterator[Office]:
    """A workspace with the bot connected."""
    async with Workspace.start(people=["Sam", "Ada", "Boss"], manifest="manifest.yaml") as slack:
        warm_up(NOW, "DE")
        house, clock = furnish(database), HeldClock(NOW)
        database.write_now(lambda session: _match(session, slack))
        env = slack.env()
        session = make_session()
        client = make_client(env["SLACK_BOT_TOKEN"], env["SLACK_API_URL"], session)
        bolt = make_bolt(client, Identity(env["SLACK_BOT_TOKEN"]))
        edge = Edge(bolt, database, clock)
        touch.register(edge)
        lead.register(edge)
        socket = make_socket(bolt, env["SLACK_APP_TOKEN"], client)
        await socket.connect_async()
        try:
            await slack.connected()
            yield Office(slack, house, clock)
        finally:
            await socket.close_async()
            await drain(session)


def _match(session: Any, slack: Workspace) -> None:
    for name in ("Sam", "Ada", "Boss"):
        session.execute(update(Person).where(Person.name == name).values(slack_user_id=slack.person(name).id))
