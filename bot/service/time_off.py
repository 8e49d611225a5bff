"""Days off with who covers (process, opening table: time off, a cover for time off).

What must stay true: everybody enters their own, managers their teams', admins all; no two of one person overlap; who
covers is there meanwhile.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, TimeOff
from bot.domain.errors import NotFound, UserError
from bot.domain.setup_commands import CancelTimeOff, EnterTimeOff
from bot.service.setup_changes import TIME_OFF, Changed, facts_of, may_enter, new_subject, note_change, time_off_within

_LONGEST = timedelta(days=366)


def enter_time_off(session: Session, command: EnterTimeOff, now: datetime) -> Changed:
    """Somebody will be away. Raises ``NotAllowed``, ``NotFound``, ``UserError`` with the field."""
    may_enter(session, command.actor, command.person_id)
    person = session.get(Person, command.person_id, with_for_update=True)
    if person is None or not person.active:
        raise NotFound("They are not on the team any more.")
    first, last = _days(command, now.astimezone(ZoneInfo(person.timezone)).date())
    _is_free(session, person, first, last)
    cover = _cover(session, command, first, last)
    off_id = new_subject()
    session.add(TimeOff(id=off_id, person_id=person.id, starts_on=first, ends_on=last, cover_id=command.cover_id))
    session.flush()
    entry = note_change(session, "enter_time_off", command.actor, TIME_OFF, off_id, None, now)
    remarks = [] if cover else ["Nobody covers: hot leads go to whoever is next, the rest waits or pauses."]
    if covered := _covered_then(session, person.id, first, last):
        then = f"that goes to {cover.name}" if cover else "choose somebody else there"
        remarks.append(f"{person.name} covers for {', '.join(covered)} in those days: {then}.")
    who = f"; {cover.name} covers" if cover else ""
    return Changed(f"{person.name} is away {said_days(first, last)}{who}.", person.id, entry, tuple(remarks))


def _covered_then(session: Session, person_id: UUID, first: date, last: date) -> list[str]:
    """Names of those whom somebody covers for on some of these days."""
    names = select(Person.name).join(TimeOff, TimeOff.person_id == Person.id).where(TimeOff.cover_id == person_id)
    return list(session.scalars(names.where(TimeOff.starts_on <= last, TimeOff.ends_on >= first).distinct()))


def cancel_time_off(session: Session, command: CancelTimeOff, now: datetime) -> Changed:
    """They are here after all. Raises ``NotAllowed``, ``NotFound``."""
    off = session.get(TimeOff, command.time_off_id, with_for_update=True)
    if off is None:
        raise NotFound("That time off is not there any more.")
    may_enter(session, command.actor, off.person_id)
    person_id, said = off.person_id, said_days(off.starts_on, off.ends_on)
    name = session.get_one(Person, person_id).name
    before = facts_of(session, TIME_OFF, off.id)
    off_id = off.id
    session.delete(off)
    entry = note_change(session, "cancel_time_off", command.actor, TIME_OFF, off_id, before, now)
    return Changed(f"{name} is not away {said}.", person_id, entry)


def said_days(first: date, last: date) -> str:
    """ "on 3 Mar 2026", "from 3 Mar 2026 to 5 Mar 2026"."""
    if first == last:
        return f"on {first:%-d %b %Y}"
    return f"from {first:%-d %b %Y} to {last:%-d %b %Y}"


def _days(command: EnterTimeOff, today: date) -> tuple[date, date]:
    if command.starts_on is None:
        raise UserError("From which day?", field="starts_on")
    first, last = command.starts_on, command.ends_on or command.starts_on
    if last < first:
        raise UserError("The last day is before the first.", field="ends_on")
    if last < today:
        raise UserError("Those days are over.", field="ends_on")
    if last - first > _LONGEST:
        raise UserError("That is more than a year. Deactivate somebody who is gone for so long.", field="ends_on")
    return first, last


def _is_free(session: Session, person: Person, first: date, last: date) -> None:
    there = time_off_within(session, person.id, first, last)
    if there is not None:
        said = said_days(there.starts_on, there.ends_on)
        raise UserError(f"{person.name} is away {said} already. Remove that first.", field="starts_on")


def _cover(session: Session, command: EnterTimeOff, first: date, last: date) -> Person | None:
    if command.cover_id is None:
        return None
    cover = session.get(Person, command.cover_id)
    if cover is None or not cover.active:
        raise UserError("They are not on the team any more.", field="cover")
    if cover.id == command.person_id:
        raise UserError("Somebody else has to cover.", field="cover")
    away = time_off_within(session, cover.id, first, last)
    if away is not None:
        said = said_days(away.starts_on, away.ends_on)
        raise UserError(f"{cover.name} is away {said} too. Pick somebody else, or nobody.", field="cover")
    return cover
