"""A touch on its way to being logged: what was understood, what was answered, what is still to be asked.

What must stay true: the line as typed and the whole note travel with it; answering a question never loses a word.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from bot.domain.commands import Actor, LogTouch
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_draft import TO_COME
from bot.domain.touch_vocabulary import TIMED

FOLLOW_UP, CALLBACK = "follow_up_at", "callback_at"
"""The times of a touch that a line can say."""
WANTS_SPEAKER = frozenset({Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE})


class Ask(StrEnum):
    """What a button's answer is about; the line's questions, and who is meant."""

    WHO = "who"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    WHEN = "when"
    BOOKING = "booking"
    REFERRAL = "referral"
    SECOND = "second"
    FORM = "form"


class PendingOption(BaseModel):
    """One answer to choose: its words and its value."""

    model_config = ConfigDict(frozen=True)

    label: str
    value: str


class PendingQuestion(BaseModel):
    """A question of the line; ``when`` is the time that was said for an answer that wants one (aware UTC).

    ``day_only``: no hour was said with it, so the hour is still to be asked. ``why``: a sentence that says why it is
    asked. ``fact``: the time that the answer sets.
    """

    model_config = ConfigDict(frozen=True)

    kind: Ask
    options: tuple[PendingOption, ...] = ()
    about: str = ""
    when: datetime | None = None
    day_only: bool = False
    why: str = ""
    fact: str = FOLLOW_UP


class Elsewhere(BaseModel):
    """A time said in the contact's own zone, or in one that nobody knows: to be read once they are known.

    ``words``: as typed; ``fact``: the time of the touch that they set; ``place``: the unknown place.
    """

    model_config = ConfigDict(frozen=True)

    words: str
    fact: str = FOLLOW_UP
    place: str = ""


class PendingTouch(BaseModel):
    """What is known so far. Times are aware UTC. ``touch_id`` and ``version``: it corrects a logged touch.

    ``who``: the words for a person not found yet. ``new_email``, ``new_company``: of somebody to be added.
    ``callback_at``: a callback promised beside another outcome. ``elsewhere``: times still to be read in their zone.
    ``rest``: the words of the line about somebody else.
    ``origin``: the first draft it was kept under; whatever becomes of it, it is one touch.
    """

    model_config = ConfigDict(frozen=True)

    line: str = ""
    who: str = ""
    contact_id: UUID | None = None
    new_name: str | None = None
    new_email: str | None = None
    new_company: str | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    happened_at: datetime | None = None
    follow_up_at: datetime | None = None
    callback_at: datetime | None = None
    said_by: str | None = None
    referral_name: str | None = None
    referral_email: str | None = None
    duration_minutes: int | None = None
    note: str = ""
    rest: str = ""
    assumed: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    questions: tuple[PendingQuestion, ...] = ()
    touch_id: UUID | None = None
    version: int = 0
    origin: str = ""

    def with_(self, **changes: object) -> "PendingTouch":
        """The same with some facts changed."""
        return self.model_copy(update=changes)

    @property
    def question(self) -> PendingQuestion | None:
        """What is to be asked next."""
        return self.questions[0] if self.questions else None

    @property
    def to_come(self) -> PendingQuestion | None:
        """The question when it was, where the line names a time that is still to come: it is no touch of now."""
        if self.outcome in TIMED:
            return None
        return next((one for one in self.questions if one.why == TO_COME), None)

    @property
    def ready(self) -> bool:
        """Whether it can be logged."""
        return None not in (self.contact_id, self.channel, self.outcome) and not self.questions

    def command(self, actor: Actor, now: datetime) -> LogTouch:
        """The command to log it. Only when ``ready``."""
        assert self.contact_id is not None
        assert self.channel is not None
        assert self.outcome is not None
        wants_time, wants_speaker = self.outcome in TIMED, self.outcome in WANTS_SPEAKER
        referral = self.outcome is Outcome.REFERRAL
        return LogTouch(
            actor=actor,
            contact_id=self.contact_id,
            channel=self.channel,
            outcome=self.outcome,
            happened_at=self.happened_at or now,
            note=self.note,
            typed=self.line,
            follow_up_at=self.follow_up_at if wants_time else None,
            callback_at=self.callback_at if self.outcome is not Outcome.CALLBACK else None,
            said_by=self.said_by if wants_speaker else None,
            referral_name=self.referral_name if referral else None,
            referral_email=self.referral_email if referral else None,
            duration_minutes=self.duration_minutes,
            request_key=f"touch_of:{self.origin}" if self.origin else None,
        )
