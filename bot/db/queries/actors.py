"""Who somebody of ours is, with the roles they hold at this moment."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.domain.commands import Actor
from bot.domain.terms import Role


def find_actor(session: Session, which: ColumnElement[bool]) -> Actor | None:
    """The active person that ``which`` names; None if there is none."""
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
