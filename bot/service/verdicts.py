"""After the intro call: held, missed, moved; then an opportunity, or back to the rep with a reason (process §7).

What must stay true: only the account executive makes an opportunity of it, and only of a call that was held; what
goes back to the rep is an open lead again; the rep hears each step; each can be taken back while nothing followed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Handoff, Opportunity, Touch
from bot.db.queries.actors import find_actor
from bot.domain.commands import NO_MEETING, Actor, LogTouch, MoveIntroCall
from bot.domain.deal_commands import HoldCall, MissCall, NotQualified, Qualify, RescheduleCall
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.handoff_stages import ACCEPTED, HELD, NO_SHOW, NOT_QUALIFIED, QUALIFIED, WAITING, stale
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.opportunities import DealState, check_close_on
from bot.domain.terms import Channel, Outcome, Stage
from bot.outbox.enqueue import tell
from bot.service.audit import record
from bot.service.call_watch import booked_call, watch_handoff
from bot.service.contact_text import WHOLE, clean_lines
from bot.service.context import playbook
from bot.service.deal_changes import (
    Dealt,
    contact_named,
    may_judge,
    note_deal_move,
    raise_stages,
    stands_in,
    today_of,
)
from bot.service.handoff_moves import CHANGED, get_handoff, move
from bot.service.intro_calls import move_intro_call
from bot.service.lead_changes import name_of
from bot.service.lead_returns import lead_back, lead_qualified
from bot.service.touches import log_touch
from bot.service.trail import Trail, plain

Facts = dict[str, str | int | float | bool | None]


def hold_call(session: Session, command: HoldCall, now: datetime) -> Dealt:
    """The intro call was held: a meeting of the account executive. A verdict is owed from now on.

    Raises ``NotAllowed``, and ``Gone`` where the handoff went on meanwhile.
    """
    handoff, actor = _decided_by(session, command.handoff_id, command.actor, now), command.actor
    trail, causation_id = Trail(session), new_id()
    touch = _log(trail, handoff, Outcome.HELD, actor, now, clean_lines(command.note))
    _moved(trail, handoff, HELD, actor, now, "", causation_id)
    name = contact_named(session, handoff.contact_id)
    sentence = f"Held, with {name}. Is it an opportunity? The buttons for that are under the handoff."
    return _done(session, "hold_call", handoff, actor, now, sentence, trail, causation_id, "held", touch=touch)


def miss_call(session: Session, command: MissCall, now: datetime) -> Dealt:
    """The prospect did not come: back to the rep, whose credit stays if the playbook says so (process §7).

    Raises ``UserError`` before the call has begun; else as ``hold_call``. The executive is offered lull work.
    """
    handoff, actor = _decided_by(session, command.handoff_id, command.actor, now), command.actor
    meeting = booked_call(session, handoff.id)
    if meeting is not None and meeting.starts_at > now:
        raise UserError("The call has not begun yet. If it cannot be, give it another time or decline it.")
    credit = playbook(session).touches.no_show_credit
    name, ae = contact_named(session, handoff.contact_id), name_of(session, handoff.ae_id)
    reason = f"{name} did not come to the intro call" + ("; the credit stays" if credit else "")
    trail, causation_id = Trail(session), new_id()
    touch = _log(trail, handoff, Outcome.NO_SHOW, actor, now, "")
    _moved(trail, handoff, NO_SHOW, actor, now, reason, causation_id)
    is_open = lead_back(trail, handoff, f"No-show in {ae}'s intro call.", now, actor.person_id, causation_id)
    if handoff.ae_id is not None:
        key = f"lull:{causation_id}"
        to = Address.person(handoff.ae_id)
        tell(session, Notice(NoticeKind.LULL, to, key, str(handoff.ae_id), Priority.PERSON, {"missed": name}))
    sentence = f"No-show: {name} is back with {name_of(session, handoff.rep_id)}."
    facts: Facts = {"credit": credit, "open": is_open}
    return _done(
        session, "miss_call", handoff, actor, now, sentence, trail, causation_id, "no_show", touch=touch, facts=facts
    )


def reschedule_call(session: Session, command: RescheduleCall, now: datetime) -> str:
    """The call did not take place and has another time: the same entry in the calendars; a sentence.

    Raises ``UserError`` beside ``starts_at`` where the time does not fit, else as ``hold_call``.
    """
    handoff = _decided_by(session, command.handoff_id, command.actor, now)
    trail = Trail(session)
    _log(trail, handoff, Outcome.RESCHEDULED, command.actor, now, clean_lines(command.reason))
    moved = MoveIntroCall(command.actor, handoff.id, command.starts_at, clean_lines(command.reason))
    return move_intro_call(session, moved, now)


def qualify(session: Session, command: Qualify, now: datetime) -> Dealt:
    """An opportunity, with amount, type and expected close; by the account executive who held the call.

    While they are away who covers may say so; the deal is the executive's all the same.

    Raises ``NotAllowed`` for anybody else, ``UserError`` with the form's field, ``Gone``.
    """
    handoff, actor = get_handoff(session, command.handoff_id), command.actor
    if actor.person_id != handoff.ae_id and not stands_in(session, actor, handoff.ae_id, now):
        ae = name_of(session, handoff.ae_id)
        raise NotAllowed(f"Only {ae} can make it an opportunity: it takes having spoken to them.")
    _must_be_held(handoff)
    if command.kind not in playbook(session).opportunities.types:
        raise UserError("The playbook has no such type of business.", field="kind")
    expected = check_close_on(command.expected_close_on, today_of(actor, now))
    trail, causation_id = Trail(session), new_id()
    deal = Opportunity(
        account_id=handoff.account_id,
        contact_id=handoff.contact_id,
        lead_id=handoff.lead_id,
        handoff_id=handoff.id,
        ae_id=handoff.ae_id,
        rep_id=handoff.rep_id,
        kind=command.kind.value,
        state=DealState.QUALIFIED.value,
        amount_cents=command.money.cents,
        currency=command.money.currency,
        expected_close_on=expected,
        qualified_at=now,
        next_step=clean_lines(command.next_step, WHOLE),
        guard={},
    )
    try:
        with session.begin_nested():
            trail.made(deal)
    except IntegrityError:
        raise Gone("There is an opportunity for this handoff already.") from None
    note_deal_move(session, deal.id, None, DealState.QUALIFIED, now, actor.person_id, causation_id)
    _moved(trail, handoff, QUALIFIED, actor, now, "", causation_id)
    lead_qualified(trail, handoff.lead_id, now, actor.person_id, causation_id)
    raise_stages(trail, handoff.contact_id, handoff.account_id, Stage.OPPORTUNITY)
    sentence = f"An opportunity: {contact_named(session, handoff.contact_id)}, {command.money}."
    return _done(session, "qualify", handoff, actor, now, sentence, trail, causation_id, "qualified", deal_id=deal.id)


def not_qualified(session: Session, command: NotQualified, now: datetime) -> Dealt:
    """No opportunity, and why: one of the playbook's reasons. Back to the rep; marketing sees it by source.

    Raises ``UserError`` without a reason of the playbook or before the call was held, ``NotAllowed``, ``Gone``.
    """
    handoff, actor = get_handoff(session, command.handoff_id), command.actor
    may_judge(session, actor, handoff.ae_id, "say what came of it", now)
    _must_be_held(handoff)
    if command.reason not in playbook(session).handoff.not_qualified_reasons:
        raise UserError("Pick one of the reasons.", field="reason")
    why = f"{command.reason}: {clean_lines(command.remark)}" if command.remark.strip() else command.reason
    trail, causation_id = Trail(session), new_id()
    _moved(trail, handoff, NOT_QUALIFIED, actor, now, why, causation_id)
    trail.change(handoff, end_reason=command.reason[:255])
    ae = name_of(session, handoff.ae_id)
    is_open = lead_back(trail, handoff, f"Not qualified by {ae}: {why}", now, actor.person_id, causation_id)
    name = contact_named(session, handoff.contact_id)
    sentence = f"Not qualified: {name} is back with {name_of(session, handoff.rep_id)}. {command.reason}."
    facts: Facts = {"reason": why, "open": is_open}
    return _done(
        session, "not_qualified", handoff, actor, now, sentence, trail, causation_id, "not_qualified", facts=facts
    )


def _decided_by(session: Session, handoff_id: UUID, actor: Actor, now: datetime) -> Handoff:
    """A handoff whose call is still to be spoken of, and which ``actor`` may speak of."""
    handoff = get_handoff(session, handoff_id)
    may_judge(session, actor, handoff.ae_id, "say how the call went", now)
    if handoff.state not in (WAITING, ACCEPTED):
        raise Gone(stale(handoff.state))
    return handoff


def _must_be_held(handoff: Handoff) -> None:
    if handoff.state in (WAITING, ACCEPTED):
        raise UserError("Was the call held? Tell me that first; a verdict takes having spoken to them.")
    if handoff.state != HELD:
        raise Gone(stale(handoff.state))


def _moved(
    trail: Trail, handoff: Handoff, to_state: str, actor: Actor, now: datetime, reason: str, causation_id: UUID
) -> None:
    """Move a handoff, through its acceptance where nobody clicked that: who spoke to them took it."""
    was = {name: plain(getattr(handoff, name)) for name in CHANGED}
    if handoff.state == WAITING:
        move(trail.session, handoff, ACCEPTED, actor.person_id, now, "by holding the call", causation_id)
    move(trail.session, handoff, to_state, actor.person_id, now, reason, causation_id)
    trail.note(handoff, was)


def _log(trail: Trail, handoff: Handoff, outcome: Outcome, actor: Actor, now: datetime, note: str) -> UUID:
    """The meeting as a touch of who held it, the executive or their cover; its causation id.

    It settles the handoff's call, no other.
    """
    session = trail.session
    ae = actor
    if handoff.ae_id and not stands_in(session, actor, handoff.ae_id, now):
        ae = find_actor(session, person_id=handoff.ae_id) or actor  # they may have left
    meeting = booked_call(session, handoff.id, lock=True)
    at = meeting.starts_at if meeting is not None and meeting.starts_at <= now else now
    meeting_id = meeting.id if meeting is not None else NO_MEETING
    command = LogTouch(ae, handoff.contact_id, Channel.MEETING, outcome, at, note=note, meeting_id=meeting_id)
    logged = log_touch(session, command, now)
    touch = session.get_one(Touch, logged.touch_id)
    touch.lead_id = touch.lead_id or handoff.lead_id
    session.flush()
    return logged.causation_id


def _done(
    session: Session,
    command: str,
    handoff: Handoff,
    actor: Actor,
    now: datetime,
    sentence: str,
    trail: Trail,
    causation_id: UUID,
    step: str,
    *,
    touch: UUID | None = None,
    deal_id: UUID | None = None,
    facts: Facts | None = None,
) -> Dealt:
    told = [] if handoff.rep_id == actor.person_id else [str(handoff.rep_id)]
    undo: dict[str, Any] = {"rows": trail.records, "told": told, "touch": str(touch) if touch else None}
    record(session, command, actor, now, str(handoff.id), facts or {}, undo, entry_id=causation_id)
    if told:
        key, to = f"verdict:{step}:{causation_id}", Address.person(handoff.rep_id)
        said_facts = {"step": step, "by": actor.name} | (facts or {})
        tell(session, Notice(NoticeKind.VERDICT_STEP, to, key, str(handoff.id), Priority.PERSON, said_facts))
    watch_handoff(session, handoff.id, now)
    limit = now + playbook(session).touches.undo_for
    return Dealt(deal_id, handoff.id, causation_id, sentence, limit)
