"""A page of a manager's people: of each, what they have open, what they touched and how far today's list is.

What must stay true: the reads are as many for a hundred reps as for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Lead, Person, PersonRole, TouchItem, TouchList
from bot.db.queries.touch_list_progress import OPEN
from bot.domain.terms import SELLING, Role
from bot.domain.touch_list import ItemKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One of the team, now. ``done``, ``total``: of today's list; None: none is there."""

    name: str
    roles: tuple[Role, ...]
    on_shift: bool
    away: bool
    open_leads: int
    unanswered: int
    touches: int
    calls: int
    done: int | None
    total: int | None
    waiting_handoffs: int


def team_lines(
    session: Session,
    ids: Sequence[UUID],
    at_work: Mapping[UUID, tuple[bool, bool]],
    touches: Mapping[UUID, int],
    calls: Mapping[UUID, int],
    waiting: Mapping[UUID, int],
    now: datetime,
) -> tuple[TeamLine, ...]:
    """A line for each of ``ids``, in their order; the counts that the totals need too are handed in."""
    people = {
        row.id: row
        for row in session.execute(select(Person.id, Person.name, Person.timezone).where(Person.id.in_(ids)))
    }
    roles: dict[UUID, list[Role]] = {}
    for person_id, role in session.execute(
        select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(ids), PersonRole.role.in_(SELLING))
    ):
        roles.setdefault(person_id, []).append(role)
    open_leads = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(Lead.owner_id, func.count(), func.count().filter(Lead.first_response_at.is_(None)))
            .where(Lead.owner_id.in_(ids), Lead.closed_at.is_(None))
            .group_by(Lead.owner_id)
        )
    }
    lists = lists_today(session, ids, now)
    return tuple(
        TeamLine(
            name=people[one].name,
            roles=tuple(sorted(roles.get(one, ()), key=list(Role).index)),
            on_shift=at_work[one][0],
            away=at_work[one][1],
            open_leads=open_leads.get(one, (0, 0))[0],
            unanswered=open_leads.get(one, (0, 0))[1],
            touches=touches.get(one, 0),
            calls=calls.get(one, 0),
            done=lists[one][0] if one in lists else None,
            total=lists[one][1] if one in lists else None,
            waiting_handoffs=waiting.get(one, 0),
        )
        for one in ids
    )


def lists_today(session: Session, ids: Sequence[UUID], now: datetime) -> dict[UUID, tuple[int, int]]:
    """Of each rep's lists of their own today: how many lines are done, and of how many.

    Counted as on the list itself: the question who replied is one line, done once nobody's answer is open.
    """
    reply, left = TouchItem.kind == ItemKind.REPLY.value, TouchItem.state.in_(OPEN)
    rows = session.execute(
        select(
            TouchList.person_id,
            TouchList.local_date,
            Person.timezone,
            func.count().filter(~reply).label("lines"),
            func.count().filter(~reply, ~left).label("done"),
            func.count().filter(reply).label("asked"),
            func.count().filter(reply, left).label("waiting"),
        )
        .join(Person, Person.id == TouchList.person_id)
        .join(TouchItem, TouchItem.list_id == TouchList.id)
        .where(TouchList.person_id.in_(ids), TouchList.local_date >= (now - _DAY).date())
        .group_by(TouchList.id, TouchList.person_id, TouchList.local_date, Person.timezone)
    )
    found: dict[UUID, tuple[int, int]] = {}
    for row in rows:
        if row.local_date == now.astimezone(ZoneInfo(row.timezone)).date():
            done, total = found.get(row.person_id, (0, 0))
            question, answered = bool(row.asked), bool(row.asked) and not row.waiting
            found[row.person_id] = (done + row.done + answered, total + row.lines + question)
    return found
