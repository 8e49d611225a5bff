"""A rep's list of today, made on the spot where it is not there yet; the time a line is put off to.

What must stay true: whoever asks gets the one list of the day; making it early is making it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.touch_list_sources import LIST_ROLES, Rep, read_rep, works_by_list
from bot.db.queries.touch_list_walk import list_of_day
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed
from bot.domain.terms import Role
from bot.domain.touch_list_order import Wave
from bot.domain.touch_list_windows import local_day
from bot.service.context import playbook
from bot.service.touch_list_build import build_list
from bot.service.touch_list_times import local_date, next_working_day

WHO = (Role.MRR, Role.SDR, Role.AE, Role.CSM, Role.MANAGER, Role.ADMIN)
_LATELY = timedelta(days=14)


def rep_of(session: Session, actor: Actor, now: datetime) -> Rep:
    """The one who asks, as a list goes. Raises ``NotAllowed`` for people without a selling role."""
    rep = read_rep(session, actor.person_id, (now - _LATELY).date())
    if rep is None or not actor.has(*WHO):
        raise NotAllowed("A touch list is for those who call and write. An admin can give you such a role.")
    return rep


def todays_list(session: Session, actor: Actor, now: datetime) -> UUID:
    """Today's list of the one who asks; made now if it is not there yet.

    Raises ``NotAllowed`` for whoever works from no list: neither by a rep's role nor by what they have taken on.
    """
    rep = rep_of(session, actor, now)
    day = local_date(rep, now)
    if not actor.has(*LIST_ROLES) and not works_by_list(session, rep.id, day):
        raise NotAllowed("You have no touch list; reps (SDR, MRR) do.")
    found = list_of_day(session, rep.id, day) or build_list(session, rep, day, Wave.MORNING, now)
    # Somebody else may have made it between the look and the build.
    made = found or list_of_day(session, rep.id, day)
    assert made is not None
    return made


def day_ends(session: Session, actor: Actor, now: datetime) -> datetime:
    """When the rep's local day is over, aware UTC."""
    rep = rep_of(session, actor, now)
    return local_day(rep.timezone, local_date(rep, now))[1]


def later_today(session: Session, now: datetime) -> datetime:
    """When a line that is put off to later comes again."""
    return now + playbook(session).touch_list.snooze_for


def next_workday_begins(session: Session, actor: Actor, now: datetime) -> datetime:
    """The midnight before the rep's next working day; tomorrow's for somebody who never works."""
    rep = rep_of(session, actor, now)
    today = local_date(rep, now)
    day = next_working_day(rep, today, playbook(session)) or today + timedelta(days=1)
    return local_day(rep.timezone, day)[0]
