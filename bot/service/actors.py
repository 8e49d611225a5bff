"""Who is asking. Roles are read anew for every command: a role taken away counts at once."""

from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.actors import find_actor
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed, NotFound


def actor_by_slack(session: Session, slack_user_id: str) -> Actor:
    """The person behind a Slack user. Raises ``NotAllowed`` for guests, outsiders and people not set up yet."""
    actor = find_actor(session, slack_user_id=slack_user_id)
    if actor is None:
        raise NotAllowed("I don't know you yet. Ask an admin to add you with your Slack e-mail address.")
    return actor


def actor_by_id(session: Session, person_id: UUID) -> Actor:
    """One of us by id. Raises ``NotFound``."""
    actor = find_actor(session, person_id=person_id)
    if actor is None:
        raise NotFound("That person is not on the team any more.")
    return actor
