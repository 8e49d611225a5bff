"""The driver's way to the Person API."""

from __future__ import annotations

from typing import Any

import aiohttp


class DriverError(AssertionError):
    """The test asks for something that is not there."""


class Client:
    """A few verbs on `/sandbox/…`."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """GET. Raises `DriverError` with the reason."""
        async with self._session.get(
            f"{self.url}/sandbox/{path}", params={k: str(v) for k, v in query.items()}
        ) as reply:
            return await self._read(reply)

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        """POST. Raises `DriverError` with the reason."""
        async with self._session.post(f"{self.url}/sandbox/{path}", json=body) as reply:
            return await self._read(reply)

    async def delete(self, path: str) -> None:
        """DELETE. Raises `DriverError` with the reason."""
        async with self._session.delete(f"{self.url}/sandbox/{path}") as reply:
            await self._read(reply)

    async def _read(self, reply: aiohttp.ClientResponse) -> dict[str, Any]:
        body: dict[str, Any] = await reply.json()
        if reply.status != 200:
            raise DriverError(f"{reply.method} {reply.url.path}: {body.get('error')}")
        return body
