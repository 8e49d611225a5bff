"""What a note about cover says: what comes to the cover, and what happened while somebody was away."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Assignment, Enrolment, Lead, Person, Task, TimeOff, Touch
from bot.db.queries.reassign import Owned, owned_by
from bot.domain.routing import Rule


@dataclass(frozen=True, slots=True)
class CoverNote:
    """One time off with its cover. ``owned``: what whoever is away has now.

    ``touches``: the cover's in those days with people of theirs; ``leads``: new ones that the cover took for them.
    ``plans_move``: whether the cover works their plans of touches, too.
    """

    away: str
    cover: str
    first: date
    last: date
    owned: Owned
    touches: int = 0
    leads: int = 0
    plans_move: bool = False


_AWAY, _COVER = aliased(Person), aliased(Person)
_DAY = timedelta(days=1)


def cover_note(session: Session, time_off_id: UUID, shift_days: int) -> CoverNote | None:
    """What a note says now; None if the time off is gone or has no cover.

    ``shift_days``: absences of so many days shift plans, longer ones are worked by the cover.
    """
    row = session.execute(
        select(TimeOff, _AWAY.name, _COVER.name)
        .join(_AWAY, _AWAY.id == TimeOff.person_id)
        .join(_COVER, _COVER.id == TimeOff.cover_id)
        .where(TimeOff.id == time_off_id)
    ).first()
    if row is None:
        return None
    off: TimeOff = row[0]
    assert off.cover_id is not None
    return CoverNote(
        away=row[1],
        cover=row[2],
        first=off.starts_on,
        last=off.ends_on,
        owned=owned_by(session, off.person_id),
        touches=_touches(session, off.person_id, off.cover_id, off.starts_on, off.ends_on),
        leads=_leads(session, off),
        plans_move=(off.ends_on - off.starts_on).days + 1 > shift_days,
    )


def _touches(session: Session, away_id: UUID, cover_id: UUID, first: date, last: date) -> int:
    """Touches of the cover with people whose lead, plan or task is the other's."""
    theirs = or_(
        Touch.contact_id.in_(select(Lead.contact_id).where(Lead.owner_id == away_id)),
        Touch.contact_id.in_(select(Enrolment.contact_id).where(Enrolment.person_id == away_id)),
        Touch.contact_id.in_(select(Task.contact_id).where(Task.person_id == away_id)),
    )
    statement = select(func.count()).select_from(Touch)
    return (
        session.scalar(
            statement.where(
                Touch.person_id == cover_id, Touch.local_date.between(first, last), Touch.undone_at.is_(None), theirs
            )
        )
        or 0
    )


def _leads(session: Session, off: TimeOff) -> int:
    """Leads that came to the cover because the other was away."""
    # A day's grace on either side: whose day it was does not matter for this count.
    since = datetime.combine(off.starts_on - _DAY, time(), UTC)
    until = datetime.combine(off.ends_on + 2 * _DAY, time(), UTC)
    statement = select(func.count(Assignment.lead_id.distinct())).where(
        Assignment.person_id == off.cover_id, Assignment.rule == Rule.COVER.value, Assignment.at.between(since, until)
    )
    return session.scalar(statement) or 0
