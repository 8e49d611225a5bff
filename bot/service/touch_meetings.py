"""Meetings as touches make and settle them: booked, held, missed, moved (process §6).

What must stay true: an outcome settles the meeting it is about, the last one that has begun, and keeps what it takes
to revert it.
"""

from datetime import timedelta

from sqlalchemy import insert, select

from bot.db.base import new_id
from bot.db.models import Meeting
from bot.domain.terms import Outcome
from bot.service.context import playbook
from bot.service.stored import packed
from bot.service.touch_effects import TouchInHand


def meeting_booked(touch: TouchInHand) -> None:
    """Put a meeting down, as long as was said or as the playbook's intro call is."""
    command = touch.command
    assert command.follow_up_at is not None
    usual = playbook(touch.session).handoff.intro_call.minutes
    meeting_id = new_id()
    touch.session.execute(
        insert(Meeting).values(
            id=meeting_id,
            contact_id=touch.them.contact_id,
            person_id=command.actor.person_id,
            kind="meeting",
            starts_at=command.follow_up_at,
            ends_at=command.follow_up_at + timedelta(minutes=command.duration_minutes or usual),
            uid=f"{meeting_id}@handraiser",
            sequence=0,
            state="booked",
            causation_id=touch.causation_id,
        )
    )
    touch.note("meeting", meeting=meeting_id)


def meeting_done(touch: TouchInHand) -> None:
    """Held, no-show or rescheduled: what became of the booked meeting that is meant."""
    command = touch.command
    meeting = _meant(touch)
    if meeting is None:
        return
    was = {"state": meeting.state, "starts_at": packed(meeting.starts_at), "ends_at": packed(meeting.ends_at)}
    if command.outcome is Outcome.RESCHEDULED:
        if command.follow_up_at is not None:
            length = meeting.ends_at - meeting.starts_at
            meeting.starts_at, meeting.ends_at = command.follow_up_at, command.follow_up_at + length
            meeting.sequence += 1
    else:
        meeting.state = command.outcome.value
    touch.session.flush()
    touch.note("meeting_changed", meeting=meeting.id, was=was, state=meeting.state, sequence=meeting.sequence)


def _meant(touch: TouchInHand) -> Meeting | None:
    """The last booked meeting that had begun when the touch happened; else the next one, held or moved early."""
    at = touch.command.happened_at
    booked = (
        select(Meeting)
        .where(Meeting.contact_id == touch.them.contact_id, Meeting.state == "booked")
        .limit(1)
        .with_for_update()
    )
    begun = booked.where(Meeting.starts_at <= at).order_by(Meeting.starts_at.desc())
    to_come = booked.where(Meeting.starts_at > at).order_by(Meeting.starts_at)
    return touch.session.scalars(begun).first() or touch.session.scalars(to_come).first()
