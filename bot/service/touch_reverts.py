"""Taking back what a touch caused, effect by effect.

What must stay true: an effect is reverted only while nobody acted on it (``obstacle`` says who did what); reverting
leaves the history readable: moves and points are answered by new rows, never removed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.models import (
    Consent,
    Contact,
    Handoff,
    Lead,
    LeadMove,
    Meeting,
    Person,
    Suppression,
    Task,
    Touch,
)
from bot.domain.commands import Actor
from bot.domain.terms import LeadState
from bot.service.due import fall_due, forget_due
from bot.service.enrolment_courses import BEGUN, MOVED, moved_on, put_back, take_away
from bot.service.lead_changes import arm, change, get_lead, note_move
from bot.service.stored import packed, restored
from bot.service.touch_effects import CALLBACK, add_points
from bot.service.touch_list_state import plan_changed, promise_off_list

Effect = dict[str, Any]

TAKEN_BACK = "the touch was taken back"


def obstacle(session: Session, effect: Effect) -> str | None:
    """Why an effect cannot be reverted any more: a sentence that says who acted on it; None if it can."""
    ask = _OBSTACLES.get(effect["kind"])
    return ask(session, effect) if ask else None


def revert(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    """Revert one effect that has no obstacle."""
    _REVERTS[effect["kind"]](session, effect, actor, now)


def _lead_moved_on(session: Session, effect: Effect) -> str | None:
    lead = session.get(Lead, UUID(effect["lead"]), with_for_update=True, populate_existing=True)
    if lead is None:
        return None
    became = effect["became"] if effect["kind"] == "response" else {"state": effect["became"]}
    if packed(lead.state) in _after(effect) and _same_people(lead, became):
        return _handed_over(session, lead)
    who = session.scalar(
        select(Person.name)
        .join(LeadMove, LeadMove.by_id == Person.id)
        .where(LeadMove.lead_id == lead.id)
        .order_by(LeadMove.id.desc())
        .limit(1)
    )
    return f"{who or 'Somebody'} has taken the lead on since; it is {lead.state.value.replace('_', ' ')} now."


def _after(effect: Effect) -> set[str]:
    """States the lead may be in: as the effect left it, or ended by another effect of the same touch."""
    if effect["kind"] == "lead_ended":
        return {effect["became"]}
    return {effect["became"]["state"], effect.get("ended", effect["became"]["state"])}


def _same_people(lead: Lead, became: dict[str, Any]) -> bool:
    names = ("owner_id", "claimed_by_id", "first_response_by_id")
    return all(packed(getattr(lead, name)) == became[name] for name in names if name in became)


def _handed_over(session: Session, lead: Lead) -> str | None:
    handed = session.scalar(select(Handoff.id).where(Handoff.lead_id == lead.id, Handoff.ended_at.is_(None)))
    if handed is not None:
        return "The lead has been handed over since."
    newer = session.scalar(select(Lead.id).where(Lead.contact_id == lead.contact_id, Lead.closed_at.is_(None)))
    if lead.closed_at is not None and newer is not None:
        return "They have raised a hand again since, and that lead is open."
    return None


def _task_was_done(session: Session, effect: Effect) -> str | None:
    done = session.execute(
        select(Task.done_at, Person.name)
        .join(Person, Person.id == Task.person_id)
        .where(Task.id == UUID(effect["task"]), Task.done_at.is_not(None))
    ).first()
    return f"{done.name} has done the task that came of it." if done else None


def _meeting_changed(session: Session, effect: Effect) -> str | None:
    row = session.execute(select(Meeting.state, Meeting.sequence).where(Meeting.id == UUID(effect["meeting"]))).first()
    expected = (effect.get("state", "booked"), effect.get("sequence", 0))
    return "The meeting has been changed since." if row is not None and tuple(row) != expected else None


def _contact_in_use(session: Session, effect: Effect) -> str | None:
    contact_id = UUID(effect["contact"])
    touched = session.scalar(select(Touch.id).where(Touch.contact_id == contact_id, Touch.undone_at.is_(None)).limit(1))
    raised = session.scalar(select(Lead.id).where(Lead.contact_id == contact_id).limit(1))
    return "Somebody has been in touch with the person they named." if touched or raised else None


def _plan_moved_on(session: Session, effect: Effect) -> str | None:
    return moved_on(session, effect)


def _number_known_again(session: Session, effect: Effect) -> str | None:
    phone = session.scalar(select(Contact.phone).where(Contact.id == UUID(effect["contact"])))
    return "Their card has another number since." if phone is not None else None


def _take_back_response(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    was, became = effect["was"], effect["became"]
    changed = {name: value for name, value in was.items() if became[name] != value}
    _move_lead(session, effect, restored(changed), actor, now)


def _reopen_lead(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    values = {"state": LeadState(effect["was"]), "closed_at": None, "close_reason": None}
    _move_lead(session, effect, values, actor, now)


def _move_lead(session: Session, effect: Effect, values: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Put a lead back, with a line in its history, and its due times as they were."""
    lead = get_lead(session, UUID(effect["lead"]))
    before, after = lead.state, values.get("state", lead.state)
    change(session, lead, **values)
    if after != before:
        note_move(session, lead.id, before, after, now, actor.person_id, TAKEN_BACK)
    arm(session, lead.id, [(job, slot, datetime.fromisoformat(due_at)) for job, slot, due_at in effect["dues"]])


def _drop_task(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    forget_due(session, CALLBACK, effect["task"])
    promise_off_list(session, UUID(effect["task"]), now)
    session.execute(delete(Task).where(Task.id == UUID(effect["task"])))


def _task_again(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    session.execute(update(Task).where(Task.id == UUID(effect["task"])).values(done_at=None))
    due_at = datetime.fromisoformat(effect["due_at"])
    if effect["job"] and due_at > now:
        fall_due(session, CALLBACK, effect["task"], due_at.isoformat(), due_at)


def _lift_suppression(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    session.execute(delete(Suppression).where(Suppression.id == UUID(effect["suppression"])))


def _consents_again(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    which = [UUID(one) for one in effect["consents"]]
    session.execute(update(Consent).where(Consent.id.in_(which)).values(withdrawn_at=None))


def _number_again(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    session.execute(update(Contact).where(Contact.id == UUID(effect["contact"])).values(phone=effect["was"]))


def _plan_as_before(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    put_back(session, effect)
    plan_changed(session, UUID(effect["enrolment"]), now, but=actor.person_id)


def _plan_taken_away(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    take_away(session, effect, now)


def _forget_contact(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    session.execute(delete(Contact).where(Contact.id == UUID(effect["contact"])))


def _cancel_meeting(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    session.execute(update(Meeting).where(Meeting.id == UUID(effect["meeting"])).values(state="taken_back"))


def _meeting_as_before(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    was = effect["was"]
    starts, ends = datetime.fromisoformat(was["starts_at"]), datetime.fromisoformat(was["ends_at"])
    session.execute(
        update(Meeting)
        .where(Meeting.id == UUID(effect["meeting"]))
        .values(state=was["state"], starts_at=starts, ends_at=ends, sequence=Meeting.sequence + 1)
    )


def _points_back(session: Session, effect: Effect, actor: Actor, now: datetime) -> None:
    add_points(session, UUID(effect["contact"]), None, -int(effect["points"]), TAKEN_BACK, now)


_OBSTACLES: dict[str, Callable[[Session, Effect], str | None]] = {
    "response": _lead_moved_on,
    "lead_ended": _lead_moved_on,
    "task": _task_was_done,
    "meeting": _meeting_changed,
    "meeting_changed": _meeting_changed,
    "contact_made": _contact_in_use,
    MOVED: _plan_moved_on,
    BEGUN: _plan_moved_on,
    "phone": _number_known_again,
}

_REVERTS: dict[str, Callable[[Session, Effect, Actor, datetime], None]] = {
    "response": _take_back_response,
    "lead_ended": _reopen_lead,
    "task": _drop_task,
    "task_done": _task_again,
    "suppression": _lift_suppression,
    "consents_withdrawn": _consents_again,
    "phone": _number_again,
    MOVED: _plan_as_before,
    BEGUN: _plan_taken_away,
    "contact_made": _forget_contact,
    "meeting": _cancel_meeting,
    "meeting_changed": _meeting_as_before,
    "points": _points_back,
}
