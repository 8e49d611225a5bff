"""Consents of imported rows (process §10).

What must stay true: the same consent is kept once; one that was withdrawn stays withdrawn, whatever a file says.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Consent
from bot.domain.import_rows import ConsentFacts, ContactRow
from bot.service.context import playbook

RAISED_HAND = "raised_hand"


def keep_consents(session: Session, rows: Iterable[ContactRow], contacts: Mapping[int, UUID]) -> set[int]:
    """Keep what the rows say of consent; return the lines that said something new. ``contacts``: who a line is."""
    said = {row.line: row.consent for row in rows if row.consent is not None and row.line in contacts}
    if not said:
        return set()
    days = playbook(session).compliance.implied_consent_days
    wanted = {contacts[line] for line in said}
    stored: dict[tuple[UUID, str, datetime], Consent] = {
        (one.contact_id, one.basis, one.given_at): one
        for one in session.scalars(select(Consent).where(Consent.contact_id.in_(wanted)))
    }
    news: set[int] = set()
    for line, facts in said.items():
        key = (contacts[line], facts.basis, facts.given_at)
        expires_at = facts.expires_at or _implied_end(facts, days)
        kept = stored.get(key)
        if kept is None:
            stored[key] = Consent(
                contact_id=contacts[line],
                basis=facts.basis,
                text=facts.text,
                given_at=facts.given_at,
                expires_at=expires_at,
            )
            session.add(stored[key])
            news.add(line)
        elif kept.withdrawn_at is None and _correct(kept, expires_at, facts.text):
            news.add(line)
    session.flush()
    return news


def _implied_end(facts: ConsentFacts, days: int) -> datetime | None:
    """A raised hand implies consent for a while unless an end is named."""
    return facts.given_at + timedelta(days=days) if facts.basis == RAISED_HAND else None


def _correct(kept: Consent, expires_at: datetime | None, text: str) -> bool:
    """Write what a later file says otherwise; an empty cell changes nothing."""
    before = (kept.expires_at, kept.text)
    kept.expires_at = expires_at or kept.expires_at
    kept.text = text or kept.text
    return (kept.expires_at, kept.text) != before
