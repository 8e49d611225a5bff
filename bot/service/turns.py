"""Whose turn a lead is: giving it, passing it on, keeping it for the next shift (process §2).

What must stay true: every turn is stored with its reasons; a new turn is a new round; while nobody is on shift a
lead is held, and only people who opted in are paged.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Lead
from bot.domain.commands import Due
from bot.domain.routing import Choice, Rule
from bot.domain.terms import LeadState
from bot.service.alerts import ON_CALL_CAUSE, alert, note_alert, send_card, tell_managers
from bot.service.context import playbook
from bot.service.lead_changes import (
    ALERT_LADDER,
    ALERT_MANAGER,
    CLAIMED_LADDER,
    SHIFT_START,
    arm,
    change,
    disarm,
    get_lead,
)
from bot.service.routing import (
    Candidates,
    choose,
    choose_next,
    had_it,
    load_candidates,
    next_shift,
    standing_of,
    store_assignment,
)

GIVEN_BACK = "given_back"
_UNWANTED = ("declined", GIVEN_BACK)
"""Causes after which a lead does not stay with the one who had it."""


def give(
    session: Session,
    lead: Lead,
    candidates: Candidates,
    choice: Choice,
    now: datetime,
    cause: str,
    by_id: UUID | None = None,
) -> None:
    """Give the lead to somebody: a new turn, a new round, a new post."""
    assert choice.person_id is not None
    store_assignment(session, lead.id, choice, now, by_id)
    team_id = candidates.teams.get(choice.person_id)
    hand_over(session, lead, choice.person_id, choice.reason, team_id, now, cause)


def hand_over(
    session: Session,
    lead: Lead,
    owner_id: UUID,
    reason: Sequence[str],
    team_id: UUID | None,
    now: datetime,
    cause: str,
) -> None:
    """A new turn in the lead itself, with its alert; the assignment is stored by the caller."""
    take_turn(session, lead, owner_id, reason, now)
    alert(session, lead, now, cause, team_id)


def take_turn(session: Session, lead: Lead, owner_id: UUID, reason: Sequence[str], now: datetime) -> None:
    """The lead is somebody else's, in a new round; nobody is told yet."""
    change(
        session,
        lead,
        state=LeadState.RESPONDED if lead.first_response_at else LeadState.OPEN,
        owner_id=owner_id,
        owner_reason=list(reason),
        owned_at=now,
        round=lead.round + 1,
        seen_at=None,
        claimed_at=None,
        claimed_by_id=None,
        shift_held=False,
    )


def pass_on(session: Session, lead: Lead, now: datetime, cause: str, because: str, by_id: UUID | None = None) -> Choice:
    """Give a lead to the next MRR on shift, as a new post. Nobody on shift: it is held for the next one.

    Everybody had it already: on the ladder it stays where it is; after a "can't take it" or when it was given back the
    managers are told.
    """
    candidates = load_candidates(session, now, [lead.owner_id])
    choice = choose_next(candidates, had_it(session, lead), because)
    if choice.person_id is not None:
        give(session, lead, candidates, choice, now, cause, by_id)
    elif choice.rule is Rule.NOBODY_ON_SHIFT:
        hold(session, lead, candidates, choice, now)
    elif cause in _UNWANTED:
        before = lead.owner_id
        _leave(session, lead, choice, now, by_id)
        disarm(session, lead.id, ALERT_LADDER, CLAIMED_LADDER)
        tell_managers(session, lead, now, before)
    return choice


def _leave(session: Session, lead: Lead, choice: Choice, now: datetime, by_id: UUID | None, held: bool = False) -> None:
    store_assignment(session, lead.id, choice, now, by_id)
    change(
        session,
        lead,
        state=LeadState.RESPONDED if lead.first_response_at else LeadState.OPEN,
        owner_id=None,
        owner_reason=list(choice.reason),
        claimed_at=None,
        claimed_by_id=None,
        shift_held=held,
    )


def hold(session: Session, lead: Lead, candidates: Candidates, choice: Choice, now: datetime) -> None:
    """Keep a lead for the next shift, as its first item; page who opted in (process §2)."""
    _leave(session, lead, choice, now, None, held=True)
    disarm(session, lead.id, ALERT_LADDER, ALERT_MANAGER, CLAIMED_LADDER)
    wait_for_shift(session, lead, candidates, now)


def wait_for_shift(session: Session, lead: Lead, candidates: Candidates, now: datetime) -> None:
    """Set when the next shift takes up a held lead; a hot one pages whoever opted in as on call."""
    starts_at = next_shift(candidates, now)
    if starts_at is None:
        tell_managers(session, lead, now)  # nobody ever works: a person has to look
    else:
        arm(session, lead.id, [(SHIFT_START, starts_at.isoformat(), starts_at)])
    if lead.hot and lead.first_response_at is None and playbook(session).inbound.off_shift.page_on_call:
        for person_id in candidates.on_call:
            note_alert(session, lead, person_id, ON_CALL_CAUSE, now)
            send_card(session, lead, person_id)


def take_up_held(session: Session, now: datetime) -> None:
    """Somebody can be reached who could not before: look again, now, who could have the leads that wait."""
    held = session.scalars(select(Lead.id).where(Lead.shift_held.is_(True), Lead.closed_at.is_(None)))
    for lead_id in held.all():
        arm(session, lead_id, [(SHIFT_START, f"again:{now.isoformat()}", now)])


def begin_shift(session: Session, due: Due, now: datetime) -> None:
    """A shift begins: choose the owner of a lead that was held for it, and alert."""
    lead = get_lead(session, UUID(due.subject_id))
    if not lead.shift_held or lead.closed_at is not None or lead.owner_id is not None:
        return
    standing = standing_of(session, lead.account_id)
    candidates = load_candidates(session, now, [standing.owner_id, standing.csm_id])
    choice = choose(candidates, standing, lead.hot)
    if choice.person_id is None:
        hold(session, lead, candidates, choice, now)
    else:
        give(session, lead, candidates, choice, now, "shift_start")
