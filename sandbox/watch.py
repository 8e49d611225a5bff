"""Versions and waiting: whoever looks at something is told when it changed, without asking again and again.

Every key (a person, the clock, the log) has a version that only grows. Waiting costs nothing while nobody waits.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Watch:
    """Versions by key, and who waits for the next one."""

    def __init__(self) -> None:
        self._last = 0
        self._closed = False
        self._versions: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    def version(self, key: str) -> int:
        """The version of a key; 0 before anything happened."""
        return self._versions[key]

    def changed(self, *keys: str) -> None:
        """Raise the version of these keys and wake who waits for them."""
        self.all_changed(keys)

    def all_changed(self, keys: Iterable[str]) -> None:
        """Raise the version of many keys."""
        self._last += 1
        for key in keys:
            self._versions[key] = self._last
            for future in self._waiting.pop(key, ()):
                if not future.done():
                    future.set_result(None)

    async def beyond(self, key: str, version: int, seconds: float) -> int:
        """Wait until a key's version is above `version`, at most some seconds; answers the version then."""
        if self._versions[key] > version or self._closed:
            return self._versions[key]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            pass
        finally:
            if future in self._waiting.get(key, ()):
                self._waiting[key].remove(future)
        return self._versions[key]

    def close(self) -> None:
        """Wake everyone for good: nothing will change any more."""
        self._closed = True
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_result(None)
        self._waiting.clear()
