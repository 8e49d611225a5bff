"""Meetings as touches make and settle them: booked, held, missed, moved (process §6).

What must stay true: an outcome settles the meeting it is about, as the touch says or else the last one that has begun,
and keeps what it takes to revert it; a handoff's intro call is settled and moved by the handoff alone, so that whoever
holds it, calendars and the verdict follow (process §7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Meeting, Person
from bot.domain.commands import LogTouch
from bot.domain.terms import Outcome
from bot.service.context import playbook
from bot.service.stored import packed
from bot.service.touch_effects import TouchInHand


def meeting_booked(touch: TouchInHand) -> None:
    """Put a meeting down, as long as was said or as the playbook's intro call is."""
    command = touch.command
    assert command.follow_up_at is not None
    if _is_intro_call(touch, command.follow_up_at):
        touch.effects.sentences.append("That is the intro call of their handoff; it stands in the calendar already.")
        return
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


def _is_intro_call(touch: TouchInHand, starts_at: datetime) -> bool:
    """Whether a handoff's call is booked for that very time."""
    booked = select(Meeting.id).where(
        Meeting.contact_id == touch.them.contact_id,
        Meeting.starts_at == starts_at,
        Meeting.state == "booked",
        Meeting.handoff_id.is_not(None),
    )
    return touch.session.scalar(booked.limit(1)) is not None


def meeting_done(touch: TouchInHand) -> None:
    """Held, no-show or rescheduled: what became of the booked meeting that is meant."""
    command = touch.command
    if command.meeting_id is None and (executive := _intro_call_with(touch)):
        touch.effects.sentences.append(
            f"Their intro call with {executive} stays as it is: say under the handoff how it went, or when it is now."
        )
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


def about_the_same_call(session: Session, changed: LogTouch, caused: Iterable[Mapping[str, Any]]) -> LogTouch:
    """A correction that stays with the intro call which the touch settled: that one is a handoff's, whatever its time.

    ``caused``: the records of the touch's effects, before they are reverted.
    """
    settled = [UUID(effect["meeting"]) for effect in caused if effect["kind"] == "meeting_changed"]
    meeting = session.get(Meeting, settled[0]) if settled else None
    if meeting is None or meeting.handoff_id is None or meeting.contact_id != changed.contact_id:
        return changed
    return replace(changed, meeting_id=meeting.id)


def _meant(touch: TouchInHand) -> Meeting | None:
    """The booked meeting that the touch names.

    Else, of those that are no handoff's, the last one that had begun when it happened; else the next one, held or
    moved early.
    """
    at, named = touch.command.happened_at, touch.command.meeting_id
    booked = (
        select(Meeting)
        .where(Meeting.contact_id == touch.them.contact_id, Meeting.state == "booked")
        .limit(1)
        .with_for_update()
    )
    if named is not None:
        return touch.session.scalars(booked.where(Meeting.id == named)).first()
    booked = booked.where(Meeting.handoff_id.is_(None))
    begun = booked.where(Meeting.starts_at <= at).order_by(Meeting.starts_at.desc())
    to_come = booked.where(Meeting.starts_at > at).order_by(Meeting.starts_at)
    return touch.session.scalars(begun).first() or touch.session.scalars(to_come).first()


def _intro_call_with(touch: TouchInHand) -> str | None:
    """Who holds the intro call that is booked with the person touched; None where there is none."""
    name: str | None = touch.session.scalar(
        select(Person.name)
        .join(Meeting, Meeting.person_id == Person.id)
        .where(Meeting.contact_id == touch.them.contact_id, Meeting.state == "booked", Meeting.handoff_id.is_not(None))
        .limit(1)
    )
    return name
