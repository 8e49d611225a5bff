"""Many notices at once, against Slack's limits: everything arrives, nothing twice, and a hot alert does not wait.

The notices stand in the outbox when the bot starts; half-way through, somebody raises a hand. The workspace they go to
is the sandbox with its limits on, which answers 429 to whoever asks too much.
"""

import asyncio
import itertools
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy.orm import Session

from bench.alert import CALM
from bench.alert_doors import INTAKE_SECRET, Door, send_json
from bench.figures import Figure, Part, say
from bench.house import at_work, prepared, reps, sqlite_copy
from bench.processes import ROOT, BenchError, answers, started
from bot.clocks import protocol_now
from bot.db.session import Database
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.outbox.enqueue import tell
from sandbox.config import ChannelSpec, SandboxConfig
from sandbox.ports import free_port
from sandbox.server import Server

MARK = re.compile(r"notice number (\d+)\b")
HOT = 1_000_001
"""The number of the raised hand half-way."""
BUDGET_A_MINUTE = 6000
WITHIN, HOT_WITHIN = 105.0, 2.0
PATIENCE = 240.0
NOTE = (
    "{notices:,} direct notices in the outbox for {channels:,} channels when `handraiser run` starts on SQLite; the "
    "sandbox takes {budget:,} posts a minute and one a second in each channel, and so does SLACK_BUDGET. Half-way a "
    "signed hand raise comes in. Seconds from the first post to the last, and from the hand raise to its alert; posts "
    "are counted by their number."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    notices: int = 10_000
    channels: int = 1000
    contacts: int = 500


WHOLE = Size()
QUICK = Size(notices=600, channels=100)


class Counting(Server):
    """A sandbox that counts which notices were posted, and when the first, the middle and the last were."""

    def __init__(self, config: SandboxConfig) -> None:
        super().__init__(config)
        self.posted: Counter[int] = Counter()
        self.times: list[float] = []
        self.hot_at = 0.0
        self.refused = 0
        self.came = asyncio.Event()

    async def api(self, request: web.Request) -> web.StreamResponse:
        response = await super().api(request)
        if request.match_info["method"] == "chat.postMessage":
            self._note(self.sandbox.log.entries[-1])
        return response

    def _note(self, entry: Mapping[str, object]) -> None:
        if entry["error"] is not None:
            self.refused += entry["error"] == "ratelimited"
            return
        said = str(entry["args"])
        if found := MARK.search(said):
            self.posted[int(found[1])] += 1
            self.times.append(time.perf_counter())
        elif f"request number {HOT}" in said and not self.hot_at:
            self.hot_at = time.perf_counter()
        self.came.set()

    async def until(self, notices: int, *, hot: bool = False) -> None:
        """Wait for so many posts. Raises ``BenchError`` if they do not come."""
        give_up = time.perf_counter() + PATIENCE
        while len(self.times) < notices or (hot and not self.hot_at):
            if time.perf_counter() > give_up:
                raise BenchError(f"{notices - len(self.times)} notices did not arrive.")
            self.came.clear()
            try:
                await asyncio.wait_for(self.came.wait(), 1.0)
            except TimeoutError:
                continue


async def measure(size: Size) -> Part:
    """Deliver them all, with a hot alert in the middle."""
    part = Part("delivery")
    part.note = NOTE.format(notices=size.notices, channels=size.channels, budget=BUDGET_A_MINUTE)
    say(f"{size.notices:,} notices over {size.channels:,} channels ...")
    slack, hot = await delivered(size)
    seconds = slack.times[-1] - slack.times[0]
    lost, twice = size.notices - len(slack.posted), sum(times > 1 for times in slack.posted.values())
    part.figures = [
        Figure(
            f"{size.notices:,} notices to {size.channels:,} channels, {BUDGET_A_MINUTE:,} a minute",
            f"**{seconds:.0f} s**, {lost} lost, {twice} doubled, {slack.refused} × 429",
            f"the budget alone: {size.notices / BUDGET_A_MINUTE * 60:.0f} s",
            f"≤ {WITHIN:.0f} s, none lost, none doubled" if size == WHOLE else "",
            (seconds <= WITHIN and not lost and not twice) if size == WHOLE else None,
        ),
        Figure(
            "… a hot alert in the middle of them",
            f"**{hot:.2f} s** from the raised hand",
            "",
            f"< {HOT_WITHIN:.0f} s",
            hot < HOT_WITHIN,
        ),
    ]
    part.numbers = {"seconds": seconds, "lost": lost, "twice": twice, "refused": slack.refused, "hot_seconds": hot}
    return part


async def delivered(size: Size) -> tuple[Counting, float]:
    """The workspace after everything was posted, and the seconds the hot alert took."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "playbook.yaml").write_text(CALM)
        slack = Counting(config(size))
        await slack.start()
        stack.push_async_callback(slack.stop)
        slack.sandbox.rates.set(on=True, workspace_per_minute=BUDGET_A_MINUTE)
        slack.sandbox.clock.move({"to": at_work(protocol_now()).isoformat()})
        url = sqlite_copy(await prepared(size.contacts), folder, "bot")
        enqueue(
            url, [one.id for one in slack.sandbox.ws.channels.values() if one.name.startswith("team-")], size.notices
        )
        port, log = free_port(0), folder / "bot.log"
        env = slack.environment() | {
            "PORT": str(port),
            "DATABASE_URL": url,
            "PLAYBOOK": str(folder / "playbook.yaml"),
            "INTAKE_SECRET": INTAKE_SECRET,
            "SLACK_BUDGET": str(BUDGET_A_MINUTE),
        }
        process = await stack.enter_async_context(started(log, env, "bot", "run"))
        await answers(f"http://127.0.0.1:{port}/healthz", process, log)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await slack.until(size.notices // 2)
        began = time.perf_counter()
        await Door(http, f"http://127.0.0.1:{port}", iter(()), send_json, itertools.count(HOT)).knock()
        await slack.until(size.notices, hot=True)
        return slack, slack.hot_at - began


def config(size: Size) -> SandboxConfig:
    """A workspace with a channel for each team, and the reps' own."""
    teams = [ChannelSpec(f"team-{number}") for number in range(size.channels)]
    inbound = [ChannelSpec("inbound"), *(ChannelSpec(f"inbound-{n}") for n in range(1, len(reps()) + 1))]
    return SandboxConfig(
        people=reps(), channels=[*inbound, *teams], manifest=ROOT / "manifest.yaml", events_url="unused"
    )


def enqueue(url: str, channels: list[str], notices: int) -> None:
    """Put the notices into the outbox, the channels in turn."""
    database = Database(url)

    def work(session: Session) -> None:
        for number, channel in zip(range(notices), itertools.cycle(channels), strict=False):
            notice = Notice(
                kind=NoticeKind.LATE_RESULT,
                to=Address.channel(channel),
                key=f"bench:{number}",
                subject_id="bench",
                priority=Priority.NORMAL,
                facts={"text": f"This is notice number {number} of many."},
            )
            tell(session, notice)

    database.write_now(work)
    database.close()
