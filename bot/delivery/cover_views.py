"""Which view shows the notes about cover."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.cover import cover_note
from bot.delivery.render import NoticeView, Told
from bot.domain.notices import NoticeKind
from bot.slack.blocks import Post
from bot.slack.views.cover import cover_begins_post, cover_ends_post


def _begins(session: Session, told: Told, _now: datetime) -> Post | None:
    shift_days: int = session.info["playbook"].playbook.cadence.absence_shift_days
    note = cover_note(session, UUID(told.subject_id), shift_days)
    return cover_begins_post(note) if note else None


def _ends(session: Session, told: Told, _now: datetime) -> Post | None:
    shift_days: int = session.info["playbook"].playbook.cadence.absence_shift_days
    note = cover_note(session, UUID(told.subject_id), shift_days)
    return cover_ends_post(note) if note else None


COVER_NOTICES: Final[Mapping[NoticeKind, NoticeView]] = {
    NoticeKind.COVER_BEGINS: _begins,
    NoticeKind.COVER_ENDS: _ends,
}
"""Notices of this room, for ``make_renderer``."""
