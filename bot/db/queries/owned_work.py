"""What somebody still owns: what has to go to others when they leave."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Base, Enrolment, Handoff, Lead, Opportunity, Task
from bot.domain.counting import counted


@dataclass(frozen=True, slots=True)
class OwnedWork:
    """Counts of what is open and somebody's."""

    leads: int
    plans: int
    handoffs: int
    deals: int
    promises: int
    accounts: int

    @property
    def anything(self) -> bool:
        """Whether there is anything to hand on."""
        return bool(self.leads + self.plans + self.handoffs + self.deals + self.promises + self.accounts)

    def said(self) -> str:
        """In words: "2 open leads, 1 deal"."""
        parts = (
            (self.leads, "open lead"),
            (self.plans, "running cadence"),
            (self.handoffs, "open handoff"),
            (self.deals, "open deal"),
            (self.promises, "promise"),
            (self.accounts, "account"),
        )
        return ", ".join(counted(count, word) for count, word in parts if count)


def owned_work(session: Session, person_id: UUID) -> OwnedWork:
    """Count what is open and theirs, each by an index."""

    def count(model: type[Base], *where: object) -> int:
        statement = select(func.count()).select_from(model).where(*where)  # type: ignore[arg-type]
        return session.scalars(statement).one()

    return OwnedWork(
        leads=count(Lead, Lead.owner_id == person_id, Lead.closed_at.is_(None)),
        plans=count(Enrolment, Enrolment.person_id == person_id, Enrolment.ended_at.is_(None)),
        handoffs=count(
            Handoff, or_(Handoff.rep_id == person_id, Handoff.ae_id == person_id), Handoff.ended_at.is_(None)
        ),
        deals=count(
            Opportunity,
            or_(Opportunity.ae_id == person_id, Opportunity.rep_id == person_id),
            Opportunity.closed_at.is_(None),
        ),
        promises=count(Task, Task.person_id == person_id, Task.done_at.is_(None)),
        accounts=count(Account, Account.owner_id == person_id),
    )
