"""Whether one of us works now, in words for whoever is about to give them something (process §2).

What must stay true: it only tells; whoever gives a lead to somebody by name may do so at any hour.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, TimeOff
from bot.domain.business_time import WorkWeek, is_working, next_shift_start
from bot.service.context import playbook
from bot.service.routing import week_of

_THIS_WEEK = timedelta(days=6)
"""Within this a weekday says which day is meant."""


def absence(week: WorkWeek, away: bool, now: datetime, zone: str) -> str:
    """ "off shift until Mon 09:00", "on leave until Mon 7 Dec 09:00"; empty while they work. ``zone``: the reader's."""
    if is_working(week, now) and not away:
        return ""
    what = "on leave" if away else "off shift"
    back = next_shift_start(week, now)
    if back is None:
        return what
    local = back.astimezone(ZoneInfo(zone))
    return f"{what} until " + (f"{local:%a %H:%M}" if back - now < _THIS_WEEK else f"{local:%a %-d %b %H:%M}")


def absences(session: Session, people: Collection[UUID], now: datetime, zone: str) -> dict[UUID, str]:
    """The absence of each of ``people`` who does not work at ``now``; those who work are left out."""
    rules = playbook(session)
    lately = (now - timedelta(days=2)).date()
    off: dict[UUID, list[TimeOff]] = {}
    for one in session.scalars(select(TimeOff).where(TimeOff.person_id.in_(people), TimeOff.ends_on >= lately)):
        off.setdefault(one.person_id, []).append(one)
    found: dict[UUID, str] = {}
    for person in session.scalars(select(Person).where(Person.id.in_(people))):
        days = tuple((one.starts_on, one.ends_on) for one in off.get(person.id, ()))
        week = week_of(person, days, rules)
        today = now.astimezone(ZoneInfo(week.timezone)).date()
        away = any(first <= today <= last for first, last in days)
        if said := absence(week, away, now, zone):
            found[person.id] = said
    return found
