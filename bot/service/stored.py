"""Facts of a row as they stand in an audit entry's JSON, and back.

What must stay true: what ``packed`` wrote, ``restored`` reads back as the same value for the same column.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bot.domain.terms import LeadState

LEAD_FACTS = (
    "state",
    "owner_id",
    "owner_reason",
    "seen_at",
    "owned_at",
    "claimed_at",
    "claimed_by_id",
    "response_due_at",
    "first_response_at",
    "first_response_by_id",
    "response_on_shift_seconds",
    "breached_at",
    "breach_cause",
    "shift_held",
)
"""Columns of a lead that a response may change."""


def packed(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def restored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a lead from their packed values."""
    return {name: _column(name, value) for name, value in facts.items()}


def _column(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_id"):
        return UUID(value)
    return LeadState(value) if name == "state" else value
