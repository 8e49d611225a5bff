"""What each outcome of a touch does to a plan (process §4, §6), and the disqualify guard.

What must stay true: every outcome of every channel is answered here; after an answer of theirs no step follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.cadence import (
    Course,
    Ended,
    EndReason,
    Shape,
    Step,
    begun_early,
    touched,
    waiting,
)
from bot.domain.cadence_days import DAY, Days
from bot.domain.errors import UserError
from bot.domain.terms import Outcome
from bot.playbook.schema import Playbook

_ENDS: Mapping[Outcome, EndReason] = {
    Outcome.CONNECTED: EndReason.CONVERSATION,
    Outcome.REPLY_POSITIVE: EndReason.REPLY,
    Outcome.REPLY_NEGATIVE: EndReason.NO,
    Outcome.THEY_RESPONDED: EndReason.REPLY,
    Outcome.MEETING_BOOKED: EndReason.MEETING,
    Outcome.HELD: EndReason.MEETING,
    Outcome.RESCHEDULED: EndReason.MEETING,
    Outcome.OPTED_OUT: EndReason.OPTED_OUT,
    Outcome.BOUNCED: EndReason.BOUNCED,
    Outcome.DO_NOT_CALL: EndReason.DO_NOT_CALL,
    Outcome.NOT_INTERESTED: EndReason.NO,
    Outcome.NOT_NOW: EndReason.NOT_NOW,
    Outcome.REFERRAL: EndReason.REFERRAL,
}
"""What ends a plan at once."""

_DONE: Mapping[Outcome, Step] = {
    Outcome.SENT: Step.EMAIL,
    Outcome.VOICEMAIL: Step.CALL,
    Outcome.NO_ANSWER: Step.CALL,
    Outcome.BUSY: Step.CALL,
    Outcome.GATEKEEPER: Step.CALL,
    Outcome.WRONG_NUMBER: Step.CALL,
    Outcome.CALLBACK: Step.CALL,
    Outcome.FOLLOWED: Step.SOCIAL,
    Outcome.REPLIED: Step.SOCIAL,
    Outcome.COMMENTED: Step.SOCIAL,
    Outcome.SHARED: Step.SOCIAL,
}
"""What we did without an answer of theirs."""

UNANSWERED = frozenset({Outcome.SENT, Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.GATEKEEPER})
"""A first response that was not answered: a follow-up plan begins (process §2)."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A touch as a plan sees it. ``on``: the rep's local date; ``until``: callback, not now or out of office.

    ``own_no``: a no is the person's own, not somebody else's.
    """

    outcome: Outcome
    on: date
    until: date | None = None
    own_no: bool = True
    promised: date | None = None
    """A call that was promised beside the outcome; nothing comes before it."""
    by_phone: bool = True
    """Whether a phone number is known: without one, an e-mail stands for the call that is due."""


def react(shape: Shape, days: Days, course: Course, happened: Happened, today: date) -> Course | Ended:
    """Where a plan stands after a touch; the same course where the touch says nothing to it.

    A touch from before the first day only counts when it ends the plan, or was made today: then the plan begins early.
    """
    outcome, on = happened.outcome, happened.on
    reason = _ENDS.get(outcome)
    if reason is EndReason.NO and not happened.own_no:
        reason = EndReason.REPLY if outcome is Outcome.REPLY_NEGATIVE else None
    if reason is EndReason.NOT_NOW:
        return Ended(reason, happened.until or on + timedelta(days=shape.rest_days))
    if reason is not None:
        return Ended(reason)
    if on < course.started_on and on != today:
        return course
    step = Step.CALL if outcome is Outcome.NOT_INTERESTED else _DONE.get(outcome)
    if step is Step.SOCIAL and not any(slot.step is Step.SOCIAL for slot in shape.slots):
        step = None
    if step is Step.EMAIL and course.step is Step.CALL and not happened.by_phone:
        called = touched(shape, days, course, Step.CALL, on)
        course = replace(called, last_email_on=max(on, called.last_email_on or on))
    elif step is not None:
        course = touched(shape, days, begun_early(course, on), step, on)
    if outcome is Outcome.OUT_OF_OFFICE and happened.until is not None:
        return waiting(shape, days, course, on, happened.until)
    promised = happened.until if outcome is Outcome.CALLBACK else happened.promised
    return course if promised is None else waiting(shape, days, course, on, promised + DAY)


def check_disqualify(rules: Playbook, *, said_by: str, senior: bool, not_a_fit: str, evidence: str) -> str:
    """Whether an organisation may be given up, and the reason as it is kept (process §4).

    Only on the no of a senior decision maker who is named, or as not a fit with one of the playbook's reasons and
    its evidence. Raises ``UserError`` with the way out otherwise.
    """
    if not_a_fit:
        reasons = rules.cadence.not_a_fit_reasons
        if not_a_fit not in reasons:
            raise UserError(f"Choose why they are not a fit: {', '.join(reasons)}.", field="not_a_fit")
        if not evidence.strip():
            raise UserError("What shows it? A link or a sentence will do.", field="evidence")
        return f"not a fit: {not_a_fit}. {evidence.strip()}"
    if not said_by.strip():
        raise UserError("Whose no was it? Name the senior decision maker, or say why they are not a fit.", "said_by")
    if not senior:
        raise UserError(
            f"{said_by.strip()} stops only for themselves. Find the senior person who decides, or let it rest.",
            field="said_by",
        )
    return f"no of {said_by.strip()}, who decides there"
