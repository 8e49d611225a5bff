"""All tables. Importing this package makes ``Base.metadata`` complete."""

from bot.db.base import Base
from bot.db.models.deals import Handoff, HandoffMove, Meeting, Opportunity, OpportunityMove
from bot.db.models.leads import Assignment, HandRaise, Lead, LeadAlert, LeadMove, ScoreEntry
from bot.db.models.market import Account, Consent, Contact, NameToken, Suppression
from bot.db.models.people import Alignment, Person, PersonRole, Setting, Team, TeamMember, TimeOff
from bot.db.models.plumbing import (
    AuditEntry,
    BudgetShare,
    DueTime,
    InboxEvent,
    JobTick,
    LivingMessage,
    OutboxItem,
    PlaybookVersion,
    SeenRequest,
)
from bot.db.models.touches import Enrolment, Task, Touch, TouchItem, TouchList

__all__ = [
    "Account",
    "Alignment",
    "Assignment",
    "AuditEntry",
    "Base",
    "BudgetShare",
    "Consent",
    "Contact",
    "DueTime",
    "Enrolment",
    "HandRaise",
    "Handoff",
    "HandoffMove",
    "InboxEvent",
    "JobTick",
    "Lead",
    "LeadAlert",
    "LeadMove",
    "LivingMessage",
    "Meeting",
    "NameToken",
    "Opportunity",
    "OpportunityMove",
    "OutboxItem",
    "Person",
    "PersonRole",
    "PlaybookVersion",
    "ScoreEntry",
    "SeenRequest",
    "Setting",
    "Suppression",
    "Task",
    "Team",
    "TeamMember",
    "TimeOff",
    "Touch",
    "TouchItem",
    "TouchList",
]
