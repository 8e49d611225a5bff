"""Somebody who was handed over raises a hand again (process §1, §7; docs/decisions/0005).

What must stay true: while a handoff is live no second lead stands beside it: the event joins the lead that was handed
over, and the executive and the rep hear of it at once, in the words of whoever asked.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Handoff, Lead
from bot.db.rows import run
from bot.domain.commands import RaiseHand
from bot.service.contact_text import clean_lines
from bot.service.handoff_moves import get_handoff, touched
from bot.service.handoff_notices import Facts, tell_executive, tell_rep
from bot.service.lead_changes import change, name_of

ASKED_AGAIN = "asked_again"
_LENGTH = 400
_LIVE = select(Handoff.id, Handoff.lead_id).where(
    Handoff.contact_id == bindparam("contact"), Handoff.ended_at.is_(None)
)


def lead_handed_over(session: Session, contact_id: UUID) -> UUID | None:
    """The lead of somebody whose handoff is live; None if nobody has them."""
    row = run(session, _LIVE, contact=contact_id).first()
    return row.lead_id if row is not None else None


def join_handoff(session: Session, lead: Lead, command: RaiseHand, quiet: bool, now: datetime) -> str:
    """Let an event join a lead that is handed over; what was done, as a sentence. ``quiet``: nobody has to hear."""
    row = run(session, _LIVE, contact=lead.contact_id).first()
    change(session, lead, **({} if lead.message else {"message": clean_lines(command.message)}))
    if row is None:
        return "Joined the lead that was handed over."
    handoff = get_handoff(session, row.id)
    executive = name_of(session, handoff.ae_id)
    if quiet:
        return f"Joined the lead that is handed to {executive}."
    touched(session, handoff)
    said = command.intent.value.replace("_", " ")
    message = clean_lines(command.message)[:_LENGTH]
    facts: Facts = {"reason": f"{said}: “{message}”" if message else said}
    tell_executive(session, handoff, ASKED_AGAIN, None, facts)
    tell_rep(session, handoff, ASKED_AGAIN, None, facts)
    return f"Joined the lead that is handed to {executive}, and told them and the rep."
