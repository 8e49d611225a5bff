"""What becomes of the lines of a list, whoever caused it: a logged touch, its undo, the rep's clicks.

What must stay true: a logged touch settles the rep's lines about that person on the lists of their newest day, save
what it left owing, and its undo puts them back; a plan that ends or moves takes its lines off everybody's newest list;
a list is finished when no line of it is open, and open again when one is; each change marks the list's message stale.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from bot.db.base import new_id
from bot.db.models import Enrolment, Lead, Task, TouchItem, TouchList
from bot.db.queries.covered import covered_for
from bot.db.rows import put, run
from bot.db.types import Timestamp
from bot.domain.cadence import Step
from bot.domain.notices import Address, Priority, View
from bot.domain.touch_list import ItemKind
from bot.outbox.enqueue import refresh, show

OPEN = ("open", "opened")


def state_is(*states: str) -> ColumnElement[bool]:
    """Whether a line is in one of ``states``; a list would be spelt out anew with every run of a statement."""
    return or_(*(TouchItem.state == state for state in states))


UNSETTLED = state_is(*OPEN, "snoozed")
"""Lines that a touch may settle."""
_NEWEST = select(func.max(TouchList.local_date)).where(TouchList.person_id == bindparam("rep")).scalar_subquery()
_MINE = select(TouchList.id).where(TouchList.person_id == bindparam("rep"), TouchList.local_date == _NEWEST)
_DAY = select(TouchList.local_date).where(TouchList.id == TouchItem.list_id).correlate(TouchItem).scalar_subquery()
_ANSWERS = and_(
    or_(TouchItem.kind == ItemKind.HOT.value, TouchItem.kind == ItemKind.LEAD.value), TouchItem.enrolment_id.is_(None)
)
_STILL_OWED = or_(
    exists().where(Task.id == TouchItem.task_id, Task.done_at.is_(None)),
    exists().where(
        Enrolment.id == TouchItem.enrolment_id,
        Enrolment.ended_at.is_(None),
        Enrolment.next_due_on <= _DAY,
        or_(
            Enrolment.step == TouchItem.kind,
            and_(Enrolment.step == Step.SOCIAL.value, TouchItem.kind == ItemKind.TASK.value),
        ),
    ),
    and_(
        _ANSWERS,
        exists().where(Lead.id == TouchItem.lead_id, Lead.closed_at.is_(None), Lead.first_response_at.is_(None)),
    ),
)
"""What a touch that was not what was due leaves as it is: the promise, the step, the first response."""
_DONE = (
    update(TouchItem)
    .where(
        TouchItem.contact_id == bindparam("contact"),
        UNSETTLED,
        TouchItem.list_id.in_(_MINE),
        ~_STILL_OWED,
    )
    .values(state="done", handled_at=bindparam("at"), touch_id=bindparam("touch"), version=TouchItem.version + 1)
    .returning(TouchItem.list_id)
)
_ASKED = aliased(TouchItem)
_WHO_REPLIED_IS_KNOWN = (
    exists()
    .where(
        _ASKED.list_id == TouchItem.list_id,
        _ASKED.id != TouchItem.id,
        _ASKED.kind == ItemKind.REPLY.value,
        or_(_ASKED.state == "opened", and_(_ASKED.state == "done", _ASKED.touch_id.is_(None))),
    )
    .correlate(TouchItem)
)
_AGAIN = (
    update(TouchItem)
    .where(TouchItem.touch_id == bindparam("touch"))
    .values(
        state=case(
            (TouchItem.snoozed_until.is_not(None), "snoozed"),
            (and_(TouchItem.kind == ItemKind.REPLY.value, _WHO_REPLIED_IS_KNOWN), "opened"),
            else_="open",
        ),
        handled_at=case((TouchItem.snoozed_until.is_not(None), TouchItem.handled_at), else_=None),
        touch_id=None,
        version=TouchItem.version + 1,
    )
    .returning(TouchItem.list_id)
)
_LIST_OF_DAY = (
    select(TouchList.id)
    .where(TouchList.person_id == bindparam("rep"), TouchList.local_date == bindparam("day"))
    .order_by(TouchList.wave.desc())
    .limit(1)
    .with_for_update()
)
_LAST_PLACE = select(func.coalesce(func.max(TouchItem.position), 0)).where(TouchItem.list_id == bindparam("which"))
_NOT_DUE = exists().where(
    Enrolment.id == TouchItem.enrolment_id, or_(Enrolment.ended_at.is_not(None), Enrolment.next_due_on > _DAY)
)


_LISTS_DAY = select(TouchList.local_date).where(TouchList.id == bindparam("which")).scalar_subquery()
_COVERED_FOR = covered_for(bindparam("rep"), _LISTS_DAY)


def _anothers(owner: Any) -> ColumnElement[bool]:
    """Whether work is neither the rep's nor of somebody they cover for on the list's day."""
    return and_(owner != bindparam("rep"), owner.not_in(_COVERED_FOR))


_SETTLED_ELSEWHERE = or_(
    exists().where(Task.id == TouchItem.task_id, Task.done_at.is_not(None)),
    _NOT_DUE,
    exists().where(Enrolment.id == TouchItem.enrolment_id, _anothers(Enrolment.person_id)),
    and_(
        _ANSWERS,
        exists().where(
            Lead.id == TouchItem.lead_id,
            or_(Lead.closed_at.is_not(None), Lead.first_response_at.is_not(None), _anothers(Lead.owner_id)),
        ),
    ),
)
_GONE = (
    update(TouchItem)
    .where(
        TouchItem.list_id == bindparam("which"),
        state_is(*OPEN),
        TouchItem.kind != ItemKind.REPLY.value,
        _SETTLED_ELSEWHERE,
    )
    .values(state="gone", handled_at=bindparam("at"), version=TouchItem.version + 1)
    .returning(TouchItem.id)
)
_HERE, _LATER = aliased(TouchList), aliased(TouchList)
_OF_PLAN = (
    select(TouchItem.id)
    .join(_HERE, _HERE.id == TouchItem.list_id)
    .where(
        TouchItem.enrolment_id == bindparam("plan"),
        TouchItem.kind != ItemKind.REPLY.value,
        _HERE.person_id != bindparam("but", type_=Uuid()),
        ~exists().where(_LATER.person_id == _HERE.person_id, _LATER.local_date > _HERE.local_date),
    )
    .correlate(None)
    # a line that somebody has in hand is theirs to settle: to wait for it here could be to wait for each other
    .with_for_update(of=TouchItem, skip_locked=True)
)
_PLAN_OFF = (
    update(TouchItem)
    .where(TouchItem.id.in_(_OF_PLAN.where(UNSETTLED, _NOT_DUE).scalar_subquery()))
    .values(state="gone", handled_at=bindparam("at"), snoozed_until=None, version=TouchItem.version + 1)
    .returning(TouchItem.list_id)
)
_PLAN_ON = (
    update(TouchItem)
    .where(TouchItem.id.in_(_OF_PLAN.where(TouchItem.state == "gone", ~_NOT_DUE).scalar_subquery()))
    .values(state="open", handled_at=None, version=TouchItem.version + 1)
    .returning(TouchItem.list_id)
)
_NOBODY = UUID(int=0)
_LEFT = exists().where(TouchItem.list_id == TouchList.id, state_is(*OPEN))
_BUMP = (
    update(TouchList)
    .where(TouchList.id == bindparam("which"))
    .values(
        version=TouchList.version + 1,
        finished_at=case((_LEFT, None), else_=func.coalesce(TouchList.finished_at, bindparam("at", type_=Timestamp))),
    )
)


def item_done_by(session: Session, actor_id: UUID, contact_id: UUID, touch_id: UUID, now: datetime) -> None:
    """A touch was logged: the rep's lines about that person are done by it."""
    rows = run(session, _DONE, contact=contact_id, rep=actor_id, at=now, touch=touch_id).all()
    lists_changed(session, {row.list_id for row in rows}, now)


def items_open_again(session: Session, touch_id: UUID, now: datetime) -> None:
    """A touch was taken back: the lines it had settled are open."""
    rows = run(session, _AGAIN, touch=touch_id).all()
    lists_changed(session, {row.list_id for row in rows}, now)


def promise_on_list(
    session: Session,
    rep_id: UUID,
    contact_id: UUID,
    task_id: UUID,
    day: date,
    due_at: datetime,
    causation_id: UUID,
    now: datetime,
) -> None:
    """A callback was promised for ``day``: if that day's list is there already, it gets a line at its end."""
    list_id = run(session, _LIST_OF_DAY, rep=rep_id, day=day).scalar()
    if list_id is None:
        return
    # Read once the list is ours: who held it may have put a line at its end.
    last: int = run(session, _LAST_PLACE, which=list_id).scalar_one()
    put(
        session,
        TouchItem,
        id=new_id(),
        list_id=list_id,
        position=last + 1,
        contact_id=contact_id,
        kind=ItemKind.CALLBACK.value,
        task_id=task_id,
        step="callback",
        why="You promised to get back to them.",
        due_at=due_at,
        state="open",
        causation_id=causation_id,
        version=1,
    )
    list_grew(session, list_id, rep_id, now)


def promise_off_list(session: Session, task_id: UUID, now: datetime) -> None:
    """A promise was taken back: its line goes with it."""
    gone = delete(TouchItem).where(TouchItem.task_id == task_id, TouchItem.causation_id.is_not(None))
    rows = session.execute(gone.returning(TouchItem.list_id).execution_options(synchronize_session=False)).all()
    lists_changed(session, {row.list_id for row in rows}, now)


def drop_settled(session: Session, person_id: UUID, list_id: UUID, now: datetime) -> None:
    """Lines that nothing waits for any more go: the plan ended, the promise is kept, somebody else answered."""
    if run(session, _GONE, which=list_id, rep=person_id, at=now).all():
        lists_changed(session, [list_id], now)


def plan_changed(session: Session, enrolment_id: UUID, now: datetime, but: UUID | None = None) -> None:
    """A plan waits, ended, moved or was taken up again: its lines on the newest lists go or come back.

    ``but``: whose lists are left alone, as they settle the line by what they did.
    """
    given = {"plan": enrolment_id, "but": but or _NOBODY, "at": now}
    rows = [row for what in (_PLAN_OFF, _PLAN_ON) for row in run(session, what, **given)]
    lists_changed(session, {row.list_id for row in rows}, now)


def list_grew(session: Session, list_id: UUID, rep_id: UUID, now: datetime) -> None:
    """A list got a line: see that it has a message, which one that was empty may have been made without."""
    run(session, _BUMP, which=list_id, at=now)
    show(session, View.TOUCH_LIST, str(list_id), Address.person(rep_id), priority=Priority.BULK)


def lists_changed(session: Session, list_ids: Iterable[UUID], now: datetime) -> None:
    """Lines of these lists changed: see whether they are finished, and have their messages shown anew."""
    for list_id in sorted(list_ids):
        run(session, _BUMP, which=list_id, at=now)
        refresh(session, str(list_id), View.TOUCH_LIST.value)
