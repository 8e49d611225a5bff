"""What a ``/touch`` line was understood to say, and how it is told back.

What must stay true: every word of ``TouchDraft.text`` lies in one of the ``understood`` spans or stands in
``note``. A draft with questions is not a touch yet.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.terms import Channel, Outcome
from bot.domain.time_words import When, say_when

TO_COME = "That is still to come. When was it, or shall I remind you then?"
"""Why the time of an outcome is asked that is said to have come in the future."""


@dataclass(frozen=True, slots=True)
class Who:
    """The person as typed: an address, a Slack user, words for ``names.NameQuery`` — or nothing at all."""

    email: str | None = None
    slack_id: str | None = None
    text: str = ""

    @property
    def named(self) -> bool:
        """Whether anything was said about who it is."""
        return bool(self.email or self.slack_id or self.text)

    @property
    def query(self) -> str:
        """Text for ``NameQuery.read``: name and address together."""
        return " ".join(part for part in (self.text, self.email) if part)


@dataclass(frozen=True, slots=True)
class Referral:
    """The person somebody sent us to. At least one of both is there."""

    name: str
    email: str | None


class QuestionKind(StrEnum):
    """What has to be asked before a draft can become a touch."""

    WHO = "who"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    WHEN = "when"
    BOOKING = "booking"
    REFERRAL = "referral"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``value``: an ``Outcome``, a ``Channel``, an ISO instant in UTC, ``yes``/``no``;

    for two facts in one line ``both``, ``first``, ``second`` or ``until``.
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask. No options: a field to fill in. ``about`` quotes what was typed.

    ``when`` is the time that was said for an answer that wants one: a wished-for meeting, a callback.
    ``why``: a sentence that says why it is asked.
    """

    kind: QuestionKind
    options: tuple[Option, ...] = ()
    about: str = ""
    when: When | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of ``TouchDraft.text`` that was understood, and as what: who, channel, outcome, when, …"""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class TouchDraft:
    """A line read (process §6). ``text`` is the line without Slack's markup; spans point into it.

    ``when`` is the time the outcome wants: of the callback or meeting, or the end of "not now" and "out of
    office". ``callback``: a callback promised beside another outcome. ``happened_at``: aware UTC, if it was said.
    ``assumed``: what was added to the words, in sentences for the echo. ``said_by``: whose no it was.
    ``rest``: the words about somebody else; they stand in the note as well.
    """

    text: str
    who: Who = Who()
    channel: Channel | None = None
    outcome: Outcome | None = None
    when: When | None = None
    callback: When | None = None
    happened_at: datetime | None = None
    referral: Referral | None = None
    said_by: str | None = None
    duration_minutes: int | None = None
    note: str = ""
    questions: tuple[Question, ...] = ()
    assumed: tuple[str, ...] = ()
    understood: tuple[Span, ...] = ()
    rest: str = ""
    wants_form: bool = False
    wants_help: bool = False

    @property
    def complete(self) -> bool:
        """Whether a touch can be logged without asking anything (but who exactly is meant)."""
        return self.outcome is not None and self.who.named and not self.questions


def say(term: Outcome | Channel) -> str:
    """The plain word: "no answer", "e-mail"."""
    return "e-mail" if term == Channel.EMAIL else term.value.replace("_", " ")


def echo(draft: TouchDraft) -> str:
    """The draft in plain words, unescaped: "Call, voicemail · note: left msg about audit"."""
    terms = [say(term) for term in (draft.channel, draft.outcome) if term is not None]
    first = ", ".join(dict.fromkeys(terms))
    parts = [first[:1].upper() + first[1:]]
    if draft.when is not None:
        until = "until " if draft.outcome in {Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE} else ""
        parts.append(until + say_when(draft.when))
    if draft.happened_at is not None:
        parts.append(f"it was {draft.happened_at:%Y-%m-%d %H:%M} UTC")
    if draft.callback is not None:
        parts.append("call back " + say_when(draft.callback))
    if draft.referral is not None:
        parts.append("to " + " ".join(part for part in (draft.referral.name, draft.referral.email) if part))
    if draft.duration_minutes is not None:
        parts.append(f"{draft.duration_minutes} min")
    if draft.said_by:
        parts.append(f"said by {draft.said_by}")
    if draft.note:
        parts.append(f"note: {draft.note}")
    return " · ".join(part for part in parts if part)
