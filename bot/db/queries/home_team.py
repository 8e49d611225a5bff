"""What App Home shows managers: their teams as they are now (process §2, §7, §9).

What must stay true: the reads are as many for a hundred reps as for one; a page of people is what is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Alignment, Contact, Handoff, Lead, Person, PersonRole, TeamMember, TimeOff, Touch
from bot.db.queries.home_ae import called
from bot.db.queries.home_team_lines import TeamLine, team_lines
from bot.db.queries.led_teams import teams_led_by
from bot.db.queries.touch_list_sources import REP_COLUMNS, WORKS_LISTS, rep_of, working_week
from bot.domain.business_time import is_working
from bot.domain.terms import SELLING, Channel, LeadState, Role
from bot.playbook.schema import Playbook

PAGE = 12
HOT_SHOWN = 6
NAMED = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HotLead:
    """A hot lead nobody has answered. ``name``, ``company``: outside text."""

    name: str
    company: str
    owner: str | None
    raised_at: datetime
    claimed: bool


@dataclass(frozen=True, slots=True)
class TeamDay:
    """A manager's teams. Counts are of everybody; ``lines`` are a page of people.

    ``full``: MRRs near the month's capacity, with their leads of this month. ``unaligned``: reps with too few account
    executives. ``capacity``: leads an MRR can answer a month.
    """

    lines: tuple[TeamLine, ...]
    page: int
    people: int
    on_shift: int
    hot: tuple[HotLead, ...]
    hot_count: int
    breaches: int
    overdue: int
    waiting_handoffs: int
    oldest_handoff: datetime | None
    touches: int
    calls: int
    unaligned: tuple[str, ...]
    full: tuple[tuple[str, int], ...]
    capacity: int


def team_day(session: Session, manager_id: UUID, timezone: str, page: int, now: datetime, rules: Playbook) -> TeamDay:
    """The teams of a manager; ``timezone``: the manager's, whose day it is."""
    midnight = now.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    ids = list(session.scalars(_team(manager_id)))
    at_work = _on_shift(session, ids, now, rules)
    last = max(0, (len(ids) - 1) // PAGE)
    page = min(max(page, 0), last)
    shown = ids[page * PAGE : (page + 1) * PAGE]
    touches, calls = _touched(session, ids, midnight)
    hot, hot_count = _hot(session, ids)
    waiting = _waiting(session, ids)
    oldest = session.scalar(
        select(func.min(Handoff.created_at)).where(Handoff.ae_id.in_(ids), Handoff.state == "waiting")
    )
    return TeamDay(
        lines=team_lines(session, shown, at_work, touches, calls, waiting, now),
        page=page,
        people=len(ids),
        on_shift=sum(works for works, _ in at_work.values()),
        hot=hot,
        hot_count=hot_count,
        breaches=_leads(session, ids, Lead.breached_at >= midnight),
        overdue=_leads(
            session,
            ids,
            Lead.closed_at.is_(None),
            Lead.first_response_at.is_(None),
            Lead.response_due_at < now,
        ),
        waiting_handoffs=sum(waiting.values()),
        oldest_handoff=oldest,
        touches=sum(touches.values()),
        calls=sum(calls.values()),
        unaligned=_unaligned(session, ids, rules),
        full=_full(session, ids, midnight.replace(day=1), rules),
        capacity=rules.inbound.capacity.leads_per_mrr_month,
    )


def _team(manager_id: UUID) -> Select[UUID]:
    """Who sells in the teams that somebody leads, by name."""
    led = teams_led_by(manager_id)
    sells = select(PersonRole.person_id).where(PersonRole.role.in_(SELLING))
    return (
        select(Person.id)
        .where(
            Person.active.is_(True),
            Person.id.in_(select(TeamMember.person_id).where(TeamMember.team_id.in_(led))),
            Person.id.in_(sells),
        )
        .order_by(Person.name, Person.id)
    )


def _on_shift(
    session: Session, ids: Sequence[UUID], now: datetime, rules: Playbook
) -> Mapping[UUID, tuple[bool, bool]]:
    """Of each, whether they work now, and whether they are away."""
    rows = session.execute(
        select(*REP_COLUMNS, WORKS_LISTS.label("works_lists"), TimeOff.starts_on, TimeOff.ends_on)
        .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= (now - 2 * _DAY).date()))
        .where(Person.id.in_(ids))
    ).all()
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    at_work = {}
    for person_id, of_one in found.items():
        off = tuple((row.starts_on, row.ends_on) for row in of_one if row.starts_on is not None)
        rep = rep_of(of_one[0], off)
        today = now.astimezone(ZoneInfo(rep.timezone)).date()
        away = any(first <= today <= last for first, last in off)
        at_work[person_id] = (is_working(working_week(rep, rules), now), away)
    return at_work


def _touched(session: Session, ids: Sequence[UUID], midnight: datetime) -> tuple[dict[UUID, int], dict[UUID, int]]:
    calls = (Channel.CALL, Channel.VOICEMAIL)
    rows = session.execute(
        select(Touch.person_id, func.count(), func.count().filter(Touch.channel.in_(calls)))
        .where(Touch.person_id.in_(ids), Touch.happened_at >= midnight, Touch.undone_at.is_(None))
        .group_by(Touch.person_id)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _hot(session: Session, ids: Sequence[UUID]) -> tuple[tuple[HotLead, ...], int]:
    """Hot leads nobody has answered: the team's, and those that are nobody's."""
    which = (
        Lead.hot.is_(True),
        Lead.closed_at.is_(None),
        Lead.first_response_at.is_(None),
        or_(Lead.owner_id.in_(ids), Lead.owner_id.is_(None)),
    )
    rows = session.execute(
        select(Lead, Contact, Account.name.label("company"), Person.name.label("owner"))
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .outerjoin(Person, Person.id == Lead.owner_id)
        .where(*which)
        .order_by(Lead.raised_at)
        .limit(HOT_SHOWN)
    ).all()
    total = session.scalars(select(func.count()).select_from(Lead).where(*which)).one()
    leads = tuple(
        HotLead(called(row[1]), row.company or "", row.owner, row[0].raised_at, row[0].claimed_at is not None)
        for row in rows
    )
    return leads, total


def _leads(session: Session, ids: Sequence[UUID], *where: Any) -> int:
    statement = select(func.count()).select_from(Lead).where(Lead.owner_id.in_(ids), *where)
    return session.scalars(statement).one()


def _waiting(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Handoff.ae_id, func.count())
        .where(Handoff.ae_id.in_(ids), Handoff.state == "waiting")
        .group_by(Handoff.ae_id)
    )
    return {row[0]: row[1] for row in rows if row[0]}


def _unaligned(session: Session, ids: Sequence[UUID], rules: Playbook) -> tuple[str, ...]:
    aligned = select(func.count()).where(Alignment.rep_id == Person.id).correlate(Person).scalar_subquery()
    reps = select(PersonRole.person_id).where(PersonRole.role.in_((Role.MRR, Role.SDR)))
    names = session.scalars(
        select(Person.name)
        .where(Person.id.in_(ids), Person.id.in_(reps), aligned < rules.people.min_aligned_aes)
        .order_by(Person.name)
        .limit(NAMED)
    )
    return tuple(names)


def _full(session: Session, ids: Sequence[UUID], month: datetime, rules: Playbook) -> tuple[tuple[str, int], ...]:
    """MRRs whose leads of this month come near what one can answer (process §2, capacity)."""
    capacity = rules.inbound.capacity
    least = capacity.leads_per_mrr_month * capacity.warn_percent / 100
    mrrs = select(PersonRole.person_id).where(PersonRole.role == Role.MRR)
    rows = session.execute(
        select(Person.name, func.count())
        .join(Lead, Lead.owner_id == Person.id)
        .where(Person.id.in_(ids), Person.id.in_(mrrs), Lead.raised_at >= month, Lead.state != LeadState.JUNK)
        .group_by(Person.id, Person.name)
        .having(func.count() >= least)
        .order_by(func.count().desc(), Person.name)
        .limit(NAMED)
    )
    return tuple((row[0], row[1]) for row in rows)
