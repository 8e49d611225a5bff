"""``/touch`` with its commit, by signed HTTP from many callers, beside two Bolt apps that do less.

One asks Bolt for an ack and nothing more; one selects a contact and inserts one row, through the same engine, threads
and durability as ours. All three are up at once, and take turns.
"""

import asyncio
import itertools
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any

import aiohttp
import psutil

from bench.figures import Figure, Part, ms, say
from bench.house import REPS, at_work, channels, contact_lines, postgres_copy, prepared, reps, sqlite_copy
from bench.load import KEPT_SECONDS, Run, closed_loop, in_turn, median, percentile
from bench.postgres import durable_server, new_database
from bench.processes import ROOT, BenchError, answers, started
from bot.clocks import protocol_now
from sandbox.driver import Workspace
from sandbox.ports import free_port
from sandbox.signed import encoded, signature

SECRET = "0123456789abcdef0123456789abcdef"
CALLERS = 32
ENDS = (
    "call voicemail left a message about the audit",
    "call no answer",
    "connected, likes the idea and reads our case study",
    "email sent case study",
)
OURS, ROW, ACK = "ours", "row", "ack"
RATIO, SLOWEST = 0.35, 0.4
LATE = ("I am very busy", "Still saving")
"""What the edge answers when work could not begin, or end, in the time that an ack has."""
KNOWN_WITHIN = 30.0
NOTE = (
    "signed HTTP from a second process, each request a touch of its own about a known contact, by address or full "
    "name in turn. The compared apps are Bolt with `process_before_response` on Starlette and uvicorn like ours; the "
    "one-row app looks up a contact by address and inserts one row in the same kind of transaction, with our engine "
    "settings (SQLite: WAL, synchronous=FULL; PostgreSQL: as it comes, fsync on). Rounds are interleaved; ratios are "
    "medians of the rounds' own."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    contacts: int = 5000
    rounds: int = 7
    seconds: float = 2.5
    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")


@dataclass
class Caller:
    """Sends one distinct touch after another to one app."""

    http: aiohttp.ClientSession
    server: psutil.Process
    url: str
    facts: dict[str, Any]
    people: list[tuple[str, str]]
    done: str
    by_name: bool
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    triggers: "itertools.count[int]" = field(default_factory=itertools.count)
    dice: random.Random = field(default_factory=lambda: random.Random(11))

    async def touch(self) -> bool:
        """One touch; False if it was not done within the ack. Raises ``BenchError`` for any other answer."""
        number = next(self.numbers)
        address, name = self.people[self.dice.randrange(len(self.people))]
        who = name if self.by_name and number % 2 else address
        status, text = await self.post(f"{who} {ENDS[number % len(ENDS)]}", number)
        if status == 200 and any(sentence in text for sentence in LATE):
            return False
        if status != 200 or self.done not in text:
            raise BenchError(f"{who} was answered with {status}: {text[:600]}")
        return True

    async def post(self, line: str, number: int) -> tuple[int, str]:
        """One slash command, signed; the answer."""
        members = [one for one in self.facts["members"] if one["real_name"].endswith("Bench")]
        member = members[number % len(members)]
        payload = {
            "token": "unused",
            "team_id": self.facts["team"]["id"],
            "team_domain": "bench",
            "channel_id": self.facts["channels"][0]["id"],
            "channel_name": "inbound",
            "user_id": member["id"],
            "user_name": member["name"],
            "command": "/touch",
            "text": line,
            "api_app_id": "A00000000",
            "response_url": f"{self.url}/nowhere",
            "trigger_id": f"{next(self.triggers)}.bench",
        }
        body, content_type = encoded("slash_commands", payload)
        stamp = str(int(time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
        }
        async with self.http.post(f"{self.url}/slack/events", data=body, headers=headers) as answer:
            return answer.status, await answer.text()


async def measure(size: Size) -> Part:
    """All databases, one after the other."""
    part = Part("/touch", note=NOTE)
    kept = await prepared(size.contacts)
    for name in size.databases:
        say(f"/touch on {name} ...")
        async with place(name, kept, size) as callers:
            await warm(callers, size)
            runs = await rounds(callers, size)
        report(part, name, runs)
    return part


@asynccontextmanager
async def place(name: str, kept: Path, size: Size) -> AsyncIterator[dict[str, Caller]]:
    """The three apps, up on ``name``, each with a database of its own, and a caller for each."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        slack = await stack.enter_async_context(
            Workspace.start(
                people=reps(),
                channels=channels(),
                manifest=ROOT / "manifest.yaml",
                signing_secret=SECRET,
                events_url="http://127.0.0.1:9/",
            )
        )
        assert slack.server is not None
        slack.server.sandbox.clock.move({"to": at_work(protocol_now()).isoformat()})
        url = databases(name, kept, folder, stack)
        apps = {OURS: ("bot", "run"), ROW: ("bench.compared", "row"), ACK: ("bench.compared", "ack")}
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS))
        )
        callers = {}
        people = contact_lines(kept)
        for app, words in apps.items():
            port = free_port(0)
            env = slack.env() | {
                "PORT": str(port),
                "DATABASE_URL": url(app),
                "PLAYBOOK": str(ROOT / "playbook.yaml"),
                "SLACK_BUDGET": "off",
                "LOG_FORMAT": "json",
            }
            more = () if app == OURS else ("--port", str(port))
            log = folder / f"{app}.log"
            process = await stack.enter_async_context(started(log, env, *words, *more))
            done = "Logged for" if app == OURS else "Logged."
            callers[app] = Caller(
                http,
                psutil.Process(process.pid),
                f"http://127.0.0.1:{port}",
                slack.facts,
                people,
                done,
                by_name=app == OURS,
            )
            await answers(f"http://127.0.0.1:{port}/healthz", process, log)
        yield callers


def databases(name: str, kept: Path, folder: Path, stack: AsyncExitStack) -> Callable[[str], str]:
    """What gives each app a filled database of its own."""
    if name == "SQLite":
        return lambda app: sqlite_copy(kept, folder, app)
    server = stack.enter_context(durable_server())

    def filled(app: str) -> str:
        url = new_database(server, app)
        if app != ACK:
            postgres_copy(kept, url)
        return url

    return filled


async def warm(callers: dict[str, Caller], size: Size) -> None:
    """Wait until everybody is known to ours, then let each app run in."""
    give_up = time() + KNOWN_WITHIN
    for number in range(REPS):
        while "don't know you" in (await callers[OURS].post("help", number))[1]:
            if time() > give_up:
                raise BenchError("Our people were not matched to Slack's.")
            await asyncio.sleep(0.2)
    for caller in callers.values():
        await closed_loop(CALLERS, size.seconds / 2, caller.touch)


async def rounds(callers: dict[str, Caller], size: Size) -> dict[str, list[Run]]:
    """The apps in turn, round by round."""
    runs: dict[str, list[Run]] = {name: [] for name in callers}
    for number in range(size.rounds):
        for name in in_turn(list(callers), number):
            runs[name].append(await closed_loop(CALLERS, size.seconds, callers[name].touch, callers[name].server))
    return runs


def report(part: Part, database: str, runs: dict[str, list[Run]]) -> None:
    """The rates, what share of the others ours is, and how long it took at worst."""
    rate = {name: median([run.rate for run in of]) for name, of in runs.items()}
    waits = {name: [wait for run in of for wait in run.waits] for name, of in runs.items()}
    share = {
        name: [ours.rate / other.rate for ours, other in zip(runs[OURS], runs[name], strict=True)]
        for name in (ROW, ACK)
    }
    slowest, ratio = percentile(waits[OURS], 0.99), median(share[ROW])
    part.figures += [
        Figure(
            f"`/touch` with its commit, {CALLERS} callers, {database}",
            f"{rate[OURS]:.0f}/s = **{ratio:.2f} ×** the one-row app",
            f"one row {rate[ROW]:.0f}/s, only an ack {rate[ACK]:.0f}/s ({median(share[ACK]):.2f} ×)",
            f"≥ {RATIO} ×",
            ratio >= RATIO,
        ),
        Figure(
            f"… p99, {database}",
            f"**{ms(slowest)}**, median {ms(median(waits[OURS]))}",
            f"one row {ms(percentile(waits[ROW], 0.99))}, only an ack {ms(percentile(waits[ACK], 0.99))}",
            f"< {ms(SLOWEST)}",
            slowest < SLOWEST,
        ),
    ]
    part.numbers[database] = {
        "rate": rate,
        "share_of_row": share[ROW],
        "share_of_ack": share[ACK],
        "p50": {name: median(of) for name, of in waits.items()},
        "p99": {name: percentile(of, 0.99) for name, of in waits.items()},
        "touches": len(waits[OURS]),
        "refused": sum(run.refused for run in runs[OURS]),
        "cpu_ms_a_request": {
            name: 1000 * sum(run.cpu for run in of) / max(1, len(waits[name])) for name, of in runs.items()
        },
    }


WHOLE = Size()
QUICK = Size(contacts=500, rounds=1, seconds=1.0)
