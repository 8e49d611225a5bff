"""From an address to a place in Slack: looked up once, then known.

What must stay true: an address that cannot be found is an error somebody can mend, never a lost notice.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.models import Person, Setting, Team
from bot.db.rows import run
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.domain.notices import Address, To
from bot.outbox.enqueue import insert_once
from bot.outbox.living import is_coming, living

PAGE = 1000
LOOK_AGAIN_SECONDS = 30
"""How long a channel list from Slack is trusted before a name is asked for again."""


class NoPlace(Exception):  # noqa: N818 — named for what happened
    """The address leads nowhere yet; the message says what to mend."""


class NotPosted(Exception):  # noqa: N818
    """The message this is a reply to does not stand in Slack yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """A Slack channel, and a thread in it where it is a reply."""

    channel: str
    thread_ts: str | None = None


class Addresses:
    """Resolves addresses, remembering what Slack said."""

    def __init__(self, database: Database, slack: AsyncWebClient) -> None:
        self._database = database
        self._slack = slack
        self._known: dict[str, str] = {}
        self._wrong: set[str] = set()
        """Channels that proved wrong: the database may still name them."""
        self._listed_at = 0.0
        self._lock = asyncio.Lock()

    def noted(self, session: Session, address: Address) -> Place | None:
        """The place for ``address`` as far as no question to Slack is needed; read along with what goes there."""
        if address.to is To.INBOUND:
            channel: str | None = _inbound_channel(session, address.value) or self._database.playbook.channels.inbound
        elif address.to is To.PERSON:
            channel = self._known.get(str(address))
        else:
            channel = address.value if address.to is To.CHANNEL else None
        if channel is not None and channel.startswith("#"):
            channel = self._known.get(channel)
        return Place(channel) if channel is not None else None

    async def find(self, address: Address) -> Place:
        """The place for ``address``. Raises ``NoPlace``, ``NotPosted`` and what Slack raises."""
        if address.to is To.THREAD:
            return await self._thread(UUID(address.value))
        if address.to is To.PERSON:
            return Place(await self._person(UUID(address.value)))
        if address.to is To.INBOUND:
            own = await self._database.read(lambda session: _inbound_channel(session, address.value))
            return Place(await self._channel(own or self._database.playbook.channels.inbound))
        return Place(await self._channel(address.value))

    def forget(self, place: Place) -> None:
        """This place proved wrong: whatever led there is asked of Slack anew."""
        self._known = {name: channel for name, channel in self._known.items() if channel != place.channel}
        self._wrong.add(place.channel)
        self._listed_at = 0.0

    async def _thread(self, living_id: UUID) -> Place:
        # one snapshot: a card posted between two reads would look like one that never comes
        parent, coming = await self._database.read(
            lambda session: (living(session, living_id), is_coming(session, living_id))
        )
        if parent is None:
            raise NoPlace("the message to reply to is not known")
        if parent.channel is not None and parent.ts is not None:
            return Place(parent.channel, parent.ts)
        if coming:
            raise NotPosted
        return await self.find(Address.parse(parent.address))  # it never comes: better alone than not at all

    async def _person(self, person_id: UUID) -> str:
        known = self._known.get(f"person:{person_id}")
        if known:
            return known
        row = await self._database.read(
            lambda session: session.execute(
                select(Person.slack_user_id, Person.dm_channel).where(Person.id == person_id)
            ).first()
        )
        if row is None or row.slack_user_id is None:
            raise NoPlace("this person has no Slack user yet: check that their e-mail is the one in Slack")
        channel: str | None = row.dm_channel
        if channel is None or channel in self._wrong:
            opened = await self._slack.conversations_open(users=row.slack_user_id)
            channel = str(opened["channel"]["id"])
            await self._database.write(
                lambda session: (
                    session.execute(update(Person).where(Person.id == person_id).values(dm_channel=channel)) and None
                ),
                Urgency.DELIVERY,
            )
        self._known[f"person:{person_id}"] = channel
        return channel

    async def _channel(self, channel: str) -> str:
        if not channel.startswith("#"):
            return channel
        known = self._known.get(channel)
        if known is None:
            async with self._lock:
                await self._list_channels(channel)
            known = self._known.get(channel)
        if known is None:
            raise NoPlace(f"I can't see a channel {channel}: create it, or invite me with /invite")
        return known

    async def _list_channels(self, wanted: str) -> None:
        stored = await self._database.read(lambda session: session.get(Setting, "channels"))
        if stored is not None:
            self._known |= {
                name: str(value)
                for name, value in stored.value.items()
                if name not in self._known and str(value) not in self._wrong
            }
        loop = asyncio.get_running_loop()
        if wanted in self._known or (self._listed_at and loop.time() - self._listed_at < LOOK_AGAIN_SECONDS):
            return
        found: dict[str, str] = {}
        cursor: str | None = None
        while True:
            page = await self._slack.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
            )
            found |= {f"#{channel['name']}": channel["id"] for channel in page["channels"]}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        self._listed_at = loop.time()
        self._known |= found
        if wanted in found:
            await self._database.write(lambda session: _remember(session, wanted, found[wanted]), Urgency.DELIVERY)


def _inbound_channel(session: Session, team: str) -> str | None:
    """The channel a team has of its own for alerts."""
    if team == "*":
        return None
    channel: str | None = run(session, _OWN_CHANNEL, team=UUID(team)).scalar()
    return channel


_OWN_CHANNEL = select(Team.inbound_channel).where(Team.id == bindparam("team"))


def _remember(session: Session, name: str, channel: str) -> None:
    session.execute(insert_once(session, Setting).values(key="channels", value={}))
    setting = session.get_one(Setting, "channels", with_for_update=True)
    setting.value = {**setting.value, name: channel}
