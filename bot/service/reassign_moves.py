"""Work of each kind given to somebody else, piece by piece, with what it takes to give it back.

What must stay true: a piece that is not its giver's any more stays where it is; every change of an owner is kept with
its reason; clocks of leads are untouched; a hot lead that waits is alerted anew, all else is told in a summary.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Enrolment, Task
from bot.db.queries.plan_days import days_of_reps
from bot.db.queries.reassign import Item
from bot.domain.cadence import planned_anew
from bot.domain.commands import Actor, DecideHandoff
from bot.domain.errors import UserError
from bot.domain.opportunities import DealState
from bot.domain.reassigning import Work
from bot.domain.sentences import stop
from bot.outbox.enqueue import refresh
from bot.service.alerts import alert, note_alert
from bot.service.deal_changes import get_deal, note_deal_move
from bot.service.enrolment_courses import columns, plan_of_row, turn_of, write
from bot.service.handoff_ladder import decide_handoff
from bot.service.lead_changes import ALERT_LADDER, CLAIMED_LADDER, SHIFT_START, disarm, get_lead, note_move
from bot.service.reassign_lists import lines_follow
from bot.service.routing import keep_assignment, load_candidates
from bot.service.trail import Trail
from bot.service.turns import take_turn

Record = dict[str, Any]
REASSIGNED = "reassigned"


@dataclass(frozen=True, slots=True)
class Hand:
    """One slice at work. ``names``: of everybody concerned; ``causation_id``: what all of it belongs to."""

    session: Session
    actor: Actor
    names: Mapping[UUID, str]
    reason: str
    causation_id: UUID
    now: datetime
    left: list[str] = field(default_factory=list)
    """Pieces that could not be given, with the reason."""

    def name(self, person_id: UUID | None) -> str:
        """How one of us is called."""
        return self.names.get(person_id, "somebody") if person_id else "nobody"

    def said(self, to_id: UUID) -> str:
        """The reason, as it is kept with a piece."""
        return stop(f"{self.actor.name} gave it to {self.name(to_id)}: {self.reason}")


Given = Sequence[tuple[Item, UUID]]
"""Pieces, each with its new owner."""


def give(hand: Hand, work: Work, given: Given) -> list[Record]:
    """Give pieces of one kind away; a record for each that was given."""
    return _GIVES[work](hand, given)


def _leads(hand: Hand, given: Given) -> list[Record]:
    session, now = hand.session, hand.now
    candidates = load_candidates(session, now, {to_id for _, to_id in given})
    records = []
    for item, to_id in given:
        lead = get_lead(session, item.id)
        if lead.closed_at is not None or lead.owner_id != item.owner_id:
            continue
        state = lead.state
        record: Record = {"id": str(lead.id), "from": _text(lead.owner_id), "to": str(to_id), "state": state.value}
        record |= {"claimed_at": lead.claimed_at.isoformat() if lead.claimed_at else None}
        record |= {"claimed_by": _text(lead.claimed_by_id), "responded": lead.first_response_at is not None}
        reason = hand.said(to_id)
        keep_assignment(session, lead.id, to_id, REASSIGNED, [reason], now, hand.actor.person_id)
        take_turn(session, lead, to_id, [reason], now)
        if lead.hot and lead.first_response_at is None:
            alert(session, lead, now, REASSIGNED, candidates.teams.get(to_id))
        else:
            disarm(session, lead.id, ALERT_LADDER, CLAIMED_LADDER, SHIFT_START)
            note_alert(session, lead, to_id, REASSIGNED, now)
        if lead.state is not state:
            note_move(session, lead.id, state, lead.state, now, hand.actor.person_id, reason, hand.causation_id)
        records.append(record)
    lines_follow(session, "lead_id", _moved(records), now)
    return records


def _plans(hand: Hand, given: Given) -> list[Record]:
    """Plans go on with the new rep, on the new rep's days."""
    session = hand.session
    to = {item.id: to_id for item, to_id in given}
    owners = {item.id: item.owner_id for item, _ in given}
    rows = session.execute(
        select(Enrolment, Contact.country)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Enrolment.id.in_(to), Enrolment.ended_at.is_(None))
        .order_by(Enrolment.id)
        .with_for_update(of=Enrolment)
        .execution_options(populate_existing=True)
    ).all()
    since = min((row.started_on for row, _ in rows), default=hand.now.date())
    reps = days_of_reps(session, {*to.values(), *(row.person_id for row, _ in rows)}, since)
    records = []
    for row, country in rows:
        if row.person_id != owners[row.id]:
            continue
        plan_id, to_id, turn, due_on = row.id, to[row.id], turn_of(row), row.next_due_on
        before = plan_of_row(session, row, country, reps)
        course = before.course
        if due_on is not None and due_on >= hand.now.date():
            course = planned_anew(before.shape, replace(reps[to_id].days, country=country), course)
        record = write(session, row, **{**columns(course, turn), "person_id": to_id})
        records.append({**record, "id": str(plan_id), "to": str(to_id), "from": _text(owners[plan_id])})
    lines_follow(session, "enrolment_id", _moved(records), hand.now)
    return records


def _tasks(hand: Hand, given: Given) -> list[Record]:
    records = _owners(hand, Task, "person_id", given, Task.done_at.is_(None))
    lines_follow(hand.session, "task_id", _moved(records), hand.now)
    return records


def _handoffs(hand: Hand, given: Given) -> list[Record]:
    """As a manager's decision: the call goes along if the new executive is free then, else it stays and is named."""
    records = []
    for item, to_id in given:
        command = DecideHandoff(hand.actor, item.id, to_id, None, hand.reason)
        try:
            with hand.session.begin_nested():
                done = decide_handoff(hand.session, command, hand.now)
        except UserError as error:
            hand.left.append(f"A handoff stays with {hand.name(item.owner_id)}: {error.sentence}")
            continue
        record = {"id": str(done.handoff_id), "old": str(item.id), "from": _text(item.owner_id), "to": str(to_id)}
        records.append(record)
    return records


def _deals(hand: Hand, given: Given) -> list[Record]:
    records = []
    for item, to_id in given:
        deal = get_deal(hand.session, item.id)
        if deal.closed_at is not None or deal.ae_id != item.owner_id:
            continue
        trail = Trail(hand.session)
        trail.change(deal, ae_id=to_id)
        state = DealState(deal.state)
        reason, by_id = hand.said(to_id), hand.actor.person_id
        note_deal_move(hand.session, deal.id, state, state, hand.now, by_id, hand.causation_id, reason)
        if deal.handoff_id is not None:
            refresh(hand.session, str(deal.handoff_id))
        records.append({"id": str(deal.id), "from": _text(item.owner_id), "to": str(to_id), "rows": trail.records})
    return records


def _contacts(hand: Hand, given: Given) -> list[Record]:
    return _owners(hand, Contact, "owner_id", given)


def _accounts(hand: Hand, given: Given) -> list[Record]:
    return _owners(hand, Account, "owner_id", given)


def _owners(hand: Hand, model: Any, column: str, given: Given, *still: Any) -> list[Record]:
    """Set an owner column, one statement for each new and former owner."""
    owner = getattr(model, column)
    pairs: dict[tuple[UUID | None, UUID], list[UUID]] = {}
    for item, to_id in given:
        pairs.setdefault((item.owner_id, to_id), []).append(item.id)
    records: list[Record] = []
    for (from_id, to_id), ids in pairs.items():
        done = hand.session.scalars(
            update(model)
            .where(model.id.in_(ids), owner == from_id if from_id else owner.is_(None), *still)
            .values({column: to_id})
            .returning(model.id)
            .execution_options(synchronize_session=False)
        ).all()
        records += [{"id": str(one), "from": _text(from_id), "to": str(to_id)} for one in done]
    return records


def _moved(records: Sequence[Record]) -> dict[UUID, UUID]:
    return {UUID(record["id"]): UUID(record["to"]) for record in records}


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None


_GIVES: Mapping[Work, Callable[[Hand, Given], list[Record]]] = {
    Work.LEADS: _leads,
    Work.PLANS: _plans,
    Work.TASKS: _tasks,
    Work.HANDOFFS: _handoffs,
    Work.DEALS: _deals,
    Work.CONTACTS: _contacts,
    Work.ACCOUNTS: _accounts,
}
