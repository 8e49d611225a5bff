"""Lines of touch lists follow the work they are about (process §5).

What must stay true: an open line stands on its new owner's list of today, at the end, or comes with their next one; it
never stays on the list of somebody whose work it is no more, and nobody stands on one list twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.models import Person, TouchItem, TouchList
from bot.service.touch_list_state import OPEN, list_grew, lists_changed

_LATELY = timedelta(days=1)


def lines_follow(
    session: Session,
    column: Literal["lead_id", "enrolment_id", "task_id"],
    moved: Mapping[UUID, UUID],
    now: datetime,
) -> None:
    """Move the open lines about ``moved`` (id of the work to its new owner) to the new owners' lists of today."""
    if not moved:
        return
    about = getattr(TouchItem, column)
    rows = session.execute(
        select(TouchItem.id, TouchItem.list_id, TouchItem.contact_id, about.label("about"), TouchList.person_id)
        .join(TouchList, TouchList.id == TouchItem.list_id)
        .where(about.in_(moved), TouchItem.state.in_(OPEN), TouchList.local_date >= (now - _LATELY).date())
        .order_by(TouchItem.list_id, TouchItem.position)
        .with_for_update(of=TouchItem)
    ).all()
    rows = [row for row in rows if row.person_id != moved[row.about]]
    if not rows:
        return
    lists = _lists_of_today(session, {moved[row.about] for row in rows}, now)
    there = _on_them(session, set(lists.values()))
    ends = _ends(session, set(lists.values()))
    for row in rows:
        target = lists.get(moved[row.about])
        values: dict[str, Any] = {"state": "gone", "handled_at": now}
        if target is not None and (target, row.contact_id) not in there:
            ends[target] = ends.get(target, 0) + 1
            there.add((target, row.contact_id))
            values = {"list_id": target, "position": ends[target], "state": "open"}
        session.execute(
            update(TouchItem)
            .where(TouchItem.id == row.id)
            .values(version=TouchItem.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
    lists_changed(session, {row.list_id for row in rows} - set(lists.values()), now)
    for person_id, list_id in sorted(lists.items(), key=lambda one: one[1]):
        list_grew(session, list_id, person_id, now)


def _lists_of_today(session: Session, people: set[UUID], now: datetime) -> dict[UUID, UUID]:
    """The morning list of each one's local day, where it is made already."""
    rows = session.execute(
        select(TouchList.person_id, TouchList.id, TouchList.local_date, Person.timezone)
        .join(Person, Person.id == TouchList.person_id)
        .where(
            TouchList.person_id.in_(people),
            TouchList.wave == "morning",
            TouchList.local_date >= (now - _LATELY).date(),
        )
        .order_by(TouchList.id)
        .with_for_update(of=TouchList)  # before its last place is read: a promise may be put at its end meanwhile
    )
    return {row.person_id: row.id for row in rows if row.local_date == now.astimezone(ZoneInfo(row.timezone)).date()}


def _on_them(session: Session, lists: set[UUID]) -> set[tuple[UUID, UUID]]:
    rows = session.execute(
        select(TouchItem.list_id, TouchItem.contact_id).where(
            TouchItem.list_id.in_(lists), TouchItem.state.in_((*OPEN, "snoozed"))
        )
    )
    return {(row.list_id, row.contact_id) for row in rows}


def _ends(session: Session, lists: set[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(TouchItem.list_id, func.max(TouchItem.position))
        .where(TouchItem.list_id.in_(lists))
        .group_by(TouchItem.list_id)
    )
    return {row[0]: row[1] for row in rows}
