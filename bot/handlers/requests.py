"""What a Slack request says, read once, and what a handler may answer.

What must stay true: handlers see these values, never Bolt's raw bodies; an answer holds everything the person
is to see.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bot.db.session import Database
from bot.domain.commands import Actor
from bot.slack.blocks import Post

T = TypeVar("T")
Work = Callable[[Session, Actor, datetime], T]


@dataclass(frozen=True, slots=True)
class Say:
    """A message only the person sees. ``replace`` puts it where the clicked message stands (ephemeral ones).

    ``visible``: to everybody in the channel of the clicked message; only on purpose.
    """

    post: Post
    replace: bool = False
    visible: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Only the ack; the person sees the result in the message that changes."""


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """Sentences beside the fields of a form, by block id."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowView:
    """Put this view into the place of the form that was submitted, or on top of it."""

    view: dict[str, Any]
    push: bool = False


@dataclass(frozen=True, slots=True)
class CloseAll:
    """Close the whole stack of modals; ``say`` goes to the person as a message."""

    say: Post | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a typeahead."""

    options: list[dict[str, Any]]


Answer = Say | Nothing | FieldErrors | ShowView | CloseAll | Options


@dataclass(slots=True)
class Request:
    """One Slack request. Database work goes through ``perform`` and ``read``, given by the edge."""

    body: Mapping[str, Any]
    slack_user_id: str
    key: str
    """What makes a redelivery the same request: event id, trigger id or envelope."""
    database: Database
    now: datetime
    perform_work: Callable[[Work[Any]], Awaitable[Any]]
    read_work: Callable[[Work[Any]], Awaitable[Any]]
    open_view: Callable[[dict[str, Any]], Awaitable[None]]
    update_view: Callable[..., Awaitable[None]]
    """``update_view(view_id, view, view_hash=None)``; with the hash it fails where the view changed meanwhile."""
    respond: Callable[[Post, bool], Awaitable[None]]
    performed: bool = False
    """Something was committed: a later failure must not say that it was not saved."""
    typed: str = field(default="")
    """What the person typed: echoed back whenever it could not be saved."""

    async def perform(self, work: "Work[T]") -> T:
        """Run ``work(session, actor, now)`` in one transaction, once per request. Raises ``UserError``."""
        result: T = await self.perform_work(work)
        return result

    async def read(self, work: "Work[T]") -> T:
        """Run ``work(session, actor, now)`` on a snapshot."""
        result: T = await self.read_work(work)
        return result

    @property
    def text(self) -> str:
        """The text after a slash command."""
        return str(self.body.get("text") or "").strip()

    @property
    def channel(self) -> str | None:
        """Where it happened."""
        channel = self.body.get("channel")
        if isinstance(channel, Mapping):
            return str(channel.get("id"))
        return str(self.body["channel_id"]) if "channel_id" in self.body else None

    @property
    def action(self) -> Mapping[str, Any]:
        """The control that was used."""
        actions = self.body.get("actions") or [{}]
        first: Mapping[str, Any] = actions[0]
        return first

    @property
    def value(self) -> str:
        """The value of the control: a button's, or the chosen option's."""
        action = self.action
        if "selected_option" in action:
            return str((action["selected_option"] or {}).get("value") or "")
        for name in ("selected_user", "selected_conversation", "selected_date", "selected_date_time"):
            if name in action:
                return str(action[name] or "")
        return str(action.get("value") or "")

    @property
    def query(self) -> str:
        """What was typed into a typeahead."""
        return str(self.body.get("value") or "")

    @property
    def view(self) -> Mapping[str, Any]:
        """The view it came from."""
        view: Mapping[str, Any] = self.body.get("view") or {}
        return view

    @property
    def metadata(self) -> dict[str, Any]:
        """The view's private metadata as it was given to ``modal`` in JSON."""
        text = self.view.get("private_metadata") or ""
        loaded: dict[str, Any] = json.loads(text) if text else {}
        return loaded

    @property
    def state(self) -> dict[str, Any]:
        """A form's inputs by action id: text, the option's value, a date-time in epoch seconds, lists of values."""
        values = (self.view.get("state") or self.body.get("state") or {}).get("values") or {}
        return {action_id: _input_value(given) for inputs in values.values() for action_id, given in inputs.items()}

    @property
    def message(self) -> Mapping[str, Any]:
        """The message it came from."""
        message: Mapping[str, Any] = self.body.get("message") or {}
        return message


def _input_value(given: Mapping[str, Any]) -> Any:
    if "selected_option" in given:
        return (given["selected_option"] or {}).get("value")
    if "selected_options" in given:
        return [chosen["value"] for chosen in given["selected_options"] or []]
    for name in ("selected_date_time", "selected_date", "selected_time", "selected_user", "selected_conversation"):
        if name in given:
            return given[name]
    return given.get("value")
