"""Carrying a reassignment out, slice by slice, and telling everybody once when it is done.

What must stay true: a slice is one transaction of a bounded size, done once, whoever does it; a restart goes on with
the next one; whoever asked hears the result with its counts, each new owner one summary.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.models import AuditEntry
from bot.db.queries.actors import find_actor
from bot.db.queries.reassign import Colleague, colleagues, next_items
from bot.domain.commands import Due
from bot.domain.counting import counted
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.reassigning import CLOSING, NAMED, Work
from bot.outbox.enqueue import refresh, tell
from bot.service.audit import record
from bot.service.due import fall_due
from bot.service.reassign import JOB, scope_of, split_of
from bot.service.reassign_moves import Given, Hand, Record, give

SLICE = "reassign_slice"
_AT_ONCE = {Work.LEADS: 15, Work.HANDOFFS: 10, Work.DEALS: 25, Work.PLANS: 50}
"""Pieces in one transaction; what is one statement for many goes 200 at a time."""
_OTHERS_AT_ONCE = 200
MOST_LEFT = 20
"""How many pieces that stayed are named."""


def step_reassign(session: Session, due: Due, now: datetime) -> None:
    """The next slice of a reassignment; after the last one everybody is told."""
    entry = session.get(AuditEntry, UUID(due.subject_id), with_for_update=True, populate_existing=True)
    if entry is None or entry.detail.get("finished_at"):
        return
    detail: dict[str, Any] = dict(entry.detail)
    actor = find_actor(session, person_id=entry.actor_id) if entry.actor_id else None
    place, after = detail["cursor"]
    if actor is None or place >= len(detail["works"]):
        _finish(session, entry, detail, now)
        return
    work = Work(detail["works"][place])
    most = _AT_ONCE.get(work, _OTHERS_AT_ONCE)
    items = next_items(session, work, scope_of(detail["scope"]), UUID(after) if after else None, most)
    if items:
        split = split_of(detail["splits"]["closing" if work in CLOSING else "any"])
        given = [(item, split.target(item.group)) for item in items]
        people = colleagues(session, [*(item.owner_id for item, _ in given), *split.targets])
        names = {one.id: one.name for one in people.values()}
        hand = Hand(session, actor, names, detail["reason"], entry.id, now)
        records = give(hand, work, _to_those_here(hand, work, given, people))
        _count(detail, work, records, hand.left)
        where = {"work": work.value, "reason": detail["reason"], "by": actor.name}
        record(session, SLICE, actor, now, str(entry.id), where, {"records": records}, entry.id)
    full = len(items) == most
    detail["cursor"] = [place, str(items[-1].id)] if full else [place + 1, None]
    entry.detail = detail
    session.flush()
    fall_due(session, JOB, due.subject_id, str(int(due.slot) + 1), now)


def _to_those_here(hand: Hand, work: Work, given: Given, people: Mapping[UUID, Colleague]) -> Given:
    """Without what would go to somebody who left since it was asked for; that stays and is named."""
    here = [one for one in given if people[one[1]].active]
    gone = Counter((item.owner_id, to_id) for item, to_id in given if not people[to_id].active)
    for (from_id, to_id), count in gone.items():
        stays = f"{counted(count, *NAMED[work])} {'stays' if count == 1 else 'stay'} with {hand.name(from_id)}"
        hand.left.append(f"{stays}: {hand.name(to_id)} is not on the team any more.")
    return here


def _count(detail: dict[str, Any], work: Work, records: list[Record], left: list[str]) -> None:
    detail["given"] = {**detail["given"], work.value: detail["given"].get(work.value, 0) + len(records)}
    for name, column in (("shares", "to"), ("from", "from")):
        shares: dict[str, dict[str, int]] = {key: dict(counts) for key, counts in detail[name].items()}
        for person_id, count in Counter(one[column] for one in records if one[column]).items():
            mine = shares.setdefault(person_id, {})
            mine[work.value] = mine.get(work.value, 0) + count
        detail[name] = shares
    detail["left"] = [*detail["left"], *left]


def _finish(session: Session, entry: AuditEntry, detail: dict[str, Any], now: datetime) -> None:
    """Everybody is told once; the undo counts from here."""
    detail["finished_at"] = now.isoformat()
    left = len(detail["left"])
    detail["left"], detail["left_in_all"] = detail["left"][:MOST_LEFT], left
    entry.detail = detail
    session.flush()
    concerned = {**dict.fromkeys(detail["from"]), **dict.fromkeys(detail["shares"])}
    here = colleagues(session, [UUID(one) for one in concerned])
    reachable = [str(one.id) for one in here.values() if one.active and one.in_slack]
    for person_id in concerned:
        refresh(session, person_id)
        if person_id in reachable and person_id != str(entry.actor_id):
            _tell(session, NoticeKind.REASSIGNED_SHARE, entry, person_id)
    if entry.actor_id is not None:
        _tell(session, NoticeKind.REASSIGNED, entry, str(entry.actor_id))


def _tell(session: Session, kind: NoticeKind, entry: AuditEntry, person_id: str) -> None:
    to = Address.person(UUID(person_id))
    key = f"{kind.value}:{entry.id}:{person_id}"
    tell(session, Notice(kind, to, key, str(entry.id), Priority.PERSON, {"to_id": person_id}))
