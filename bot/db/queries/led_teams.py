"""Which teams somebody leads: the one rule for all that a manager sees and decides.

What must stay true: whoever is marked as leading a team leads those that are marked and no other; a manager whom
nobody has marked leads the teams they belong to.
"""

from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from bot.db.models import TeamMember


def teams_led_by(person_id: UUID) -> Select[UUID]:
    """The ids of the teams a manager leads; whether they hold the role is for the caller to ask."""
    marked = aliased(TeamMember)
    any_marked = exists().where(marked.person_id == person_id, marked.manages.is_(True))
    return select(TeamMember.team_id).where(
        TeamMember.person_id == person_id, or_(TeamMember.manages.is_(True), ~any_marked)
    )
