"""A second event of somebody whose lead is open: it joins that lead (process §1).

What must stay true: no clock is reset and no step put off by it; a hot one is told again, as a new post.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import DueTime, Lead
from bot.domain.commands import RaiseHand
from bot.domain.response_clock import is_hot, response_due
from bot.domain.terms import LeadState
from bot.service.alerts import AGAIN_CAUSE, begin_ladder, note_alert, post_card
from bot.service.asked_again import join_handoff
from bot.service.contact_text import clean_lines
from bot.service.context import playbook
from bot.service.lead_changes import ALERT_LADDER, RESPONSE_SLA, arm, change, get_lead
from bot.service.routing import load_candidates
from bot.service.sla import BREACH
from bot.service.turns import wait_for_shift


def join(
    session: Session, lead_id: UUID, command: RaiseHand, raised_at: datetime, now: datetime, *, quiet: bool = False
) -> str:
    """Join an event to the lead somebody has, open or handed over; what was done, as a sentence."""
    lead = get_lead(session, lead_id)
    if lead.state is LeadState.HANDED_OFF:
        return join_handoff(session, lead, command, quiet, now)
    values: dict[str, Any] = {}
    if not lead.message:
        values["message"] = clean_lines(command.message)
    if not is_hot(command.intent, playbook(session)):
        change(session, lead, **values)
        return "Joined the lead that is open."
    if not lead.hot:
        return _turn_hot(session, lead, values | {"intent": command.intent}, raised_at, now)
    if lead.shift_held:
        change(session, lead, **values)
        return "Joined the lead that waits for the next shift."
    change(session, lead, round=lead.round + 1, seen_at=None, **values)
    note_alert(session, lead, lead.owner_id, AGAIN_CAUSE, now)
    post_card(session, lead, _team(session, lead, now))
    _keep_ladder(session, lead)
    return "Joined the lead that is open, and told its owner again."


def _team(session: Session, lead: Lead, now: datetime) -> UUID | None:
    return load_candidates(session, now, [lead.owner_id]).teams.get(lead.owner_id) if lead.owner_id else None


def _keep_ladder(session: Session, lead: Lead) -> None:
    """Let the step that waits go on at its time, for the new round."""
    step = session.execute(
        select(DueTime.slot, DueTime.due_at).where(DueTime.job == ALERT_LADDER, DueTime.subject_id == str(lead.id))
    ).first()
    if step is not None:
        arm(session, lead.id, [(ALERT_LADDER, f"{lead.round}:{step.slot.partition(':')[2]}", step.due_at)])


def _turn_hot(session: Session, lead: Lead, values: dict[str, Any], raised_at: datetime, now: datetime) -> str:
    """A lead that could wait now asks for somebody at once; its due time only comes nearer."""
    candidates = load_candidates(session, now, [lead.owner_id])
    due = response_due(raised_at, True, candidates.answering(lead.owner_id), playbook(session)).due_at
    if lead.response_due_at is not None:
        due = min(due, lead.response_due_at)
    unanswered = lead.first_response_at is None
    change(session, lead, hot=True, response_due_at=due if unanswered else lead.response_due_at, **values)
    if unanswered and lead.breached_at is None:
        arm(session, lead.id, [(RESPONSE_SLA, BREACH, due)])
    if lead.shift_held or lead.owner_id is None:
        wait_for_shift(session, lead, candidates, now)
        return "Joined the lead that waits for the next shift; it is hot now."
    change(session, lead, round=lead.round + 1, seen_at=None)
    team_id = candidates.teams.get(lead.owner_id)
    if lead.state is LeadState.OPEN:
        begin_ladder(session, lead, now, "turned_hot", team_id)
    else:
        note_alert(session, lead, lead.owner_id, AGAIN_CAUSE, now)
        post_card(session, lead, team_id)
    return "Joined the lead that is open; it is hot now."
