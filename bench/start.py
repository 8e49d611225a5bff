"""What it costs to have Handraiser: its memory when nothing happens, and the time until a stranger sees an alert."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from bench.figures import Figure, Part, ms, say
from bench.house import channels, prepared, reps, sqlite_copy
from bench.load import median
from bench.processes import ROOT, BenchError, answers, clean_environment, end, started
from sandbox.driver import Workspace
from sandbox.ports import free_port

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
SOON = 120.0
MB = 1024 * 1024
NOTE = (
    "memory of `handraiser run` on SQLite with its playbook and 5,000 contacts, in Socket Mode, after ten quiet "
    "seconds (RSS, and USS: what is its own). The demo is begun by its own command in a folder of its own, and the "
    "form is posted as soon as its address is printed."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    contacts: int = 5000
    idle_seconds: float = 10.0
    demos: int = 2
    clone: bool = True


WHOLE = Size()
QUICK = Size(contacts=500, idle_seconds=1.0, demos=1, clone=False)


async def measure(size: Size) -> Part:
    """Memory, then the demo."""
    part = Part("start", note=NOTE)
    say("idle memory ...")
    resident, own, ready = await idle(size)
    part.figures.append(
        Figure("idle memory of `handraiser run`", f"**{resident / MB:.0f} MB** (own {own / MB:.0f} MB)")
    )
    part.figures.append(Figure("`handraiser run` to ready", f"{ready:.1f} s"))
    part.numbers = {"rss": resident, "uss": own, "ready_seconds": ready}
    if size.demos:
        say("the demo ...")
        firsts = [await demo() for _ in range(size.demos)]
        first, clicked = median([one[0] for one in firsts]), median([one[1] for one in firsts])
        part.figures.append(
            Figure("`make demo` to the first alert", f"**{first:.1f} s**, of it from form to alert {ms(clicked)}")
        )
        part.numbers |= {"demo_seconds": first, "form_to_alert_seconds": clicked}
    if size.clone:
        say("a fresh environment from the package cache ...")
        if (seconds := await environment()) is not None:
            part.figures.append(Figure("… before it, once: the packages, with a warm cache", f"{seconds:.0f} s"))
            part.numbers["environment_seconds"] = seconds
    return part


async def idle(size: Size) -> tuple[int, int, float]:
    """Resident and own bytes of ``handraiser run`` when nothing happens, and seconds until it was ready."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        slack = await stack.enter_async_context(
            Workspace.start(people=reps(), channels=channels(), manifest=ROOT / "manifest.yaml")
        )
        port, log = free_port(0), folder / "log"
        env = slack.env() | {
            "PORT": str(port),
            "DATABASE_URL": sqlite_copy(await prepared(size.contacts), folder, "idle"),
            "PLAYBOOK": str(ROOT / "playbook.yaml"),
        }
        began = time.perf_counter()
        process = await stack.enter_async_context(started(log, env, "bot", "run"))
        await answers(f"http://127.0.0.1:{port}/readyz", process, log)
        ready = time.perf_counter() - began
        await slack.connected(within=SOON)
        await asyncio.sleep(size.idle_seconds)
        memory = psutil.Process(process.pid).memory_full_info()
        return memory.rss, memory.uss, ready


async def demo() -> tuple[float, float]:
    """Seconds from the command to the first alert, and from the form to it."""
    folder = Path(tempfile.mkdtemp(prefix="hr-bench-demo-"))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.demo", "--folder", str(folder / "demo")),
        env=clean_environment(),
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        url = await asyncio.wait_for(_address(process), SOON)
        async with Workspace.connect(url) as slack, reading(process):
            posted = time.perf_counter()
            await send_form(str(slack.facts["website"]["form_url"]))
            await slack.person("Lena").sees("Larsen", in_="#inbound", within=SOON)
            seen = time.perf_counter()
    finally:
        await end(process)
        shutil.rmtree(folder, ignore_errors=True)
    return seen - began, seen - posted


@asynccontextmanager
async def reading(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """Read what a process says, so that it can go on saying it."""
    assert process.stdout is not None
    task = asyncio.create_task(process.stdout.read())
    try:
        yield
    finally:
        task.cancel()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    said = ""
    async for line in process.stdout:
        said += line.decode(errors="replace")
        if "workspace is open" in said and (found := ADDRESS.search(said.partition("workspace is open")[2])):
            return found[0]
    raise BenchError(f"The demo ended:\n{said}")


async def send_form(url: str) -> None:
    """What the website's "Contact me" sends."""
    fields = {
        "name": "Pat Larsen",
        "email": "pat.larsen@fernhollow.example",
        "company": "Fernhollow",
        "message": "Please call me.",
        "intent": "contact_me",
    }
    async with aiohttp.ClientSession() as http, http.post(url, data=fields) as answer:
        if answer.status >= 400:
            raise BenchError(f"The form was answered with {answer.status}.")


async def environment() -> float | None:
    """Seconds that ``make demo`` needs for its packages in a fresh clone; None where they cannot be had."""
    folder = Path(tempfile.mkdtemp(prefix="hr-bench-clone-"))
    try:
        clone = folder / "clone"
        if await _quiet("git", "clone", "--quiet", str(ROOT), str(clone)):
            return None
        began = time.perf_counter()
        failed = await _quiet("make", "-C", str(clone), ".venv/.runtime", f"PYTHON={sys.executable}")
        return None if failed else time.perf_counter() - began
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _quiet(*words: str) -> int:
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:  # there is no such program here
        return 1
    try:
        return await asyncio.wait_for(process.wait(), SOON)
    except TimeoutError:
        await end(process)
        return 1
