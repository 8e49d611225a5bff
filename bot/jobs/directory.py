"""Keeping our people and Slack's users together: who we are, who they are, who left.

What must stay true: a Slack or a database that is away is waited for; people are matched by Slack's e-mail, not by
hand.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.clocks import Clock, RealClock, protocol_now
from bot.db.models import Person
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.service.people import SlackUser, match_slack_users

log = structlog.get_logger("directory")

WHOLE_EVERY = timedelta(hours=1)
LOOK_EVERY = 15.0
"""Seconds between looks for people who were added and are not matched yet."""
PAGE = 200


class Directory:
    """Matches people to Slack users while the process runs."""

    def __init__(
        self, database: Database, slack: AsyncWebClient, known: Callable[[], bool], clock: Clock | None = None
    ) -> None:
        self._database = database
        self._slack = slack
        self._known = known
        self._clock = clock or RealClock()
        self._unmatched = -1

    async def run(self, stop: asyncio.Event) -> None:
        """Match everybody at the start and hourly, and soon after somebody was added."""
        next_whole = protocol_now()
        while not stop.is_set():
            if self._known():
                with contextlib.suppress(SlackClientError, DBAPIError, OSError, TimeoutError):
                    unmatched = await self._database.read(_unmatched)
                    if protocol_now() >= next_whole or unmatched != self._unmatched:
                        await self.match()
                        next_whole = protocol_now() + WHOLE_EVERY
                        self._unmatched = await self._database.read(_unmatched)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_EVERY if self._known() else 0.5)

    async def match(self) -> None:
        """Ask Slack for its users and match them."""
        users: list[SlackUser] = []
        cursor: str | None = None
        while True:
            page = await self._slack.users_list(limit=PAGE, cursor=cursor)
            users += [_user(member) for member in page["members"] if not member.get("is_bot")]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        now = self._clock.now()
        await self._database.write(lambda session: match_slack_users(session, users, now), Urgency.JOB)
        log.info("people matched", slack_users=len(users))


def _unmatched(session: Session) -> int:
    return session.scalars(
        select(func.count()).select_from(Person).where(Person.active.is_(True), Person.slack_user_id.is_(None))
    ).one()


def _user(member: dict[str, object]) -> SlackUser:
    profile = member.get("profile")
    email = profile.get("email") if isinstance(profile, dict) else None
    return SlackUser(
        id=str(member["id"]),
        email=str(email) if email else None,
        tz=str(member["tz"]) if member.get("tz") else None,
        is_guest=bool(member.get("is_restricted") or member.get("is_ultra_restricted")),
        is_stranger=bool(member.get("is_stranger")),
        deleted=bool(member.get("deleted")),
    )
