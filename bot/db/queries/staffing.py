"""Reads about our own people: who is set up, and what is missing before the process can run."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Alignment, Person, PersonRole
from bot.domain.terms import Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of us, as far as the set-up goes."""

    name: str
    email: str
    roles: frozenset[Role]
    in_slack: bool
    aligned_aes: int


def staffing(session: Session) -> list[Colleague]:
    """Everybody who is active, by name."""
    roles: dict[UUID, set[Role]] = {}
    for person_id, role in session.execute(select(PersonRole.person_id, PersonRole.role)):
        roles.setdefault(person_id, set()).add(role)
    aligned = dict(
        session.execute(select(Alignment.rep_id, func.count()).group_by(Alignment.rep_id)).all(),
    )
    people = session.execute(
        select(Person.id, Person.name, Person.email, Person.slack_user_id)
        .where(Person.active.is_(True))
        .order_by(Person.name)
    )
    return [
        Colleague(name, email, frozenset(roles.get(id_, ())), slack_user_id is not None, aligned.get(id_, 0))
        for id_, name, email, slack_user_id in people
    ]
