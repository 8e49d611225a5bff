"""What the bot answered to one delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ack:
    """The acknowledgement: its payload, or Slack's word for what went wrong and its reason for a redelivery."""

    payload: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    reason: str = ""
    no_retry: bool = False
