"""A lead that was handed off goes back to its rep, or ends as an opportunity, so that either can be taken back (§7).

What must stay true: the lead is open again for the rep who handed it off; after the call, with a task on their list
that says why.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Handoff, Lead, Person, Task
from bot.domain.stages import check_move
from bot.domain.terms import LeadState
from bot.service.handoff_leads import give_back
from bot.service.lead_changes import change, get_lead, note_move
from bot.service.trail import Trail, plain

RETURNED = "returned"
"""The kind of the rep's task."""
_LEAD = (
    "state",
    "closed_at",
    "close_reason",
    "owner_id",
    "owner_reason",
    "owned_at",
    "claimed_at",
    "claimed_by_id",
    "version",
)
"""Columns of a lead that its return changes."""


def lead_given_back(
    trail: Trail, handoff: Handoff, reason: str, now: datetime, by_id: UUID | None, causation_id: UUID
) -> bool:
    """Open the handed-off lead again for its rep; False where they have another open one by now."""
    lead = get_lead(trail.session, handoff.lead_id)
    was = _plain(lead)
    is_open = give_back(trail.session, handoff, by_id, now, reason, causation_id)
    if lead.version != was["version"]:
        trail.note(lead, was)
    return is_open


def lead_back(
    trail: Trail, handoff: Handoff, reason: str, now: datetime, by_id: UUID | None, causation_id: UUID
) -> bool:
    """The same, with a task on the rep's list that says why."""
    session = trail.session
    is_open = lead_given_back(trail, handoff, reason, now, by_id, causation_id)
    if is_open and _is_here(session, handoff.rep_id):
        trail.made(
            Task(
                person_id=handoff.rep_id,
                contact_id=handoff.contact_id,
                lead_id=handoff.lead_id,
                kind=RETURNED,
                due_at=now,
                text=reason,
                causation_id=causation_id,
            ),
            "done_at",
        )
    return is_open


def lead_qualified(trail: Trail, lead_id: UUID, now: datetime, by_id: UUID, causation_id: UUID) -> None:
    """The lead became an opportunity: it ends here."""
    lead = get_lead(trail.session, lead_id)
    if lead.state is not LeadState.HANDED_OFF:
        return
    was, reason = _plain(lead), "became an opportunity"
    check_move(lead.state, LeadState.CLOSED, reason)
    change(trail.session, lead, state=LeadState.CLOSED, closed_at=now, close_reason=reason)
    trail.note(lead, was)
    note_move(trail.session, lead.id, LeadState.HANDED_OFF, LeadState.CLOSED, now, by_id, reason, causation_id)


def _plain(lead: Lead) -> dict[str, object]:
    return {name: plain(getattr(lead, name)) for name in _LEAD}


def _is_here(session: Session, person_id: UUID) -> bool:
    return bool(session.scalar(select(Person.active).where(Person.id == person_id)))
