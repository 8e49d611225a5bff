"""What came of a reassignment, as it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import AuditEntry, Person
from bot.db.queries.reassign import colleagues
from bot.domain.reassigning import Work


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody got, or gave."""

    person_id: UUID
    name: str
    counts: Mapping[Work, int]

    @property
    def total(self) -> int:
        """How much it is."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class ReassignResult:
    """A reassignment that is done. ``left``: what stayed, in sentences, some of ``left_in_all``."""

    job_id: UUID
    by: str
    by_id: UUID | None
    reason: str
    given: Mapping[Work, int]
    got: tuple[Share, ...]
    gave: tuple[Share, ...]
    left: tuple[str, ...]
    left_in_all: int
    taken_back: int

    @property
    def total(self) -> int:
        """How much was given away."""
        return sum(self.given.values())


def reassign_result(session: Session, job_id: UUID) -> ReassignResult | None:
    """What came of it; None if there is no such reassignment."""
    row = session.execute(
        select(AuditEntry.detail, AuditEntry.actor_id, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.id == job_id)
    ).first()
    if row is None:
        return None
    detail: dict[str, Any] = row.detail
    people = colleagues(session, [UUID(one) for one in (*detail["shares"], *detail["from"])])
    names = {str(one.id): one.name for one in people.values()}

    def shares(of: str) -> tuple[Share, ...]:
        found = [Share(UUID(one), names.get(one, "Somebody"), _counts(counts)) for one, counts in detail[of].items()]
        return tuple(sorted(found, key=lambda share: share.name))

    return ReassignResult(
        job_id,
        row.name or "Somebody",
        row.actor_id,
        detail["reason"],
        _counts(detail["given"]),
        shares("shares"),
        shares("from"),
        tuple(detail["left"]),
        detail.get("left_in_all", len(detail["left"])),
        detail.get("taken_back", 0),
    )


def _counts(counts: Mapping[str, int]) -> dict[Work, int]:
    return {work: counts[work.value] for work in Work if counts.get(work.value)}
