"""`make demo`: a made-up company in a Slack on this machine, with the bot as its own process.

The bot is started by the same command line a real install uses; nothing in it knows that this is a demo. It runs in
the demo's own folder: a `.env` beside the code is a real install's, and none of its business.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import os
import secrets
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from sandbox.config import ChannelSpec, Person, SandboxConfig
from sandbox.ports import free_port
from sandbox.server import Server
from sandbox.workdays import office_hours
from sandbox.worked import WORKED

HERE = Path(__file__).parent
ROOT = HERE.parent
PEOPLE = HERE / "data" / "people.csv"
COMPANY = "Brightpath"
OWN = {
    "our_company: Our company": f"our_company: {COMPANY}",
    'our_phone: ""': 'our_phone: "+49 30 23125 400"',
    'booking_link: ""': "booking_link: https://brightpath.example/talk",
}
"""What the made-up company wrote into its playbook, in place of what is there."""
FORM_KEY = "demo-form-key"
READY_WITHIN = 60.0


class DemoError(Exception):
    """The demo cannot start; the message says why and what to do."""


def members(path: Path) -> list[Person]:
    """The people of the made-up company as members of its workspace."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Person(
                name=row["name"].split(" ")[0],
                email=row["email"],
                real_name=row["name"],
                title=row["roles"].upper().replace(" ", ", "),
                tz=row["timezone"],
            )
            for row in csv.DictReader(file)
        ]


def settings_for(server: Server, bot_port: int, folder: Path) -> dict[str, str]:
    """The bot's environment: this machine's own, without anything meant for a real install."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "INTAKE_", "CLOCK_"))}
    return (
        kept
        | server.environment()
        | {
            "DATABASE_URL": f"sqlite:///{folder / 'handraiser.db'}",
            "HOST": "127.0.0.1",
            "PORT": str(bot_port),
            "PLAYBOOK": str(folder / "playbook.yaml"),
            "INTAKE_FORM_KEYS": FORM_KEY,
            "FORM_REDIRECTS": server.url,
            "PUBLIC_URL": f"http://127.0.0.1:{bot_port}",
            "ADMIN_EMAIL": "noor@brightpath.example",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
    )


class Filling:
    """The process that fills the database: first what is under way, then, while the bot starts, the bought list."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said: list[str] = []

    @classmethod
    async def begun(cls, env: dict[str, str], folder: Path) -> Filling:
        """Start it in ``folder``, with the bot's environment."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox.filling", str(folder)),
            env=env,
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return cls(process)

    async def worked(self) -> None:
        """Wait until the bot may start. Raises ``DemoError`` with what was said."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._said.append(line.decode(errors="replace"))
            if line.strip() == WORKED.encode():
                return
        await self.done()

    async def done(self) -> None:
        """Wait for the end. Raises ``DemoError`` with what was said."""
        output, _ = await self._process.communicate()
        if self._process.returncode:
            raise DemoError("Setting up failed:\n" + "".join(self._said) + output.decode(errors="replace"))

    async def stop(self) -> None:
        """End it, if it runs."""
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


async def ready(port: int, bot: asyncio.subprocess.Process) -> None:
    """Wait until the bot says it is ready. Raises ``DemoError``."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN
    async with aiohttp.ClientSession() as session:
        while asyncio.get_running_loop().time() < deadline:
            if bot.returncode is not None:
                raise DemoError("The bot stopped at once; what it said is above.")
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise DemoError("The bot did not become ready in a minute.")


def prepare(folder: Path) -> None:
    """An empty folder with the made-up company's playbook in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    playbook = (ROOT / "playbook.yaml").read_text(encoding="utf-8")
    for usual, ours in OWN.items():
        playbook = playbook.replace(usual, ours)
    (folder / "playbook.yaml").write_text(playbook, encoding="utf-8")


async def demo(stop: asyncio.Event, folder: Path, port: int) -> None:
    """Start everything with its files in ``folder``, print one address, and run until ``stop``."""
    prepare(folder)
    bot_port = free_port(port + 1)
    server = Server(
        SandboxConfig(
            people=members(PEOPLE),
            channels=[
                ChannelSpec("inbound"),
                ChannelSpec("general"),
                *(ChannelSpec(f"ae-{name}") for name in ("erik", "farah", "gabriel")),
            ],
            port=free_port(port),
            team=COMPANY,
            manifest=ROOT / "manifest.yaml",
            form_url=f"http://127.0.0.1:{bot_port}/intake/form/{FORM_KEY}",
            signing_secret=secrets.token_hex(16),
            limits_on=True,
        )
    )
    await server.start()
    server.sandbox.clock.move({"to": office_hours(datetime.now(UTC)).isoformat()})
    env = settings_for(server, bot_port, folder)
    say("Setting up a company of 12 people, two quarters old, with 5,000 contacts ...")
    filling = await Filling.begun(env, folder)
    bot = None
    try:
        await filling.worked()
        bot = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "run", env=env, cwd=folder)
        await asyncio.gather(ready(bot_port, bot), filling.done())
        say(f"\nThe workspace is open:  {server.url}/\n")
        say("Open it, then “Open the company's website” and send the form. docs/tour.md is a day in five minutes.")
        say("Ctrl-C ends it.")
        waiting = {asyncio.create_task(stop.wait()), asyncio.create_task(bot.wait())}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
    finally:
        await filling.stop()
        if bot is not None and bot.returncode is None:
            bot.terminate()
            await bot.wait()
        await server.stop()


def say(line: str) -> None:
    """One line to the person who started the demo."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> int:
    """Run the demo until Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description="A made-up company in a Slack on this machine.")
    parser.add_argument("--port", type=int, default=8800, help="the workspace's port, if it is free")
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="emptied first; holds the database")
    given = parser.parse_args()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await demo(stop, given.folder.absolute(), given.port)
    except DemoError as error:
        say(str(error))
        return 1
    say("Closed.")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
