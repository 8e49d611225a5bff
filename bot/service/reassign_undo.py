"""Taking a reassignment back while nobody acted on it (design, rules).

What must stay true: refused, with the name of what was acted on, before anything changes; then everything that is
still its new owner's goes back, slice by slice, in the order turned round; clocks and history stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.models import Account, AuditEntry, Contact, Enrolment, Handoff, Lead, Person, Task
from bot.db.queries.actors import find_actor
from bot.domain.commands import Actor, DecideHandoff, Due, Undo
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.handoff_stages import WAITING
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.reassigning import Work
from bot.domain.terms import LeadState, Role
from bot.outbox.enqueue import refresh, tell
from bot.service.alerts import alert, note_alert
from bot.service.audit import record
from bot.service.context import playbook
from bot.service.deal_changes import get_deal
from bot.service.due import fall_due
from bot.service.enrolment_courses import moved_on, put_back
from bot.service.handoff_ladder import decide_handoff
from bot.service.ladder import begin_claimed
from bot.service.lead_changes import (
    ALERT_LADDER,
    CLAIMED_LADDER,
    SHIFT_START,
    change,
    disarm,
    get_lead,
    name_of,
    note_move,
)
from bot.service.reassign import COMMAND, may_reassign
from bot.service.reassign_job import SLICE
from bot.service.reassign_lists import lines_follow
from bot.service.routing import keep_assignment, load_candidates
from bot.service.trail import take_back
from bot.service.turns import take_turn

JOB = "reassign_undo"
TAKEN_BACK = "reassignment taken back"
_ACTED_ON = "Some of it was acted on since, so it cannot be taken back as a whole: {}. You can give single ones back."
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Back:
    session: Session
    actor: Actor
    now: datetime
    causation_id: UUID


def undo_reassign(session: Session, command: Undo, now: datetime) -> str:
    """Have a reassignment taken back; a sentence that says so.

    Raises ``Gone`` when its time is over or somebody acted on it, ``NotAllowed`` for others', ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.command != COMMAND or not entry.detail.get("finished_at"):
        raise NotFound("There is nothing to take back here.")
    may_reassign(command.actor)
    if entry.actor_id != command.actor.person_id and not command.actor.has(Role.ADMIN):
        raise NotAllowed("Only the one who did it, or an admin, can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    limit = playbook(session).touches.undo_for
    if now - datetime.fromisoformat(entry.detail["finished_at"]) > limit:
        raise Gone(f"Undo works for {counted(int(limit.total_seconds() // 60), 'minute')}. Give it back the same way.")
    for piece in _slices(session, entry.id):
        acted = _ACTED[Work(piece.detail["work"])](session, (piece.undo or {})["records"])
        if acted:
            raise Gone(_ACTED_ON.format(acted))
    entry.undone_at = now
    record(session, "undo", command.actor, now, str(entry.id), causation_id=entry.id)
    fall_due(session, JOB, str(entry.id), f"{command.actor.person_id}:0", now)
    return "I am taking it back, and tell you when it is done."


def _slices(session: Session, job_id: UUID) -> list[AuditEntry]:
    """What the slices did, last first; those not taken back yet."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.causation_id == job_id, AuditEntry.command == SLICE, AuditEntry.undone_at.is_(None))
        .order_by(AuditEntry.id.desc())
    )
    return list(session.scalars(statement))


def step_undo(session: Session, due: Due, now: datetime) -> None:
    """Take the next slice back; after the last one whoever asked is told."""
    job_id = UUID(due.subject_id)
    asked_by, _, turn = due.slot.partition(":")
    actor, pieces = find_actor(session, person_id=UUID(asked_by)), _slices(session, job_id)
    entry = session.get_one(AuditEntry, job_id, with_for_update=True, populate_existing=True)
    if not pieces or actor is None:
        _told(session, entry, UUID(asked_by))
        return
    piece = pieces[0]
    back = _Back(session, actor, now, job_id)
    records: list[Record] = (piece.undo or {})["records"]
    done = sum(_BACK[Work(piece.detail["work"])](back, one) for one in records)
    piece.undone_at = now
    entry.detail = {**entry.detail, "taken_back": entry.detail.get("taken_back", 0) + done}
    session.flush()
    fall_due(session, JOB, due.subject_id, f"{asked_by}:{int(turn) + 1}", now)


def _told(session: Session, entry: AuditEntry, asked_by: UUID) -> None:
    concerned = {**dict.fromkeys(entry.detail["from"]), **dict.fromkeys(entry.detail["shares"]), str(asked_by): None}
    statement = select(Person.id).where(Person.id.in_([UUID(one) for one in concerned]), Person.active.is_(True))
    for person_id in session.scalars(statement.where(Person.slack_user_id.is_not(None))):
        refresh(session, str(person_id))
        key = f"{NoticeKind.REASSIGN_UNDONE.value}:{entry.id}:{person_id}"
        to = Address.person(person_id)
        tell(session, Notice(NoticeKind.REASSIGN_UNDONE, to, key, str(entry.id), Priority.PERSON))


# --- whether somebody acted on it -----------------------------------------------------------------------------------


def _acted_leads(session: Session, records: list[Record]) -> str | None:
    answered = {UUID(one["id"]) for one in records if one["responded"]}
    ids = [UUID(one["id"]) for one in records]
    rows = session.execute(
        select(Lead.id, Lead.claimed_by_id, Lead.first_response_by_id, Lead.closed_at).where(
            Lead.id.in_(ids),
            or_(Lead.claimed_at.is_not(None), Lead.first_response_at.is_not(None), Lead.closed_at.is_not(None)),
        )
    )
    for row in rows:
        if row.closed_at is not None:
            return "a lead was closed"
        if row.claimed_by_id is not None:
            return f"{name_of(session, row.claimed_by_id)} claimed a lead"
        if row.id not in answered:
            return f"{name_of(session, row.first_response_by_id)} answered a lead"
    return None


def _acted_plans(session: Session, records: list[Record]) -> str | None:
    versions = {UUID(one["enrolment"]): one["version"] for one in records}
    rows = session.execute(select(Enrolment.id, Enrolment.version).where(Enrolment.id.in_(versions)))
    moved = sum(row.version != versions[row.id] for row in rows)
    return f"{counted(moved, 'plan has', 'plans have')} moved on" if moved else None


def _acted_tasks(session: Session, records: list[Record]) -> str | None:
    ids = [UUID(one["id"]) for one in records]
    done = session.scalar(select(func.count()).select_from(Task).where(Task.id.in_(ids), Task.done_at.is_not(None)))
    return f"{counted(done, 'task is', 'tasks are')} done" if done else None


def _acted_handoffs(session: Session, records: list[Record]) -> str | None:
    ids = [UUID(one["id"]) for one in records]
    answered = session.scalars(select(Handoff.ae_id).where(Handoff.id.in_(ids), Handoff.state != WAITING)).first()
    return f"{name_of(session, answered)} answered a handoff" if answered else None


def _acted_deals(session: Session, records: list[Record]) -> str | None:
    changed = sum(get_deal(session, UUID(one["id"])).version != one["rows"][0]["became"]["version"] for one in records)
    return f"{counted(changed, 'deal was', 'deals were')} changed" if changed else None


def _nothing(_session: Session, _records: list[Record]) -> str | None:
    """Owning somebody is no act."""
    return None


_ACTED: Mapping[Work, Callable[[Session, list[Record]], str | None]] = {
    Work.LEADS: _acted_leads,
    Work.PLANS: _acted_plans,
    Work.TASKS: _acted_tasks,
    Work.HANDOFFS: _acted_handoffs,
    Work.DEALS: _acted_deals,
    Work.CONTACTS: _nothing,
    Work.ACCOUNTS: _nothing,
}


# --- giving it back ---------------------------------------------------------------------------------------------------


def _lead_back(back: _Back, one: Record) -> bool:
    """The lead is its former owner's again, claimed if it was; a hot one that waits is alerted anew."""
    session, now = back.session, back.now
    lead = get_lead(session, UUID(one["id"]))
    if lead.closed_at is not None or str(lead.owner_id) != one["to"] or one["from"] is None:
        return False
    owner_id, reason, before = UUID(one["from"]), f"{back.actor.name} took the reassignment back.", lead.state
    keep_assignment(session, lead.id, owner_id, "taken_back", [reason], now, back.actor.person_id)
    take_turn(session, lead, owner_id, [reason], now)
    if lead.hot and lead.first_response_at is None and not one["claimed_at"]:
        alert(session, lead, now, "taken_back", load_candidates(session, now, [owner_id]).teams.get(owner_id))
    else:
        disarm(session, lead.id, ALERT_LADDER, CLAIMED_LADDER, SHIFT_START)
        note_alert(session, lead, owner_id, "taken_back", now)
    if one["claimed_at"]:
        at, claimed_by = datetime.fromisoformat(one["claimed_at"]), UUID(one["claimed_by"])
        change(session, lead, state=LeadState(one["state"]), claimed_at=at, claimed_by_id=claimed_by)
        begin_claimed(session, lead, now)
    if lead.state is not before:
        note_move(session, lead.id, before, lead.state, now, back.actor.person_id, TAKEN_BACK, back.causation_id)
    lines_follow(session, "lead_id", {lead.id: owner_id}, now)
    return True


def _plan_back(back: _Back, one: Record) -> bool:
    if moved_on(back.session, one) is not None:
        return False
    put_back(back.session, one)
    lines_follow(back.session, "enrolment_id", {UUID(one["id"]): UUID(one["from"])}, back.now)
    return True


def _task_back(back: _Back, one: Record) -> bool:
    done = _owner_back(back, one, Task, "person_id")
    if done:
        lines_follow(back.session, "task_id", {UUID(one["id"]): UUID(one["from"])}, back.now)
    return done


def _handoff_back(back: _Back, one: Record) -> bool:
    """A decision the other way round; it stays where the former executive cannot take it."""
    handoff = back.session.get(Handoff, UUID(one["id"]))
    if handoff is None or handoff.state != WAITING or str(handoff.ae_id) != one["to"]:
        return False
    command = DecideHandoff(back.actor, handoff.id, UUID(one["from"]), None, TAKEN_BACK)
    try:
        with back.session.begin_nested():
            decide_handoff(back.session, command, back.now)
    except UserError:
        return False
    return True


def _deal_back(back: _Back, one: Record) -> bool:
    try:
        take_back(back.session, one["rows"], lambda row, _became: refresh(back.session, str(row.id)))  # type: ignore[attr-defined]
    except Gone:
        return False
    return True


def _owner_back(back: _Back, one: Record, model: Any, column: str) -> bool:
    owner = getattr(model, column)
    former = UUID(one["from"]) if one["from"] else None
    done = back.session.scalar(
        update(model)
        .where(model.id == UUID(one["id"]), owner == UUID(one["to"]))
        .values({column: former})
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return done is not None


_BACK: Mapping[Work, Callable[[_Back, Record], bool]] = {
    Work.LEADS: _lead_back,
    Work.PLANS: _plan_back,
    Work.TASKS: _task_back,
    Work.HANDOFFS: _handoff_back,
    Work.DEALS: _deal_back,
    Work.CONTACTS: lambda back, one: _owner_back(back, one, Contact, "owner_id"),
    Work.ACCOUNTS: lambda back, one: _owner_back(back, one, Account, "owner_id"),
}
