"""A touch on its way to being logged: what was understood, what was answered, what is still to be asked.

What must stay true: the line as typed and the whole note travel with it; answering a question never loses a word.
"""

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from bot.domain.commands import Actor, LogTouch
from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.time_words import When
from bot.domain.touch_draft import Question, QuestionKind, TouchDraft
from bot.domain.touch_vocabulary import TIMED

WANTS_SPEAKER = frozenset({Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE})


class Ask(StrEnum):
    """What a button's answer is about; the line's questions, and who is meant."""

    WHO = "who"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    WHEN = "when"
    BOOKING = "booking"
    REFERRAL = "referral"
    FORM = "form"


class PendingOption(BaseModel):
    """One answer to choose: its words and its value."""

    model_config = ConfigDict(frozen=True)

    label: str
    value: str


class PendingQuestion(BaseModel):
    """A question of the line; ``when`` is the time that was said for an answer that wants one (aware UTC).

    ``day_only``: no hour was said with it, so the hour is still to be asked.
    """

    model_config = ConfigDict(frozen=True)

    kind: Ask
    options: tuple[PendingOption, ...] = ()
    about: str = ""
    when: datetime | None = None
    day_only: bool = False


class PendingTouch(BaseModel):
    """What is known so far. Times are aware UTC. ``touch_id`` and ``version``: it corrects a logged touch.

    ``who``: the words for a person not found yet. ``new_email``, ``new_company``: of somebody to be added.
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
    said_by: str | None = None
    referral_name: str | None = None
    referral_email: str | None = None
    duration_minutes: int | None = None
    note: str = ""
    assumed: tuple[str, ...] = ()
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
            said_by=self.said_by if wants_speaker else None,
            referral_name=self.referral_name if referral else None,
            referral_email=self.referral_email if referral else None,
            duration_minutes=self.duration_minutes,
            request_key=f"touch_of:{self.origin}" if self.origin else None,
        )


def from_draft(draft: TouchDraft, line: str, day_starts: time, typed_at: datetime) -> PendingTouch:
    """What a line said. It happened when it was typed, however late its questions are answered.

    A day without an hour is taken from ``day_starts`` of that day, for reminders only.
    """
    follow_up_at, assumed = _reminder(draft.when, day_starts), list(draft.assumed)
    questions = [_question(question) for question in draft.questions if question.kind is not QuestionKind.WHO]
    if draft.when is not None and draft.when.date_only:
        if draft.outcome is Outcome.MEETING_BOOKED:
            questions.append(PendingQuestion(kind=Ask.WHEN, when=follow_up_at))
        elif draft.outcome is Outcome.CALLBACK:
            assumed.append(f"no hour was said, so I took {day_starts:%H:%M}")
    referral = draft.referral
    return _settle(
        PendingTouch(
            line=line,
            who=draft.who.query,
            channel=draft.channel,
            outcome=draft.outcome,
            happened_at=typed_at,
            follow_up_at=follow_up_at,
            said_by=draft.said_by,
            referral_name=referral.name if referral else None,
            referral_email=referral.email if referral else None,
            duration_minutes=draft.duration_minutes,
            note=draft.note,
            assumed=tuple(assumed),
            questions=tuple(questions),
        )
    )


def answered(pending: PendingTouch, kind: Ask, value: str) -> PendingTouch:
    """The touch with one question answered by a button. Raises ``ValueError`` for a value that is none."""
    question = next((one for one in pending.questions if one.kind is kind), None)
    rest = tuple(one for one in pending.questions if one is not question)
    if kind is Ask.WHO:
        return pending.with_(contact_id=UUID(value))
    if kind is Ask.CHANNEL:
        return _settle(pending.with_(channel=Channel(value), questions=rest))
    if kind is Ask.OUTCOME:
        said = pending.follow_up_at or (question.when if question else None)
        return _settle(pending.with_(outcome=Outcome(value), follow_up_at=said, questions=rest))
    if kind is Ask.WHEN:
        return pending.with_(follow_up_at=datetime.fromisoformat(value), questions=rest)
    if kind is Ask.BOOKING:
        if value != "yes":
            return _settle(pending.with_(questions=rest))
        others = tuple(one for one in rest if one.kind is not Ask.OUTCOME)
        when = question.when if question else None
        if question is not None and question.day_only:
            others = (*others, PendingQuestion(kind=Ask.WHEN, when=when))
        return _settle(pending.with_(outcome=Outcome.MEETING_BOOKED, follow_up_at=when, questions=others))
    raise ValueError(f"{kind} is not answered by a button")


def channel_for(outcome: Outcome, channel: Channel | None) -> Channel | None:
    """``channel`` if it can have the outcome, else the one channel that can; None where several can."""
    fitting = [one for one in OUTCOMES if outcome in OUTCOMES[one]]
    if channel in fitting:
        return channel
    if outcome is Outcome.MEETING_BOOKED and channel is None:
        return Channel.MEETING
    usual = [one for one in fitting if one is not Channel.VOICEMAIL]
    return usual[0] if len(usual) == 1 else None


def _settle(pending: PendingTouch) -> PendingTouch:
    """Draw the channel from the outcome, and ask for what is still missing."""
    channel = pending.channel
    if pending.outcome is not None:
        channel = channel_for(pending.outcome, channel) or (None if channel is None else channel)
        if channel is not None and pending.outcome not in OUTCOMES[channel]:
            channel = None
    asked = {question.kind for question in pending.questions}
    questions = list(pending.questions)
    if pending.outcome is None and not asked & {Ask.OUTCOME, Ask.BOOKING}:
        questions.append(PendingQuestion(kind=Ask.OUTCOME))
    elif pending.outcome is not None and channel is None and Ask.CHANNEL not in asked:
        fitting = [one for one in OUTCOMES if pending.outcome in OUTCOMES[one] and one is not Channel.VOICEMAIL]
        options = tuple(PendingOption(label=_say(one), value=one.value) for one in fitting)
        questions.append(PendingQuestion(kind=Ask.CHANNEL, options=options))
    needs_time = pending.outcome in (Outcome.CALLBACK, Outcome.MEETING_BOOKED) and pending.follow_up_at is None
    if needs_time and Ask.WHEN not in asked:
        questions.append(PendingQuestion(kind=Ask.WHEN))
    questions.sort(key=lambda one: one.kind is Ask.OUTCOME and not one.options)
    return pending.with_(channel=channel, questions=tuple(questions))


def _question(question: Question) -> PendingQuestion:
    return PendingQuestion(
        kind=Ask(question.kind.value),
        options=tuple(PendingOption(label=one.label, value=one.value) for one in question.options),
        about=question.about,
        when=question.when.at if question.when is not None else None,
        day_only=question.when is not None and question.when.date_only,
    )


def _reminder(when: When | None, day_starts: time) -> datetime | None:
    if when is None or not when.date_only:
        return when.at if when is not None else None
    zone = ZoneInfo(when.tz)
    morning = datetime.combine(when.at.astimezone(zone).date(), day_starts, zone).astimezone(when.at.tzinfo)
    return max(morning, when.at)


def _say(channel: Channel) -> str:
    return "e-mail" if channel is Channel.EMAIL else channel.value
