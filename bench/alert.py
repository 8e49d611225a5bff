"""From a raised hand to its alert in Slack, beside a forwarder that keeps nothing.

One by one for the time it takes, then from many callers for how many a second are committed and drained; the same with
a large database. All are up at once and take turns; the workspace they post to is the sandbox, limits off.
"""

import asyncio
import itertools
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.alert_doors import FORM_KEY, INTAKE_SECRET, Door, Watched, send_form, send_json, send_plain
from bench.figures import Figure, Part, ms, say
from bench.house import addresses, at_work, channels, prepared, reps, sqlite_copy
from bench.load import KEPT_SECONDS, closed_loop, in_turn, median, percentile
from bench.processes import ROOT, answers, started
from bot.clocks import protocol_now
from sandbox.config import SandboxConfig
from sandbox.ports import free_port

CALLERS = 16
ALONE_SECONDS = 0.02
"""After an alert is posted, it is noted where it stands: the next one does not begin in the middle of that."""
FLOOR, JSON, FORM, LARGE = "forwarder", "json", "form", "large"
TIMES_FLOOR, LEADS_A_SECOND, TIMES_LARGE = 10, 50, 1.3
CALM = """inbound:
  ladder: {dm_unseen: 40m, nudge: 45m, next_rep: 50m, manager: 60m, claimed_idle: 40m, claimed_reopen: 50m}
"""
"""Nobody claims here: what falls due a minute after an alert would be measured with the next ones."""
NOTE = (
    "signed Standard Webhooks JSON or the plain form, every other event about a known contact, each 20 ms after the "
    "last was posted unless it says otherwise (both are slower on a machine that was idle); done when the sandbox's "
    "`chat.postMessage` has the alert. SQLite with synchronous=FULL, one process for web and worker, {reps} teams with "
    "a channel each; Slack's limits off on both sides. The forwarder is Starlette and slack_sdk's AsyncWebClient with "
    "its defaults, a connection a call, and answers when Slack has answered. Rounds are interleaved; ratios are of "
    "medians."
)


@dataclass(frozen=True)
class Size:
    """How much is measured. ``large``: contacts of the second database; 0 leaves it out."""

    contacts: int = 5000
    large: int = 100_000
    rounds: int = 6
    one_by_one: int = 25
    bursts: int = 2
    seconds: float = 6.0


WHOLE = Size()
QUICK = Size(contacts=500, large=0, rounds=1, one_by_one=5, bursts=1, seconds=1.0)


async def measure(size: Size) -> Part:
    """Time one by one, then what is carried in a burst."""
    part = Part("alert", note=NOTE.format(reps=len(reps())))
    say("webhook in, alert posted ...")
    async with place(size) as (slack, doors):
        for door in doors.values():
            await one_by_one(slack, door, size.one_by_one)
        waits: dict[str, list[float]] = {name: [] for name in doors}
        for number in range(size.rounds):
            for name in in_turn(list(doors), number):
                waits[name] += await one_by_one(slack, doors[name], size.one_by_one)
        on_heels: dict[str, list[float]] = {FLOOR: [], JSON: []}
        for number in range(size.rounds):
            for name in in_turn(list(on_heels), number):
                on_heels[name] += await one_by_one(slack, doors[name], size.one_by_one, pause=0.0)
        say("... and many at once ...")
        bursts: dict[str, list[dict[str, float]]] = {name: [] for name in doors if name != FORM}
        for number in range(size.bursts):
            for name in in_turn(list(bursts), number):
                bursts[name].append(await burst(slack, doors[name], size.seconds))
    report(part, waits, bursts, size)
    part.figures.insert(2, on_its_heels(on_heels))
    part.numbers["on_heels"] = {name: median(of) for name, of in on_heels.items()}
    part.numbers["median_to_answer"] = {name: median(door.answered) for name, door in doors.items()}
    return part


async def one_by_one(slack: Watched, door: Door, times: int, pause: float = ALONE_SECONDS) -> list[float]:
    """Seconds from the request to its post, one after the other, each when the one before has left nothing to do."""
    waits = []
    for _ in range(times):
        began = time.perf_counter()
        await door.knock()
        door.answered.append(time.perf_counter() - began)
        waits.append(await slack.sees(door.sent[-1:]) - began)
        await asyncio.sleep(pause)
    return waits


async def burst(slack: Watched, door: Door, seconds: float) -> dict[str, float]:
    """Requests a second that were taken, and that had been posted when the last one was."""
    before, began = len(door.sent), time.perf_counter()
    run = await closed_loop(CALLERS, seconds, door.knock)
    last = await slack.sees(door.sent[before:])
    count = len(door.sent) - before
    return {
        "committed": run.rate,
        "drained": count / (last - began),
        "p50": median(run.waits),
        "p99": percentile(run.waits, 0.99),
        "leads": count,
    }


@asynccontextmanager
async def place(size: Size) -> AsyncIterator[tuple[Watched, dict[str, Door]]]:
    """The sandbox, the bot on a small and on a large database, and the forwarder."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "playbook.yaml").write_text(CALM)
        slack = Watched(
            SandboxConfig(people=reps(), channels=channels(), manifest=ROOT / "manifest.yaml", events_url="unused")
        )
        await slack.start()
        stack.push_async_callback(slack.stop)
        slack.sandbox.clock.move({"to": at_work(protocol_now()).isoformat()})
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS))
        )
        numbers = itertools.count(1)
        kept = await prepared(size.contacts)
        known = iter(addresses(kept))
        ours = await bot(stack, slack, folder, "small", kept)
        doors = {
            FLOOR: Door(http, await forwarder(stack, slack, folder), iter(()), send_plain, numbers),
            JSON: Door(http, ours, known, send_json, numbers),
            FORM: Door(http, ours, known, send_form, numbers),
        }
        if size.large:
            much = await prepared(size.large)
            large = await bot(stack, slack, folder, "large", much)
            doors[LARGE] = Door(http, large, iter(addresses(much)), send_json, numbers)
        yield slack, doors


async def bot(stack: AsyncExitStack, slack: Watched, folder: Path, name: str, kept: Path) -> str:
    """``handraiser run`` on a copy of a prepared database; its address."""
    port = free_port(0)
    env = slack.environment() | {
        "PORT": str(port),
        "DATABASE_URL": sqlite_copy(kept, folder, name),
        "PLAYBOOK": str(folder / "playbook.yaml"),
        "INTAKE_SECRET": INTAKE_SECRET,
        "INTAKE_FORM_KEYS": FORM_KEY,
        "SLACK_BUDGET": "off",
    }
    log = folder / f"{name}.log"
    process = await stack.enter_async_context(started(log, env, "bot", "run"))
    await answers(f"http://127.0.0.1:{port}/readyz", process, log)
    return f"http://127.0.0.1:{port}"


async def forwarder(stack: AsyncExitStack, slack: Watched, folder: Path) -> str:
    """The forwarder; its address."""
    port, log = free_port(0), folder / "forwarder.log"
    process = await stack.enter_async_context(
        started(log, slack.environment(), "bench.compared", "forwarder", "--port", str(port))
    )
    await answers(f"http://127.0.0.1:{port}/healthz", process, log)
    return f"http://127.0.0.1:{port}"


def on_its_heels(waits: dict[str, list[float]]) -> Figure:
    """The line for requests that come as soon as the last is posted, while ours still notes where that stands."""
    ours, floor = median(waits[JSON]), median(waits[FLOOR])
    return Figure(
        "… each on the heels of the last", f"median {ms(ours)} = {ours / floor:.1f} ×", f"the forwarder: {ms(floor)}"
    )


def report(part: Part, waits: dict[str, list[float]], bursts: dict[str, list[dict[str, float]]], size: Size) -> None:
    """The lines of the table."""
    middle = {name: median(of) for name, of in waits.items()}
    slowest = {name: percentile(of, 0.99) for name, of in waits.items()}
    floor = f"a forwarder that keeps nothing: {ms(middle[FLOOR])}, p99 {ms(slowest[FLOOR])}"
    for name, words in ((JSON, "signed JSON in → alert posted, one by one"), (FORM, "form in → alert posted")):
        times = middle[name] / middle[FLOOR]
        part.figures.append(
            Figure(
                words,
                f"median **{ms(middle[name])}** = {times:.1f} ×, p99 {ms(slowest[name])}",
                floor,
                f"≤ {TIMES_FLOOR} ×",
                times <= TIMES_FLOOR,
            )
        )
    rates = {name: {key: median([one[key] for one in of]) for key in of[0]} for name, of in bursts.items()}
    part.figures.append(
        Figure(
            f"{CALLERS} callers, committed and drained",
            f"**{rates[JSON]['drained']:.0f} leads/s** (taken {rates[JSON]['committed']:.0f}/s, "
            f"answer p99 {ms(rates[JSON]['p99'])})",
            f"the forwarder: {rates[FLOOR]['drained']:.0f}/s",
            f"≥ {LEADS_A_SECOND}/s",
            rates[JSON]["drained"] >= LEADS_A_SECOND,
        )
    )
    if LARGE in waits:
        slower = middle[LARGE] / middle[JSON]
        fewer = rates[JSON]["drained"] / rates[LARGE]["drained"]
        part.figures.append(
            Figure(
                f"… with {size.large:,} contacts in the database",
                f"median {ms(middle[LARGE])} = **{slower:.2f} ×**, {rates[LARGE]['drained']:.0f} leads/s",
                f"{size.contacts:,} contacts: {ms(middle[JSON])}, {rates[JSON]['drained']:.0f} leads/s",
                f"≤ {TIMES_LARGE} ×",
                max(slower, fewer) <= TIMES_LARGE,
            )
        )
    part.numbers = {"median": middle, "p99": slowest, "bursts": bursts}
