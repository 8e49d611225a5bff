"""A draft of the rep's next working day, read ahead so that it can be approved (process §5).

What must stay true: it is the same text that the list of that day would show, and the rep's own where they kept one.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.domain.drafts_mail import MailDraft


@dataclass(frozen=True, slots=True)
class DraftAhead:
    """One of them. ``number`` counts from 1; ``approved``: the rep has kept it already."""

    enrolment_id: UUID
    number: int
    total: int
    day: date
    approved: bool
    name: str
    title: str | None
    company: str | None
    why: str
    step: str
    mail: MailDraft
