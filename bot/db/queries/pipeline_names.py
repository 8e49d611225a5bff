"""Whom ``/pipeline`` can be asked about: teams and people, by name."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, Team, TeamMember
from bot.db.queries.led_teams import teams_led_by
from bot.domain.metrics_question import Kind, Name


def led_teams(session: Session, person_id: UUID) -> tuple[UUID, ...]:
    """The teams somebody manages."""
    return tuple(session.scalars(teams_led_by(person_id).order_by(TeamMember.team_id)))


def is_member(session: Session, person_id: UUID, teams: Collection[UUID]) -> bool:
    """Whether somebody belongs to one of the teams."""
    statement = select(TeamMember.person_id).where(TeamMember.person_id == person_id, TeamMember.team_id.in_(teams))
    return session.scalars(statement.limit(1)).first() is not None


def team_names(session: Session, teams: Collection[UUID] | None = None) -> list[Name]:
    """Teams by name; ``teams``: only these."""
    statement = select(Team.id, Team.name).order_by(Team.name)
    if teams is not None:
        statement = statement.where(Team.id.in_(teams))
    return [Name(Kind.TEAM, row.id.hex, row.name) for row in session.execute(statement)]


def person_names(session: Session, teams: Collection[UUID] | None = None) -> list[Name]:
    """People by name, those who left too: their results stay; ``teams``: only members of these."""
    statement = select(Person.id, Person.name).order_by(Person.name, Person.id)
    if teams is not None:
        members = select(TeamMember.person_id).where(TeamMember.team_id.in_(teams))
        statement = statement.where(Person.id.in_(members))
    return [Name(Kind.PERSON, row.id.hex, row.name) for row in session.execute(statement)]


def person_of_slack(session: Session, slack_user_id: str) -> UUID | None:
    """Who of us that is in Slack."""
    return session.scalar(select(Person.id).where(Person.slack_user_id == slack_user_id))


def name_of(session: Session, *, team_id: UUID | None = None, person_id: UUID | None = None) -> str | None:
    """The name of a team or a person."""
    if team_id is not None:
        return session.scalar(select(Team.name).where(Team.id == team_id))
    return session.scalar(select(Person.name).where(Person.id == person_id))
