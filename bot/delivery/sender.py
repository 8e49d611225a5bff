"""One item: render it, send it, say what became of it.

What must stay true: ``sending_at`` is committed before the request; an item that may have reached Slack is looked
up twice before it is sent again, and nothing but finding it or not finding it says where it is; an update is never
tried while the post is unknown. A file cannot be looked up: it is sent at least once.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.session import Database
from bot.delivery.addresses import Addresses, NoPlace, NotPosted, Place
from bot.delivery.budget import Budget, Method
from bot.delivery.ledger import Ledger
from bot.delivery.reconcile import METADATA_EVENT, find_by_key
from bot.delivery.render import Home, Renderer, Upload
from bot.domain.notices import Address, To
from bot.outbox.claims import NOT_OURS, Claimed, Dead, Retry, Sent, Unknown, Verdict, begin_send
from bot.outbox.living import Living, living
from bot.slack.blocks import Post, say
from bot.slack.errors import FAILURES, Meaning, code_of, meaning_of, retry_after

log = structlog.get_logger(__name__)

LOOKUPS = 2
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"}
LOOK_AGAIN = timedelta(seconds=5)
MEND = timedelta(seconds=60)
"""How long to wait before trying again what somebody must mend first."""
PARENT_SOON = timedelta(seconds=1)
"""How soon a reply looks again for the message it goes under."""
SLOWEST_RETRY = timedelta(minutes=5)
LOOK_AGAIN = timedelta(seconds=5)
"""How long an item that only a newer version of ours can show is left to that version's workers."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is to go out now, and which version of a living message it shows."""

    what: Post | Home | Upload | None
    standing: Living | None
    version: int | None
    place: Place | None = None
    """Where it goes, if that was known without asking Slack."""


class Sender:
    """Carries one claimed item to Slack."""

    def __init__(
        self,
        database: Database,
        slack: AsyncWebClient,
        addresses: Addresses,
        renderer: Renderer,
        budget: Budget,
        ledger: Ledger,
    ) -> None:
        self._database = database
        self._slack = slack
        self._addresses = addresses
        self._renderer = renderer
        self._budget = budget
        self._ledger = ledger

    async def send(self, item: Claimed) -> Verdict | None:
        """What became of ``item``; None if its lease was lost on the way."""
        if not self._renderer.knows(item):
            log.warning("left to a newer version", kind=item.kind)
            return _later(item, LOOK_AGAIN, NOT_OURS, tried=False)
        try:
            return await self._send(item)
        except NotPosted:
            return _later(item, PARENT_SOON, "waits for the message it replies to", tried=False)
        except NoPlace as error:
            return _later(item, MEND, f"set-up: {error}")
        except FAILURES as error:
            return self._not_begun(item, error)

    async def _send(self, item: Claimed) -> Verdict | None:
        address = Address.parse(item.lane)
        rendered = await self._begin_and_render(item)
        if rendered is None:
            return None
        if item.sending_at is not None and not isinstance(rendered.what, Home | Upload):
            found = await self._look_up(item, address, rendered.standing)
            if found is not None:
                return found
        if rendered.what is None:
            return Sent(version=rendered.version)
        place = await self._place(address, rendered)
        wait = await self._budget.wait(place.channel, item.priority, _method(rendered))
        if wait > 0:
            return Retry(timedelta(seconds=wait), "waits for its turn", tried=False)
        if item.sending_at is not None and not await self._begin(item):
            return None
        try:
            return await self._request_or_words(item, place, rendered)
        except FAILURES as error:
            if meaning_of(error) is Meaning.SETUP:
                self._addresses.forget(place)
            if isinstance(rendered.what, Upload) and meaning_of(error) is Meaning.UNKNOWN:
                return Retry(_pause(item, error), self._note(item, error)[1])  # at least once: nothing to look up
            return self._failed(item, error)

    async def _begin_and_render(self, item: Claimed) -> Rendered | None:
        """What is to go out; None if the lease was lost. A fresh item is begun while it is rendered: the disk works
        while the view does, and a crash in between costs a look-up, as any other after ``sending_at``."""
        rendering = self._database.read(lambda session: self._render(session, item))
        if item.begun or item.sending_at is not None:
            return await rendering
        begun, rendered = await asyncio.gather(self._begin(item), rendering)
        return rendered if begun else None

    async def _begin(self, item: Claimed) -> bool:
        return await self._ledger.write(lambda session: begin_send(session, item))

    def _render(self, session: Session, item: Claimed) -> Rendered:
        place = self._addresses.noted(session, Address.parse(item.lane))
        if item.living_id is None:
            return Rendered(self._renderer.notice(session, item), None, None, place)
        standing = living(session, item.living_id)
        if standing is None or (standing.sent_version >= standing.stale_version and standing.ts):
            return Rendered(None, standing, None)
        return Rendered(self._renderer.living(session, standing), standing, standing.stale_version, place)

    async def _place(self, address: Address, rendered: Rendered) -> Place:
        standing = rendered.standing
        if isinstance(rendered.what, Home):
            return Place(rendered.what.slack_user_id)
        if standing is not None and standing.ts and standing.channel:
            return Place(standing.channel)
        return rendered.place or await self._addresses.find(address)

    async def _request_or_words(self, item: Claimed, place: Place, rendered: Rendered) -> Sent:
        """Send; where Slack refuses the blocks, send the words alone rather than nothing."""
        try:
            return await self._request(item, place, rendered)
        except SlackApiError as error:
            if code_of(error) not in BLOCKS_REFUSED or not isinstance(rendered.what, Post):
                raise
            log.error("blocks refused", kind=item.kind, code=code_of(error))  # noqa: TRY400 — Slack says why, no trace
            return await self._request(item, place, replace(rendered, what=say(rendered.what.text)))

    async def _request(self, item: Claimed, place: Place, rendered: Rendered) -> Sent:
        what, standing = rendered.what, rendered.standing
        if isinstance(what, Home):
            await self._slack.views_publish(user_id=what.slack_user_id, view=what.view)
            return Sent(version=rendered.version)
        assert what is not None
        if isinstance(what, Upload):
            return await self._upload(what, place)
        if standing is not None and standing.ts and standing.channel:
            await self._slack.chat_update(channel=standing.channel, ts=standing.ts, text=what.text, blocks=what.blocks)
            return Sent(standing.channel, standing.ts, rendered.version)
        answer = await self._slack.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread_ts,
            text=what.text,
            blocks=what.blocks,
            metadata={"event_type": METADATA_EVENT, "event_payload": {"key": item.key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return Sent(str(answer["channel"]), str(answer["ts"]), rendered.version)

    async def _upload(self, what: Upload, place: Place) -> Sent:
        await self._slack.files_upload_v2(
            channel=place.channel,
            thread_ts=place.thread_ts,
            filename=what.name,
            content=what.content,
            title=what.title,
            initial_comment=what.text,
        )
        return Sent(place.channel)

    async def _look_up(self, item: Claimed, address: Address, standing: Living | None) -> Verdict | None:
        """Whether an earlier request reached Slack; None: surely not, send it."""
        if standing is not None and standing.ts:
            return None  # an update: sending it again is harmless
        place = await self._addresses.find(address)
        assert item.sending_at is not None
        ts = await find_by_key(self._slack, place, item.key, item.sending_at)
        if ts is not None:
            # which version it shows is not known: the oldest is claimed, and it is refreshed if there are newer ones
            return Sent(place.channel, ts, version=1 if standing else None)
        if item.lookups + 1 < LOOKUPS:
            return Unknown(LOOK_AGAIN, "not found yet", lookups=item.lookups + 1)
        return None

    def _failed(self, item: Claimed, error: Exception) -> Verdict:
        """What a request that failed says of the message it carried."""
        meaning, code = self._note(item, error)
        if meaning is Meaning.LATER:
            return Retry(_pause(item, error), code)
        if meaning is Meaning.UNKNOWN:
            return Unknown(timedelta(0), code)
        if meaning is Meaning.SETUP:
            return Retry(MEND, f"set-up: {code}")
        if meaning is Meaning.GONE:
            return self._gone(item, code)
        return Dead(code)

    def _not_begun(self, item: Claimed, error: Exception) -> Verdict:
        """What failed on the way there, a lookup above all, says nothing of the message: what was unknown stays so."""
        meaning, code = self._note(item, error)
        if meaning in (Meaning.LATER, Meaning.UNKNOWN):
            return _later(item, _pause(item, error), code)
        if meaning is Meaning.SETUP:
            return _later(item, MEND, f"set-up: {code}")
        if meaning is Meaning.GONE:
            return self._gone(item, code)
        return Dead(code)

    @staticmethod
    def _gone(item: Claimed, code: str) -> Verdict:
        if item.living_id is not None or Address.parse(item.lane).to is To.THREAD:
            return Retry(timedelta(0), code, forget_place=True)
        return Dead(code)

    @staticmethod
    def _note(item: Claimed, error: Exception) -> tuple[Meaning, str]:
        code = code_of(error)
        log.warning("delivery failed", kind=item.kind, lane_kind=_lane_kind(item), code=code, attempts=item.attempts)
        return meaning_of(error), code


def _method(rendered: Rendered) -> Method:
    """How Slack counts the request."""
    if isinstance(rendered.what, Home):
        return Method.HOME
    standing = rendered.standing
    return Method.UPDATE if standing is not None and standing.ts and standing.channel else Method.POST


def _later(item: Claimed, after: timedelta, error: str, *, tried: bool = True) -> Verdict:
    """Try again; what may have reached Slack before is still to be looked up."""
    if item.sending_at is not None:
        return Unknown(after, error, item.lookups)
    return Retry(after, error, tried=tried)


def _pause(item: Claimed, error: Exception) -> timedelta:
    asked = retry_after(error)
    return timedelta(seconds=asked) if asked is not None else _backoff(item)


def _lane_kind(item: Claimed) -> str:
    return To(item.lane.partition(":")[0]).value


def _backoff(item: Claimed) -> timedelta:
    return min(timedelta(seconds=0.5 * 2 ** min(item.attempts, 12)), SLOWEST_RETRY)


def age_ms(item: Claimed) -> float:
    """Milliseconds since the item was enqueued."""
    return (protocol_now() - item.created_at).total_seconds() * 1000
