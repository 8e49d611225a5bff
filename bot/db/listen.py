"""Hearing what other processes committed: PostgreSQL's NOTIFY, on one async connection.

What must stay true: hearing nothing is harmless. Every loop that is woken here also polls.
"""

import asyncio
import contextlib
from collections.abc import Callable

import psycopg
import structlog
from sqlalchemy import make_url

log = structlog.get_logger("listen")

AGAIN_SECONDS = 2.0


async def listen(url: str, heard: Callable[[str], None], stop: asyncio.Event) -> None:
    """Call ``heard(topic)`` for each notification until ``stop``; reconnects when the database was away."""
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while not stop.is_set():
        try:
            await _listen_once(dsn, heard, stop)
        except (psycopg.Error, OSError) as error:
            log.warning("not listening", kind=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _listen_once(dsn: str, heard: Callable[[str], None], stop: asyncio.Event) -> None:
    connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    async with connection:
        await connection.execute("LISTEN handraiser")
        while not stop.is_set():
            async for notification in connection.notifies(timeout=1.0):
                heard(notification.payload)
