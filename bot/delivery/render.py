"""From a notice or a living message to what Slack is to show, as of this moment.

What must stay true: rendering reads and never writes; a subject that is gone renders as nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.clocks import Clock
from bot.domain.notices import NoticeKind, View
from bot.outbox.claims import Claimed
from bot.outbox.living import Living
from bot.slack.blocks import Post


@dataclass(frozen=True, slots=True)
class Home:
    """An App Home to publish."""

    slack_user_id: str
    view: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to share, with the words that stand over it; told at least once, as Slack lets nobody look it up."""

    name: str
    content: bytes
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its view gets it."""

    subject_id: str
    to: str
    facts: Mapping[str, Any]


NoticeView = Callable[[Session, Told, datetime], Post | Upload | None]
LivingView = Callable[[Session, Living, datetime], Post | Home | None]


class Renderer:
    """Knows a view for each kind of notice and each living message."""

    def __init__(
        self, clock: Clock, notices: Mapping[NoticeKind, NoticeView], living: Mapping[View, LivingView]
    ) -> None:
        self._clock = clock
        self._notices = notices
        self._living = living

    def knows(self, item: Claimed) -> bool:
        """Whether this version of ours can show it: during an upgrade the newer one's items stand in the outbox too."""
        return item.kind in (self._notices if item.living_id is None else self._living)

    def notice(self, session: Session, item: Claimed) -> Post | Upload | None:
        """A message that is posted once, or a file."""
        told = Told(str(item.notice.get("subject_id", "")), item.lane, item.notice.get("facts") or {})
        return self._notices[NoticeKind(item.kind)](session, told, self._clock.now())

    def living(self, session: Session, standing: Living) -> Post | Home | None:
        """A living message, as its subject is now."""
        return self._living[View(standing.view)](session, standing, self._clock.now())
