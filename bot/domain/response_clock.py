"""When a response is due, what happens while it is missing, and both clocks (process §2).

What must stay true: wall time (what the buyer felt) and time on shift are both kept; due times are computed once
from the raised hand and never reset by a later event.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.business_time import WorkWeek, is_working, next_shift_start, working_seconds_between
from bot.domain.terms import Intent
from bot.playbook.schema import Playbook


class DueRule(StrEnum):
    """By which rule a response is due."""

    HOT = "hot"
    STANDARD = "standard"
    NEXT_SHIFT = "next_shift"


class LadderStep(StrEnum):
    """What happens to a hot lead that waits; in order of the ladder."""

    DM_UNSEEN = "dm_unseen"
    NUDGE = "nudge"
    NEXT_REP = "next_rep"
    MANAGER = "manager"
    CLAIMED_IDLE = "claimed_idle"
    CLAIMED_REOPEN = "claimed_reopen"


class BreachCause(StrEnum):
    """Why a response came late or not at all."""

    REP = "rep"
    NOBODY_ON_SHIFT = "nobody_on_shift"
    ROUTING = "routing"
    SLACK_UNREACHABLE = "slack_unreachable"


@dataclass(frozen=True, slots=True)
class ResponseDue:
    """When the first human response is due (UTC), and by which rule. ``starts_at``: when somebody can begin."""

    due_at: datetime
    rule: DueRule
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both response times, whole seconds."""

    wall_seconds: int
    on_shift_seconds: int


def is_hot(intent: Intent, playbook: Playbook) -> bool:
    """Whether an intent raises an alert at once."""
    return intent.value in playbook.inbound.hot_intents


def response_due(raised_at: datetime, hot: bool, weeks: Collection[WorkWeek], playbook: Playbook) -> ResponseDue:
    """Return when a response is due to a hand raised at ``raised_at``.

    ``weeks`` are the working weeks of those who could answer. Hot: within ``hot_response``, counted from the next
    shift if nobody works. Standard: ``first_response`` by the wall clock, or, if nobody works, within
    ``first_hour`` of the next shift. Where nobody ever works, the wall clock runs.
    """
    rules = playbook.inbound
    raised_at = raised_at.astimezone(UTC)
    starts_at = shift_begins(raised_at, weeks) or raised_at
    if hot:
        return ResponseDue(starts_at + rules.hot_response, DueRule.HOT, starts_at)
    if starts_at == raised_at:
        return ResponseDue(raised_at + rules.first_response, DueRule.STANDARD, starts_at)
    return ResponseDue(starts_at + rules.first_hour, DueRule.NEXT_SHIFT, starts_at)


def shift_begins(at: datetime, weeks: Collection[WorkWeek]) -> datetime | None:
    """Return ``at`` if somebody works then, else the start of the earliest next shift; None if nobody ever works."""
    if any(is_working(week, at) for week in weeks):
        return at
    return min((start for week in weeks if (start := next_shift_start(week, at))), default=None)


def ladder_steps(alerted_at: datetime, playbook: Playbook) -> list[tuple[LadderStep, datetime]]:
    """Return the steps of an unclaimed hot lead, counted from its alert, in order of time."""
    ladder = playbook.inbound.ladder
    return [
        (LadderStep.DM_UNSEEN, alerted_at + ladder.dm_unseen),
        (LadderStep.NUDGE, alerted_at + ladder.nudge),
        (LadderStep.NEXT_REP, alerted_at + ladder.next_rep),
        (LadderStep.MANAGER, alerted_at + ladder.manager),
    ]


def claimed_steps(claimed_at: datetime, playbook: Playbook) -> list[tuple[LadderStep, datetime]]:
    """Return the steps of a claimed lead without a response, counted from the claim, in order of time."""
    ladder = playbook.inbound.ladder
    return [
        (LadderStep.CLAIMED_IDLE, claimed_at + ladder.claimed_idle),
        (LadderStep.CLAIMED_REOPEN, claimed_at + ladder.claimed_reopen),
    ]


def reminder_times(due: ResponseDue, raised_at: datetime, playbook: Playbook) -> list[tuple[int, datetime]]:
    """Return (per cent, instant) of each reminder for a standard lead.

    The shares are of the time somebody has for it: from the raised hand, or from the shift that it waits for.
    """
    begin = max(raised_at.astimezone(UTC), due.starts_at)
    return [(share, begin + (due.due_at - begin) * share / 100) for share in playbook.inbound.reminders_percent]


def breach_cause(
    due: ResponseDue,
    raised_at: datetime,
    owned_at: datetime | None,
    alerted_at: datetime | None,
    weeks: Collection[WorkWeek],
) -> BreachCause:
    """Tell why the response of a lead missed its due time.

    ``owned_at``: when it first had an owner; ``alerted_at``: when its alert first stood in Slack. Nobody on shift
    before it fell due comes first, then a lead nobody was given in time, then an alert that never arrived.
    """
    somebody_worked = any(working_seconds_between(week, raised_at, due.due_at) > 0 for week in weeks)
    if not somebody_worked:
        return BreachCause.NOBODY_ON_SHIFT
    if owned_at is None or owned_at >= due.due_at:
        return BreachCause.ROUTING
    if alerted_at is None or alerted_at >= due.due_at:
        return BreachCause.SLACK_UNREACHABLE
    return BreachCause.REP


def clocks(raised_at: datetime, responded_at: datetime, week: WorkWeek | None) -> Clocks:
    """Return both response times: by the wall, and on the responder's shift (wall time if the week is unknown)."""
    wall = max(int((responded_at - raised_at) / timedelta(seconds=1)), 0)
    return Clocks(wall, wall if week is None else working_seconds_between(week, raised_at, responded_at))
