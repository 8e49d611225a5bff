"""The score ledger in the database (process §2): lines are added, never changed; the score is their sum."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import ScoreEntry
from bot.db.rows import put_all
from bot.domain.scoring import ScoreLine, changed_lines
from bot.domain.terms import ScorePart
from bot.service.context import playbook_number

TAKEN_BACK = "No longer: "


def profile_before(session: Session, contact_id: UUID) -> list[ScoreLine]:
    """The lines about who somebody is that stand in the ledger and were not taken back."""
    rows = session.execute(
        select(ScoreEntry.part, ScoreEntry.points, ScoreEntry.reason)
        .where(ScoreEntry.contact_id == contact_id, ScoreEntry.part != ScorePart.BEHAVIOURAL)
        .order_by(ScoreEntry.id)
    ).all()
    standing: list[ScoreLine] = []
    for part, points, reason in rows:
        line = ScoreLine(ScorePart(part), points, reason)
        if reason.startswith(TAKEN_BACK):
            _strike(standing, ScoreLine(line.part, -points, reason.removeprefix(TAKEN_BACK)))
        else:
            standing.append(line)
    return standing


def _strike(lines: list[ScoreLine], line: ScoreLine) -> None:
    if line in lines:
        lines.remove(line)


def new_lines(
    before: Sequence[ScoreLine], profile: Sequence[ScoreLine], behaviour: Sequence[ScoreLine]
) -> list[ScoreLine]:
    """What one event adds to a ledger whose standing profile lines are ``before``."""
    short = [ScoreLine(line.part, line.points, line.reason[:240]) for line in profile]
    return [*changed_lines(before, short), *behaviour]


def write_lines(
    session: Session, contact_id: UUID, lead_id: UUID | None, lines: Sequence[ScoreLine], now: datetime
) -> None:
    """Add ``lines``; the caller adds their sum to the contact's score in the same transaction."""
    number = playbook_number(session)
    rows: list[dict[str, Any]] = [
        {
            "contact_id": contact_id,
            "lead_id": lead_id,
            "part": line.part,
            "points": line.points,
            "reason": line.reason[:255],
            "at": now,
            "playbook_version": number,
        }
        for line in lines
        if line.points
    ]
    put_all(session, ScoreEntry, rows)
