"""Slack out of reach: nobody listens on its port, and what was connected is cut."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.driver import Workspace


@asynccontextmanager
async def out_of_reach(slack: Workspace) -> AsyncIterator[None]:
    """Nothing listens at the workspace's address while the block runs; what it knows stays."""
    assert slack.server is not None
    runner = slack.server._runner
    assert runner is not None
    host, port = runner.addresses[0][:2]
    for site in list(runner.sites):
        await site.stop()
    assert runner.server is not None
    for connection in runner.server.connections:
        if connection.transport is not None:
            connection.transport.abort()
    try:
        yield
    finally:
        await web.TCPSite(runner, host, port).start()
