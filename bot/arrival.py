"""What has to be there before the work can begin, and is waited for: the database, then Slack.

What must stay true: something that is merely away is waited for; something that is wrong is said plainly.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.migrate import current, is_current, upgrade
from bot.db.session import Database
from bot.handlers.bolt import Identity
from bot.service.workspace import OtherWorkspace, meet_workspace
from bot.settings import SettingsError

log = structlog.get_logger("arrival")

SLACK_AGAIN_SECONDS = 2.0
DATABASE_AGAIN_SECONDS = 1.0
DATABASE_WITHIN_SECONDS = 60.0
TABLES_AGAIN_SECONDS = 60.0
FATAL = {"invalid_auth", "account_inactive", "token_revoked", "not_authed"}


async def wait_for_database(url: str, *, bring_up_to_date: bool) -> None:
    """Return once the database answers, its tables brought up to date if asked to. Raises ``SettingsError``."""
    deadline = asyncio.get_running_loop().time() + DATABASE_WITHIN_SECONDS
    while True:
        try:
            await asyncio.to_thread(upgrade if bring_up_to_date else current, url)
        except OperationalError as error:
            if asyncio.get_running_loop().time() > deadline:
                sentence = "DATABASE_URL leads to no database that answers. Check it, or start the database."
                raise SettingsError([sentence]) from error
            log.warning("database out of reach", kind=type(error.orig).__name__)
            await asyncio.sleep(DATABASE_AGAIN_SECONDS)
        else:
            return


async def meet_slack(client: AsyncWebClient, identity: Identity, database: Database, stop: asyncio.Event) -> None:
    """Learn who we are in Slack, trying until Slack and the database answer. Raises ``SettingsError``."""
    while not stop.is_set():
        try:
            answer: Any = (await client.auth_test()).data
            await database.write(partial(_meet, answer["team_id"], answer["team"]))
        except SlackApiError as error:
            if error.response.get("error") in FATAL:
                raise SettingsError(["Slack refuses SLACK_BOT_TOKEN. Reinstall the app and copy the token."]) from error
            log.warning("slack answers with an error", code=error.response.get("error"))
        except OtherWorkspace as error:
            raise SettingsError([error.sentence]) from error
        except (SlackClientError, DBAPIError, OSError, TimeoutError) as error:
            log.warning("slack or the database is out of reach", kind=type(error).__name__)
        else:
            identity.bot_id, identity.bot_user_id = answer["bot_id"], answer["user_id"]
            identity.team_name, identity.team_id = answer["team"], answer["team_id"]
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SLACK_AGAIN_SECONDS)


def _meet(team_id: str, team: str, session: Session) -> None:
    meet_workspace(session, team_id, team, protocol_now())


async def watch_tables(database: Database, tell: Callable[[bool], None], stop: asyncio.Event) -> None:
    """Keep what ``/readyz`` says of the tables true: another release may have moved them on."""
    while not stop.is_set():
        with contextlib.suppress(DBAPIError):
            tell(await asyncio.to_thread(is_current, database.reader))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TABLES_AGAIN_SECONDS)
