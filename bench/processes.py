"""Processes under measurement: started by the command line a real install uses, ended by their own handle.

What must stay true: nothing is left running, nothing is ended that was not started here, and everything listens on
127.0.0.1 alone.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / ".bench"
"""What is kept between measurements."""
READY_WITHIN = 90.0
STOP_WITHIN = 20.0
OURS = ("SLACK_", "INTAKE_", "CLOCK_", "FORM_", "PLAYBOOK", "DATABASE_URL", "PORT", "HOST", "ADMIN_EMAIL")


class BenchError(Exception):
    """The measurement cannot be made; the message says why."""


def clean_environment() -> dict[str, str]:
    """This process's environment without anything meant for a real install; the code is found from any folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {"PYTHONPATH": str(ROOT)}


async def command(env: Mapping[str, str], *words: str) -> None:
    """Run ``python -m words`` to its end, away from any ``.env``. Raises ``BenchError`` with what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words),
        env={**clean_environment(), **env},
        cwd=SCRATCH,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise BenchError(f"{' '.join(words)} failed:\n{output.decode(errors='replace')}")


@asynccontextmanager
async def started(log: Path, env: Mapping[str, str], *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m words`` while the block runs, in the folder of ``log``, where what it says goes."""
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *words),
            env={**clean_environment(), **env},
            cwd=log.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield process
    finally:
        await end(process)


async def end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, and SIGKILL for what does not listen."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()


async def answers(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    """Wait until ``url`` answers 200. Raises ``BenchError`` with the end of ``log``."""
    give_up = asyncio.get_running_loop().time() + READY_WITHIN
    async with aiohttp.ClientSession() as http:
        while asyncio.get_running_loop().time() < give_up and process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise BenchError(f"{url} did not answer:\n{last_words(log)}")


def last_words(log: Path) -> str:
    """The end of what a process said."""
    return log.read_text(errors="replace")[-3000:]
