"""Callbacks that were promised beside another outcome, and what speaks against the time of one.

What must stay true: a promise lives in its task; a touch that is changed keeps it. A time outside the rep's own work
is remarked on, never refused.
"""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, Task, TimeOff, Touch
from bot.domain.business_time import is_holiday, is_working
from bot.domain.commands import Actor
from bot.domain.terms import Outcome
from bot.service.context import playbook
from bot.service.routing import week_of
from bot.service.touch_effects import CALLBACK

_REMIND_THEMSELVES = frozenset({Outcome.CALLBACK, Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE})


def promised_at(session: Session, touch: Touch) -> datetime | None:
    """When a callback is due that a touch promised beside its outcome; None if there is none, or it is done."""
    if touch.causation_id is None or touch.outcome is Outcome.CALLBACK:
        return None
    dues = session.scalars(
        select(Task.due_at)
        .where(Task.causation_id == touch.causation_id, Task.kind == CALLBACK, Task.done_at.is_(None))
        .order_by(Task.due_at)
    ).all()
    own = touch.follow_up_at if touch.outcome in _REMIND_THEMSELVES else None
    if touch.outcome is Outcome.NOT_NOW and own is None:
        return None  # its only reminder is the end of the rest
    return next((due for due in dues if due != own), None)


def outside_work(session: Session, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Say if a callback at ``at`` (aware) falls on the rep's leave or holiday, or outside their working hours."""
    person = session.execute(
        select(Person.timezone, Person.country, Person.hours).where(Person.id == actor.person_id)
    ).one()
    leave = _leave(session, actor.person_id)
    day = at.astimezone(ZoneInfo(person.timezone)).date()
    rules = playbook(session)
    if any(first <= day <= last for first, last in leave):
        return ("You are off on the day of the callback.",)
    if is_holiday(person.country or rules.people.country, day):
        return ("The callback is on a public holiday where you are.",)
    if not is_working(week_of(person, leave, rules), at):
        return ("The callback is outside your working hours.",)
    return ()


def _leave(session: Session, person_id: UUID) -> tuple[tuple[date, date], ...]:
    rows = session.execute(select(TimeOff.starts_on, TimeOff.ends_on).where(TimeOff.person_id == person_id))
    return tuple((row.starts_on, row.ends_on) for row in rows)
