"""Whose work comes to somebody on a day: of whom they cover for, and of whom those were to cover for.

What must stay true: it ends, also where colleagues cover for each other.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from bot.db.models import TimeOff


def covered_for(rep: Any, day: Any) -> Select[UUID]:
    """Ids of everybody whose work is ``rep``'s on ``day`` besides their own; both as a statement has them."""
    first, further = aliased(TimeOff), aliased(TimeOff)
    found = (
        select(first.person_id.label("id"))
        .where(first.cover_id == rep, first.starts_on <= day, first.ends_on >= day)
        .cte("covered_for", recursive=True)
    )
    found = found.union(
        select(further.person_id).where(
            further.cover_id == found.c.id, further.starts_on <= day, further.ends_on >= day
        )
    )
    return select(found.c.id)
