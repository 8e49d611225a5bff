"""`python -m sandbox`: a workspace on this machine, alone, for a bot started by hand."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.server import Server


def _config(argv: list[str]) -> SandboxConfig:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Slack workspace on your own machine.")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--people", default="Sam,Ada,Lin", help="names, separated by commas")
    parser.add_argument("--channels", default="general,inbound", help="names, separated by commas")
    parser.add_argument("--manifest", type=Path, default=None, help="default: manifest.yaml in this folder")
    parser.add_argument("--events-url", default=None, help="signed HTTP to this address instead of Socket Mode")
    parser.add_argument("--form-url", default=None, help="the bot's intake for the website's forms")
    parser.add_argument("--no-limits", action="store_true", help="no rate limits")
    given = parser.parse_args(argv)
    return SandboxConfig(
        people=[name.strip() for name in given.people.split(",")],
        channels=[name.strip() for name in given.channels.split(",")],
        port=given.port,
        manifest=given.manifest,
        events_url=given.events_url,
        form_url=given.form_url,
        limits_on=not given.no_limits,
    )


async def serve(config: SandboxConfig) -> None:
    """Serve until interrupted; prints what a bot needs in its environment."""
    server = Server(config)
    url = await server.start()
    lines = [f"The workspace: {url}/", "For the bot:", *(f"  {k}={v}" for k, v in server.environment().items())]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    try:
        asyncio.run(serve(_config(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit(0)
