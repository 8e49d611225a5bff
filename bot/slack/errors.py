"""Slack's error codes, turned once into what they mean for a delivery.

What must stay true: an error after which Slack may have the message is never called a refusal.
"""

import asyncio
from enum import Enum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError


class Meaning(Enum):
    """What a failed request says about the message."""

    UNKNOWN = "Slack may have it"
    LATER = "Slack does not have it, and may take it later"
    SETUP = "Slack does not have it, and somebody must mend the set-up first"
    GONE = "the message to update is not there any more"
    NEVER = "Slack will never take it as it is"


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
}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
_SERVER_ERROR = 500
_TOO_MANY = 429


def code_of(error: Exception) -> str:
    """Slack's error code, or the kind of failure."""
    if isinstance(error, SlackApiError):
        data = error.response.data if hasattr(error.response, "data") else error.response
        if isinstance(data, dict) and data.get("error"):
            return str(data["error"])
        return f"http_{getattr(error.response, 'status_code', 0)}"
    return type(error).__name__


def retry_after(error: Exception) -> float | None:
    """Seconds Slack asks us to wait, if it does."""
    if isinstance(error, SlackApiError) and getattr(error.response, "status_code", 0) == _TOO_MANY:
        return float(error.response.headers.get("Retry-After", 1))
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
    code = code_of(error)
    status = getattr(error.response, "status_code", 0)
    if status == _TOO_MANY or code in _LATER:
        return Meaning.LATER
    if status >= _SERVER_ERROR or code in _UNKNOWN:
        return Meaning.UNKNOWN
    if code in _SETUP:
        return Meaning.SETUP
    if code in _GONE:
        return Meaning.GONE
    return Meaning.NEVER
