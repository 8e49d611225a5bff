"""The intro call of a handoff: booked, moved, cancelled, in the executive's calendar (process §7).

What must stay true: two calls of one executive never overlap, whoever books them at the same moment; a call keeps
its UID for life, and each change counts its sequence up, so that calendars follow (RFC 5546).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Handoff, Meeting, Person
from bot.domain.commands import MoveIntroCall
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.handoff import Executive
from bot.domain.handoff_stages import BEFORE_CALL, CALL_MOVED, INTRO_CALL, WAITING, stale
from bot.domain.intro_call import is_free, why_not_then
from bot.service.audit import record
from bot.service.call_watch import watch_handoff
from bot.service.context import playbook
from bot.service.cover import cover_of
from bot.service.executives import BOOKED, busy_times, executive
from bot.service.handoff_ladder_times import move_handoff_ladder
from bot.service.handoff_moves import get_handoff, leads_it, note_step, touched
from bot.service.handoff_notices import CANCEL, REQUEST, send_files, tell_executive, tell_rep
from bot.service.lead_changes import name_of

CANCELLED = "cancelled"
STARTS_AT = "starts_at"
"""The field of a form that an error about the time stands beside."""


def check_time(session: Session, one: Executive, starts_at: datetime, now: datetime, but: UUID | None = None) -> None:
    """Let a call begin then, with the executive's calendar locked. Raises ``UserError`` with why not."""
    session.execute(select(Person.id).where(Person.id == one.id).with_for_update(key_share=True))
    minutes = playbook(session).handoff.intro_call.minutes
    why_not = why_not_then(one.week, busy_times(session, one.id, now, but), starts_at, minutes, now)
    if why_not is not None:
        raise UserError(f"{one.name} can't have a call then: {why_not}. Please pick another time.", field=STARTS_AT)


def book(
    session: Session, handoff: Handoff, one: Executive, starts_at: datetime, now: datetime, causation_id: UUID
) -> Meeting:
    """Put the call into the executive's calendar. Raises ``UserError`` where it does not fit.

    A meeting that was noted for that very time becomes the call: nobody has it twice.
    """
    noted = _noted(session, handoff, starts_at)
    check_time(session, one, starts_at, now, but=noted.id if noted is not None else None)
    if noted is not None:
        noted.kind, noted.organiser_id = INTRO_CALL, handoff.rep_id
        take_over(session, noted, handoff, one, starts_at)
        return noted
    meeting_id = new_id()
    meeting = Meeting(
        id=meeting_id,
        contact_id=handoff.contact_id,
        handoff_id=handoff.id,
        person_id=one.id,
        organiser_id=handoff.rep_id,
        kind=INTRO_CALL,
        starts_at=starts_at,
        ends_at=starts_at + _length(session),
        uid=f"{meeting_id}@handraiser",
        sequence=0,
        state=BOOKED,
        place=_video_link(session, one.id),
        causation_id=causation_id,
    )
    session.add(meeting)
    session.flush()
    return meeting


def _noted(session: Session, handoff: Handoff, starts_at: datetime) -> Meeting | None:
    """A meeting with them at that time which a touch put down, of no handoff; locked."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.contact_id == handoff.contact_id,
            Meeting.starts_at == starts_at,
            Meeting.state == BOOKED,
            Meeting.handoff_id.is_(None),
        )
        .order_by(Meeting.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _length(session: Session) -> timedelta:
    return timedelta(minutes=playbook(session).handoff.intro_call.minutes)


def _video_link(session: Session, person_id: UUID) -> str:
    return (session.scalar(select(Person.video_link).where(Person.id == person_id)) or "")[:255]


def meeting_of(session: Session, handoff_id: UUID) -> Meeting | None:
    """The latest call of a handoff, locked."""
    return session.scalars(
        select(Meeting)
        .where(Meeting.handoff_id == handoff_id)
        .order_by(Meeting.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def take_over(session: Session, meeting: Meeting, handoff: Handoff, one: Executive, starts_at: datetime) -> None:
    """Another executive holds the call: the same entry in the buyer's calendar, changed."""
    meeting.handoff_id, meeting.person_id = handoff.id, one.id
    meeting.place = _video_link(session, one.id)
    put_at(session, meeting, starts_at)


def put_at(session: Session, meeting: Meeting, starts_at: datetime) -> None:
    """The call stands at another time, or again: a higher sequence."""
    meeting.starts_at, meeting.ends_at = starts_at, starts_at + _length(session)
    meeting.state, meeting.sequence = BOOKED, meeting.sequence + 1
    session.flush()


def cancel(session: Session, handoff: Handoff) -> Meeting | None:
    """Take the call out of the calendars, if one is booked; it."""
    meeting = meeting_of(session, handoff.id)
    if meeting is None or meeting.state != BOOKED:
        return None
    meeting.state, meeting.sequence = CANCELLED, meeting.sequence + 1
    session.flush()
    send_files(session, handoff, meeting, CANCEL)
    return meeting


def stands_again(session: Session, handoff: Handoff, now: datetime) -> Meeting | None:
    """The call that went with an end which was taken back, in the calendars again; None where there was none.

    Raises ``Gone`` where the executive has another call then by now.
    """
    meeting = meeting_of(session, handoff.id)
    if meeting is None or meeting.state != BOOKED or handoff.ae_id is None:
        return None
    session.execute(select(Person.id).where(Person.id == handoff.ae_id).with_for_update(key_share=True))
    if not is_free(busy_times(session, handoff.ae_id, now, meeting.id), meeting.starts_at, meeting.ends_at):
        who = name_of(session, handoff.ae_id)
        raise Gone(f"{who} has another call at that time by now, so this cannot be taken back.")
    meeting.sequence += 1
    session.flush()
    send_files(session, handoff, meeting, REQUEST)
    return meeting


def move_intro_call(session: Session, command: MoveIntroCall, now: datetime) -> str:
    """Another time for the call, the first one, or none; a sentence. The others hear of it.

    By the rep, the executive, who covers, or their managers. Raises ``Gone`` once the call was held or it ended.
    """
    actor, handoff = command.actor, get_handoff(session, command.handoff_id)
    covering = cover_of(session, handoff.ae_id, now) if handoff.ae_id else None
    theirs = (handoff.rep_id, handoff.ae_id, covering.cover_id if covering else None)
    if actor.person_id not in theirs and not leads_it(session, handoff, actor):
        raise NotAllowed(
            f"Only {name_of(session, handoff.ae_id)}, {name_of(session, handoff.rep_id)} or a manager can."
        )
    if handoff.state not in BEFORE_CALL:
        raise Gone(stale(handoff.state))
    if command.starts_at is None:
        return _cancelled(session, command, handoff, now)
    one = executive(session, handoff.ae_id, now) if handoff.ae_id else None
    if one is None:
        raise UserError("Nobody holds this call any more. Hand it to somebody else.")
    causation_id = record(session, "move_intro_call", actor, now, str(handoff.id), {"reason": command.reason})
    meeting = meeting_of(session, handoff.id)
    if meeting is None:
        meeting = book(session, handoff, one, command.starts_at, now, causation_id)
        handoff.kind = INTRO_CALL
    else:
        check_time(session, one, command.starts_at, now, but=meeting.id)
        put_at(session, meeting, command.starts_at)
    _moved(session, command, handoff, "moved", now, causation_id)
    send_files(session, handoff, meeting, REQUEST)
    if handoff.state == WAITING:
        move_handoff_ladder(session, handoff, meeting.starts_at, now)
    return "The call is moved; everybody gets the new calendar file."


def _cancelled(session: Session, command: MoveIntroCall, handoff: Handoff, now: datetime) -> str:
    if cancel(session, handoff) is None:
        raise Gone("There is no call to cancel.")
    causation_id = record(session, "cancel_intro_call", command.actor, now, str(handoff.id), {"reason": command.reason})
    _moved(session, command, handoff, "cancelled", now, causation_id)
    return "The call is cancelled. Pick another time when you know it."


def _moved(
    session: Session, command: MoveIntroCall, handoff: Handoff, what: str, now: datetime, causation_id: UUID
) -> None:
    step = CALL_MOVED if what == "moved" else f"call {what}"
    said = f"{step}{f': {command.reason}' if command.reason else ''}"
    actor_id = command.actor.person_id
    touched(session, handoff)
    watch_handoff(session, handoff.id, now)
    note_step(session, handoff.id, handoff.state, handoff.state, actor_id, now, said, causation_id)
    tell_rep(session, handoff, what, actor_id, {"reason": command.reason})
    tell_executive(session, handoff, what, actor_id, {"reason": command.reason})
