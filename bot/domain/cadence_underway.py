"""Cadences that began somewhere else and are taken up here where they stand (process §4).

What must stay true: a plan taken up stands where it would stand had it been run here: same cycle, same step, same
day; one whose time is over, or that was answered, is not taken up.
"""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain.cadence import Course, Ended, Shape, Step, begin, planned_anew, settled, touched
from bot.domain.cadence_days import Days
from bot.domain.cadence_outcomes import Happened, react
from bot.domain.terms import Outcome


@dataclass(frozen=True, slots=True)
class SoFar:
    """What happened of a cadence before; dates are the rep's local dates.

    ``cycle``: the one of the last e-mail, or the one that comes next where none went out; None to count it by the
    plan's days. ``call_outcome``: None where only the day of the last call is known.
    """

    started_on: date
    cycle: int | None = None
    last_email_on: date | None = None
    last_call_on: date | None = None
    call_outcome: Outcome | None = None


def cycle_of(shape: Shape, days: Days, so_far: SoFar) -> int:
    """The cycle a plan is in: as said, else the last one whose e-mail was planned by the day of the last e-mail."""
    if so_far.cycle is not None:
        return so_far.cycle
    if so_far.last_email_on is None:
        return 1
    number = days.number(so_far.started_on, so_far.last_email_on, (), working=shape.working)
    begun = [slot.cycle for slot in shape.slots if slot.step is Step.EMAIL and (slot.day or 0) <= number]
    return max(begun, default=1)


def take_up(shape: Shape, days: Days, so_far: SoFar) -> Course | Ended:
    """Where the plan stands after what happened; what time alone does to it is for ``over``.

    A call before the last e-mail belongs to an earlier cycle and moves nothing, unless it ends the plan.
    """
    course = replace(begin(shape, days, so_far.started_on), step=Step.EMAIL, cycle=cycle_of(shape, days, so_far))
    if so_far.last_email_on is not None:
        course = touched(shape, days, course, Step.EMAIL, so_far.last_email_on)
    else:
        course = planned_anew(shape, days, course)
    if so_far.last_call_on is None:
        return course
    outcome = so_far.call_outcome or Outcome.NO_ANSWER  # of a call without an answer each outcome moves a plan alike
    result = react(shape, days, course, Happened(outcome, so_far.last_call_on), so_far.last_call_on)
    earlier = so_far.last_email_on is not None and so_far.last_call_on < so_far.last_email_on
    return course if earlier and isinstance(result, Course) else result


def over(shape: Shape, days: Days, course: Course, today: date) -> Ended | None:
    """The end of a plan whose last day is past; None while it goes on."""
    result = settled(shape, days, course, today)
    return result if isinstance(result, Ended) else None
