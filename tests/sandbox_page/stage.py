"""A workspace that runs beside the test: the sandbox and a bot on a thread of their own.

Playwright's plain interface and an event loop do not share a thread; this keeps them apart.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sandbox.driver import Person, Workspace
from tests.sandbox_page.bot import MANIFEST, Bot

T = TypeVar("T")

PEOPLE = [
    Person("Sam", real_name="Sam Okafor", title="MRR", tz="Europe/Berlin"),
    Person("Ada", real_name="Ada Lindqvist", title="MRR", tz="Europe/Stockholm"),
    Person("Maya", real_name="Maya D'Souza", title="MRR", tz="America/New_York"),
]
CHANNELS = ["inbound", "general"]
ANSWERS_WITHIN = 20


class Stage:
    """The workspace and its bot, as a test in the browser holds them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._failed: BaseException | None = None
        self.slack: Workspace
        self.bot: Bot
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Stage]:
        """Start, and stop at the end."""
        stage = cls()
        stage._thread.start()
        stage._ready.wait(ANSWERS_WITHIN)
        if stage._failed is not None:
            raise stage._failed
        try:
            yield stage
        finally:
            stage._loop.call_soon_threadsafe(stage._set_stop)
            stage._thread.join(ANSWERS_WITHIN)

    def _set_stop(self) -> None:
        assert self._stop is not None
        self._stop.set()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        except BaseException as error:
            self._failed = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _live(self) -> None:
        self._stop = asyncio.Event()
        async with Workspace.start(people=PEOPLE, channels=CHANNELS, manifest=MANIFEST) as slack:
            self.slack = slack
            async with Bot.joined(slack) as bot:
                self.bot = bot
                self._ready.set()
                await self._stop.wait()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the workspace's own thread and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWERS_WITHIN)

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.slack.url

    def id_of(self, name: str) -> str:
        """A member's id."""
        return next(m["id"] for m in self.slack.facts["members"] if m["name"] == name)

    def channel(self, name: str) -> str:
        """A channel's id."""
        return self.slack.channel_id(name)

    def posts(self, text: str, channel: str = "inbound", **more: Any) -> str:
        """The bot posts a message; answers its ts."""
        answer = self.run(self.bot.client.chat_postMessage(channel=self.channel(channel), text=text, **more))
        return str(answer["ts"])

    def says(self, name: str, text: str, channel: str = "inbound", **more: Any) -> None:
        """A person says something, somewhere else than in this browser."""
        assert self.run(self.slack.person(name).says(text, in_=f"#{channel}", **more))

    def sends_forms_to(self, url: str) -> None:
        """The website's forms go there from now on."""
        assert self.slack.server is not None
        self.slack.server.sandbox.config.form_url = url
