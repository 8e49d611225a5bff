"""The real processes of the Procfile, run by honcho as an install runs them."""

import asyncio
import base64
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from standardwebhooks.webhooks import Webhook

from sandbox.ports import free_port

ROOT = Path(__file__).parents[2]
INTAKE_SECRET = "whsec_" + base64.b64encode(b"the tests sign with this").decode()
ENDED = re.compile(r"(\w+\.\d+) stopped \(rc=(-?\d+)\)")


class Running:
    """Processes under honcho; ``log`` is all they said so far."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.log = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.log += line.decode(errors="replace")

    async def ready(self, within: float = 60.0) -> None:
        """Wait until ``/readyz`` says so; raises ``AssertionError`` with what was said instead."""
        said = "nothing"
        try:
            async with asyncio.timeout(within), aiohttp.ClientSession() as http:
                while True:
                    assert self.process.returncode is None, f"the processes ended:\n{self.log}"
                    try:
                        async with http.get(f"{self.url}/readyz") as answer:
                            said = await answer.text()
                            if answer.status == 200:
                                return
                    except aiohttp.ClientError as error:
                        said = repr(error)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not ready, but: {said}\n{self.log}") from None

    async def raise_hand(self, number: int, **more: Any) -> int:
        """Send one signed event of somebody who wants to be contacted; the status of the answer."""
        body = json.dumps(
            {
                "id": f"event-{number}",
                "occurred_at": datetime.now(UTC).isoformat(),
                "intent": "contact_me",
                "source": "contact_form",
                "person": {
                    "email": f"person{number}@company{number}.com",
                    "first_name": "Pat",
                    "last_name": f"Number{number}",
                },
                "company": {"name": f"Company {number}", "domain": f"company{number}.com"},
                "message": f"Please call, this is request {number}.",
                **more,
            }
        )
        now = datetime.now(UTC)
        headers = {
            "webhook-id": f"event-{number}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(INTAKE_SECRET).sign(f"event-{number}", now, body),
            "content-type": "application/json",
        }
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/intake/standard", data=body, headers=headers) as answer,
        ):
            return answer.status

    async def stop(self, within: float = 30.0) -> dict[str, int]:
        """SIGTERM them all, and say with which code each ended."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(within):
            await self.process.wait()
            await self._reading
        return {name: int(code) for name, code in ENDED.findall(self.log)}

    async def kill(self) -> None:
        """End what is left, however it stands."""
        if self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                async with asyncio.timeout(20):
                    await self.process.wait()
            except TimeoutError:
                os.killpg(self.process.pid, signal.SIGKILL)
                await self.process.wait()
        await self._reading


@asynccontextmanager
async def honcho(
    folder: Path, environment: Mapping[str, str], *processes: str, concurrency: str = ""
) -> AsyncIterator[Running]:
    """Start processes of the real Procfile in ``folder``; they are ended afterwards."""
    port = free_port()
    (folder / "procfile.env").write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "honcho", "-f", str(ROOT / "Procfile"), "-d", str(folder)),
        *("-e", "procfile.env", "start", "-p", str(port)),
        *(("-c", concurrency) if concurrency else ()),
        *processes,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
    )
    running = Running(process, f"http://127.0.0.1:{port}")
    try:
        yield running
    finally:
        await running.kill()
        sys.stderr.write(running.log)  # shown where a test fails
