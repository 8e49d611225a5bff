"""Reads of the stored playbook versions; the newest is in force (design, point 6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import PlaybookVersion


@dataclass(frozen=True, slots=True)
class StoredPlaybook:
    """One version as it was stored: its text, when (aware UTC) and by whom."""

    number: int
    fingerprint: str
    text: str
    stored_at: datetime
    stored_by: str


def newest_playbook(session: Session) -> StoredPlaybook | None:
    """The version in force; None before the first was stored."""
    row = session.execute(
        select(
            PlaybookVersion.number,
            PlaybookVersion.fingerprint,
            PlaybookVersion.text,
            PlaybookVersion.stored_at,
            PlaybookVersion.stored_by,
        )
        .order_by(PlaybookVersion.number.desc())
        .limit(1)
    ).first()
    return StoredPlaybook(*row) if row else None


def newest_number(session: Session) -> int | None:
    """The number of the version in force; cheap enough to ask often."""
    return session.execute(select(func.max(PlaybookVersion.number))).scalar_one()


def was_stored(session: Session, fingerprint: str) -> bool:
    """Whether a text with this fingerprint is, or once was, in force."""
    return (
        session.scalar(select(PlaybookVersion.number).where(PlaybookVersion.fingerprint == fingerprint).limit(1))
        is not None
    )
