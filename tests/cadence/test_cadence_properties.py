"""The cadence over random weeks, zones, holidays, absences, habits of reps and outcomes (process §4).

A history is played day by day: a step that is due is done, late or at once or left lying; touches come that nobody
planned; the recipient answers in every way there is.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import WorkWeek, work_week
from bot.domain.cadence import (
    Course,
    Ended,
    Shape,
    Step,
    ahead,
    begin,
    cadence_shape,
    follow_up_shape,
    last_day,
    resumed,
    settled,
    skipped,
)
from bot.domain.cadence_days import Absence, Days, days_of
from bot.domain.cadence_outcomes import Happened, react
from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.playbook.load import default_playbook

BOOK = default_playbook()
SHAPES = [cadence_shape(BOOK), follow_up_shape(BOOK, 0), follow_up_shape(BOOK, 1)]
DAY = timedelta(days=1)
EVERY = sorted({outcome for some in OUTCOMES.values() for outcome in some})
TRIES = [Outcome.VOICEMAIL, Outcome.NO_ANSWER, Outcome.BUSY, Outcome.GATEKEEPER]
ANSWERS = {Outcome.CONNECTED, Outcome.REPLY_POSITIVE, Outcome.REPLY_NEGATIVE, Outcome.THEY_RESPONDED}
ENDS_ALWAYS = ANSWERS | {
    Outcome.MEETING_BOOKED, Outcome.OPTED_OUT, Outcome.BOUNCED, Outcome.DO_NOT_CALL, Outcome.REFERRAL, Outcome.NOT_NOW,
}  # fmt: skip
HOURS = ["mon-fri 9:00-17:00", "sun-thu 8:00-16:00", "mon,wed 9:00-13:00", "mon-sat 7:00-11:00", "tue 22:00-23:00"]
ZONES = ["Europe/Berlin", "Pacific/Apia", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]
DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@dataclass
class History:
    """What happened to one plan: which steps were done when, what else was touched, how it ended."""

    shape: Shape
    days: Days
    steps: list[tuple[Step, int, date]] = field(default_factory=list)
    due: list[tuple[Step, int, date]] = field(default_factory=list)
    touches: list[tuple[Outcome, date]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Of each step done, which day of the plan it was."""
    ended: Ended | None = None
    ended_on: date | None = None


@st.composite
def weeks(draw: st.DrawFn) -> WorkWeek:
    return work_week(
        draw(st.sampled_from(HOURS)),
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from([None, "DE", "US", "JP", "IL"])),
    )


@st.composite
def rep_days(draw: st.DrawFn) -> tuple[Days, date]:
    week, start = draw(weeks()), draw(DATES)
    absences = [
        Absence(start + after * DAY, start + (after + length) * DAY, covered)
        for after, length, covered in draw(
            st.lists(st.tuples(st.integers(-3, 40), st.integers(0, 12), st.booleans()), max_size=4)
        )
    ]
    days = days_of(week, absences, BOOK.cadence.absence_shift_days, draw(st.sampled_from([None, "DE", "GB", "IN"])))
    first = days.first_allowed(start)
    assert first is not None
    return days, first


@st.composite
def histories(draw: st.DrawFn) -> History:
    shape = draw(st.sampled_from(SHAPES))
    days, today = draw(rep_days())
    course: Course | Ended = begin(shape, days, today)
    history = History(shape, days)
    for _ in range(200):
        assert isinstance(course, Course)
        course = settled(shape, days, course, today)
        if isinstance(course, Course):
            course = _one_day(draw, history, course, today)
        if isinstance(course, Ended):
            history.ended, history.ended_on = course, today
            return history
        history.due.append((course.step, course.cycle, course.due_on))
        today += DAY
    return history


def _one_day(draw: st.DrawFn, history: History, course: Course, today: date) -> Course | Ended:
    """What the rep and the recipient do on one day."""
    shape, days = history.shape, history.days
    act = draw(st.integers(0, 19))
    if act == 0:
        outcome = draw(st.sampled_from(EVERY))
        history.touches.append((outcome, today))
        until = today + draw(st.integers(1, 30)) * DAY
        return react(
            shape,
            days,
            course,
            Happened(outcome, today, until, own_no=draw(st.booleans()), by_phone=draw(st.booleans())),
            today,
        )
    if act == 1:
        return skipped(shape, days, course, today) if course.step is not Step.CLOSE else course
    if act == 2 and course.not_before is not None and course.not_before > today:
        return resumed(shape, days, course, today)
    if course.step is Step.CLOSE or course.due_on > today or not days.allowed(today) or act > 15:
        return course
    outcome = Outcome.SENT if course.step is Step.EMAIL else draw(st.sampled_from(TRIES))
    history.steps.append((course.step, course.cycle, today))
    history.numbers.append(_counts(history, course, today))
    return react(shape, days, course, Happened(outcome, today), today)


def _counts(history: History, course: Course, on: date) -> int:
    """Which day of the plan ``on`` is, counted by hand: calendar days, or working days, without paused ones."""
    paused = {
        first + step * DAY
        for first, last in (*course.pauses, *history.days.pauses)
        for step in range((last - first).days + 1)
    }
    every = [course.started_on + step * DAY for step in range((on - course.started_on).days + 1)]
    return sum(day not in paused and (not history.shape.working or history.days.allowed(day)) for day in every)


@given(histories())
def test_no_step_is_ever_due_or_done_past_the_last_day(history: History) -> None:
    assert history.ended is not None, "a plan always comes to its end"
    assert history.ended_on is not None
    for step, _, due in history.due:
        if step is not Step.CLOSE:
            assert history.days.allowed(due)
    assert all(1 <= number <= history.shape.window for number in history.numbers)


@given(rep_days(), st.sampled_from(SHAPES), st.integers(0, 9))
def test_the_window_is_21_days_or_ten_working_days_and_not_one_more(
    start: tuple[Days, date], shape: Shape, late: int
) -> None:
    days, first = start
    course = begin(shape, days, first)
    last = last_day(shape, days, course)
    assert days.number(first, last, course.pauses, working=shape.working) <= shape.window
    if not days.pauses and not shape.working:
        assert (last - first).days == shape.window - 1
    while course.step is not Step.CLOSE:
        assert first <= course.due_on <= last
        on = days.first_allowed(course.due_on + late * DAY)
        assert on is not None
        outcome = Outcome.SENT if course.step is Step.EMAIL else Outcome.NO_ANSWER
        moved = react(shape, days, course, Happened(outcome, on), on)
        assert isinstance(moved, Course)
        course = moved
    assert course.due_on == last + DAY


@given(histories())
def test_never_two_steps_on_one_day(history: History) -> None:
    done = [on for _, _, on in history.steps]
    assert len(done) == len(set(done))
    touched = {on for outcome, on in history.touches if outcome in (*TRIES, Outcome.SENT)}
    for on in touched:
        planned_after = [step for step in history.steps if step[2] == on]
        assert planned_after == []


@given(histories())
def test_each_step_comes_once_and_in_order(history: History) -> None:
    places = [history.shape.place(step, cycle) for step, cycle, _ in history.steps]
    assert places == sorted(set(places))


@given(histories())
def test_a_call_follows_an_email_that_went_out_before_its_day(history: History) -> None:
    if history.shape.working:
        return
    mails = {on for step, _, on in history.steps if step is Step.EMAIL}
    mails |= {on for outcome, on in history.touches if outcome is Outcome.SENT}
    for step, _, on in history.steps:
        if step is Step.CALL:
            assert any(mail < on for mail in mails)


@given(histories())
def test_an_answer_ends_it_at_once_and_nothing_follows(history: History) -> None:
    for outcome, on in history.touches:
        if outcome in ENDS_ALWAYS:
            assert history.ended_on == on
    if history.ended_on is not None:
        assert all(on <= history.ended_on for _, _, on in history.steps)
        assert all(on <= history.ended_on for _, on in history.touches)


@given(rep_days(), st.sampled_from(SHAPES))
def test_followed_to_the_day_steps_keep_their_nominal_days_and_order(start: tuple[Days, date], shape: Shape) -> None:
    days, first = start
    planned = list(ahead(shape, days, begin(shape, days, first)))
    assert planned[0][2] == first
    on = [day for _, _, day in planned]
    assert on == sorted(set(on))
    assert all(days.allowed(day) for day in on)
    for step, cycle, day in planned:
        nominal = shape.slots[shape.place(step, cycle)].day
        if nominal is not None:
            assert day >= days.counted(first, nominal, (), working=shape.working)


@given(histories(), st.sampled_from(sorted(Channel)))
def test_a_plan_always_has_a_next_step_or_is_over(history: History, channel: Channel) -> None:
    for step, cycle, _ in history.due:
        assert step is Step.CLOSE or history.shape.place(step, cycle) < len(history.shape.slots)
    for outcome in OUTCOMES[channel]:
        days = history.days
        first = days.first_allowed(date(2026, 5, 4))
        assert first is not None
        course = begin(history.shape, days, first)
        after = react(history.shape, days, course, Happened(outcome, first, first + DAY), first)
        assert isinstance(after, Ended) or (after.due_on > first or after == course or outcome is Outcome.OUT_OF_OFFICE)
