"""Where the tests keep databases: in memory where the machine offers it.

Copying a PostgreSQL database is hundreds of small files, and SQLite waits for the disk at every commit; on a disk that
is most of what the suite costs. Nothing that must be executed goes here: a container's memory folder forbids that.
"""

import os
import shutil
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that must be free; a container often has 64 MB of it."""


def fast_folder() -> Path | None:
    """A folder in memory with room enough; None: take the usual one for temporary files."""
    try:
        room = shutil.disk_usage(SHARED_MEMORY).free >= ROOM
    except OSError:
        return None
    return SHARED_MEMORY if room and os.access(SHARED_MEMORY, os.W_OK | os.X_OK) else None
