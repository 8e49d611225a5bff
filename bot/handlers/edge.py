"""The edge between Slack and the house: dedupe, who is asking, time limits, errors.

What must stay true (design, points 2 and 3): Slack always gets 200 with a sentence, in time; what was answered as
done is committed; work not begun in two seconds is called off and said to be *not saved*, with the typed text;
work begun is finished, and told by direct message when it outlived its ack.
"""

from __future__ import annotations  # those of functions made for each request cost a tenth of it

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.clocks import Clock, protocol_now
from bot.db.models import SeenRequest
from bot.db.rows import put_once
from bot.db.session import START_WITHIN, Database
from bot.db.threads import Urgency
from bot.domain.commands import Actor
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.handlers.answers import Handler, Repeated, give, guarded, in_time, in_words, make_reference, still_saving
from bot.handlers.requests import Answer, Request, ShowView, Work
from bot.outbox.enqueue import refresh, tell
from bot.service.actors import actor_by_slack
from bot.slack.blocks import Post

log = structlog.get_logger(__name__)
T = TypeVar("T")

ANSWER_WITHIN = 2.6
"""Seconds after which Slack gets an answer, done or not; its own limit is 3 (slack.md)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Registers handlers with Bolt and stands around each of them. Times are seconds."""

    app: AsyncApp
    database: Database
    clock: Clock
    answer_within: float = ANSWER_WITHIN
    start_within: float = START_WITHIN

    def command(self, name: str, handler: Handler) -> None:
        """A slash command."""
        self.app.command(name)(self._listener(handler, name))

    def action(self, action_id: str | re.Pattern[str], handler: Handler) -> None:
        """A control in a message, a modal or the App Home."""
        name = action_id if isinstance(action_id, str) else action_id.pattern
        self.app.action(action_id)(self._listener(handler, name))

    def view(self, callback_id: str, handler: Handler) -> None:
        """A submitted modal."""
        self.app.view(callback_id)(self._listener(handler, callback_id))

    def shortcut(self, callback_id: str, handler: Handler) -> None:
        """A message or global shortcut."""
        self.app.shortcut(callback_id)(self._listener(handler, callback_id))

    def options(self, action_id: str | re.Pattern[str], handler: Handler) -> None:
        """A typeahead."""
        name = action_id if isinstance(action_id, str) else action_id.pattern
        self.app.options(action_id)(self._listener(handler, name))

    def event(self, name: str, handler: Handler) -> None:
        """An event; nobody waits for its answer."""
        self.app.event(name)(self._listener(handler, name))

    def _listener(self, handler: Handler, name: str) -> Callable[..., Awaitable[None]]:
        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> None:
            await self._serve(handler, body, client, ack, respond, name)

        return listener

    async def _serve(
        self,
        handler: Handler,
        body: Mapping[str, Any],
        client: AsyncWebClient,
        ack: AsyncAck,
        respond: AsyncRespond,
        name: str,
    ) -> None:
        started = protocol_now()
        request = self._request(body, client, respond)
        task = asyncio.ensure_future(guarded(handler, request, name))
        done, _ = await asyncio.wait({task}, timeout=self.answer_within)
        answer = task.result() if done else still_saving(request)
        if not done:
            task.add_done_callback(lambda finished: self._tell(request, finished.result(), "result"))
        if await give(answer, request, ack, respond):
            self._tell(request, answer, "answer")
        log.info(
            "request",
            what=name,
            who=request.slack_user_id,
            answer=type(answer).__name__,
            ms=round((protocol_now() - started).total_seconds() * 1000),
        )

    def _request(self, body: Mapping[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> Request:
        user = _user_of(body)
        key = _key_of(body)
        now = self.clock.now()

        def once(work: Work[T]) -> Callable[[Session], T]:
            def run(session: Session) -> T:
                if key and _seen_before(session, key):
                    raise Repeated
                actor = actor_by_slack(session, user)
                result = work(session, actor, now)
                _only_asked(session, key, result)
                _show_at_home(session, body, actor)
                return result

            return run

        async def perform(work: Work[T]) -> T:
            result = await self.database.write(once(work), Urgency.PERSON, self.start_within)
            request.performed = True
            return result

        async def read(work: Work[T]) -> T:
            return await self.database.read(lambda session: work(session, actor_by_slack(session, user), now))

        async def open_view(view: dict[str, Any]) -> None:
            in_a_modal = (body.get("view") or {}).get("type") == "modal"  # then the new one goes on top of it
            open_or_push = client.views_push if in_a_modal else client.views_open
            await in_time(open_or_push(trigger_id=str(body["trigger_id"]), view=view))

        async def update_view(view_id: str, view: dict[str, Any], view_hash: str | None = None) -> None:
            await in_time(client.views_update(view_id=view_id, view=view, hash=view_hash))

        async def answer(post: Post, in_place: bool) -> None:
            await in_time(respond(text=post.text, blocks=post.blocks, replace_original=in_place))

        request = Request(
            body=body,
            slack_user_id=user,
            key=key,
            database=self.database,
            now=now,
            perform_work=perform,
            read_work=read,
            open_view=open_view,
            update_view=update_view,
            respond=answer,
            typed=str(body.get("text") or ""),
        )
        if body.get("type") == "view_submission":
            request.typed = "\n".join(text for text in request.state.values() if isinstance(text, str) and " " in text)
        return request

    def _tell(self, request: Request, answer: Answer, part: str) -> None:
        """What could not be said in the answer goes by direct message, through the outbox."""
        text = in_words(request, answer)
        if not text:
            return
        task = asyncio.ensure_future(
            self.database.write(lambda session: _tell(session, request, text, part), Urgency.PERSON)
        )
        task.add_done_callback(_log_failure)


def _tell(session: Session, request: Request, text: str, part: str) -> None:
    actor = actor_by_slack(session, request.slack_user_id)
    tell(
        session,
        Notice(
            kind=NoticeKind.LATE_RESULT,
            to=Address.person(actor.person_id),
            key=f"{part}:{request.key or secrets.token_hex(8)}",
            subject_id=str(actor.person_id),
            priority=Priority.PERSON,
            facts={"text": text},
        ),
    )


def _show_at_home(session: Session, body: Mapping[str, Any], actor: Actor) -> None:
    """What was clicked in App Home shows there."""
    if "actions" in body and (body.get("view") or {}).get("type") == "home":
        refresh(session, str(actor.person_id), View.APP_HOME)


def _log_failure(task: asyncio.Future[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("late result not stored", kind=type(error).__name__, reference=make_reference())


def _seen_before(session: Session, key: str) -> bool:
    return not put_once(session, SeenRequest, key=key, at=protocol_now())


def _only_asked(session: Session, key: str, answer: Any) -> None:
    """A form that was put on top of another did nothing yet: closed, the same press may ask for it again."""
    if key and isinstance(answer, ShowView) and answer.push:
        session.execute(delete(SeenRequest).where(SeenRequest.key == key))


def _user_of(body: Mapping[str, Any]) -> str:
    if "user_id" in body:
        return str(body["user_id"])
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user.get("id") or "")
    event = body.get("event") or {}
    return str(event.get("user") or "")


def _key_of(body: Mapping[str, Any]) -> str:
    if "event_id" in body:
        return f"event:{body['event_id']}"
    if body.get("type") == "block_suggestion":
        return ""
    if body.get("type") == "view_submission":
        view = body.get("view") or {}
        # Pressed again after trouble, it is the same form; with something else in it, it is another.
        said = json.dumps((view.get("state") or {}).get("values"), sort_keys=True)
        return f"submit:{view.get('id')}:{view.get('hash')}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    trigger = body.get("trigger_id")
    return f"trigger:{trigger}" if trigger else ""
