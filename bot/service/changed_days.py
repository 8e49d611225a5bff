"""Somebody's working days changed: their plans and lists follow.

What must stay true: whichever way hours, zone, country or days off change, it is called in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.service.enrolment_changes import replan
from bot.service.touch_list_times import arm_lists


def days_changed(session: Session, person_ids: Sequence[UUID], now: datetime) -> None:
    """Plan the next steps of these reps anew, and set their next morning list."""
    if not person_ids:
        return
    session.flush()
    for person_id in person_ids:
        replan(session, person_id, now)
    arm_lists(session, now, person_ids)
