"""One sandbox: everything it knows and does, without HTTP. `server.py` puts it on a port."""

from __future__ import annotations

import itertools
import time
from collections import deque
from typing import Any

from sandbox.clock import BusinessClock
from sandbox.config import SandboxConfig
from sandbox.faults import Faults
from sandbox.manifest import read_manifest
from sandbox.outgoing import Outgoing
from sandbox.rates import RateLimits
from sandbox.responses import Responses
from sandbox.state import Workspace
from sandbox.views import Views
from sandbox.watch import Watch

KEPT_LOG = 20_000


class Log:
    """What was called and what was delivered, for tests; numbered from 1, the oldest dropped."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._numbers = itertools.count(1)
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT_LOG)

    def add(self, kind: str, name: str, **more: Any) -> dict[str, Any]:
        """Note something: `kind` is `call`, `sent`, `problem` or `fault`."""
        entry = {"n": next(self._numbers), "at": time.time(), "kind": kind, "name": name, **more}
        self.entries.append(entry)
        self._watch.changed("log")
        return entry


class Sandbox:
    """A workspace with one app in it. Everything runs on one event loop."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.manifest = read_manifest(self.config.manifest)
        self.watch = Watch()
        self.log = Log(self.watch)
        self.ws = Workspace(self.config, self.manifest, self.watch)
        self.views = Views(self.ws, self.config)
        self.responses = Responses(self.ws, self.config)
        self.clock = BusinessClock(self.watch)
        self.faults = Faults()
        self.rates = RateLimits(self.config.limits_on, self.config.steady_clock)
        self.outgoing = Outgoing(self)
        self.base_url = ""

    def at(self, base_url: str) -> None:
        """Say where this sandbox can be reached, e.g. `http://127.0.0.1:8123`."""
        self.base_url = self.responses.base = base_url
