"""Which view shows which notice of a handoff: reads the state of the moment, hands it to the view (process §7).

What must stay true: a reminder of what was answered meanwhile, a file of a call that was changed meanwhile, tell
nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person
from bot.db.queries.handoffs import HandoffCard, handoff_card
from bot.db.queries.invitations import call_file
from bot.delivery.render import NoticeView, Told, Upload
from bot.domain.errors import NotFound
from bot.domain.handoff_stages import WAITING
from bot.domain.notices import NoticeKind
from bot.outbox.living import Living
from bot.slack.blocks import Post
from bot.slack.calendar_file import calendar_file
from bot.slack.views.handoff import handoff_post
from bot.slack.views.handoff_steps import file_name, file_words, handoff_reminder_post, invitation_of, step_post


def living_handoff(session: Session, standing: Living, now: datetime) -> Post | None:
    """A handoff's post, the rep's copy or the manager's question."""
    card = _card(session, standing.subject_id, now)
    return handoff_post(card, standing.place) if card else None


def _card(session: Session, handoff_id: str, now: datetime) -> HandoffCard | None:
    try:
        return handoff_card(session, UUID(handoff_id), now)
    except NotFound:
        return None


def _step(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    if card is None:
        return None
    facts, by_id = told.facts, told.facts.get("by_id")
    by = session.scalar(select(Person.name).where(Person.id == UUID(str(by_id)))) if by_id else None
    next_name = str(facts["next_name"]) if facts.get("next_name") else None
    said = [str(facts.get(name) or "") for name in ("what", "reason", "next_why")]
    return step_post(card, said[0], by, said[1], next_name, said[2])


def _reminder(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    return handoff_reminder_post(card) if card is not None and card.state == WAITING else None


def _file(session: Session, told: Told, now: datetime) -> Upload | None:
    call = call_file(session, told.facts, now)
    if call is None:
        return None
    name = file_name(call)
    return Upload(name, calendar_file(invitation_of(call)), name, file_words(call))


HANDOFF_NOTICES: Mapping[NoticeKind, NoticeView] = {
    NoticeKind.HANDOFF_STEP: _step,
    NoticeKind.HANDOFF_REMINDER: _reminder,
    NoticeKind.CALENDAR_FILE: _file,
}
