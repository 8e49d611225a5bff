"""Logging what happened: one touch, with all that its outcome causes (process §4 and §6).

What must stay true: the note and the line as typed are kept whole; history is never refused by the gate, only
remarked on; everything a touch caused is written down so that it can be taken back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import Account, Contact, SeenRequest, Touch
from bot.db.rows import put, put_once, run
from bot.domain.commands import Actor, LogTouch
from bot.domain.errors import NotAllowed, NotFound, UserError
from bot.domain.terms import OUTCOMES, Channel, Outcome, Role
from bot.outbox.enqueue import refresh
from bot.service.audit import record
from bot.service.contact_text import WHOLE, clean_lines, clean_or_none
from bot.service.context import playbook
from bot.service.touch_effects import Effects
from bot.service.touch_list_state import item_done_by
from bot.service.touch_outcomes import cause
from bot.service.touch_subject import TouchSubject, gate_reason, read_subject

NEEDS_TIME = {
    Outcome.CALLBACK: "When shall I remind you to call back?",
    Outcome.MEETING_BOOKED: "When is the meeting?",
}
"""Outcomes that mean nothing without a time, with the question that asks for it."""

_CLOCKS_DIFFER = timedelta(minutes=2)
_ACCOUNT_ACTIVITY_GRAIN = timedelta(hours=1)
"""An account's last activity is about months; within this it is not written again."""
# Built once: putting a statement together costs more than running it.
_CONTACTS, _ACCOUNTS = (cast(Table, model.__table__) for model in (Contact, Account))
_TOUCHED = update(_CONTACTS).where(_CONTACTS.c.id == bindparam("which")).values(last_touched_at=bindparam("at"))
_ACTIVE = update(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("which")).values(last_activity_at=bindparam("at"))
_SELLING = (Role.MRR, Role.SDR, Role.AE, Role.CSM, Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Logged:
    """A logged or corrected touch, with everything its echo shows. Times are aware UTC.

    ``effects``: what it caused, in sentences; ``warnings``: what the gate or the ownership remarks.
    """

    touch_id: UUID
    causation_id: UUID
    version: int
    contact_id: UUID
    contact_name: str
    company: str | None
    channel: Channel
    outcome: Outcome
    happened_at: datetime
    follow_up_at: datetime | None
    note: str
    said_by: str | None
    referral_name: str | None
    lead_id: UUID | None
    first_response: bool
    response_seconds: int
    warnings: tuple[str, ...]
    effects: tuple[str, ...]
    undo_until: datetime
    repeated: bool = False
    corrected: bool = False
    assumed: tuple[str, ...] = ()
    """What was added to the typed words, in sentences."""


def log_touch(session: Session, command: LogTouch, now: datetime) -> Logged:
    """Log one touch and carry out what its outcome means.

    Raises ``UserError`` (with the form's field) for a time in the future, a follow-up in the past, an outcome the
    channel cannot have; ``NotFound`` for an unknown contact; ``NotAllowed`` for people without a selling role.
    The same ``request_key`` again changes nothing and answers what was logged then, unless that was taken back.
    """
    touch_id, causation_id = new_id(), new_id()
    if command.request_key is not None:
        before = _seen(session, command.request_key, touch_id)
        if before is not None:
            return _as_logged(session, before, now)
    may_log(command.actor)
    check(command, now)
    command = keepable(command)
    them = read_subject(session, command.contact_id)
    reason = gate_reason(session, them, command)
    effects = cause(session, command, them, causation_id, now)
    row = columns(command, them, reason)
    put(session, Touch, id=touch_id, logged_at=now, causation_id=causation_id, version=1, **row)
    _activity(session, them, command.happened_at)
    if them.listed:
        item_done_by(session, command.actor.person_id, them.contact_id, touch_id, now)
    record(
        session,
        "log_touch",
        command.actor,
        now,
        str(touch_id),
        {"contact": str(them.contact_id), "channel": command.channel.value, "outcome": command.outcome.value},
        {"touch": str(touch_id), "effects": effects.records},
        entry_id=causation_id,
    )
    if them.lead_id is not None and not effects.first_response:
        refresh(session, str(them.lead_id))
    return as_understood(session, touch_id, causation_id, 1, command, them, effects, reason, now)


def may_log(actor: Actor) -> None:
    """Raise ``NotAllowed`` for people without a selling role."""
    if not actor.has(*_SELLING):
        raise NotAllowed("Touches are logged by reps, AEs, CSMs and managers. An admin can give you such a role.")


def check(command: LogTouch, now: datetime) -> None:
    """Refuse what cannot have happened. Raises ``UserError`` with the field."""
    if command.outcome not in OUTCOMES[command.channel]:
        said = ", ".join(outcome.value.replace("_", " ") for outcome in OUTCOMES[command.channel])
        channel = command.channel.value.replace("email", "an e-mail")
        raise UserError(f"That cannot come of {channel}. Choose one of: {said}.", field="outcome")
    if command.happened_at > now + _CLOCKS_DIFFER:
        raise UserError("That is still to come. Log it when it has happened.", field="happened_at")
    if command.follow_up_at is None and command.outcome in NEEDS_TIME:
        raise UserError(NEEDS_TIME[command.outcome], field="follow_up_at")
    if command.follow_up_at is not None and command.follow_up_at <= command.happened_at:
        raise UserError("That time is before the touch itself. Choose a later one.", field="follow_up_at")
    if command.callback_at is not None and command.callback_at <= command.happened_at:
        raise UserError("That time is before the touch itself. Choose a later one.", field="callback_at")
    if command.outcome is Outcome.REFERRAL and not (command.referral_name or command.referral_email):
        raise UserError("Whom did they name? A name or an e-mail address will do.", field="referral_name")


def last_touch_again(session: Session, contact_id: UUID) -> None:
    """Set when a contact was last touched from the touches that stand."""
    newest = (
        select(Touch.happened_at)
        .where(Touch.contact_id == contact_id, Touch.undone_at.is_(None))
        .order_by(Touch.happened_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id)
        .values(last_touched_at=newest)
        .execution_options(synchronize_session=False)
    )


def _seen(session: Session, key: str, touch_id: UUID) -> UUID | None:
    """The touch that was logged under this key before; None if there is none, or it was taken back."""
    if put_once(session, SeenRequest, key=key, at=protocol_now(), answer={"touch": str(touch_id)}):
        return None
    seen = session.get_one(SeenRequest, key, with_for_update=True, populate_existing=True)
    before = UUID((seen.answer or {})["touch"])
    if session.scalar(select(Touch.undone_at).where(Touch.id == before)) is None:
        return before
    seen.answer = {"touch": str(touch_id)}
    return None


def keepable(command: LogTouch) -> LogTouch:
    """The command without what no database keeps: NUL, half a surrogate."""
    kept: dict[str, Any] = {
        "note": clean_lines(command.note, WHOLE),
        "typed": clean_lines(command.typed, WHOLE),
        "said_by": clean_or_none(command.said_by),
        "referral_name": clean_or_none(command.referral_name),
        "referral_email": clean_or_none(command.referral_email),
    }
    same = all(getattr(command, name) == text for name, text in kept.items())
    return command if same else replace(command, **kept)


def columns(command: LogTouch, them: TouchSubject, gate: str | None) -> dict[str, Any]:
    """A touch as its row holds it; the day is the rep's."""
    zone = ZoneInfo(command.actor.timezone)
    return {
        "contact_id": them.contact_id,
        "account_id": them.account_id,
        "lead_id": them.lead_id,
        "person_id": command.actor.person_id,
        "channel": command.channel,
        "outcome": command.outcome,
        "happened_at": command.happened_at,
        "local_date": command.happened_at.astimezone(zone).date(),
        "note": command.note,
        "typed": command.typed,
        "follow_up_at": command.follow_up_at,
        "said_by": command.said_by,
        "referral_name": command.referral_name,
        "referral_email": command.referral_email,
        "duration_minutes": command.duration_minutes,
        "gate": gate[:255] if gate else None,
    }


def _activity(session: Session, them: TouchSubject, at: datetime) -> None:
    if them.last_touched_at is None or at > them.last_touched_at:
        run(session, _TOUCHED, which=them.contact_id, at=at)
    known = them.account_activity_at
    if them.account_id is not None and (known is None or at - known > _ACCOUNT_ACTIVITY_GRAIN):
        run(session, _ACTIVE, which=them.account_id, at=at)


def undo_deadline(session: Session, logged_at: datetime) -> datetime:
    """Until when a touch can be taken back."""
    return logged_at + playbook(session).touches.undo_for


def as_understood(
    session: Session,
    touch_id: UUID,
    causation_id: UUID,
    version: int,
    command: LogTouch,
    them: TouchSubject,
    effects: Effects,
    gate: str | None,
    now: datetime,
) -> Logged:
    """A touch as its echo shows it."""
    warnings = [gate] if gate else []
    if them.owner_id is not None and them.owner_id != command.actor.person_id:
        warnings.append(f"This is {them.owner_name}'s lead.")
    return Logged(
        touch_id=touch_id,
        causation_id=causation_id,
        version=version,
        contact_id=them.contact_id,
        contact_name=them.name,
        company=them.account_name,
        channel=command.channel,
        outcome=command.outcome,
        happened_at=command.happened_at,
        follow_up_at=command.follow_up_at,
        note=command.note,
        said_by=command.said_by,
        referral_name=command.referral_name or command.referral_email,
        lead_id=them.lead_id,
        first_response=effects.first_response,
        response_seconds=effects.response_seconds,
        warnings=tuple(warnings),
        effects=tuple(effects.sentences),
        undo_until=undo_deadline(session, now),
    )


def _as_logged(session: Session, touch_id: UUID, now: datetime) -> Logged:
    """What a repeated request is answered: the touch as it was logged the first time."""
    touch = session.get(Touch, touch_id)
    if touch is None:
        raise NotFound("That touch is not there any more.")
    them = read_subject(session, touch.contact_id)
    return Logged(
        touch_id=touch.id,
        causation_id=touch.causation_id or touch.id,
        version=touch.version,
        contact_id=touch.contact_id,
        contact_name=them.name,
        company=them.account_name,
        channel=touch.channel,
        outcome=touch.outcome,
        happened_at=touch.happened_at,
        follow_up_at=touch.follow_up_at,
        note=touch.note,
        said_by=touch.said_by,
        referral_name=touch.referral_name or touch.referral_email,
        lead_id=touch.lead_id,
        first_response=False,
        response_seconds=0,
        warnings=(touch.gate,) if touch.gate else (),
        effects=(),
        undo_until=undo_deadline(session, touch.logged_at),
        repeated=True,
    )
