"""Lines whose person may not be touched any more, whoever said so since the list was made (process §10).

What must stay true: a line goes for the same reasons for which it would not have come on the list, and comes back when
the no was taken back; a draft that was opened stays, as it may have been sent.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.db.models import TouchItem
from bot.db.queries.gate_many import Asked, MailDay, gate_many
from bot.db.queries.touch_list_sources import known_people
from bot.db.rows import run
from bot.domain.compliance import Refused
from bot.domain.touch_list import ItemKind
from bot.service.context import playbook
from bot.service.touch_list_build import channels_of, likeliest
from bot.service.touch_list_state import lists_changed

REFUSED = "may not be touched any more"
"""Why a line went: only such a one comes back here."""
_LINES = select(TouchItem.id, TouchItem.contact_id, TouchItem.kind, TouchItem.state).where(
    TouchItem.list_id == bindparam("which"),
    TouchItem.kind != ItemKind.REPLY.value,
    or_(TouchItem.state == "open", and_(TouchItem.state == "gone", TouchItem.skip_reason == REFUSED)),
)


def drop_refused(session: Session, list_id: UUID, now: datetime) -> None:
    """Lines of people whom the gate refuses for good go; a reader of every open line, so asked when a list is begun.

    Before ``drop_settled``: what comes back may be settled by now.
    """
    rows = run(session, _LINES, which=list_id).all()
    known = known_people(session, list({row.contact_id for row in rows}))
    asked = {(row.contact_id, channel) for row in rows for channel in channels_of(ItemKind(row.kind))}
    verdicts = gate_many(
        session,
        playbook(session),
        [Asked(known[contact_id].whom, channel) for contact_id, channel in sorted(asked)],
        MailDay(0, {}, now),  # the measure of the day refuses nobody for good
        now,
    )
    gone: list[UUID] = []
    back: list[UUID] = []
    for row in rows:
        verdict = likeliest([verdicts[row.contact_id, channel] for channel in channels_of(ItemKind(row.kind))])
        refused = isinstance(verdict, Refused) and verdict.for_good
        if refused == (row.state == "open"):
            (gone if refused else back).append(row.id)
    if gone:
        _set(session, gone, "open", state="gone", handled_at=now, skip_reason=REFUSED)
    if back:
        _set(session, back, "gone", state="open", handled_at=None, skip_reason=None)
    if gone or back:
        lists_changed(session, [list_id], now)


def _set(session: Session, lines: list[UUID], before: str, **values: Any) -> None:
    session.execute(
        update(TouchItem)
        .where(TouchItem.id.in_(lines), TouchItem.state == before)
        .values(version=TouchItem.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
