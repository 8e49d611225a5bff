"""The ladder of a handoff nobody answers (process §7): the executive is reminded, then the manager decides.

What must stay true: nothing is given to somebody else by the clock; what is answered meanwhile rings nobody; a
manager who waits is asked again after as long.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.models import Handoff
from bot.domain.commands import DecideHandoff, Due, HandOff
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.handoff import Executive
from bot.domain.handoff_stages import INTRO_CALL, TAKEN_BACK, TRANSFER, WAITING, WAITS
from bot.domain.intro_call import MANAGER, REMIND
from bot.service.actors import actor_by_id
from bot.service.audit import record
from bot.service.call_watch import booked_call, watch_handoff
from bot.service.contact_text import clean_lines
from bot.service.executives import BOOKED, executive
from bot.service.handoff_ladder_times import FIRST, arm, asked_before, end_ladder, step_times
from bot.service.handoff_moves import get_handoff, leads_it, move, note_step, touched
from bot.service.handoff_notices import (
    ask_manager,
    remind_executive,
    send_removal,
    tell_executive,
    tell_rep,
)
from bot.service.handoffs import AE, REASON, HandedOff, announce_handoff, create
from bot.service.intro_calls import STARTS_AT, book, check_time, meeting_of, take_over
from bot.service.lead_changes import get_lead, managers_of, name_of


def step_handoff(session: Session, due: Due, now: datetime) -> None:
    """One step for the handoff that is the subject."""
    handoff = get_handoff(session, UUID(due.subject_id))
    if handoff.state != WAITING:
        return
    if due.slot.startswith(f"{REMIND}:"):
        remind_executive(session, handoff, due.slot)
        tell_rep(session, handoff, "reminded", None)
        at = step_times(session, handoff, _call_at(session, handoff), handoff.created_at, now)[MANAGER]
        arm(session, handoff, MANAGER, FIRST, max(at, now))
        return
    for manager_id in managers_of(session, handoff.ae_id):
        ask_manager(session, handoff, manager_id, now)
    if not asked_before(due.slot):
        tell_rep(session, handoff, "manager", None)


def _call_at(session: Session, handoff: Handoff) -> datetime | None:
    meeting = booked_call(session, handoff.id)
    return meeting.starts_at if meeting is not None else None


def decide_handoff(session: Session, command: DecideHandoff, now: datetime) -> HandedOff:
    """The manager gives it to another executive, or waits. Raises ``Gone`` once it was answered, ``NotAllowed``."""
    actor, handoff = command.actor, get_handoff(session, command.handoff_id)
    if not leads_it(session, handoff, actor):
        raise NotAllowed(f"A manager of {name_of(session, handoff.ae_id)} decides this, or an admin.")
    if handoff.state != WAITING:
        raise Gone(f"{name_of(session, handoff.ae_id)} answered: it is {handoff.state.replace('_', ' ')} by now.")
    if command.ae_id is None:
        return _wait(session, command, handoff, now)
    one = executive(session, command.ae_id, now)
    if one is None or one.id == handoff.ae_id:
        raise UserError("Pick another account executive.", field=AE)
    if not one.reachable or one.away_until is not None:
        raise UserError(f"{one.name} is not there to take it. Pick somebody else.", field=AE)
    reason = clean_lines(command.reason).strip()
    if not reason:
        raise UserError("Please say why: it stands in the history.", field=REASON)
    return _give(session, command, handoff, one, reason, now)


def _wait(session: Session, command: DecideHandoff, handoff: Handoff, now: datetime) -> HandedOff:
    causation_id = record(session, "wait_for_handoff", command.actor, now, str(handoff.id))
    touched(session, handoff)
    note_step(session, handoff.id, WAITING, WAITING, command.actor.person_id, now, WAITS, causation_id)
    at = step_times(session, handoff, _call_at(session, handoff), now, now)[MANAGER]
    if at <= now:  # too late to be asked before the call
        at = step_times(session, handoff, None, now, now)[MANAGER]
    arm(session, handoff, MANAGER, handoff.version, at)
    return HandedOff(handoff.id, handoff.contact_id, "I wait on, and ask you again if nothing happens.")


def _give(
    session: Session, command: DecideHandoff, old: Handoff, one: Executive, reason: str, now: datetime
) -> HandedOff:
    """Another executive: a new handoff of the same rep, with the same contract; the call goes along."""
    actor, meeting = command.actor, meeting_of(session, old.id)
    booked = meeting is not None and meeting.state == BOOKED
    starts_at = command.starts_at or (meeting.starts_at if meeting is not None and booked else None)
    if starts_at is None and old.kind != TRANSFER:
        raise UserError(f"Pick a time for the call with {one.name}.", field=STARTS_AT)
    if starts_at is not None:
        check_time(session, one, starts_at, now)
    why = f"{actor.name} gave it to {one.name}: {reason}"
    causation_id = record(session, "give_handoff", actor, now, str(old.id), {"ae_id": str(one.id), "why": why})
    move(session, old, TAKEN_BACK, actor.person_id, now, why, causation_id)
    end_ladder(session, old)
    rep = actor_by_id(session, old.rep_id)
    kind = TRANSFER if starts_at is None else INTRO_CALL
    as_before = HandOff(rep, old.contact_id, dict(old.contract), one.id, kind=kind, starts_at=starts_at)
    new = create(session, get_lead(session, old.lead_id), one, why, dict(old.contract), as_before, now, causation_id)
    if meeting is not None and booked and starts_at is not None:
        take_over(session, meeting, new, one, starts_at)
        send_removal(session, old, meeting)
    elif starts_at is not None:
        meeting = book(session, new, one, starts_at, now, causation_id)
    watch_handoff(session, old.id, now)
    announce_handoff(session, new, meeting if starts_at is not None else None, now)
    tell_executive(session, old, "given", actor.person_id, {"reason": why})
    tell_rep(session, new, "given", actor.person_id, {"reason": why})
    return HandedOff(new.id, new.contact_id, f"{one.name} has it now; the rep knows.")
