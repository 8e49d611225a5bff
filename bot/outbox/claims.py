"""Claiming and finishing outbox items.

What must stay true: only the head of a lane and priority can be claimed, so order holds whoever delivers; every
terminal write is guarded by the lease's token; ``sending_at`` is committed before the request goes out, so a lease
that ran out with it is *unknown* and without it simply ready again; a living message that is sent and still stale
has an item that will refresh it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    Select,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import LivingMessage, OutboxItem
from bot.domain.notices import Address, Priority, To, View
from bot.outbox.courier import LEASE, LIVE, Claimed, anything_live, live
from bot.outbox.enqueue import is_waiting, refresh

__all__ = [
    "LEASE",
    "LIVE",
    "NOT_OURS",
    "Claimed",
    "Dead",
    "Retry",
    "Sent",
    "Unknown",
    "Verdict",
    "begin_send",
    "claim",
    "database_now",
    "finish",
    "leads_on",
    "next_ready",
    "release_expired",
]


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has it. ``version`` is what of a living message was shown."""

    channel: str | None = None
    ts: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Slack surely does not have it; try again after ``after``."""

    after: timedelta
    error: str
    forget_place: bool = False
    """The living message, or the one that was to be replied to, is gone from Slack: post it anew."""
    tried: bool = True
    """Whether Slack was asked at all; what only waited its turn is no attempt."""


@dataclass(frozen=True, slots=True)
class Dead:
    """It can never be delivered."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Slack may have it; look it up after ``after``."""

    after: timedelta
    error: str
    lookups: int = 0
    """How often it was looked for since the request, and not found."""


Verdict = Sent | Retry | Dead | Unknown

NOT_OURS = "this version cannot show it"
"""Why an item is left to a newer version of ours, which may be minutes away (``Retry.error``)."""

_STANDING = (
    LivingMessage.subject_id,
    LivingMessage.view,
    LivingMessage.place,
    LivingMessage.stale_version,
    LivingMessage.sent_version,
)


def database_now(session: Session) -> datetime:
    """The database's time: what leases are measured in. SQLite's machine is ours."""
    if session.connection().dialect.name == "sqlite":
        return protocol_now()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def release_expired(session: Session) -> int:
    """Give back the items of processes that died; how many."""
    now = database_now(session)
    expired = and_(live(OutboxItem), OutboxItem.state == "claimed", OutboxItem.lease_until < now)
    freed = 0
    for state, sending in (
        ("unknown", OutboxItem.sending_at.is_not(None)),
        ("ready", OutboxItem.sending_at.is_(None)),
    ):
        result = session.execute(
            update(OutboxItem)
            .where(expired, sending)
            .values(state=state, lease_token=None, lease_until=None, not_before=now)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(result, CursorResult)
        freed += max(result.rowcount, 0)
    return freed


@lru_cache(maxsize=2)
def _claiming(hot_only: bool) -> Update:
    """Built once: it is asked for at every commit that leaves something to tell."""
    earlier = aliased(OutboxItem)
    # App Home is another place than somebody's messages, with a budget of its own: neither waits for the other.
    same_place = (earlier.kind == View.APP_HOME.value) == (OutboxItem.kind == View.APP_HOME.value)
    same_lane = and_(earlier.lane == OutboxItem.lane, earlier.priority == OutboxItem.priority, same_place)
    # An update that waits out its debounce holds up nobody, nor does what a newer version has to show; what was claimed
    # and waits for its turn keeps its place. All in database time.
    aside = or_(earlier.last_error.is_(None), earlier.last_error == NOT_OURS)
    debounced = and_(earlier.attempts == 0, earlier.not_before > bindparam("now"), aside)
    heads = (
        select(OutboxItem.seq)
        .where(
            live(OutboxItem),
            OutboxItem.state != "claimed",
            OutboxItem.not_before <= bindparam("now"),
            ~select(earlier.seq).where(same_lane, earlier.seq < OutboxItem.seq, live(earlier), ~debounced).exists(),
            # a later item that became visible first (sequences do not wait for commits) may be on its way
            ~select(earlier.seq).where(same_lane, live(earlier), earlier.state == "claimed").exists(),
        )
        .order_by(OutboxItem.priority, OutboxItem.seq)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    if hot_only:
        heads = heads.where(OutboxItem.priority <= int(Priority.HOT))
    return (
        update(OutboxItem)
        .where(OutboxItem.seq.in_(heads.scalar_subquery()))
        .values(
            state="claimed",
            lease_token=bindparam("token"),
            lease_until=bindparam("until"),
            attempts=OutboxItem.attempts + 1,
        )
        .returning(*(getattr(OutboxItem, name) for name in Claimed.__slots__ if name not in ("token", "begun")))
        .execution_options(synchronize_session=False)
    )


def claim(session: Session, limit: int, *, hot_only: bool = False) -> list[Claimed]:
    """Lease up to ``limit`` items that are the head of their lane and priority, most urgent first."""
    now, token = database_now(session), new_id()
    values = {"now": now, "most": limit, "token": token, "until": now + LEASE}
    rows = session.connection().execute(_claiming(hot_only), values).all()
    claimed = (Claimed(**row._mapping, token=token) for row in rows)
    return sorted(claimed, key=lambda item: (item.priority, item.seq))


def begin_send(session: Session, item: Claimed) -> bool:
    """Note that a request is about to go out; False if the lease was lost, and then nothing may be sent."""
    now = database_now(session)
    return _guarded(session, item, {"sending_at": now, "lease_until": now + LEASE, "lookups": 0})


def finish(session: Session, item: Claimed, verdict: Verdict) -> bool:
    """Write what became of ``item``; False if the lease was lost."""
    now = database_now(session)
    values: dict[str, Any] = {"lease_token": None, "lease_until": None}
    match verdict:
        case Sent(channel, ts, _):
            values |= {"state": "sent", "finished_at": now, "slack_channel": channel, "slack_ts": ts}
        case Retry(after, error, _, tried):
            values |= {
                "state": "ready",
                "not_before": now + after,
                "sending_at": None,
                "last_error": error[:255],
                "attempts": item.attempts if tried else max(item.attempts - 1, 0),
            }
        case Dead(error):
            values |= {"state": "dead", "finished_at": now, "last_error": error[:255]}
        case Unknown(after, error, lookups):
            values |= {"state": "unknown", "not_before": now + after, "last_error": error[:255], "lookups": lookups}
    if not _guarded(session, item, values):
        return False
    if item.living_id is not None:
        _finish_living(session, item.living_id, verdict, now)
    elif isinstance(verdict, Retry) and verdict.forget_place:
        _forget_parent(session, Address.parse(item.lane))
    return True


def _finish_living(session: Session, living_id: UUID, verdict: Verdict, now: datetime) -> None:
    values: dict[str, Any] = {}
    match verdict:
        case Sent(channel, ts, version):
            values["refreshed_at"] = now
            if version is not None:
                values["sent_version"] = version
            if ts is not None:
                values |= {"channel": channel, "ts": ts, "posted_at": now}
        case Retry(forget_place=True):
            values |= {"ts": None}
    if not values:
        return
    row = session.connection().execute(_finishing(tuple(values)), _new(values) | {"which": living_id}).first()
    # A change that found this item still waiting enqueued nothing, and may be committed after this item was rendered.
    stale = row is not None and isinstance(verdict, Sent) and row.sent_version < row.stale_version
    if row is not None and stale and not is_waiting(session, living_id):
        refresh(session, row.subject_id, row.view, row.place)


def _forget_parent(session: Session, address: Address) -> None:
    """The message that was to be replied to is gone from Slack: it is posted anew, and the reply goes under it."""
    if address.to is not To.THREAD:
        return
    row = session.execute(
        update(LivingMessage)
        .where(LivingMessage.id == UUID(address.value), LivingMessage.ts.is_not(None))
        .values(ts=None)
        .returning(*_STANDING)
        .execution_options(synchronize_session=False)
    ).first()
    if row is not None:
        refresh(session, row.subject_id, row.view, row.place)


def _guarded(session: Session, item: Claimed, values: dict[str, Any]) -> bool:
    given = _new(values) | {"which": item.seq, "held": item.token}
    return session.connection().execute(_holding(tuple(values)), given).first() is not None


def _new(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


@lru_cache(maxsize=32)
def _holding(names: tuple[str, ...]) -> Update:
    return (
        update(OutboxItem)
        .where(OutboxItem.seq == bindparam("which"), OutboxItem.lease_token == bindparam("held"))
        .values({name: bindparam(f"new_{name}") for name in names})
        .returning(OutboxItem.seq)
        .execution_options(synchronize_session=False)
    )


@lru_cache(maxsize=16)
def _finishing(names: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    if "posted_at" in values:  # when it was posted first
        values["posted_at"] = func.coalesce(LivingMessage.posted_at, values["posted_at"])
    return (
        update(LivingMessage)
        .where(LivingMessage.id == bindparam("which"))
        .values(values)
        .returning(*_STANDING)
        .execution_options(synchronize_session=False)
    )


def leads_on(session: Session, item: Claimed) -> bool:
    """Whether something live waits behind ``item``, in its lane with its priority."""
    return anything_live(session, item.lane, item.priority)


def next_ready(session: Session) -> datetime | None:
    """When the earliest waiting item may be tried, for the deliverer's alarm."""
    at: datetime | None = session.connection().scalar(_waiting())
    return at


@lru_cache(maxsize=1)
def _waiting() -> Select[*tuple[Any, ...]]:
    return select(func.min(OutboxItem.not_before)).where(live(OutboxItem), OutboxItem.state != "claimed")
