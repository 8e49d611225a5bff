"""Who somebody of ours is, with the roles they hold at this moment.

The statements are built once: every request of every person asks them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.db.rows import run
from bot.domain.commands import Actor
from bot.domain.terms import Role


def _statement(which: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Person.id, Person.name, Person.timezone, Person.slack_user_id, PersonRole.role)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(which == bindparam("who"), Person.active.is_(True))
    )


_BY_SLACK_USER = _statement(Person.slack_user_id)
_BY_ID = _statement(Person.id)


def find_actor(session: Session, *, slack_user_id: str | None = None, person_id: UUID | None = None) -> Actor | None:
    """The active person with this Slack user, or with this id; None if there is none."""
    statement, who = (_BY_ID, person_id) if person_id is not None else (_BY_SLACK_USER, slack_user_id)
    rows = run(session, statement, who=who).all()
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
