"""The rep's lists when their time comes: the morning list, then the evening list.

What must stay true: one list for each rep, local date and wave, whatever workers, restarts, missed hours, clock
changes and changes of zone; the next morning is set in the transaction that makes this one.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.touch_list_sources import Rep, read_rep, working_week
from bot.domain.business_time import is_working_day
from bot.domain.commands import Due
from bot.domain.touch_list_order import Wave
from bot.service.context import playbook
from bot.service.due import fall_due
from bot.service.touch_list_build import build_list
from bot.service.touch_list_times import (
    EVENING_JOB,
    MORNING_JOB,
    arm_lists,
    evening_of,
    local_date,
    morning_of,
    next_morning,
)


def send_morning(session: Session, due: Due, now: datetime) -> None:
    """Make today's list, if today is a working day and its hour has come, and set the next ones."""
    rep = _rep(session, due, now)
    if rep is None:
        return
    rules, day = playbook(session), local_date(rep, now)
    if rep.slack_user_id and is_working_day(working_week(rep, rules), day) and now >= morning_of(rep, day, rules):
        build_list(session, rep, day, Wave.MORNING, now)
        evening = evening_of(rep, day, rules)
        if evening is not None and evening > now:
            fall_due(session, EVENING_JOB, str(rep.id), day.isoformat(), evening)
    following = next_morning(rep, now, rules)
    if following is not None:
        fall_due(session, MORNING_JOB, str(rep.id), following.slot, following.at)


def send_evening(session: Session, due: Due, now: datetime) -> None:
    """Make the evening list of the day it was set for, if that is still today and still lies in the hours."""
    rep = _rep(session, due, now)
    if rep is None or not rep.slack_user_id:
        return
    day, evening = local_date(rep, now), evening_of(rep, local_date(rep, now), playbook(session))
    if day.isoformat() == due.slot and evening is not None and now >= evening:
        build_list(session, rep, day, Wave.EVENING, now)


def arm_everybody(session: Session, now: datetime) -> None:
    """The net: whoever is new, has moved, or works other hours is set anew."""
    arm_lists(session, now)


def _rep(session: Session, due: Due, now: datetime) -> Rep | None:
    """Whose list it is; None for somebody who left or works from no list any more."""
    rep = read_rep(session, UUID(due.subject_id), (now - timedelta(days=14)).date())
    return rep if rep is not None and rep.active and rep.works_lists else None
