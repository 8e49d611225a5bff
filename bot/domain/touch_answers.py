"""From a line that was read to a touch that waits, and what the answer to a question makes of it.

What must stay true: answering a question never loses a word; a touch that cannot be logged yet has a question.
"""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.time_words import When
from bot.domain.time_zones import say_zone, zone_of
from bot.domain.touch_details import NOES
from bot.domain.touch_draft import TO_COME, Question, QuestionKind, TouchDraft, say
from bot.domain.touch_pending import (
    CALLBACK,
    FOLLOW_UP,
    Ask,
    Elsewhere,
    PendingOption,
    PendingQuestion,
    PendingTouch,
)


def from_draft(draft: TouchDraft, line: str, day_starts: time, typed_at: datetime, tz: str) -> PendingTouch:
    """What a line said. It happened when it was typed, however late its questions are answered, unless it says when.

    A day without an hour is taken from ``day_starts`` of that day, for reminders only. ``tz``: the rep's zone.
    """
    follow_up_at, assumed = _reminder(draft.when, day_starts), [*draft.assumed, *_other_zones(draft, tz)]
    questions = [_question(one, day_starts) for one in draft.questions if one.kind is not QuestionKind.WHO]
    asked = {question.kind for question in questions}
    if draft.when is not None and draft.when.date_only and Ask.WHEN not in asked:
        if draft.outcome is Outcome.MEETING_BOOKED:
            questions.append(PendingQuestion(kind=Ask.WHEN, when=follow_up_at))
        elif draft.outcome is Outcome.CALLBACK:
            assumed.append(f"no hour was said, so I took {day_starts:%H:%M}")
    if draft.callback is not None and draft.callback.date_only:
        assumed.append(f"no hour was said for the callback, so I took {day_starts:%H:%M}")
    referral = draft.referral
    return _settle(
        PendingTouch(
            line=line,
            who=draft.who.query,
            channel=draft.channel,
            outcome=draft.outcome,
            happened_at=draft.happened_at or typed_at,
            follow_up_at=follow_up_at,
            callback_at=_reminder(draft.callback or _to_come(draft), day_starts),
            said_by=draft.said_by,
            referral_name=referral.name if referral else None,
            referral_email=referral.email if referral else None,
            duration_minutes=draft.duration_minutes,
            note=draft.note,
            rest=draft.rest,
            assumed=tuple(assumed),
            elsewhere=tuple(_elsewhere(draft)),
            questions=tuple(questions),
        )
    )


def _to_come(draft: TouchDraft) -> When | None:
    """A time to come beside what has happened: the form offers it for a reminder."""
    said = next((one.when for one in draft.questions if one.why == TO_COME), None)
    return None if said is None or said.theirs or said.unknown_place or draft.outcome in NOES else said


def _elsewhere(draft: TouchDraft) -> list[Elsewhere]:
    """The times of a line that have to be read in another zone than the rep's."""
    said = [(draft.when, FOLLOW_UP), (draft.callback, CALLBACK)]
    said += [(one.when, CALLBACK if one.kind is QuestionKind.SECOND else FOLLOW_UP) for one in draft.questions]
    return [
        Elsewhere(words=when.said, fact=fact, place=when.unknown_place)
        for when, fact in dict.fromkeys(said)
        if when is not None and when.said and (when.theirs or when.unknown_place)
    ]


def _other_zones(draft: TouchDraft, tz: str) -> list[str]:
    """Times said in a zone that was named, as they were said: the echo gives them in the rep's own."""
    return [
        f"{when.at.astimezone(zone_of(when.tz)):%a %H:%M} {say_zone(when.tz)} time"
        for when in (draft.when, draft.callback)
        if when is not None and when.tz != tz and not when.date_only
    ]


def answered(pending: PendingTouch, kind: Ask, value: str) -> PendingTouch:
    """The touch with one question answered by a button. Raises ``ValueError`` for a value that is none."""
    question = next((one for one in pending.questions if one.kind is kind), None)
    rest = tuple(one for one in pending.questions if one is not question)
    if kind is Ask.WHO:
        return pending.with_(contact_id=UUID(value))
    if kind is Ask.CHANNEL:
        return _settle(pending.with_(channel=Channel(value), questions=rest))
    if kind is Ask.OUTCOME and value == Outcome.CALLBACK and pending.callback_at is not None:
        return _settle(_only_callback(pending.with_(questions=rest), pending.callback_at, ""))
    if kind is Ask.OUTCOME:
        said = pending.follow_up_at or (question.when if question else None)
        return _settle(pending.with_(outcome=Outcome(value), follow_up_at=said, questions=rest))
    if kind is Ask.WHEN:
        fact = question.fact if question else FOLLOW_UP
        left = tuple(one for one in pending.elsewhere if one.fact != fact)
        return pending.with_(**{fact: datetime.fromisoformat(value)}, elsewhere=left, questions=rest)
    if kind is Ask.SECOND:
        return _settle(_second(pending.with_(questions=rest), question, value))
    if kind is Ask.BOOKING:
        return _settle(_booking(pending.with_(questions=rest), question, value))
    raise ValueError(f"{kind} is not answered by a button")


def _booking(pending: PendingTouch, question: PendingQuestion | None, value: str) -> PendingTouch:
    """A wish that is a meeting, or no more than a wish. A callback said beside it stays promised."""
    if value != "yes":
        return pending
    rest = tuple(one for one in pending.questions if one.kind is not Ask.OUTCOME)
    when = question.when if question else None
    if question is not None and question.day_only:
        rest = (*rest, PendingQuestion(kind=Ask.WHEN, when=when))
    kept = pending.follow_up_at if pending.outcome is Outcome.CALLBACK else pending.callback_at
    return pending.with_(outcome=Outcome.MEETING_BOOKED, follow_up_at=when, callback_at=kept, questions=rest)


def _second(pending: PendingTouch, question: PendingQuestion | None, value: str) -> PendingTouch:
    """Two facts in one line: both, one of them, or "not now, until then". What is not taken stays in the note."""
    when = question.when if question else None
    about = question.about if question else ""
    if value == "first":
        return pending.with_(elsewhere=tuple(one for one in pending.elsewhere if one.fact != CALLBACK))
    if when is None:
        raise ValueError(value)
    if value == "both":
        return pending.with_(callback_at=when)
    if value == "second":
        return _only_callback(pending, when, about)
    if value == "until":
        moved = _moved(pending, Outcome.NOT_NOW, when, about)
        return moved.with_(channel=channel_for(Outcome.NOT_NOW, pending.channel))
    raise ValueError(value)


def _only_callback(pending: PendingTouch, when: datetime, about: str) -> PendingTouch:
    return _moved(pending, Outcome.CALLBACK, when, about).with_(channel=Channel.CALL)


def _moved(pending: PendingTouch, outcome: Outcome, when: datetime, about: str) -> PendingTouch:
    """The time of the callback becomes the outcome's own."""
    note = "; ".join(part for part in (about if about not in pending.note else "", pending.note) if part)
    said = tuple(one.model_copy(update={"fact": FOLLOW_UP}) for one in pending.elsewhere if one.fact == CALLBACK)
    return pending.with_(
        outcome=outcome,
        follow_up_at=when,
        callback_at=None,
        note=note,
        elsewhere=said,
        questions=tuple(one for one in pending.questions if one.kind in {Ask.CHANNEL, Ask.BOOKING}),
    )


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
        options = tuple(PendingOption(label=say(one), value=one.value) for one in fitting)
        questions.append(PendingQuestion(kind=Ask.CHANNEL, options=options))
    needs_time = pending.outcome in (Outcome.CALLBACK, Outcome.MEETING_BOOKED) and pending.follow_up_at is None
    if needs_time and Ask.WHEN not in asked:
        questions.append(PendingQuestion(kind=Ask.WHEN))
    questions.sort(key=lambda one: one.kind is Ask.OUTCOME and not one.options)
    return pending.with_(channel=channel, questions=tuple(questions))


def _question(question: Question, day_starts: time) -> PendingQuestion:
    return PendingQuestion(
        kind=Ask(question.kind.value),
        options=tuple(PendingOption(label=one.label, value=one.value) for one in question.options),
        about=question.about,
        when=_reminder(question.when, day_starts) if question.kind is QuestionKind.SECOND else _at(question.when),
        why=question.why,
        day_only=question.when is not None and question.when.date_only,
    )


def _at(when: When | None) -> datetime | None:
    return when.at if when is not None else None


def _reminder(when: When | None, day_starts: time) -> datetime | None:
    if when is None or not when.date_only:
        return when.at if when is not None else None
    zone = ZoneInfo(when.tz)
    morning = datetime.combine(when.at.astimezone(zone).date(), day_starts, zone).astimezone(when.at.tzinfo)
    return max(morning, when.at)
