"""Which view shows what is told of reassignments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.reassign_result import reassign_result
from bot.delivery.render import NoticeView, Told
from bot.domain.notices import NoticeKind
from bot.slack.blocks import Post
from bot.slack.views.reassign import reassign_undone_post, reassigned_post, reassigned_share_post


def _done(session: Session, told: Told, _now: datetime) -> Post | None:
    result = reassign_result(session, UUID(told.subject_id))
    return reassigned_post(result) if result else None


def _share(session: Session, told: Told, _now: datetime) -> Post | None:
    result, to_id = reassign_result(session, UUID(told.subject_id)), UUID(str(told.facts.get("to_id")))
    if result is None:
        return None
    for shares, got in ((result.got, True), (result.gave, False)):
        share = next((one for one in shares if one.person_id == to_id), None)
        if share is not None:
            return reassigned_share_post(result, share, got=got)
    return None


def _undone(session: Session, told: Told, _now: datetime) -> Post | None:
    result = reassign_result(session, UUID(told.subject_id))
    return reassign_undone_post(result) if result else None


REASSIGN_NOTICES: Final[Mapping[NoticeKind, NoticeView]] = {
    NoticeKind.REASSIGNED: _done,
    NoticeKind.REASSIGNED_SHARE: _share,
    NoticeKind.REASSIGN_UNDONE: _undone,
}
"""Notices of this room, for ``make_renderer``."""
