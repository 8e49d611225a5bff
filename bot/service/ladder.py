"""The ladder of a raised hand that waits (process §2): nudge, next rep, manager; and of a claim that stays idle.

What must stay true: all times count from the alert (those after a claim from the claim) and come from the playbook;
a step of an older round, or of a lead that was claimed, answered or closed meanwhile, does nothing.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.models import Lead
from bot.domain.commands import Due
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.response_clock import LadderStep, claimed_steps, ladder_steps
from bot.domain.routing import Rule
from bot.domain.terms import LeadState
from bot.outbox.enqueue import tell
from bot.service.alerts import Facts, alerted_at, begin_ladder, send_card, tell_managers, tell_under_card
from bot.service.context import playbook
from bot.service.lead_changes import (
    ALERT_LADDER,
    ALERT_MANAGER,
    CLAIMED_LADDER,
    SHIFT_START,
    arm,
    disarm,
    get_lead,
    name_of,
    note_move,
)
from bot.service.routing import choose_next, had_it, load_candidates
from bot.service.turns import give, hold, pass_on

__all__ = ["begin_claimed", "begin_ladder", "step_ladder"]


def step_ladder(session: Session, due: Due, now: datetime) -> None:
    """Carry out one step of the ladder for the lead that is the subject."""
    lead = get_lead(session, UUID(due.subject_id))
    if lead.closed_at is not None or lead.first_response_at is not None:
        return
    if due.job == ALERT_MANAGER:
        _manager(session, lead, now)
        return
    turn, _, step = due.slot.partition(":")
    if due.job == CLAIMED_LADDER:
        if lead.claimed_at is not None and turn == _claim_slot(lead):
            _claimed_step(session, lead, LadderStep(step), now)
    elif lead.state is LeadState.OPEN and turn == str(lead.round):
        _open_step(session, lead, LadderStep(step), now)


def _open_step(session: Session, lead: Lead, step: LadderStep, now: datetime) -> None:
    at = dict(ladder_steps(alerted_at(session, lead) or now, playbook(session)))
    if step is LadderStep.DM_UNSEEN:
        if lead.seen_at is None and lead.owner_id is not None:
            send_card(session, lead, lead.owner_id)
        arm(session, lead.id, [(ALERT_LADDER, f"{lead.round}:{LadderStep.NUDGE}", at[LadderStep.NUDGE])])
    elif step is LadderStep.NUDGE:
        tell_under_card(session, lead, NoticeKind.NUDGE, "nudge", {"owner_id": _text(lead.owner_id)})
        arm(session, lead.id, [(ALERT_LADDER, f"{lead.round}:{LadderStep.NEXT_REP}", at[LadderStep.NEXT_REP])])
    elif step is LadderStep.NEXT_REP:
        pass_on(session, lead, now, "ladder", f"{name_of(session, lead.owner_id)} did not take it in time.")


def _manager(session: Session, lead: Lead, now: datetime) -> None:
    if lead.state is not LeadState.CLAIMED or lead.claimed_at is None:
        tell_managers(session, lead, now)
        return
    # Somebody is at it: the manager hears of it when that claim runs out.
    at = dict(claimed_steps(lead.claimed_at, playbook(session)))[LadderStep.CLAIMED_REOPEN]
    if at <= now:
        tell_managers(session, lead, now)
    else:
        arm(session, lead.id, [(ALERT_MANAGER, f"{LadderStep.MANAGER}:{_claim_slot(lead)}:claimed", at)])


def begin_claimed(session: Session, lead: Lead, now: datetime) -> None:
    """Watch that a claim is followed by a response."""
    disarm(session, lead.id, ALERT_LADDER, SHIFT_START)
    if lead.hot and lead.first_response_at is None:
        at = dict(claimed_steps(now, playbook(session)))[LadderStep.CLAIMED_IDLE]
        arm(session, lead.id, [(CLAIMED_LADDER, f"{_claim_slot(lead)}:{LadderStep.CLAIMED_IDLE}", at)])


def _claim_slot(lead: Lead) -> str:
    assert lead.claimed_at is not None
    return str(int(lead.claimed_at.timestamp() * 1000))


def _claimed_step(session: Session, lead: Lead, step: LadderStep, now: datetime) -> None:
    assert lead.claimed_at is not None
    if step is LadderStep.CLAIMED_REOPEN:
        _reopen_idle(session, lead, now)
        return
    facts: Facts = {"owner_id": _text(lead.claimed_by_id)}
    if not tell_under_card(session, lead, NoticeKind.CLAIM_IDLE, "claim_idle", facts) and lead.claimed_by_id:
        to, key = Address.person(lead.claimed_by_id), f"claim_idle:{lead.id}:{lead.round}"
        tell(session, Notice(NoticeKind.CLAIM_IDLE, to, key, str(lead.id), Priority.HOT, facts))
    at = dict(claimed_steps(lead.claimed_at, playbook(session)))[LadderStep.CLAIMED_REOPEN]
    arm(session, lead.id, [(CLAIMED_LADDER, f"{_claim_slot(lead)}:{LadderStep.CLAIMED_REOPEN}", at)])


def _reopen_idle(session: Session, lead: Lead, now: datetime) -> None:
    because = f"{name_of(session, lead.claimed_by_id)} had claimed it, and nothing followed."
    claimed_by = lead.claimed_by_id
    candidates = load_candidates(session, now, [lead.owner_id])
    passed = had_it(session, lead) | ({claimed_by} if claimed_by else set())
    note_move(session, lead.id, lead.state, LeadState.OPEN, now, reason=because)
    # Whoever had it may have it again rather than nobody; whoever fell silent comes last.
    for passed_over in (passed, {claimed_by} if claimed_by else set(), set()):
        choice = choose_next(candidates, passed_over, because)
        if choice.rule is not Rule.NOBODY_LEFT:
            break
    if choice.person_id is None:
        hold(session, lead, candidates, choice, now)
    else:
        give(session, lead, candidates, choice, now, "claim_idle")


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None
