"""What every service function that changes a lead has in common: load under a lock, change, note the move.

What must stay true: each change counts ``version`` up and marks every card of the lead stale, in one transaction;
each move between states leaves a dated, attributed row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.db.models import DueTime, Lead, LeadMove, Person, PersonRole, TeamMember
from bot.db.queries.led_teams import teams_led_by
from bot.db.rows import put
from bot.domain.commands import Actor
from bot.domain.errors import NotFound
from bot.domain.stages import WORKED_STATES
from bot.domain.terms import LeadState, Role
from bot.outbox.enqueue import refresh
from bot.service import due
from bot.service.enrolment_ends import end_with_lead, move_with_lead

ALERT_LADDER = "alert_ladder"
ALERT_MANAGER = "alert_manager"
CLAIMED_LADDER = "claimed_ladder"
RESPONSE_SLA = "response_sla"
SHIFT_START = "shift_start"
LEAD_JOBS = (ALERT_LADDER, ALERT_MANAGER, CLAIMED_LADDER, RESPONSE_SLA, SHIFT_START)
"""Jobs whose subject is a lead; a lead that was answered or closed has none of them."""


def get_lead(session: Session, lead_id: UUID) -> Lead:
    """A lead, locked until the commit, as it is now. Raises ``NotFound``."""
    lead = session.scalars(
        select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    ).first()
    if lead is None:
        raise NotFound("That lead is not there any more.")
    return lead


def change(session: Session, lead: Lead, **values: Any) -> None:
    """Change ``lead`` in the database and in hand; its version counts up, its cards are stale."""
    values["version"] = lead.version + 1
    session.execute(
        update(Lead).where(Lead.id == lead.id).values(**values).execution_options(synchronize_session=False)
    )
    for name, value in values.items():
        set_committed_value(lead, name, value)
    if lead.first_response_at is not None:  # a lead without a response has no follow-up plan
        _plan_follows(session, lead, values)
    refresh(session, str(lead.id))


def _plan_follows(session: Session, lead: Lead, values: Mapping[str, Any]) -> None:
    """The lead's follow-up plan ends with it, and goes to its new owner (process §2)."""
    if values.get("closed_at") is not None:
        end_with_lead(session, lead.contact_id, lead.id, values["closed_at"])
    elif values.get("owner_id") is not None:
        move_with_lead(session, lead.contact_id, lead.id, values["owner_id"])


def note_move(
    session: Session,
    lead_id: UUID,
    before: LeadState | None,
    after: LeadState,
    now: datetime,
    by_id: UUID | None = None,
    reason: str = "",
    causation_id: UUID | None = None,
) -> None:
    """One line of a lead's history."""
    put(
        session,
        LeadMove,
        lead_id=lead_id,
        from_state=before,
        to_state=after,
        at=now,
        by_id=by_id,
        reason=reason[:255],
        causation_id=causation_id,
    )


def open_since(session: Session, lead: Lead) -> datetime:
    """When the lead was last taken up: its last reopening, else when it came in.

    Who had it and who was told before that says nothing about this time (process §2: every open lead has its ladder).
    """
    again = select(func.max(LeadMove.at)).where(
        LeadMove.lead_id == lead.id,
        LeadMove.from_state.is_not(None),
        LeadMove.from_state.not_in(WORKED_STATES),
        LeadMove.to_state.in_(WORKED_STATES),
    )
    return session.scalar(again) or lead.received_at


DueAt = tuple[str, str, datetime]
"""Job, slot, and when."""


def arm(session: Session, lead_id: UUID, dues: Sequence[DueAt]) -> None:
    """Set several due times (job, slot, when) of one lead in one statement; each replaces its job's."""
    due.fall_due_together(session, [(job, str(lead_id), slot, at) for job, slot, at in dues])


def disarm(session: Session, lead_id: UUID, *jobs: str) -> None:
    """Forget due times of a lead: the named jobs, or all."""
    session.execute(
        delete(DueTime)
        .where(DueTime.subject_id == str(lead_id), DueTime.job.in_(jobs or LEAD_JOBS))
        .execution_options(synchronize_session=False)
    )


def managers_of(session: Session, person_id: UUID | None) -> list[UUID]:
    """The managers of somebody's teams; all managers where there are none, admins where there is none at all."""
    if person_id is not None:
        teams = select(TeamMember.team_id).where(TeamMember.person_id == person_id).scalar_subquery()
        leads_them = (
            select(TeamMember.person_id)
            .outerjoin(PersonRole, (PersonRole.person_id == TeamMember.person_id) & (PersonRole.role == Role.MANAGER))
            .where(
                TeamMember.team_id.in_(teams),
                TeamMember.manages.is_(True) | PersonRole.role.is_not(None),
                TeamMember.person_id != person_id,
            )
        )
        found = _active(session, Person.id.in_(leads_them))
        if found:
            return found
    for role in (Role.MANAGER, Role.ADMIN):
        found = _active(session, exists().where(PersonRole.person_id == Person.id, PersonRole.role == role))
        if found:
            return found
    return []


def _active(session: Session, which: Any) -> list[UUID]:
    return list(session.scalars(select(Person.id).where(which, Person.active.is_(True)).order_by(Person.id)))


def manages(session: Session, actor: Actor, person_id: UUID | None) -> bool:
    """Whether ``actor`` leads somebody's team; a lead without an owner is every manager's."""
    if not actor.has(Role.MANAGER):
        return False
    if person_id is None or person_id == actor.person_id:
        return True
    mine = teams_led_by(actor.person_id)
    theirs = exists().where(TeamMember.person_id == person_id, TeamMember.team_id.in_(mine))
    in_no_team = ~exists().where(TeamMember.person_id == person_id)
    return bool(session.scalar(select(theirs | in_no_team)))


def name_of(session: Session, person_id: UUID | None) -> str:
    """How one of us is called in sentences."""
    return (session.scalar(select(Person.name).where(Person.id == person_id)) if person_id else None) or "Somebody"
