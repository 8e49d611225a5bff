"""What stands on a rep's touch list: the due items, of every kind (process §5).

What must stay true: a due item says who, why them and where in the plan; it knows no table and no Slack.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ItemKind(StrEnum):
    """The kinds of due work, in the order of the list (process §5)."""

    REPLY = "reply"
    HOT = "hot"
    LEAD = "lead"
    CALLBACK = "callback"
    EMAIL = "email"
    CALL = "call"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One contact whom a rep owes something. Times are aware UTC."""

    kind: ItemKind
    contact_id: UUID
    why: str
    """Why them; outside text may be in it."""
    step: str
    """Where in the plan, like "cycle 2 of 4, day 6 of 21"; empty outside a plan."""
    enrolment_id: UUID | None = None
    lead_id: UUID | None = None
    task_id: UUID | None = None
    due_at: datetime | None = None
    window: tuple[datetime, datetime] | None = None
    """When it belongs, from and until; None when any time of the day will do."""
    overdue_days: int = 0
    """Calendar days of the rep since it was due."""
