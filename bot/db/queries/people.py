"""Reads about our own people."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Alignment, Person, PersonRole, Team, TeamMember
from bot.domain.terms import Role

PEOPLE_PAGE = 20


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One of us in a list. ``in_slack`` says whether Slack knows the e-mail."""

    id: UUID
    name: str
    roles: tuple[Role, ...]
    teams: tuple[str, ...]
    timezone: str
    hours: str | None
    in_slack: bool
    slack_user_id: str | None
    aligned_aes: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people, and how many there are in all."""

    lines: tuple[PersonLine, ...]
    page: int
    total: int


def people_page(session: Session, page: int = 0, size: int = PEOPLE_PAGE) -> PeoplePage:
    """Active people by name."""
    total = session.scalars(select(func.count()).select_from(Person).where(Person.active.is_(True))).one()
    people = session.scalars(
        select(Person).where(Person.active.is_(True)).order_by(Person.name, Person.id).offset(page * size).limit(size)
    ).all()
    ids = [person.id for person in people]
    teams: dict[UUID, list[str]] = {}
    for person_id, name in session.execute(
        select(TeamMember.person_id, Team.name)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.person_id.in_(ids))
        .order_by(Team.name)
    ):
        teams.setdefault(person_id, []).append(name)
    aligned: dict[UUID, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(Alignment.rep_id, func.count()).where(Alignment.rep_id.in_(ids)).group_by(Alignment.rep_id)
        )
    }
    lines = tuple(
        PersonLine(
            id=person.id,
            name=person.name,
            roles=tuple(sorted((role.role for role in person.roles), key=list(Role).index)),
            teams=tuple(teams.get(person.id, ())),
            timezone=person.timezone,
            hours=person.hours,
            in_slack=person.slack_user_id is not None,
            slack_user_id=person.slack_user_id,
            aligned_aes=aligned.get(person.id, 0),
        )
        for person in people
    )
    return PeoplePage(lines, page, total)


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody a lead can be given to."""

    id: UUID
    name: str
    roles: tuple[Role, ...]


RESPONDING = (Role.MRR, Role.SDR, Role.AE, Role.CSM, Role.MANAGER)


def responders(session: Session, limit: int = 100) -> list[Responder]:
    """People who may own a lead and whom Slack knows, MRRs first; at most what one Slack menu holds."""
    rows = session.execute(
        select(Person.id, Person.name, PersonRole.role)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.active.is_(True), Person.slack_user_id.is_not(None), PersonRole.role.in_(RESPONDING))
        .order_by(Person.name, Person.id)
    ).all()
    roles: dict[UUID, tuple[str, list[Role]]] = {}
    for person_id, name, role in rows:
        roles.setdefault(person_id, (name, []))[1].append(role)
    people = [Responder(key, name, tuple(held)) for key, (name, held) in roles.items()]
    return sorted(people, key=lambda person: (Role.MRR not in person.roles, person.name))[:limit]
