"""App Home kept fresh: for those who looked at it lately, when something they see has changed.

What must stay true: nobody's home is published who has not looked within a day; one person's home is published by a
sweep at most once a minute, and only if something happened to them or their team; a sweep reads what happened since
the one before, never more; sweeps leave room in the tier of ``views.publish`` for those who look now.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import (
    Assignment,
    AuditEntry,
    Handoff,
    HandoffMove,
    Lead,
    LeadMove,
    Opportunity,
    OpportunityMove,
    Person,
    PersonRole,
    Setting,
    TeamMember,
    TouchList,
)
from bot.db.queries.led_teams import teams_led_by
from bot.domain.commands import Actor
from bot.domain.notices import Address, Priority, View
from bot.domain.terms import Role
from bot.outbox.enqueue import insert_once, refresh, show

WATCHED_FOR = timedelta(days=1)
"""How long after somebody looked their home is kept fresh; business time."""
_SWEPT = "homes:swept"
_OVERLAP = timedelta(seconds=10)
"""A transaction that began before a sweep may have committed after it."""
_CLOCK_FOR = timedelta(hours=1)
"""How long after a hand was raised the minutes are counted before everybody's eyes."""
_LONGEST = timedelta(hours=1)
"""After a longer silence people open their home anew, which renders it."""
MOST_AT_ONCE = 60
"""Homes a sweep publishes: ``views.publish`` takes about 100 a minute of a workspace (slack.md)."""


def open_home(session: Session, actor: Actor, now: datetime) -> None:
    """Somebody looks at their home: as of now, from its first page."""
    _note(session, actor, home_opened_at=now, home_page=0)
    to = Address.person(actor.person_id)
    show(session, View.APP_HOME, str(actor.person_id), to, priority=Priority.PERSON)


def turn_home(session: Session, actor: Actor, page: int, now: datetime) -> None:
    """Another page of the team's people; a click in App Home is shown there anyway."""
    _note(session, actor, home_opened_at=now, home_page=min(max(page, 0), 100_000))


def refresh_homes(session: Session, now: datetime) -> int:
    """Mark the homes stale that are looked at and show something that changed since the last sweep; how many.

    Of very many those are kept fresh who looked last: the others' are rendered when they look again.
    """
    watched = session.scalars(
        select(Person.id)
        .where(Person.home_opened_at > now - WATCHED_FOR, Person.active.is_(True), Person.slack_user_id.is_not(None))
        .order_by(Person.home_opened_at.desc(), Person.id)
    ).all()
    since = _since(session)
    if not watched:
        return 0
    concerned = _concerned(session, since) | _clocks_run(session, now)
    concerned |= _leaders(session, concerned, set(watched))
    stale = [person_id for person_id in watched if person_id in concerned][:MOST_AT_ONCE]
    for person_id in sorted(stale):
        refresh(session, str(person_id), View.APP_HOME, priority=Priority.BULK)
    return len(stale)


def _note(session: Session, actor: Actor, **values: Any) -> None:
    session.execute(
        update(Person).where(Person.id == actor.person_id).values(**values).execution_options(synchronize_session=False)
    )


def _since(session: Session) -> datetime:
    """When the last sweep was, by the real clock; this one is noted."""
    real = protocol_now()
    session.execute(insert_once(session, Setting).values(key=_SWEPT, value={}))
    setting = session.get_one(Setting, _SWEPT, with_for_update=True)
    last = setting.value.get("at")
    setting.value = {"at": real.isoformat()}
    session.flush()
    return max(datetime.fromisoformat(last) - _OVERLAP if last else real - _LONGEST, real - _LONGEST)


def _first_id(moment: datetime) -> UUID:
    """The least UUIDv7 of a moment: ids are sorted by when they were made, so the primary key finds what is new."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _concerned(session: Session, since: datetime) -> set[UUID]:
    """Whose facts changed: who did something, was given or lost a lead, has a handoff or a deal that moved, a list."""
    first = _first_id(since)
    moved = select(HandoffMove.handoff_id).where(HandoffMove.id >= first)
    dealt = select(OpportunityMove.opportunity_id).where(OpportunityMove.id >= first)
    led = select(LeadMove.lead_id).where(LeadMove.id >= first)
    given = select(Assignment.lead_id).where(Assignment.id >= first)
    reads: Iterable[Select[*tuple[Any, ...]]] = (
        select(AuditEntry.actor_id).where(AuditEntry.id >= first).distinct(),
        select(Assignment.person_id).where(Assignment.id >= first).distinct(),
        select(Assignment.person_id).where(Assignment.lead_id.in_(given)).distinct(),
        select(Lead.owner_id).where(Lead.id.in_(led)).distinct(),
        select(Handoff.rep_id, Handoff.ae_id).where(Handoff.id.in_(moved)),
        select(Opportunity.rep_id, Opportunity.ae_id).where(Opportunity.id.in_(dealt)),
        select(TouchList.person_id).where(TouchList.id >= first).distinct(),
    )
    return {one for read in reads for row in session.execute(read) for one in row if one is not None}


def _clocks_run(session: Session, now: datetime) -> set[UUID]:
    """Whose hot leads wait for an answer: a home that says for how long goes on saying it, for a while."""
    waits = (Lead.hot.is_(True), Lead.closed_at.is_(None), Lead.first_response_at.is_(None))
    owners = session.scalars(select(Lead.owner_id).where(*waits, Lead.raised_at > now - _CLOCK_FOR).distinct())
    return {one for one in owners if one is not None}


def _leaders(session: Session, concerned: set[UUID], watched: set[UUID]) -> set[UUID]:
    """The managers among ``watched`` whose teams are concerned; admins, whose page shows the whole."""
    if not concerned:
        return set()
    looks = PersonRole.person_id.in_(watched)
    leaders = set(session.scalars(select(PersonRole.person_id).where(looks, PersonRole.role == Role.ADMIN)))
    for manager in session.scalars(select(PersonRole.person_id).where(looks, PersonRole.role == Role.MANAGER)):
        people = select(TeamMember.person_id).where(TeamMember.team_id.in_(teams_led_by(manager)))
        if manager not in leaders and not concerned.isdisjoint(session.scalars(people)):
            leaders.add(manager)
    return leaders
