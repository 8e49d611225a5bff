"""A town for process tests: a sandbox in this process, a database, and the real command line in others.

What must stay true: processes are ended by their id, and at the latest with the test; time passes by writing it into
the database or the sandbox's clock, never by sleeping.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import create_engine, select, text, update

from bot.clocks import protocol_now
from bot.db.models import InboxEvent, OutboxItem, Person
from sandbox.demo import PEOPLE, members
from sandbox.driver import Workspace
from sandbox.ports import free_port
from sandbox.workdays import office_hours

ROOT = Path(__file__).parents[2]
KEY = "town-form-key"
READY_WITHIN = 60.0


@dataclass
class Bot:
    """One process of the bot."""

    process: asyncio.subprocess.Process
    port: int
    output: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    async def died(self, within: float = 30.0) -> int:
        """Wait for its end; what it ended with (negative: by that signal)."""
        async with asyncio.timeout(within):
            return await self.process.wait()

    def kill(self) -> None:
        if self.process.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    async def stops(self) -> int:
        """SIGTERM, and its exit code."""
        self.process.terminate()
        return await self.died()

    def said(self) -> str:
        return self.output.read_text(errors="replace")


@dataclass
class Town:
    """What a test holds."""

    slack: Workspace
    database_url: str
    folder: Path
    http: aiohttp.ClientSession
    bots: list[Bot] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.engine = create_engine(self.database_url, connect_args={"timeout": 20} if self.sqlite else {})
        self.trap = self.folder / "trap"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def env(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "INTAKE_", "CLOCK_", "HANDRAISER_"))}
        return (
            kept
            | self.slack.env()
            | {
                "DATABASE_URL": self.database_url,
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
                "INTAKE_FORM_KEYS": KEY,
                "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
                "ADMIN_EMAIL": "noor@brightpath.example",
                "LOG_FORMAT": "json",
                "SLACK_BUDGET": "off",
                "PLAYBOOK": str(ROOT / "playbook.yaml"),
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
            }
            | more
        )

    async def command(self, *words: str) -> None:
        """Run one command of the bot to its end."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            env=self.env(),
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode(errors="replace")

    async def start(self, word: str = "run", trap: str | None = None, *, wait: bool = True, **env: str) -> Bot:
        """Start ``handraiser word``; with ``trap`` it dies at that point once ``set_trap`` was called."""
        output = self.folder / f"bot-{len(self.bots)}.log"
        program = ["-m", "tests.processes.launcher", trap, str(self.trap), word] if trap else ["-m", "bot", word]
        with output.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *program), env=self.env(**env), cwd=self.folder, stdout=log, stderr=log
            )
        bot = Bot(process, self.port, output)
        self.bots.append(bot)
        if wait and word != "worker":
            await self.ready(bot)
        elif wait:
            await self._says(bot, '"started"')
        return bot

    async def ready(self, bot: Bot, path: str = "/readyz") -> None:
        """Wait until the bot answers on ``path`` with 200."""
        async with asyncio.timeout(READY_WITHIN):
            while True:
                assert bot.process.returncode is None, bot.said()
                with contextlib.suppress(aiohttp.ClientError):
                    async with self.http.get(f"http://127.0.0.1:{bot.port}{path}") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)

    async def _says(self, bot: Bot, words: str) -> None:
        async with asyncio.timeout(READY_WITHIN):
            while True:
                if words in bot.said():
                    return
                assert bot.process.returncode is None, bot.said()
                await asyncio.sleep(0.05)

    def set_trap(self) -> None:
        self.trap.touch()

    async def sends_form(self, who: str, nonce: str | None = None) -> int | None:
        """Somebody raises their hand on the website; the status, None when the connection broke."""
        return (await self.answer_to(who, nonce))[0]

    async def answer_to(self, who: str, nonce: str | None = None) -> tuple[int | None, str | None]:
        """The same; the status, and after how many seconds to try again if that was said."""
        data = {
            "first_name": who,
            "last_name": "Testperson",
            "email": f"{who.lower()}@{who.lower()}-works.example",
            "company": f"{who} Works",
            "intent": "contact_me",
            "message": f"Please call me. {who}",
            "nonce": nonce or f"nonce-{who}",
        }
        address = f"http://127.0.0.1:{self.port}/intake/form/{KEY}"
        try:
            async with self.http.post(address, data=data, allow_redirects=False) as answer:
                return answer.status, answer.headers.get("Retry-After")
        except aiohttp.ClientError:
            return None, None

    async def insists(self, who: str) -> int:
        """Send the form until it is taken, as a sender does that is told to try again; the tries."""
        for tries in range(1, 20):
            status = await self.sends_form(who)
            if status in (200, 303):
                return tries
            assert status in (503, None), status
        raise AssertionError(f"{who} was never taken")

    def _rows(self, statement: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(statement))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._rows(text(f"SELECT count(*) FROM {table}"))[0][0])

    async def acquainted(self) -> None:
        """Wait until the bot has found its people in Slack."""
        strangers = text("SELECT count(*) FROM people WHERE slack_user_id IS NULL")
        await self.until(lambda: not self._rows(strangers)[0][0])

    def nobody_is_new(self) -> None:
        """These people have worked with the bot for long: nobody is greeted."""
        with self.engine.begin() as connection:
            connection.execute(update(Person).values(greeted_at=protocol_now()))

    def outbox(self) -> list[Any]:
        columns = (OutboxItem.seq, OutboxItem.key, OutboxItem.kind, OutboxItem.lane, OutboxItem.priority)
        rest = (OutboxItem.state, OutboxItem.living_id, OutboxItem.slack_ts, OutboxItem.last_error, OutboxItem.attempts)
        return self._rows(select(*columns, *rest).order_by(OutboxItem.seq))

    def events(self) -> list[str]:
        """The keys of the events the intake accepted."""
        return [row.event_key for row in self._rows(select(InboxEvent.event_key).order_by(InboxEvent.received_at))]

    def time_passes(self) -> None:
        """Leases run out, lookups and retries are due."""
        past = protocol_now() - timedelta(seconds=1)
        with self.engine.begin() as connection:
            connection.execute(update(OutboxItem).where(OutboxItem.state == "claimed").values(lease_until=past))
            connection.execute(
                update(OutboxItem).where(OutboxItem.state.in_(("ready", "unknown"))).values(not_before=past)
            )

    def waits_pass(self) -> None:
        """Lookups and retries are due; leases of the living run on."""
        past = protocol_now() - timedelta(seconds=1)
        with self.engine.begin() as connection:
            connection.execute(
                update(OutboxItem).where(OutboxItem.state.in_(("ready", "unknown"))).values(not_before=past)
            )

    async def drained(self, within: float = 60.0) -> None:
        """Wait until all is told, with time passing."""
        async with asyncio.timeout(within):
            while any(row.state not in ("sent", "dead") for row in self.outbox()):
                self.waits_pass()
                await asyncio.sleep(0.2)

    async def until(self, condition: Callable[[], Any], within: float = 30.0) -> Any:
        """Wait for what another process does."""
        async with asyncio.timeout(within):
            while True:
                if found := condition():
                    return found
                await asyncio.sleep(0.05)

    def messages(self) -> list[Any]:
        """All the bot's messages anywhere in the workspace, oldest first."""
        assert self.slack.server is not None
        channels = self.slack.server.sandbox.ws.channels.values()
        found = [message for channel in channels for message in channel.messages.values() if message.bot]
        return sorted(found, key=lambda message: str(message.ts))

    def stands(self, who: str) -> bool:
        """Whether a message about this person stands anywhere in Slack."""
        return any(f"{who} Testperson" in str(message.text) for message in self.messages())

    def states(self) -> set[str]:
        """The states of all that is to be told."""
        return {row.state for row in self.outbox()}

    def keys(self) -> list[str]:
        """The keys of all the bot's posts, oldest first."""
        found = [(message.metadata or {}).get("event_payload", {}).get("key") for message in self.messages()]
        return [key for key in found if key]

    def check(self, *accepted: str) -> None:
        """Every accepted form is an event; every notice was posted exactly once; order holds."""
        events = self.events()
        assert sorted(events) == sorted({*events})
        for who in accepted:
            assert f"nonce:nonce-{who}" in events, (who, events)
        rows = self.outbox()
        assert [(row.key, row.state, row.last_error) for row in rows if row.state != "sent"] == []
        keys = self.keys()
        assert len(keys) == len(set(keys)), f"posted twice: {sorted(k for k in keys if keys.count(k) > 1)}"
        posted = {row.key for row in rows if row.slack_ts and not self._is_update(row, rows)}
        assert set(keys) == posted
        self._check_order(rows)

    @staticmethod
    def _is_update(row: Any, rows: list[Any]) -> bool:
        earlier = [r for r in rows if r.living_id == row.living_id and r.seq < row.seq and r.slack_ts == row.slack_ts]
        return row.living_id is not None and bool(earlier)

    def _check_order(self, rows: list[Any]) -> None:
        standing = {key: n for n, key in enumerate(self.keys())}
        lanes: dict[tuple[str, int], list[int]] = {}
        for row in rows:
            if row.key in standing:
                lanes.setdefault((row.lane, row.priority), []).append(standing[row.key])
        for lane, order in lanes.items():
            assert order == sorted(order), f"out of order in {lane}"


@contextlib.asynccontextmanager
async def town(database_url: str, folder: Path, **config: Any) -> AsyncIterator[Town]:
    """A company at work, its people known to the bot, and no bot running yet."""
    channels = ["inbound", "general", "ae-erik", "ae-farah", "ae-gabriel"]
    settings: dict[str, Any] = {"manifest": ROOT / "manifest.yaml"} | config
    async with (
        Workspace.start(people=members(PEOPLE), channels=channels, **settings) as slack,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http,
    ):
        await slack.clock.to(office_hours(datetime.now(UTC)).isoformat())
        made = Town(slack, database_url, folder, http)
        try:
            await made.command("people", "import", str(PEOPLE))
            made.nobody_is_new()
            yield made
        finally:
            for bot in made.bots:
                bot.kill()
                await bot.process.wait()
            made.engine.dispose()
