"""The first human response to a raised hand (process §2): both clocks stop, the ladder ends, the cards fold.

What must stay true: a claim is no response, a logged call, e-mail or meeting is; the first one counts and stays;
wall time and time on shift are both kept.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Lead, Person, TimeOff
from bot.domain.business_time import WorkWeek
from bot.domain.commands import Actor
from bot.domain.response_clock import clocks
from bot.domain.terms import Channel, LeadState
from bot.service.context import playbook
from bot.service.lead_changes import change, disarm, note_move
from bot.service.routing import keep_assignment, week_of

RESPONSES = (Channel.CALL, Channel.VOICEMAIL, Channel.EMAIL, Channel.MEETING)


@dataclass(frozen=True, slots=True)
class Responded:
    """Both response times in whole seconds, and whether this was the first response."""

    first: bool
    wall_seconds: int = 0
    on_shift_seconds: int = 0


def note_response(
    session: Session, lead: Lead, actor: Actor, channel: Channel, at: datetime, now: datetime
) -> Responded:
    """Note that ``actor`` responded at ``at``. Nothing happens to a lead that is answered or closed.

    A touch from before the hand was raised is no response to it. An unclaimed lead belongs to whoever answers it.
    """
    answered = lead.first_response_at is not None or lead.closed_at is not None
    if answered or channel not in RESPONSES or at < lead.raised_at:
        return Responded(first=False)
    times = clocks(lead.raised_at, at, _week(session, actor.person_id))
    before = lead.state
    owner_id = lead.owner_id if lead.claimed_at is not None else actor.person_id
    if owner_id != lead.owner_id:
        reason = [f"{actor.name} answered first."]
        keep_assignment(session, lead.id, owner_id, "responded", reason, now, actor.person_id)
        change(session, lead, owner_reason=reason, owned_at=now, owner_id=owner_id)
    change(
        session,
        lead,
        state=LeadState.RESPONDED,
        first_response_at=at,
        first_response_by_id=actor.person_id,
        response_on_shift_seconds=times.on_shift_seconds,
        seen_at=lead.seen_at or now,
        shift_held=False,
    )
    disarm(session, lead.id)
    note_move(session, lead.id, before, LeadState.RESPONDED, now, actor.person_id)
    return Responded(True, times.wall_seconds, times.on_shift_seconds)


def _week(session: Session, person_id: UUID) -> WorkWeek:
    row = session.execute(select(Person.hours, Person.timezone, Person.country).where(Person.id == person_id)).one()
    off = session.execute(
        select(TimeOff.starts_on, TimeOff.ends_on).where(TimeOff.person_id == person_id).order_by(TimeOff.starts_on)
    ).all()
    return week_of(row, tuple((one.starts_on, one.ends_on) for one in off), playbook(session))
