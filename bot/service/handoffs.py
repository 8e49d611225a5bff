"""Handing a lead hot to an account executive, and the answer (process §7).

What must stay true: of two who hand over the same person at once one wins, and the other is told who and when; the
contract is complete before an executive hears of it; another choice than the first has a reason; nobody is given to
somebody else behind an invitation that is out, but by a person who says so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Handoff, Lead, Meeting
from bot.domain.business_time import is_working
from bot.domain.commands import Actor, AnswerHandoff, HandOff, TakeBackHandoff, UndoAccept
from bot.domain.errors import AlreadyTaken, Gone, NotAllowed, SeveralWrong, UserError
from bot.domain.handoff import Executive, Proposal, on_leave
from bot.domain.handoff_stages import ACCEPTED, DECLINED, INTRO_CALL, TAKEN_BACK, TRANSFER, WAITING, stale
from bot.service.audit import record
from bot.service.call_watch import booked_call, watch_handoff
from bot.service.claims import ago, clock
from bot.service.contact_text import clean_lines
from bot.service.context import playbook
from bot.service.cover import cover_of
from bot.service.executives import BOOKED, propose
from bot.service.handoff_ladder_times import begin_handoff_ladder, end_ladder
from bot.service.handoff_leads import close_lead, lead_to_hand_off
from bot.service.handoff_moves import CHANGED, check_executive, get_handoff, leads_it, move, note_step
from bot.service.handoff_notices import REQUEST, post_handoff, send_files, tell_executive, tell_rep
from bot.service.intro_calls import STARTS_AT, book, cancel, stands_again
from bot.service.lead_changes import name_of
from bot.service.lead_returns import lead_given_back
from bot.service.trail import Trail, plain

AE, AE_REASON, REASON = "ae_id", "ae_reason", "reason"
"""Fields of forms that errors stand beside; the contract's are named by their keys."""
ANSWER_LENGTH = 3000
DECLINE = "decline_handoff"
"""The command of an executive's no in the audit log."""


@dataclass(frozen=True, slots=True)
class HandedOff:
    """What a command did to a handoff, with a sentence for whoever asked; ``causation_id``: what takes it back."""

    handoff_id: UUID
    contact_id: UUID
    sentence: str
    causation_id: UUID | None = None


def hand_off(session: Session, command: HandOff, now: datetime) -> HandedOff:
    """Hand somebody over. Raises ``UserError`` with the field that is wrong, ``AlreadyTaken``, ``NotAllowed``."""
    contract = _contract(session, command)
    lead = lead_to_hand_off(session, command.contact_id, command.actor, now)
    live = command.kind == TRANSFER
    proposal = propose(session, command.actor.person_id, command.contact_id, now, live=live)
    one, why = _chosen(command, proposal, now)
    if not live and command.starts_at is None:
        raise UserError(f"Pick a time for the call with {one.name}.", field=STARTS_AT)
    causation_id = record(session, "hand_off", command.actor, now, str(lead.id), {"ae_id": str(one.id), "why": why})
    close_lead(session, lead, one.name, command.actor, now, causation_id)
    handoff = create(session, lead, one, why, contract, command, now, causation_id)
    meeting = (
        None if live or command.starts_at is None else book(session, handoff, one, command.starts_at, now, causation_id)
    )
    announce_handoff(session, handoff, meeting, now)
    return HandedOff(handoff.id, handoff.contact_id, f"{one.name} has it. I tell you what they answer.")


def _contract(session: Session, command: HandOff) -> dict[str, str]:
    """The answers, tidied. Raises ``SeveralWrong`` beside the questions that are not answered."""
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for field in playbook(session).handoff.contract:
        answer = clean_lines(command.contract.get(field.key, ""), ANSWER_LENGTH).strip()
        if field.required and not answer:
            missing[field.key] = f"This is needed: {field.label}"
        if answer:
            found[field.key] = answer
    if missing:
        raise SeveralWrong(missing)
    return found


def _chosen(command: HandOff, proposal: Proposal, now: datetime) -> tuple[Executive, str]:
    """Whom it goes to, and why. Raises ``UserError``."""
    offered = command.offered_id or proposal.choice.ae_id
    wanted = command.ae_id or offered
    if wanted is None:
        raise UserError(f"{proposal.choice.said} Pick somebody by name, and say why.", field=AE)
    one = next((each for each in proposal.executives if each.id == wanted), None)
    if one is None:
        raise UserError("They are no account executive any more. Pick somebody else.", field=AE)
    _able(one, proposal, now, live=command.kind == TRANSFER)
    if wanted == offered:
        return one, proposal.choice.said if wanted == proposal.choice.ae_id else f"{one.name} was first when you began."
    reason = clean_lines(command.ae_reason).strip()
    if not reason:
        raise UserError(f"Why {one.name}? Another choice than the first needs a reason.", field=AE_REASON)
    return one, f"{command.actor.name} chose {one.name}: {reason}"


def _able(one: Executive, proposal: Proposal, now: datetime, *, live: bool) -> None:
    """Whoever is chosen must hear of it. Raises ``UserError``."""
    if not one.reachable:
        raise UserError(f"I can't find {one.name} in Slack, so they would not hear of it.", field=AE)
    if one.away_until is not None:
        raise UserError(on_leave(one, proposal.executives), field=AE)
    if live and not is_working(one.week, now):
        raise UserError(f"{one.name} is not on shift now. Pick a time instead.", field=STARTS_AT)


def create(
    session: Session,
    lead: Lead,
    one: Executive,
    why: str,
    contract: dict[str, Any],
    command: HandOff,
    now: datetime,
    causation_id: UUID,
) -> Handoff:
    """A new handoff that waits for its answer."""
    handoff = Handoff(
        id=new_id(),
        lead_id=lead.id,
        contact_id=lead.contact_id,
        account_id=lead.account_id,
        rep_id=command.actor.person_id,
        ae_id=one.id,
        kind=TRANSFER if command.kind == TRANSFER else INTRO_CALL,
        state=WAITING,
        contract=contract,
        ae_reason=why,
        created_at=now,
        version=1,
    )
    session.add(handoff)
    session.flush()
    note_step(session, handoff.id, None, WAITING, command.actor.person_id, now, why, causation_id)
    return handoff


def announce_handoff(session: Session, handoff: Handoff, meeting: Meeting | None, now: datetime) -> None:
    """Post it, send the calendar file, and watch for the answer."""
    post_handoff(session, handoff, now)
    if meeting is not None:
        send_files(session, handoff, meeting, REQUEST)
    begin_handoff_ladder(session, handoff, meeting.starts_at if meeting else None, now)
    watch_handoff(session, handoff.id, now)


def answer_handoff(session: Session, command: AnswerHandoff, now: datetime) -> HandedOff:
    """Accept, or decline with a reason. Raises ``AlreadyTaken`` (who answered, when), ``Gone``, ``NotAllowed``."""
    actor, handoff = command.actor, get_handoff(session, command.handoff_id)
    check_executive(session, handoff, actor, "answer this", _cover(session, handoff, now))
    if handoff.state == ACCEPTED and command.accepted:
        raise AlreadyTaken(f"It was accepted at {clock(handoff.answered_at or now, actor, now)}.")
    if not command.accepted:
        return _decline(session, command, handoff, now)
    causation_id = record(session, "answer_handoff", actor, now, str(handoff.id), {"accepted": True})
    move(session, handoff, ACCEPTED, actor.person_id, now, causation=causation_id)
    end_ladder(session, handoff)
    watch_handoff(session, handoff.id, now)
    tell_rep(session, handoff, "accepted", actor.person_id)
    return HandedOff(handoff.id, handoff.contact_id, "It's yours. The rep knows.")


def _decline(session: Session, command: AnswerHandoff, handoff: Handoff, now: datetime) -> HandedOff:
    """The rep has it back; ``deal_undo`` takes that back while nothing followed."""
    actor, causation_id = command.actor, new_id()
    reason = ": ".join(part for part in (command.reason.strip(), clean_lines(command.remark).strip()) if part)
    if not command.reason.strip():
        raise UserError("Pick a reason: the rep has to know what to do next.", field=REASON)
    trail = _end(session, handoff, DECLINED, actor.person_id, now, reason, causation_id)
    undo = {"rows": trail.records}
    record(session, DECLINE, actor, now, str(handoff.id), {"reason": reason}, undo, entry_id=causation_id)
    tell_rep(session, handoff, "declined", actor.person_id, {"reason": reason, **_next(session, handoff, now)})
    said = f"Declined. {name_of(session, handoff.rep_id)} has it back."
    return HandedOff(handoff.id, handoff.contact_id, said, causation_id)


def undo_accept(session: Session, command: UndoAccept, now: datetime) -> HandedOff:
    """It waits for an answer again; for as long as any undo. Raises ``Gone`` later, or once the call was spoken of."""
    actor, handoff = command.actor, get_handoff(session, command.handoff_id)
    check_executive(session, handoff, actor, "take that back", _cover(session, handoff, now))
    limit = playbook(session).touches.undo_for
    if handoff.state != ACCEPTED or handoff.answered_at is None:
        raise Gone(stale(handoff.state))
    if now - handoff.answered_at > limit:
        raise Gone(f"Undo works for {ago(limit)}. You can still give it back, with a reason.")
    causation_id = record(session, "undo_accept", actor, now, str(handoff.id))
    move(session, handoff, WAITING, actor.person_id, now, "accepted by mistake", causation_id)
    handoff.answered_at = None
    meeting = booked_call(session, handoff.id)
    begin_handoff_ladder(session, handoff, meeting.starts_at if meeting is not None else None, now)
    watch_handoff(session, handoff.id, now)
    tell_rep(session, handoff, "unaccepted", actor.person_id)
    return HandedOff(handoff.id, handoff.contact_id, "It waits for your answer again.")


def ask_again(session: Session, handoff_id: UUID, actor: Actor, now: datetime) -> None:
    """A no was taken back: the call stands as it did, and an answer is waited for if none had been given.

    Raises ``Gone`` where the call's time is taken by now.
    """
    handoff = get_handoff(session, handoff_id)
    meeting = stands_again(session, handoff, now)
    if handoff.state == WAITING:
        begin_handoff_ladder(session, handoff, meeting.starts_at if meeting is not None else None, now)
    tell_rep(session, handoff, "undeclined", actor.person_id)


def _cover(session: Session, handoff: Handoff, now: datetime) -> UUID | None:
    """Who covers for the executive today."""
    covering = cover_of(session, handoff.ae_id, now) if handoff.ae_id else None
    return covering.cover_id if covering is not None else None


def _next(session: Session, handoff: Handoff, now: datetime) -> dict[str, str | int | float | bool | None]:
    """Whom the rep is offered next."""
    choice = propose(session, handoff.rep_id, handoff.contact_id, now).choice
    return {"next_name": name_of(session, choice.ae_id) if choice.ae_id else None, "next_why": choice.reason}


def _end(
    session: Session,
    handoff: Handoff,
    state: str,
    actor_id: UUID,
    now: datetime,
    reason: str,
    causation_id: UUID,
) -> Trail:
    """The handoff is over before the call: the call goes, the lead comes back; what that changed."""
    trail, was = Trail(session), {name: plain(getattr(handoff, name)) for name in CHANGED}
    move(session, handoff, state, actor_id, now, reason, causation_id)
    trail.note(handoff, was)
    end_ladder(session, handoff)
    if (meeting := cancel(session, handoff)) is not None:
        trail.note(meeting, {"state": BOOKED})
    watch_handoff(session, handoff.id, now)
    why = f"{name_of(session, actor_id)} {'declined' if state == DECLINED else 'took it back'}: {reason}"
    lead_given_back(trail, handoff, why, now, actor_id, causation_id)
    return trail


def take_back_handoff(session: Session, command: TakeBackHandoff, now: datetime) -> HandedOff:
    """The rep takes it back before the answer. Raises ``Gone`` once it was answered, ``NotAllowed``."""
    actor, handoff = command.actor, get_handoff(session, command.handoff_id)
    if actor.person_id != handoff.rep_id and not leads_it(session, handoff, actor):
        raise NotAllowed(f"Only {name_of(session, handoff.rep_id)} or a manager can take it back.")
    if handoff.state != WAITING:
        who = name_of(session, handoff.ae_id)
        raise Gone(f"{who} has it by now ({handoff.state.replace('_', ' ')}). Talk to them: they can decline it.")
    reason = clean_lines(command.reason).strip()
    if not reason:
        raise UserError("Please say why: it stands in the history.", field=REASON)
    causation_id = record(session, "take_back_handoff", actor, now, str(handoff.id), {"reason": reason})
    _end(session, handoff, TAKEN_BACK, actor.person_id, now, reason, causation_id)
    tell_executive(session, handoff, "taken_back", actor.person_id, {"reason": reason})
    tell_rep(session, handoff, "taken_back", actor.person_id, {"reason": reason})
    return HandedOff(handoff.id, handoff.contact_id, "It is yours again.")
