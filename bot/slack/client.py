"""The Slack client: one keep-alive session, no retries of its own.

What must stay true: ``retry_handlers=[]``. The SDK's default repeats a request after a connection reset, posts
too, and that is a double post; retries are the outbox's.
"""

import asyncio

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT_SECONDS = 10
CONNECTIONS = 60


def make_session() -> aiohttp.ClientSession:
    """A session for all calls; close it at the end."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=20),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        trust_env=True,
    )


def make_client(token: str, base_url: str | None, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A Web API client; ``base_url`` is another Slack than Slack's, for the sandbox."""
    return AsyncWebClient(
        token=token,
        base_url=base_url or AsyncWebClient.BASE_URL,
        session=session,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
    )


async def drain(session: aiohttp.ClientSession) -> None:
    """Close the session and give its sockets a moment to go."""
    await session.close()
    await asyncio.sleep(0)
