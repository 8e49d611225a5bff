"""Putting notices into the outbox, in the caller's transaction.

What must stay true: nothing here commits; a key is told once; a living message has at most one item waiting
that nobody has claimed, however often its subject changes.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import Base, LivingMessage, OutboxItem
from bot.db.rows import put, put_numbered, put_once, run
from bot.db.session import announce
from bot.domain.notices import Address, Notice, Priority, View
from bot.outbox.courier import Claimed, hand_over, lease_at_once

TOPIC = "outbox"
DEBOUNCE = timedelta(seconds=2)
"""Least time between two updates of one message; ``chat.update`` has a tier (design, point 1)."""
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""The ``not_before`` of what waits for nothing: due by any clock, also where ours runs ahead of the database's."""


def insert_once(session: Session, model: type[Base]) -> Any:
    """An INSERT that does nothing where the row is there already. Use RETURNING to learn which: never rowcount."""
    postgres = session.connection().dialect.name == "postgresql"
    statement = postgresql.insert(model) if postgres else sqlite.insert(model)
    return statement.on_conflict_do_nothing()


def tell(session: Session, notice: Notice) -> bool:
    """Enqueue ``notice``; False if this key was told before."""
    now = protocol_now()
    told = put_once(
        session,
        OutboxItem,
        key=notice.key,
        kind=notice.kind.value,
        lane=str(notice.to),
        priority=int(notice.priority),
        notice={"subject_id": notice.subject_id, "facts": notice.facts},
        state="ready",
        attempts=0,
        not_before=AT_ONCE,
        created_at=now,
    )
    if told:
        announce(session, TOPIC)
    return told


def show(
    session: Session,
    view: View,
    subject_id: str,
    to: Address,
    place: str = "",
    priority: Priority = Priority.NORMAL,
) -> UUID:
    """See to it that a living message of ``subject_id`` stands at ``place``; its id. Refreshes it if it is there."""
    living_id = new_id()
    shown = put_once(
        session,
        LivingMessage,
        id=living_id,
        view=view.value,
        subject_id=subject_id,
        place=place,
        address=str(to),
        priority=int(priority),
        stale_version=1,
        sent_version=0,
    )
    if not shown:
        refresh(session, subject_id, view, place)
        return session.scalars(
            select(LivingMessage.id).where(
                LivingMessage.view == view.value,
                LivingMessage.subject_id == subject_id,
                LivingMessage.place == place,
            )
        ).one()
    _insert_living(session, living_id, view.value, str(to), int(priority), 1, None)
    return living_id


def refresh(
    session: Session,
    subject_id: str,
    view: str | None = None,
    place: str | None = None,
    priority: Priority | None = None,
) -> None:
    """Mark every living message of ``subject_id`` stale, in the transaction that changed the subject.

    ``view``: a ``View``, or one that a newer version of ours knows. ``priority``: another than the message's own; of
    an item that waits already the more urgent one counts.
    """
    which = {"subject_id": subject_id, "view": view, "place": place}
    given = {name: value for name, value in which.items() if value is not None}
    values = {f"which_{name}": value for name, value in given.items()}
    for row in run(session, _marking_stale(tuple(given)), **values).all():
        urgency = int(row.priority if priority is None else priority)
        waiting = run(session, _waiting(), living=row.id).first()
        if waiting is None:
            _insert_living(session, row.id, row.view, row.address, urgency, row.stale_version, row.refreshed_at)
        elif waiting.priority > urgency:
            run(session, _HURRYING, which=waiting.seq, urgency=urgency)


@lru_cache(maxsize=4)
def _marking_stale(names: tuple[str, ...]) -> Update:
    return (
        update(LivingMessage)
        .where(*(getattr(LivingMessage, name) == bindparam(f"which_{name}") for name in names))
        .values(stale_version=LivingMessage.stale_version + 1)
        .returning(
            LivingMessage.id,
            LivingMessage.view,
            LivingMessage.address,
            LivingMessage.priority,
            LivingMessage.stale_version,
            LivingMessage.refreshed_at,
        )
    )


def is_waiting(session: Session, living_id: UUID) -> bool:
    """Whether an item that nobody has claimed will show this living message as it is then."""
    return run(session, _waiting(), living=living_id).first() is not None


@lru_cache(maxsize=1)
def _waiting() -> Select[*tuple[int, int]]:
    return (
        select(OutboxItem.seq, OutboxItem.priority)
        .where(
            OutboxItem.living_id == bindparam("living"), OutboxItem.state == "ready", OutboxItem.sending_at.is_(None)
        )
        .limit(1)
    )


_HURRYING = (
    update(OutboxItem)
    .where(OutboxItem.seq == bindparam("which"), OutboxItem.state == "ready")
    .values(priority=bindparam("urgency"))
)


def _insert_living(
    session: Session,
    living_id: UUID,
    view: str,
    lane: str,
    priority: int,
    version: int,
    refreshed_at: datetime | None,
) -> None:
    item: dict[str, Any] = {
        "key": f"living:{living_id}:{version}",
        "kind": view,
        "lane": lane,
        "priority": priority,
        "living_id": living_id,
        "notice": {},
        "created_at": protocol_now(),
    }
    lease = {} if refreshed_at else lease_at_once(session, lane, priority)
    if lease:
        seq = put_numbered(session, OutboxItem, **item, **lease, not_before=AT_ONCE)
        token = lease["lease_token"]
        hand_over(session, Claimed(**item, seq=seq, attempts=1, sending_at=None, lookups=0, token=token, begun=True))
        return
    not_before = refreshed_at + DEBOUNCE if refreshed_at else AT_ONCE  # in database time, both
    put(session, OutboxItem, **item, state="ready", attempts=0, not_before=not_before)
    announce(session, TOPIC)
