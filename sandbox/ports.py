"""Ports of this machine."""

from __future__ import annotations

import contextlib
import socket


def free_port(wanted: int = 0) -> int:
    """``wanted`` if nobody listens there now, else any free port of 127.0.0.1."""
    for port in (wanted, 0):
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port was found on 127.0.0.1")
