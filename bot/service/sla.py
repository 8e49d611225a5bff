"""The time by which a raised hand is answered, its reminders and its breach (process §2).

What must stay true: the due time is computed once, from the raised hand; a breach names its cause, and a response
that comes late does not undo it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.models import Lead
from bot.domain.commands import Due
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.response_clock import DueRule, ResponseDue, breach_cause, reminder_times
from bot.outbox.enqueue import tell
from bot.service.alerts import first_alert_at
from bot.service.context import playbook
from bot.service.lead_changes import RESPONSE_SLA, arm, change, get_lead, managers_of
from bot.service.routing import first_owned_at, load_candidates

BREACH = "breach"


def first_slot(session: Session, lead: Lead, due: ResponseDue) -> tuple[str, str, datetime]:
    """The first of the times to watch: a reminder for a standard lead, the due time for a hot one."""
    if lead.hot:
        return (RESPONSE_SLA, BREACH, due.due_at)
    return _after(session, lead, due, 0)


def _after(session: Session, lead: Lead, due: ResponseDue, share: int) -> tuple[str, str, datetime]:
    """The time that follows the reminder at ``share`` per cent. Its slot says from when the shares are counted."""
    for later, at in reminder_times(due, lead.raised_at, playbook(session)):
        if later > share:
            return (RESPONSE_SLA, f"remind:{later}:{due.starts_at.isoformat()}", at)
    return (RESPONSE_SLA, BREACH, due.due_at)


def watch_breach(session: Session, lead: Lead) -> None:
    """Watch the due time of a lead that was taken up again and was never answered."""
    if lead.response_due_at is not None and lead.first_response_at is None and lead.breached_at is None:
        arm(session, lead.id, [(RESPONSE_SLA, BREACH, lead.response_due_at)])


def step_sla(session: Session, due: Due, now: datetime) -> None:
    """A reminder, or the breach, of the lead that is the subject."""
    lead = get_lead(session, UUID(due.subject_id))
    if lead.closed_at is not None or lead.first_response_at is not None or lead.response_due_at is None:
        return
    if due.slot == BREACH:
        _breach(session, lead, now)
        return
    _, share_text, starts_at = due.slot.split(":", 2)
    share = int(share_text)
    if lead.owner_id is not None:
        facts: dict[str, str | int | float | bool | None] = {
            "percent": share,
            "due_at": lead.response_due_at.isoformat(),
        }
        key = f"reminder:{lead.id}:{share}"
        to = Address.person(lead.owner_id)
        tell(session, Notice(NoticeKind.STANDARD_REMINDER, to, key, str(lead.id), Priority.PERSON, facts))
    stored = ResponseDue(lead.response_due_at, DueRule.STANDARD, datetime.fromisoformat(starts_at))
    arm(session, lead.id, [_after(session, lead, stored, share)])


def _breach(session: Session, lead: Lead, now: datetime) -> None:
    assert lead.response_due_at is not None
    candidates = load_candidates(session, now, [lead.owner_id])
    cause = breach_cause(
        ResponseDue(lead.response_due_at, DueRule.STANDARD, lead.raised_at),
        lead.raised_at,
        first_owned_at(session, lead.id),
        first_alert_at(session, lead.id, now),
        candidates.answering(lead.owner_id),
    )
    change(session, lead, breached_at=lead.response_due_at, breach_cause=cause.value)
    if lead.hot:
        return  # the ladder tells the manager
    facts: dict[str, str | int | float | bool | None] = {"cause": cause.value, "owner_id": _text(lead.owner_id)}
    for person_id in managers_of(session, lead.owner_id):
        key = f"breach:{lead.id}:{person_id}"
        tell(session, Notice(NoticeKind.BREACH, Address.person(person_id), key, str(lead.id), Priority.PERSON, facts))


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None
