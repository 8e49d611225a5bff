"""Lines whose person may not be touched any more, whoever said so since the list was made (process §10).

What must stay true: a line goes for the same reasons for which it would not have come on the list; a draft that was
opened stays, as it may have been sent.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
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

_OPEN = select(TouchItem.id, TouchItem.contact_id, TouchItem.kind).where(
    TouchItem.list_id == bindparam("which"), TouchItem.state == "open", TouchItem.kind != ItemKind.REPLY.value
)


def drop_refused(session: Session, list_id: UUID, now: datetime) -> None:
    """Lines of people whom the gate refuses for good go; a reader of every open line, so asked when a list is begun."""
    rows = run(session, _OPEN, which=list_id).all()
    known = known_people(session, list({row.contact_id for row in rows}))
    asked = {(row.contact_id, channel) for row in rows for channel in channels_of(ItemKind(row.kind))}
    verdicts = gate_many(
        session,
        playbook(session),
        [Asked(known[contact_id].whom, channel) for contact_id, channel in sorted(asked)],
        MailDay(0, {}, now),  # the measure of the day refuses nobody for good
        now,
    )
    gone = []
    for row in rows:
        verdict = likeliest([verdicts[row.contact_id, channel] for channel in channels_of(ItemKind(row.kind))])
        if isinstance(verdict, Refused) and verdict.for_good:
            gone.append(row.id)
    if not gone:
        return
    session.execute(
        update(TouchItem)
        .where(TouchItem.id.in_(gone), TouchItem.state == "open")
        .values(state="gone", handled_at=now, version=TouchItem.version + 1)
        .execution_options(synchronize_session=False)
    )
    lists_changed(session, [list_id], now)
