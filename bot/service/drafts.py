"""Touches that wait for an answer, kept in the database: no line is lost between a question and its answer.

What must stay true: a draft holds all that was typed; it is kept as long as requests are remembered. Whatever was
asked and answered, in buttons or the form, one draft is one touch (``PendingTouch.origin``).
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import Contact, SeenRequest, Touch
from bot.db.rows import put
from bot.domain.commands import Actor
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.terms import Role
from bot.domain.touch_pending import PendingTouch
from bot.service.contact_text import WHOLE, clean_data, clean_lines
from bot.service.touch_promises import promised_at

_PREFIX = "draft:"


def keep_draft(session: Session, pending: PendingTouch, actor: Actor) -> str:
    """Store a touch that is not complete; its key is short enough for a button."""
    key = str(new_id())
    whole = {"line": clean_lines(pending.line, WHOLE), "note": clean_lines(pending.note, WHOLE)}
    touch = clean_data(pending.model_dump(mode="json")) | whole
    answer = {"person": str(actor.person_id), "touch": touch}
    put(session, SeenRequest, key=_PREFIX + key, at=protocol_now(), answer=answer)
    return key


def load_draft(session: Session, key: str, actor: Actor) -> PendingTouch:
    """The touch kept under ``key``. Raises ``Gone`` where it is no longer remembered, ``NotAllowed`` for others'."""
    answer = session.scalar(select(SeenRequest.answer).where(SeenRequest.key == _PREFIX + key))
    if answer is None:
        raise Gone("That question is too old. Please type the touch again.")
    if answer["person"] != str(actor.person_id):
        raise NotAllowed("That is somebody else's touch.")
    kept = PendingTouch.model_validate(answer["touch"])
    return kept.with_(origin=kept.origin or key)


def touch_as_draft(session: Session, touch_id: UUID, actor: Actor) -> PendingTouch:
    """A logged touch, to be changed. Raises ``NotFound``, ``Gone`` if it was taken back, ``NotAllowed``."""
    row = session.execute(
        select(Touch, Contact.id.label("contact"))
        .join(Contact, Contact.id == Touch.contact_id)
        .where(Touch.id == touch_id)
    ).first()
    if row is None:
        raise NotFound("That touch is not there any more.")
    touch: Touch = row.Touch
    if touch.undone_at is not None:
        raise Gone("That touch was taken back. Log it again if it did happen.")
    if touch.person_id != actor.person_id and not actor.has(Role.MANAGER, Role.ADMIN):
        raise NotAllowed("Only the one who logged a touch, a manager or an admin can change it.")
    return PendingTouch(
        line=touch.typed,
        contact_id=touch.contact_id,
        channel=touch.channel,
        outcome=touch.outcome,
        happened_at=touch.happened_at,
        follow_up_at=touch.follow_up_at,
        callback_at=promised_at(session, touch),
        said_by=touch.said_by,
        referral_name=touch.referral_name,
        referral_email=touch.referral_email,
        duration_minutes=touch.duration_minutes,
        note=touch.note,
        touch_id=touch.id,
        version=touch.version,
    )
