"""Correcting a logged touch, with what it caused; possible after undo's time is over (process §6).

What must stay true: a corrected touch stays the touch of the rep who made it, with all its effects; who corrected it
stands in the audit log. Rows are locked in the order of undo: the touch, its audit entry, the lead.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import AuditEntry, Person, Touch
from bot.domain.commands import Actor, CorrectTouch, LogTouch
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Role
from bot.outbox.enqueue import refresh
from bot.service.audit import record
from bot.service.stored import packed
from bot.service.touch_effects import Effects
from bot.service.touch_list_state import item_done_by, items_open_again
from bot.service.touch_meetings import about_the_same_call
from bot.service.touch_outcomes import cause, responds
from bot.service.touch_promises import promised_at
from bot.service.touch_reverts import obstacle, revert
from bot.service.touch_subject import gate_reason, read_subject
from bot.service.touches import (
    Logged,
    as_understood,
    check,
    columns,
    keepable,
    last_touch_again,
    may_log,
    undo_deadline,
)

_CORRECTABLE = (
    "contact_id",
    "channel",
    "outcome",
    "happened_at",
    "follow_up_at",
    "said_by",
    "referral_name",
    "referral_email",
    "duration_minutes",
    "note",
)


def correct_touch(session: Session, command: CorrectTouch, now: datetime) -> Logged:
    """Change a logged touch, with what it caused; everything it causes is its rep's, whoever corrects it.

    Raises ``Gone`` if it was taken back or changed in between, ``NotAllowed`` for other people's touches, and
    ``UserError`` with the reason where somebody acted on what the old outcome caused.
    """
    corrector = command.corrected.actor
    touch = session.get(Touch, command.touch_id, with_for_update=True)
    if touch is None:
        raise NotFound("That touch is not there any more.")
    may_log(corrector)
    _may_correct(touch, command, corrector)
    changed = replace(keepable(command.corrected), actor=_rep(session, touch, corrector))
    check(changed, now)
    entry = session.get(AuditEntry, touch.causation_id, with_for_update=True) if touch.causation_id else None
    before = {name: packed(getattr(touch, name)) for name in _CORRECTABLE}
    caused: list[dict[str, Any]] = list((entry.undo or {}).get("effects", [])) if entry is not None else []
    causation_id = touch.causation_id or new_id()
    effects = Effects(records=caused)
    if _matters(touch, changed) or promised_at(session, touch) != changed.callback_at:
        kept = [effect for effect in caused if _stays(effect, touch, changed)]
        _revert_all(session, [effect for effect in caused if effect not in kept], corrector, now)
        standing = [{name: fact for name, fact in effect.items() if name != "ended"} for effect in kept]
        changed = about_the_same_call(session, changed, caused)
        effects = cause(session, changed, read_subject(session, changed.contact_id), causation_id, now, standing)
    if entry is not None:
        entry.undo = {"touch": str(touch.id), "effects": effects.records}
    logged = _written(session, touch, changed, effects, causation_id, now)
    record(session, "correct_touch", corrector, now, str(touch.id), {"before": before}, causation_id=causation_id)
    if changed.actor.person_id == corrector.person_id:
        return logged
    whose = f"It stays {changed.actor.name}'s touch; what comes of it goes to them."
    return replace(logged, warnings=(*logged.warnings, whose))


def _written(
    session: Session, touch: Touch, changed: LogTouch, effects: Effects, causation_id: UUID, now: datetime
) -> Logged:
    """The row as it is now, and everything that shows it."""
    them = read_subject(session, changed.contact_id)
    old_contact, old_lead = touch.contact_id, touch.lead_id
    reason = gate_reason(session, them, changed)
    values = columns(changed, them, reason)
    if them.contact_id == old_contact:
        values["lead_id"] = old_lead
    session.execute(
        update(Touch)
        .where(Touch.id == touch.id)
        .values(corrected_at=now, version=touch.version + 1, causation_id=causation_id, **values)
        .execution_options(synchronize_session=False)
    )
    session.expire(touch)
    if them.contact_id != old_contact:
        items_open_again(session, touch.id, now)
        item_done_by(session, touch.person_id, them.contact_id, touch.id, now)
    for contact_id in sorted({old_contact, them.contact_id}):
        last_touch_again(session, contact_id)
    for lead_id in {old_lead, them.lead_id} - {None}:
        refresh(session, str(lead_id))
    logged = as_understood(session, touch.id, causation_id, touch.version, changed, them, effects, reason, now)
    return replace(logged, corrected=True, undo_until=undo_deadline(session, touch.logged_at))


def _may_correct(touch: Touch, command: CorrectTouch, actor: Actor) -> None:
    if touch.person_id != actor.person_id and not actor.has(Role.MANAGER, Role.ADMIN):
        raise NotAllowed("Only the one who logged a touch, a manager or an admin can change it.")
    if touch.undone_at is not None:
        raise Gone("That touch was taken back. Log it again if it did happen.")
    if touch.version != command.version:
        raise Gone("That touch was changed in the meantime. Open it again to see how it stands now.")


def _rep(session: Session, touch: Touch, corrector: Actor) -> Actor:
    """Whose touch it is; also somebody who has left since."""
    if touch.person_id == corrector.person_id:
        return corrector
    row = session.execute(
        select(Person.id, Person.name, Person.timezone, Person.slack_user_id).where(Person.id == touch.person_id)
    ).one()
    return Actor(row.id, row.name, row.timezone, frozenset(), row.slack_user_id)


def _matters(touch: Touch, changed: LogTouch) -> bool:
    """Whether a correction changes more than the note."""
    return any(getattr(touch, name) != getattr(changed, name) for name in _CORRECTABLE if name != "note")


def _stays(effect: dict[str, Any], touch: Touch, changed: LogTouch) -> bool:
    """A first response stays the first response if the same person was reached at the same time."""
    same = (touch.contact_id, touch.happened_at) == (changed.contact_id, changed.happened_at)
    return effect["kind"] == "response" and same and responds(changed)


def _revert_all(session: Session, effects: list[dict[str, Any]], actor: Actor, now: datetime) -> None:
    for effect in effects:
        if blocked := obstacle(session, effect):
            raise UserError(f"{blocked} So only the note can be changed now.")
    for effect in reversed(effects):
        revert(session, effect, actor, now)
