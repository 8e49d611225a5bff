"""Who gets a lead: loads our people as routing sees them, asks ``domain.routing``, stores the answer.

What must stay true: turns are read and written under a lock, so that two leads at once cannot both be "next";
every assignment is kept with its reasons; while nobody works, nobody is given anything.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.models import Account, Assignment, Lead, Person, PersonRole, TeamMember, TimeOff
from bot.db.rows import put, run
from bot.domain.business_time import HoursError, WorkWeek, is_working, work_week
from bot.domain.response_clock import shift_begins
from bot.domain.routing import Choice, Rep, Standing, choose_owner, round_robin
from bot.domain.terms import Role, Stage
from bot.playbook.schema import Playbook
from bot.service.context import playbook
from bot.service.lead_changes import open_since


@dataclass(frozen=True, slots=True)
class Candidates:
    """Our people as routing sees them at one moment. ``weeks`` and ``teams`` are by person."""

    reps: tuple[Rep, ...]
    weeks: Mapping[UUID, WorkWeek]
    teams: Mapping[UUID, UUID]
    on_call: tuple[UUID, ...]

    def rep(self, person_id: UUID | None) -> Rep | None:
        """Somebody by id."""
        return next((rep for rep in self.reps if rep.id == person_id), None)

    def answering(self, owner_id: UUID | None = None) -> list[WorkWeek]:
        """The weeks of those who could answer: MRRs that Slack knows, and the owner."""
        return [
            self.weeks[rep.id]
            for rep in self.reps
            if rep.active and ((rep.in_rotation and rep.reachable) or rep.id == owner_id)
        ]


@lru_cache(maxsize=4096)
def _week(
    hours: str | None,
    timezone: str,
    country: str | None,
    days_off: tuple[tuple[date, date], ...],
    default_hours: str,
    default_timezone: str,
) -> WorkWeek:
    try:
        return work_week(hours or default_hours, timezone, country, days_off)
    except HoursError:
        return work_week(default_hours, default_timezone, country, days_off)


def week_of(person: Any, days_off: tuple[tuple[date, date], ...], rules: Playbook) -> WorkWeek:
    """Somebody's working week; the playbook's hours where they have none, or none that can be read."""
    people = rules.people
    return _week(
        person.hours, person.timezone, person.country or people.country, days_off, people.hours, people.timezone
    )


@lru_cache(maxsize=1)
def _candidates() -> Any:
    lately: BindParameter[date] = bindparam("lately")
    also: BindParameter[UUID] = bindparam("also", expanding=True)
    covers = select(TimeOff.cover_id).where(TimeOff.ends_on >= lately, TimeOff.cover_id.is_not(None)).scalar_subquery()
    mrr = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.MRR)
    open_leads = (
        select(func.count())
        .select_from(Lead)
        .where(Lead.owner_id == Person.id, Lead.closed_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.name,
            Person.timezone,
            Person.country,
            Person.hours,
            Person.skills,
            Person.weight,
            Person.open_lead_cap,
            Person.on_call,
            Person.turn,
            Person.last_assigned_at,
            Person.active,
            Person.slack_user_id.is_not(None).label("in_slack"),
            mrr.label("mrr"),
            open_leads.label("open_leads"),
            _first_team().label("team_id"),
            TimeOff.starts_on,
            TimeOff.ends_on,
            TimeOff.cover_id,
        )
        .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= lately))
        .where(or_(mrr, Person.on_call.is_(True), Person.id.in_(covers), Person.id.in_(also)))
        .order_by(Person.id, TimeOff.starts_on)
        .with_for_update(of=Person, key_share=True)
    )


def load_candidates(session: Session, now: datetime, also: Collection[UUID | None] = ()) -> Candidates:
    """All MRRs, those who cover for somebody, and ``also``; locked against other routings until the commit."""
    rules = playbook(session)
    lately = (now - timedelta(days=2)).date()
    wanted = [one for one in set(also) if one]
    found = run(session, _candidates(), lately=lately, also=wanted).all()
    rows = {row.id: row for row in found}
    off: dict[UUID, list[Any]] = {person_id: [] for person_id in rows}
    for row in found:
        if row.starts_on is not None:
            off[row.id].append(row)
    weeks = {one: week_of(row, tuple((a.starts_on, a.ends_on) for a in off[one]), rules) for one, row in rows.items()}
    reps = tuple(_rep(row, weeks[one], off[one], now) for one, row in rows.items())
    teams = {one: row.team_id for one, row in rows.items() if row.team_id is not None}
    on_call = tuple(one for one, row in rows.items() if row.on_call and row.active and row.in_slack)
    return Candidates(reps, weeks, teams, on_call)


def _first_team() -> Any:
    return (
        select(TeamMember.team_id)
        .where(TeamMember.person_id == Person.id)
        .order_by(TeamMember.manages, TeamMember.team_id)
        .limit(1)
        .scalar_subquery()
    )


def _rep(row: Any, week: WorkWeek, off: Collection[Any], now: datetime) -> Rep:
    today = now.astimezone(ZoneInfo(week.timezone)).date()
    current = next((one for one in off if one.starts_on <= today <= one.ends_on), None)
    return Rep(
        id=row.id,
        name=row.name,
        weight=float(row.weight),
        open_leads=row.open_leads,
        cap=row.open_lead_cap,
        skills=frozenset(row.skills or ()),
        on_shift=is_working(week, now),
        away=current is not None,
        active=row.active,
        in_rotation=row.mrr,
        reachable=row.in_slack,
        cover_id=current.cover_id if current else None,
        turn=row.turn,
        last_assigned_at=row.last_assigned_at,
    )


def choose(candidates: Candidates, standing: Standing, hot: bool, passed_over: Collection[UUID] = ()) -> Choice:
    """The owner of a new lead, or nobody while nobody works.

    A hot lead is not left with an account owner who is off shift: the round robin answers it, and the reasons say so.
    """
    choice = choose_owner(candidates.reps, standing, passed_over)
    rep = candidates.rep(choice.person_id)
    if rep is None or rep.on_shift or not hot:
        return choice
    why = (*choice.reason, f"{rep.name} is not on shift, and this cannot wait.")
    return round_robin(candidates.reps, standing.skills_needed, passed_over, why)


def choose_next(candidates: Candidates, passed_over: Collection[UUID], because: str) -> Choice:
    """The next MRR on shift who has not had the lead."""
    return round_robin(candidates.reps, passed_over=passed_over, because=(because,))


def next_shift(candidates: Candidates, now: datetime, owner_id: UUID | None = None) -> datetime | None:
    """When somebody who could answer works next; ``now`` if somebody does, None if nobody ever does."""
    return shift_begins(now, candidates.answering(owner_id))


def standing_of(session: Session, account_id: UUID | None) -> Standing:
    """What an account already means to us."""
    if account_id is None:
        return Standing()
    row = session.execute(
        select(Account.name, Account.stage, Account.owner_id, Account.csm_id).where(Account.id == account_id)
    ).first()
    return standing(row.name, row.stage, row.owner_id, row.csm_id) if row else Standing()


def standing(name: str, stage: Stage, owner_id: UUID | None, csm_id: UUID | None) -> Standing:
    """An account's standing from its columns."""
    return Standing(name, stage in (Stage.CLIENT, Stage.CHAMPION), owner_id, csm_id)


def had_it(session: Session, lead: Lead) -> set[UUID]:
    """Everybody this lead was given to since it was last taken up."""
    rows = session.scalars(
        select(Assignment.person_id).where(
            Assignment.lead_id == lead.id,
            Assignment.person_id.is_not(None),
            Assignment.at >= open_since(session, lead),
        )
    )
    return {person_id for person_id in rows if person_id is not None}


def first_owned_at(session: Session, lead_id: UUID) -> datetime | None:
    """When the lead was first somebody's."""
    return session.scalar(
        select(func.min(Assignment.at)).where(Assignment.lead_id == lead_id, Assignment.person_id.is_not(None))
    )


def store_assignment(session: Session, lead_id: UUID, choice: Choice, now: datetime, by_id: UUID | None = None) -> None:
    """Keep who was given the lead and why, and the new turn of the round robin."""
    keep_assignment(session, lead_id, choice.person_id, choice.rule.value, choice.reason, now, by_id)
    if choice.turn is not None and choice.person_id is not None:
        run(session, _TAKING_A_TURN, which=choice.person_id, new_turn=choice.turn, assigned_at=now)


_TAKING_A_TURN = (
    update(Person)
    .where(Person.id == bindparam("which"))
    .values(turn=bindparam("new_turn"), last_assigned_at=bindparam("assigned_at"))
)


def keep_assignment(
    session: Session,
    lead_id: UUID,
    person_id: UUID | None,
    rule: str,
    reason: Collection[str],
    now: datetime,
    by_id: UUID | None = None,
) -> None:
    """Keep an assignment made by a person, or by a claim."""
    put(
        session,
        Assignment,
        lead_id=lead_id,
        person_id=person_id,
        rule=rule,
        reason=list(reason),
        at=now,
        by_id=by_id,
    )
