"""Undo: taking back a logged touch with all that it caused, for a while (process §6; design, rules).

What must stay true: undo is refused, with the reason, once somebody acted on it; what was taken back stays in the
database, marked; messages that showed it are refreshed, never edited by hand. Rows are locked in the order of a
correction: the touch, its audit entry, the lead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import AuditEntry, Contact, Person, Touch
from bot.domain.commands import Actor, Undo
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.terms import Role
from bot.outbox.enqueue import refresh
from bot.service.audit import record
from bot.service.context import playbook
from bot.service.touch_list_state import items_open_again
from bot.service.touch_reverts import obstacle, revert
from bot.service.touches import last_touch_again


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, in a sentence; ``typed`` is the line or note, so that nothing typed is lost."""

    sentence: str
    touch_id: UUID
    contact_id: UUID
    typed: str


def undo(session: Session, command: Undo, now: datetime) -> Undone:
    """Take back a touch.

    Raises ``Gone`` when its time is over or somebody acted on it, ``NotAllowed`` for others' touches, ``NotFound``.
    """
    touch, entry = _locked(session, command.causation_id)
    _may_undo(session, entry, touch, command.actor, now)
    effects: list[dict[str, Any]] = (entry.undo or {})["effects"]
    for effect in effects:
        if blocked := obstacle(session, effect):
            raise Gone(f"{blocked} It cannot be taken back now, but you can change it.")
    for effect in reversed(effects):
        revert(session, effect, command.actor, now)
    touch.undone_at = entry.undone_at = now
    session.flush()
    last_touch_again(session, touch.contact_id)
    items_open_again(session, touch.id, now)
    record(session, "undo", command.actor, now, str(touch.id), causation_id=entry.id)
    if touch.lead_id is not None:
        refresh(session, str(touch.lead_id))
    name = _name(session, touch.contact_id)
    what = f"{touch.channel.value.replace('email', 'e-mail')}, {touch.outcome.value.replace('_', ' ')}"
    return Undone(f"Taken back: {name}, {what}.", touch.id, touch.contact_id, touch.typed or touch.note)


def undo_last(session: Session, actor: Actor, now: datetime) -> Undone:
    """Take back the last touch that somebody logged.

    Raises ``NotFound`` where there is none within the time for undo, else what ``undo`` raises.
    """
    limit = playbook(session).touches.undo_for
    last = session.scalar(
        select(AuditEntry.id)
        .where(
            AuditEntry.command == "log_touch",
            AuditEntry.actor_id == actor.person_id,
            AuditEntry.at >= now - limit,
            AuditEntry.undone_at.is_(None),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    )
    if last is None:
        raise NotFound(f"There is nothing to take back: you logged no touch in the last {_minutes(limit)}.")
    return undo(session, Undo(actor, last), now)


def _minutes(span: timedelta) -> str:
    return counted(int(span.total_seconds() // 60), "minute")


def _locked(session: Session, causation_id: UUID) -> tuple[Touch, AuditEntry]:
    """The touch and its entry as they are once nobody else is changing them."""
    said = session.execute(select(AuditEntry.command, AuditEntry.undo).where(AuditEntry.id == causation_id)).first()
    if said is None or said.command != "log_touch" or not said.undo:
        raise NotFound("There is nothing to take back here.")
    touch = session.get(Touch, UUID(said.undo["touch"]), with_for_update=True)
    if touch is None:
        raise NotFound("That touch is not there any more.")
    return touch, session.get_one(AuditEntry, causation_id, with_for_update=True, populate_existing=True)


def _may_undo(session: Session, entry: AuditEntry, touch: Touch, actor: Actor, now: datetime) -> None:
    if entry.actor_id != actor.person_id and not actor.has(Role.ADMIN):
        raise NotAllowed("Only the one who logged it can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    limit = playbook(session).touches.undo_for
    if now - entry.at > limit:
        raise Gone(f"Undo works for {_minutes(limit)}. You can still change it.")
    later = session.execute(
        select(Touch.channel, Touch.person_id, Person.name)
        .join(Person, Person.id == Touch.person_id)
        .where(Touch.contact_id == touch.contact_id, Touch.undone_at.is_(None), Touch.id > touch.id)
        .order_by(Touch.id.desc())
        .limit(1)
    ).first()
    if later is not None:
        if later.person_id == actor.person_id:
            raise Gone("You logged another touch with them after this one. Take that back first, or change this one.")
        channel = later.channel.value.replace("email", "e-mail")
        raise Gone(f"{later.name} has logged a touch with them since ({channel}). You can still change yours.")


def _name(session: Session, contact_id: UUID) -> str:
    row = session.execute(
        select(Contact.first_name, Contact.last_name, Contact.email).where(Contact.id == contact_id)
    ).one()
    return f"{row.first_name} {row.last_name}".strip() or row.email or "somebody without a name"
