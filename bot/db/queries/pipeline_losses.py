"""Why hands that were raised came to nothing, by source: put away as junk, or not qualified (process §1, §7).

What must stay true: a reason stands without the remark that somebody wrote to it, which may name people.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.db.models import Contact, Handoff, Lead
from bot.db.queries.pipeline_sets import Lens, seen_through, theirs
from bot.db.session import PlaybookInForce
from bot.domain.terms import LeadState, Source

_SCORE: Final = re.compile(r"The score of -?[\d,]+ ")


@dataclass(frozen=True, slots=True)
class Losses:
    """How many of one source came to nothing, by reason, the most first. ``junk``: put away; else not qualified."""

    junk: bool
    source: Source
    reasons: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for _, count in self.reasons)


def losses(session: Session, lens: Lens) -> tuple[Losses, ...]:
    """Junk among the hands raised in the period, then the verdicts of the period; by source, the most first."""
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    return (
        *_grouped(session, _junk(lens), rules.junk.reasons, junk=True),
        *_grouped(session, _not_qualified(lens), rules.handoff.not_qualified_reasons, junk=False),
    )


def bare_reason(stored: str | None, known: Sequence[str]) -> str:
    """The reason of what is stored, without the remark behind it: one of ``known``, else what stands before a colon."""
    text = (stored or "").strip()
    for reason in sorted(known, key=len, reverse=True):
        if text == reason or text.startswith(f"{reason}: "):
            return reason
    if _SCORE.match(text):
        return "The score is too low"
    return text.partition(": ")[0].removesuffix(".") or "No reason given"


def _junk(lens: Lens) -> Select[*tuple[Any, ...]]:
    base = select(Lead.source, Lead.close_reason, func.count()).where(
        lens.within(Lead.raised_at), Lead.state == LeadState.JUNK, theirs(lens.scope, Lead.owner_id)
    )
    seen: Select[*tuple[Any, ...]] = seen_through(base, lens, Lead.contact_id, Lead.account_id, Lead.source)
    return seen.group_by(Lead.source, Lead.close_reason)


def _not_qualified(lens: Lens) -> Select[*tuple[Any, ...]]:
    source = func.coalesce(Lead.source, Contact.source)
    base = (
        select(source, Handoff.end_reason, func.count())
        .select_from(Handoff)
        .join(Contact, Contact.id == Handoff.contact_id)
        .outerjoin(Lead, Lead.id == Handoff.lead_id)
        .where(
            lens.within(Handoff.ended_at),
            Handoff.state == "not_qualified",
            theirs(lens.scope, Handoff.rep_id, Handoff.ae_id),
        )
    )
    seen: Select[*tuple[Any, ...]] = seen_through(base, lens, Handoff.contact_id, Handoff.account_id, Lead.source)
    return seen.group_by(source, Handoff.end_reason)


def _grouped(
    session: Session, statement: Select[*tuple[Any, ...]], known: Sequence[str], *, junk: bool
) -> list[Losses]:
    by_source: dict[Source, Counter[str]] = {}
    for source, stored, count in session.execute(statement):
        by_source.setdefault(Source(source), Counter())[bare_reason(stored, known)] += count
    found = [Losses(junk, source, tuple(reasons.most_common())) for source, reasons in by_source.items()]
    return sorted(found, key=lambda one: (-one.total, one.source))
