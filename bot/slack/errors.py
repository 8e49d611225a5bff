"""Slack's error codes, turned once into what they mean for a delivery.

What must stay true: an error after which Slack may have the message is never called a refusal. An answer without
one of Slack's error codes is not Slack's refusal, whatever its status: something stands in between.
"""

import asyncio
from enum import Enum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError


class Meaning(Enum):
    """What a failed request says about the message."""

    UNKNOWN = "Slack may have it"
    LATER = "Slack does not have it, and may take it later"
    SETUP = "Slack does not have it, and somebody must mend the set-up first"
    GONE = "the message to update is not there any more"
    NEVER = "Slack will never take it as it is"


FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""What a call of Slack may raise; ``aiohttp.ClientError`` is for the most part no ``OSError``."""

_LATER = {"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "org_login_required"}
_UNKNOWN = {"internal_error", "fatal_error", "request_timeout"}
_SETUP = {
    "not_authed",
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "no_permission",
    "ekm_access_denied",
    "access_denied",
    "restricted_action",
    "restricted_action_read_only_channel",
    "messages_tab_disabled",
    "not_allowed_token_type",
    "team_access_not_granted",
}
_GONE = {
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "thread_not_found",
    "cannot_reply_to_message",
}
_SERVER_ERROR = 500
_TOO_MANY = 429


def code_of(error: Exception) -> str:
    """Slack's error code, or the kind of failure."""
    if isinstance(error, SlackApiError):
        data = error.response.data if hasattr(error.response, "data") else error.response
        if isinstance(data, dict) and data.get("error"):
            return str(data["error"])
        return f"http_{_status_of(error)}"
    return type(error).__name__


def _status_of(error: SlackApiError) -> int:
    """The HTTP status; 0 where none is known. An answer that cannot be read comes as aiohttp's own."""
    return int(getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0)


def retry_after(error: Exception) -> float | None:
    """Seconds Slack asks us to wait, if it does."""
    if not isinstance(error, SlackApiError) or _status_of(error) != _TOO_MANY:
        return None
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", 1)))
    except ValueError:  # a date, from something between Slack and us
        return None


def meaning_of(error: Exception) -> Meaning:
    """What ``error`` says about the message that was sent."""
    if isinstance(error, SlackApiError):
        return _meaning_of_answer(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Meaning.LATER  # no connection, so no request
    if isinstance(error, aiohttp.ClientError | asyncio.TimeoutError | SlackRequestError | OSError):
        return Meaning.UNKNOWN
    return Meaning.NEVER


def _meaning_of_answer(error: SlackApiError) -> Meaning:
    code, status = code_of(error), _status_of(error)
    if status == _TOO_MANY or code in _LATER:
        return Meaning.LATER
    if status >= _SERVER_ERROR or code in _UNKNOWN or code == f"http_{status}":
        return Meaning.UNKNOWN
    if code in _SETUP:
        return Meaning.SETUP
    if code in _GONE:
        return Meaning.GONE
    return Meaning.NEVER
