"""Senders of hand raises, as a website or a tool would be."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from tests.support.sales_floor import SalesFloor

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
OTHER_SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class Standing:
    """The floor's business time as a clock."""

    def __init__(self, floor: SalesFloor) -> None:
        self._floor = floor

    def now(self) -> datetime:
        return self._floor.now


def event(**values: Any) -> dict[str, Any]:
    """A complete event of our documented JSON."""
    return {
        "id": "evt-1",
        "intent": "contact_me",
        "source": "contact_form",
        "person": {"email": "jane@acme.example", "first_name": "Jane", "last_name": "Doe", "title": "VP Sales"},
        "company": {"name": "Acme", "employees": 200},
        "message": "Call me?",
    } | values


def signed(
    body: bytes | dict[str, Any], secret: str = SECRET, late: timedelta = timedelta(), msg_id: str = "msg_1"
) -> dict[str, Any]:
    """What to post: content and headers."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = datetime.now(UTC) - late
    signature = Webhook(secret).sign(msg_id, at, raw.decode("utf-8", "replace"))
    headers = {
        "webhook-id": msg_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/json",
    }
    return {"content": raw, "headers": headers}
