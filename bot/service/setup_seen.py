"""Whether what a form of the set-up shows is still so when it comes back.

What must stay true: of two who change the same thing at once the second is told, and nothing of the first's is lost.
"""

import hashlib
import json
from uuid import UUID

from sqlalchemy.orm import Session

from bot.domain.errors import UserError
from bot.service.setup_changes import Facts, facts_of

_LENGTH = 16
"""Characters of a digest that a form carries."""


def seen_as(session: Session, kind: str, subject_id: UUID | None) -> str:
    """What a form was filled from, in a few characters; None: something new."""
    return _digest(facts_of(session, kind, subject_id) if subject_id is not None else None)


def check_seen(facts: Facts | None, seen: str, field: str) -> None:
    """Refuse a form that was filled from other facts. ``seen``: empty where there was no form. Raises ``UserError``."""
    if seen and seen != _digest(facts):
        raise UserError("Somebody else changed this while it was open. Close it and open it again.", field=field)


def _digest(facts: Facts | None) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:_LENGTH]
