"""Who is asking. Roles are read anew for every command: a role taken away counts at once."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.terms import Role


def actor_by_slack(session: Session, slack_user_id: str) -> Actor:
    """The person behind a Slack user. Raises ``NotAllowed`` for guests, outsiders and people not set up yet."""
    actor = _actor(session, Person.slack_user_id == slack_user_id)
    if actor is None:
        raise NotAllowed("I don't know you yet. Ask an admin to add you with your Slack e-mail address.")
    return actor


def actor_by_id(session: Session, person_id: UUID) -> Actor:
    """One of us by id. Raises ``NotFound``."""
    actor = _actor(session, Person.id == person_id)
    if actor is None:
        raise NotFound("That person is not on the team any more.")
    return actor


def _actor(session: Session, which: ColumnElement[bool]) -> Actor | None:
    rows = session.execute(
        select(Person.id, Person.name, Person.timezone, Person.slack_user_id, PersonRole.role)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(which, Person.active.is_(True))
    ).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(
        person_id=first.id,
        name=first.name,
        timezone=first.timezone,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        slack_user_id=first.slack_user_id,
    )
