"""The cadence and the follow-up plan as one state machine over dates (process §2, §4).

What must stay true: a plan has a next step or waits for its end, always; no step lies after the window's last day;
two steps never fall on one day; a call follows an e-mail that went out. Dates are the rep's local dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.cadence_days import DAY, Days, Span
from bot.domain.terms import Channel
from bot.playbook.schema import Playbook


class PlanKind(StrEnum):
    """What somebody is enrolled in."""

    CADENCE = "cadence"
    FOLLOW_UP = "follow_up"


class Step(StrEnum):
    """What is due next. ``close``: all steps are done, the plan waits for its last day."""

    EMAIL = "email"
    CALL = "call"
    SOCIAL = "social"
    CLOSE = "close"


class EndReason(StrEnum):
    """Why a plan ended."""

    REPLY = "reply"
    CONVERSATION = "conversation"
    MEETING = "meeting_booked"
    NO = "no"
    NOT_NOW = "not_now"
    REFERRAL = "referral"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    DO_NOT_CALL = "do_not_call"
    RECYCLED = "recycled"
    RAISED_HAND = "raised_hand"
    LEAD_CLOSED = "lead_closed"
    SUPPRESSED = "suppressed"
    NOT_A_FIT = "not_a_fit"
    BY_HAND = "by_hand"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Slot:
    """A step in its place: ``day`` is its nominal day, counted from 1; None for the call after its cycle's e-mail."""

    step: Step
    cycle: int
    day: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of plan as the playbook has it. ``working``: days are working days, else calendar days."""

    kind: PlanKind
    slots: tuple[Slot, ...]
    window: int
    working: bool
    call_after: int
    rest_days: int

    @property
    def cycles(self) -> int:
        """How many cycles, or touches of a follow-up plan, there are."""
        return self.slots[-1].cycle

    def place(self, step: Step, cycle: int) -> int:
        """Where a step stands; after all of them if it is not (or no longer) in the playbook."""
        found = (at for at, slot in enumerate(self.slots) if slot.step is step and slot.cycle == cycle)
        return next(found, len(self.slots))


@dataclass(frozen=True, slots=True)
class Course:
    """How far one plan has come, and its next step.

    ``due_on``: the day of the next step; for ``close`` the day after the last one. ``last_email_on``: when an e-mail
    actually went out last. ``last_step_on``: the last day with a touch. ``not_before``: waits at least until then.
    """

    started_on: date
    step: Step
    cycle: int
    due_on: date
    last_email_on: date | None = None
    last_step_on: date | None = None
    pauses: tuple[Span, ...] = ()
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A plan is over. ``rests_until``: nobody begins anew with this person before that day."""

    reason: EndReason
    rests_until: date | None = None


def cadence_shape(book: Playbook) -> Shape:
    """The cadence: cycles of an e-mail, then a call (process §4)."""
    rules = book.cadence
    slots: list[Slot] = []
    for cycle, day in enumerate(rules.email_days, 1):
        slots += [Slot(Step.EMAIL, cycle, day), Slot(Step.CALL, cycle, None)]
    return Shape(
        PlanKind.CADENCE, tuple(slots), rules.window_days, False, rules.call_after_working_days, rules.recycle_days
    )


def follow_up_shape(book: Playbook, turn: int = 0) -> Shape:
    """The plan after a first response that was not answered: touches in turn over working days (process §2).

    ``turn``: which of the playbook's channels comes first.
    """
    rules = book.inbound.follow_up
    gaps = max(rules.touches - 1, 1)
    slots = tuple(
        Slot(Step(rules.channels[(turn + at) % len(rules.channels)]), at + 1, 1 + at * (rules.working_days - 1) // gaps)
        for at in range(rules.touches)
    )
    return Shape(PlanKind.FOLLOW_UP, slots, rules.working_days, True, 1, book.cadence.recycle_days)


def shape_of(book: Playbook, kind: PlanKind, turn: int = 0) -> Shape:
    """The shape of a kind of plan."""
    return cadence_shape(book) if kind is PlanKind.CADENCE else follow_up_shape(book, turn)


def turn_after(book: Playbook, channel: Channel) -> int:
    """Which channel a follow-up plan begins with: the first that is another than the response's (process §2)."""
    used = Step.EMAIL if channel is Channel.EMAIL else Step.CALL
    channels = book.inbound.follow_up.channels
    return next((at for at, one in enumerate(channels) if one != used.value), 0)


def begin(shape: Shape, days: Days, start: date) -> Course:
    """Begin a plan: day 1 is ``start``, an allowed day."""
    return _next(shape, days, Course(start, Step.CLOSE, 0, start), 0)


def last_day(shape: Shape, days: Days, course: Course) -> date:
    """The last day of the window, included."""
    return days.counted(course.started_on, shape.window, course.pauses, working=shape.working)


def touched(shape: Shape, days: Days, course: Course, step: Step, on: date) -> Course:
    """Somebody was touched on ``on`` and did not answer: an e-mail went out, a call was tried.

    What was due counts as done by it, one step a day. What was not due moves the plan only so far that nothing else
    falls on that day, and the call follows the e-mail that went out last.
    """
    place = shape.place(course.step, course.cycle)
    # A cadence's step is done by its own channel, a follow-up's touch by any; one a day.
    fits = course.step is step if shape.kind is PlanKind.CADENCE else course.step is not Step.CLOSE
    counts = fits and course.last_step_on != on
    moved = replace(
        course,
        last_step_on=max(on, course.last_step_on or on),
        last_email_on=max(on, course.last_email_on or on) if step is Step.EMAIL else course.last_email_on,
    )
    return _next(shape, days, moved, place + 1 if counts else place)


def begun_early(course: Course, on: date) -> Course:
    """The same plan with ``on`` as its day 1, if its first day is still to come."""
    return replace(course, started_on=on) if on < course.started_on else course


def skipped(shape: Shape, days: Days, course: Course, on: date) -> Course:
    """The next step is left out; the call of an e-mail that did not go out with it."""
    place = shape.place(course.step, course.cycle) + 1
    following = shape.slots[place] if place < len(shape.slots) else None
    if course.step is Step.EMAIL and following is not None and following.day is None:
        place += 1
    return _next(shape, days, replace(course, last_step_on=max(on, course.last_step_on or on)), place)


def waiting(shape: Shape, days: Days, course: Course, on: date, until: date) -> Course:
    """The plan waits from the day after ``on``; its next step is due on ``until`` at the earliest.

    The days between do not count toward the window (process §4: out of office pauses it until its date).
    """
    span = (on + DAY, until - DAY)
    pauses = (*course.pauses, span) if span[0] <= span[1] else course.pauses
    paused = replace(course, pauses=pauses, not_before=max(until, course.not_before or until))
    return _next(shape, days, paused, shape.place(course.step, course.cycle))


def resumed(shape: Shape, days: Days, course: Course, on: date) -> Course:
    """A waiting plan goes on: its next step is due on ``on`` at the earliest."""
    pauses = tuple((first, min(last, on - DAY)) for first, last in course.pauses if first < on)
    again = replace(course, pauses=tuple(span for span in pauses if span[0] <= span[1]), not_before=on)
    return _next(shape, days, again, shape.place(course.step, course.cycle))


def settled(shape: Shape, days: Days, course: Course, today: date) -> Course | Ended:
    """What becomes of a plan by time alone: its end after the last day, and a call that the next e-mail overtakes."""
    last = last_day(shape, days, course)
    if today > last:
        return Ended(EndReason.RECYCLED, last + timedelta(days=shape.rest_days))
    place = shape.place(course.step, course.cycle)
    if course.step is Step.CALL and shape.kind is PlanKind.CADENCE and course.due_on < today:
        following = _next(shape, days, course, place + 1)
        if following.step is Step.EMAIL and following.due_on <= today:
            return following
    if course.due_on <= last:
        return course
    return _next(shape, days, course, place)


def planned_anew(shape: Shape, days: Days, course: Course) -> Course:
    """The same plan with its next step's day as it is now: hours or absences changed."""
    return _next(shape, days, course, shape.place(course.step, course.cycle))


def ahead(shape: Shape, days: Days, course: Course) -> Iterator[tuple[Step, int, date]]:
    """The steps still to come, as (step, cycle, day), if each is done on its day and nobody answers."""
    while course.step is not Step.CLOSE:
        yield course.step, course.cycle, course.due_on
        course = touched(shape, days, course, course.step, course.due_on)


def _next(shape: Shape, days: Days, course: Course, place: int) -> Course:
    """The first step from ``place`` on that still has a day; waiting for the end where there is none."""
    last = last_day(shape, days, course)
    if place < len(shape.slots):
        slot = shape.slots[place]
        due = _day_of(shape, days, course, slot, last)
        if due is not None:
            return replace(course, step=slot.step, cycle=slot.cycle, due_on=due)
    return replace(course, step=Step.CLOSE, cycle=shape.cycles, due_on=last + DAY)


def _day_of(shape: Shape, days: Days, course: Course, slot: Slot, last: date) -> date | None:
    """The day of a step; None if it would fall past the last one (process §4: it is dropped)."""
    earliest = course.started_on
    if course.last_step_on is not None:
        earliest = max(earliest, course.last_step_on + DAY)
    if course.not_before is not None:
        earliest = max(earliest, course.not_before)
    if slot.day is None:
        after = days.allowed_after(course.last_email_on or course.started_on, shape.call_after, last)
        if after is None:
            return None
        return days.first_allowed(max(after, earliest), last)
    nominal = days.counted(course.started_on, slot.day, course.pauses, working=shape.working)
    if not shape.working:
        nominal = days.shifted(nominal, course.started_on)
    return days.first_allowed(max(nominal, earliest), last)
