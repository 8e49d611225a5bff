"""Looking up a message that Slack may or may not have, by the key in its metadata.

Slack has no idempotency key on ``chat.postMessage`` (slack.md); the key travels in the metadata, which anybody in
the workspace can read: a key yes, deal facts no.

What must stay true: the whole span in which the message may stand is looked through, however busy the channel.
"""

from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.addresses import Place

METADATA_EVENT = "handraiser_notice"
SKEW = timedelta(minutes=5)
"""How far Slack's clock and the database's may differ; Slack's own signatures allow as much (slack.md)."""
UNDER_WAY = timedelta(minutes=1)
"""How long after it was begun a request may still be carried out; many times ``slack.client.TIMEOUT_SECONDS``."""
PAGE = 200


async def find_by_key(slack: AsyncWebClient, place: Place, key: str, sent_at: datetime) -> str | None:
    """The ``ts`` of the message with ``key``, sent about ``sent_at``; None if Slack does not show it."""
    oldest = f"{(sent_at - SKEW).timestamp():.6f}"
    latest = f"{(sent_at + UNDER_WAY + SKEW).timestamp():.6f}"
    cursor: str | None = None
    while True:
        if place.thread_ts:
            page = await slack.conversations_replies(
                channel=place.channel,
                ts=place.thread_ts,
                oldest=oldest,
                latest=latest,
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
        else:
            page = await slack.conversations_history(
                channel=place.channel,
                oldest=oldest,
                latest=latest,
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            if (metadata.get("event_payload") or {}).get("key") == key:
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return None
