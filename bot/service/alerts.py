"""Telling people of a lead: the card in the channel, direct messages, lines under the card (process §2).

What must stay true: a re-ping is a new post, hence a new round; every alert given is kept with its cause; the
manager is told once while a lead is open, counted from the first alert.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import DueTime, Lead, LeadAlert, LivingMessage
from bot.db.rows import put
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.domain.response_clock import LadderStep, ladder_steps
from bot.outbox.enqueue import show, tell
from bot.service.context import playbook
from bot.service.lead_changes import (
    ALERT_LADDER,
    ALERT_MANAGER,
    CLAIMED_LADDER,
    SHIFT_START,
    DueAt,
    arm,
    disarm,
    managers_of,
    open_since,
)

FIRST_CAUSE = "hand_raise"
MANAGER_CAUSE = "manager"
ON_CALL_CAUSE = "on_call"
AGAIN_CAUSE = "joined"
NO_CLOCK = (MANAGER_CAUSE, ON_CALL_CAUSE, AGAIN_CAUSE)
"""Alerts from which no step of the ladder is counted: a second event never resets a clock (process §1)."""

Facts = dict[str, str | int | float | bool | None]


def note_alert(session: Session, lead: Lead, person_id: UUID | None, cause: str, now: datetime) -> None:
    """Keep that somebody was told, and why."""
    put(session, LeadAlert, lead_id=lead.id, person_id=person_id, round=lead.round, at=now, cause=cause[:32])


def post_card(session: Session, lead: Lead, team_id: UUID | None) -> UUID:
    """The card of the current round in the inbound channel; its living message's id."""
    where = Address.inbound(team_id)
    return show(session, View.LEAD_ALERT, str(lead.id), where, f"round:{lead.round}", Priority.HOT)


def send_card(session: Session, lead: Lead, person_id: UUID, priority: Priority = Priority.HOT) -> UUID:
    """The card as a direct message; its living message's id."""
    place = f"dm:{person_id}:{lead.round}"
    return show(session, View.LEAD_ALERT, str(lead.id), Address.person(person_id), place, priority)


def begin_ladder(
    session: Session,
    lead: Lead,
    now: datetime,
    cause: str = FIRST_CAUSE,
    team_id: UUID | None = None,
    also: Sequence[DueAt] = (),
) -> None:
    """Give the alert of the lead's current round to its owner, and set the times at which it is passed on.

    ``team_id``: whose inbound channel; none means the playbook's. The manager's time counts from the first alert.
    ``also``: other due times of the lead, set with these.
    """
    note_alert(session, lead, lead.owner_id, cause, now)
    post_card(session, lead, team_id)
    at = dict(ladder_steps(now, playbook(session)))
    dues = [*also, (ALERT_LADDER, f"{lead.round}:{LadderStep.DM_UNSEEN}", at[LadderStep.DM_UNSEEN])]
    if cause == FIRST_CAUSE or not (_manager_due(session, lead.id) or manager_told(session, lead)):
        dues.append((ALERT_MANAGER, f"{LadderStep.MANAGER}:{int(now.timestamp())}", at[LadderStep.MANAGER]))
    arm(session, lead.id, dues)


def _manager_due(session: Session, lead_id: UUID) -> bool:
    due = select(DueTime.id).where(DueTime.job == ALERT_MANAGER, DueTime.subject_id == str(lead_id))
    return session.scalar(due) is not None


def begin_quietly(session: Session, lead: Lead, now: datetime, cause: str) -> None:
    """Give a lead that can wait to its owner, by direct message (process §2: standard leads)."""
    note_alert(session, lead, lead.owner_id, cause, now)
    if lead.owner_id is not None:
        send_card(session, lead, lead.owner_id, Priority.NORMAL)


def alert(session: Session, lead: Lead, now: datetime, cause: str, team_id: UUID | None) -> None:
    """Tell the owner as the lead asks for: the channel and the ladder for a hot one that waits, else quietly."""
    disarm(session, lead.id, ALERT_LADDER, CLAIMED_LADDER, SHIFT_START)
    if lead.hot and lead.first_response_at is None:
        begin_ladder(session, lead, now, cause, team_id)
    else:
        begin_quietly(session, lead, now, cause)


def tell_managers(session: Session, lead: Lead, now: datetime, team_of: UUID | None = None) -> None:
    """A card to each manager of the team of the owner (or of ``team_of``), and a line under the alert; told once."""
    if manager_told(session, lead):
        return
    managers = managers_of(session, team_of or lead.owner_id)
    for person_id in managers:
        note_alert(session, lead, person_id, MANAGER_CAUSE, now)
        send_card(session, lead, person_id)
    if managers:
        tell_under_card(session, lead, NoticeKind.NUDGE, "manager", {"manager_id": str(managers[0])})


def tell_under_card(session: Session, lead: Lead, kind: NoticeKind, what: str, facts: Facts) -> bool:
    """A line in the thread of the current round's card, once; False if there is no card in the channel."""
    card = session.scalar(
        select(LivingMessage.id).where(
            LivingMessage.view == View.LEAD_ALERT.value,
            LivingMessage.subject_id == str(lead.id),
            LivingMessage.place == f"round:{lead.round}",
        )
    )
    if card is None:
        return False
    facts = facts | {"step": what, "round": lead.round}
    tell(
        session,
        Notice(kind, Address.under(card), f"{what}:{lead.id}:{lead.round}", str(lead.id), Priority.HOT, facts),
    )
    return True


def alerted_at(session: Session, lead: Lead) -> datetime | None:
    """When the alert went out that the ladder's steps count from."""
    return session.scalar(
        select(func.max(LeadAlert.at)).where(LeadAlert.lead_id == lead.id, LeadAlert.cause.not_in(NO_CLOCK))
    )


def first_alert_at(session: Session, lead_id: UUID, now: datetime) -> datetime | None:
    """When the first alert stood in Slack (business time); None if none stands there yet."""
    posted_at = session.scalar(
        select(func.min(LivingMessage.posted_at)).where(
            LivingMessage.view == View.LEAD_ALERT.value, LivingMessage.subject_id == str(lead_id)
        )
    )
    # Delivery notes protocol time; what has passed since then is the same on both clocks, but for a jump.
    return now - (protocol_now() - posted_at) if posted_at is not None else None


def manager_told(session: Session, lead: Lead) -> bool:
    """Whether the managers know of this lead since it was last taken up."""
    told = select(LeadAlert.id).where(
        LeadAlert.lead_id == lead.id, LeadAlert.cause == MANAGER_CAUSE, LeadAlert.at >= open_since(session, lead)
    )
    return session.scalar(told.limit(1)) is not None
