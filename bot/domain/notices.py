"""Notices: what is to be told, to whom, in which order. Delivery decides how it looks.

What must stay true: a notice's ``key`` is what makes it the same notice; telling it twice tells it once. A notice
holds ids and facts fixed when it was caused; all else is read when it is rendered.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from uuid import UUID


class Priority(IntEnum):
    """Order between notices; within one lane and priority it is first in, first out."""

    HOT = 0
    PERSON = 2
    NORMAL = 5
    BULK = 8


class View(StrEnum):
    """Living messages: messages that are a function of their subject's state."""

    LEAD_ALERT = "lead_alert"
    TOUCH_LIST = "touch_list"
    HANDOFF = "handoff"
    APP_HOME = "app_home"


class NoticeKind(StrEnum):
    """Messages that are posted once and stay as they are."""

    NUDGE = "nudge"
    CLAIM_IDLE = "claim_idle"
    STANDARD_REMINDER = "standard_reminder"
    BREACH = "breach"
    CALLBACK_DUE = "callback_due"
    LATE_RESULT = "late_result"
    ADMIN_WARNING = "admin_warning"
    WELCOME = "welcome"
    GREETING = "greeting"
    HANDOFF_STEP = "handoff_step"
    HANDOFF_REMINDER = "handoff_reminder"
    CALENDAR_FILE = "calendar_file"
    PIPELINE_FILE = "pipeline_file"
    INTRO_CALL_SOON = "intro_call_soon"
    VERDICT_WANTED = "verdict_wanted"
    VERDICT_STEP = "verdict_step"
    DEAL_STEP = "deal_step"
    LULL = "lull"
    REASSIGNED = "reassigned"
    REASSIGNED_SHARE = "reassigned_share"
    REASSIGN_UNDONE = "reassign_undone"
    COVER_BEGINS = "cover_begins"
    COVER_ENDS = "cover_ends"


class To(StrEnum):
    """The ways an address is given."""

    PERSON = "person"
    CHANNEL = "channel"
    INBOUND = "inbound"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a notice is for. ``str(address)`` is its lane: order holds within it.

    ``person:<id>`` a direct message · ``channel:<slack id or #name>`` · ``inbound:<team id or *>`` the channel for
    hand raises · ``thread:<living message id>`` a reply under a living message.
    """

    to: To
    value: str

    @classmethod
    def person(cls, person_id: UUID) -> "Address":
        """A direct message to one of us."""
        return cls(To.PERSON, str(person_id))

    @classmethod
    def channel(cls, channel: str) -> "Address":
        """A channel by Slack id, or by ``#name``."""
        return cls(To.CHANNEL, channel)

    @classmethod
    def inbound(cls, team_id: UUID | None) -> "Address":
        """The channel for hand raises of a team."""
        return cls(To.INBOUND, str(team_id) if team_id else "*")

    @classmethod
    def under(cls, living_id: UUID) -> "Address":
        """A reply in the thread of a living message."""
        return cls(To.THREAD, str(living_id))

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read what ``str`` wrote. Raises ``ValueError``."""
        to, _, value = text.partition(":")
        return cls(To(to), value)

    def __str__(self) -> str:
        return f"{self.to}:{self.value}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell, once."""

    kind: NoticeKind
    to: Address
    key: str
    subject_id: str
    priority: Priority = Priority.NORMAL
    facts: dict[str, str | int | float | bool | None] = field(default_factory=dict)
