"""The days of reps as plans count them: their hours, holidays and time off, with who covers (process §4).

What must stay true: one statement for any number of reps; whoever has hours that cannot be read has the playbook's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Person, TimeOff
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.domain.business_time import HoursError, WorkWeek, work_week
from bot.domain.cadence_days import Absence, Days, days_of
from bot.playbook.schema import Playbook


@dataclass(frozen=True, slots=True)
class RepDays:
    """A rep's days, with what else the flow of their work hangs on."""

    person_id: UUID
    name: str
    timezone: str
    active: bool
    mailbox_began_on: date | None
    days: Days


_REPS = (
    select(
        Person.id,
        Person.name,
        Person.hours,
        Person.timezone,
        Person.country,
        Person.active,
        Person.mailbox_began_on,
        TimeOff.starts_on,
        TimeOff.ends_on,
        TimeOff.cover_id,
    )
    .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= bindparam("since")))
    .where(Person.id.in_(bindparam("reps", expanding=True)))
)


def rules_of(session: Session) -> Playbook:
    """The playbook this session reads by."""
    in_force: PlaybookInForce = session.info["playbook"]
    return in_force.playbook


def days_of_reps(session: Session, person_ids: Collection[UUID], since: date) -> Mapping[UUID, RepDays]:
    """The days of each rep, with absences that end on ``since`` or later; the recipient's country is left open."""
    rules = rules_of(session)
    rows = run(session, _REPS, reps=list(person_ids), since=since).all() if person_ids else []
    absences: dict[UUID, list[Absence]] = {}
    for row in rows:
        found = absences.setdefault(row.id, [])
        if row.starts_on is not None:
            found.append(Absence(row.starts_on, row.ends_on, row.cover_id is not None))
    reps: dict[UUID, RepDays] = {}
    for row in rows:
        if row.id not in reps:
            days = days_from(row, absences[row.id], rules)
            reps[row.id] = RepDays(row.id, row.name, row.timezone, row.active, row.mailbox_began_on, days)
    return reps


def days_from(person: Any, absences: Collection[Absence], rules: Playbook) -> Days:
    """The days of one rep, from a row with their hours, timezone and country."""
    people = rules.people
    week = _week(person.hours, person.timezone, person.country or people.country, people.hours, people.timezone)
    return days_of(week, absences, rules.cadence.absence_shift_days)


@lru_cache(maxsize=4096)
def _week(hours: str | None, zone: str, country: str | None, usual_hours: str, usual_zone: str) -> WorkWeek:
    try:
        return work_week(hours or usual_hours, zone, country)
    except HoursError:
        return work_week(usual_hours, usual_zone, country)
