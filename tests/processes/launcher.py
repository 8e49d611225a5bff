"""Starts the bot as its command line does, with a trap: at a named point of the database's work it kills itself.

    python -m tests.processes.launcher POINT TRAP run

The trap is set while the file TRAP exists; the process that springs it takes the file away first, so that of several
processes one dies. Points: ``before-commit`` of a hand raise, ``after-commit`` of one, ``after-sending-at`` is
committed, ``before-finish`` when Slack has answered. What Slack has to do with is the sandbox's to kill.
"""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


def _is_hand_raise(statement: str) -> bool:
    return statement.startswith("INSERT INTO inbox")


def _is_begin_send(statement: str) -> bool:
    if statement.startswith("INSERT INTO outbox"):  # begun with its cause, where it is handed over at once
        return "sending_at" in statement.partition(" VALUES ")[0]
    changed = statement.partition(" WHERE ")[0]
    return statement.startswith("UPDATE outbox SET") and "sending_at=" in changed and "state=" not in changed


def _is_sent(statement: str) -> bool:
    changed = statement.partition(" WHERE ")[0]
    return statement.startswith("UPDATE outbox SET") and "slack_ts=" in changed


class Trap:
    """Watches the statements of each thread's transactions, and dies at the point it was told."""

    def __init__(self, point: str, file: Path) -> None:
        self._file = file
        self._here = threading.local()
        watched = {"before-commit": _is_hand_raise, "after-commit": _is_hand_raise, "after-sending-at": _is_begin_send}
        self._watched = watched.get(point, _is_sent)
        if point == "before-finish":
            event.listen(Engine, "before_cursor_execute", self._before_statement)
            return
        event.listen(Engine, "after_cursor_execute", self._note)
        if point == "before-commit":
            event.listen(Engine, "commit", self._on_end)
        else:
            event.listen(Session, "after_commit", self._on_end)
        event.listen(Engine, "rollback", lambda _connection: self._forget())

    def _before_statement(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if self._watched(statement):
            self._spring()

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if self._watched(statement):
            self._here.seen = True

    def _forget(self) -> bool:
        """Whether the statement was seen on this thread since its last transaction ended."""
        return bool(self._here.__dict__.pop("seen", False))

    def _on_end(self, _what: Any) -> None:
        if self._forget():
            self._spring()

    def _spring(self) -> None:
        try:
            self._file.unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    point, file, *words = sys.argv[1:]
    Trap(point, Path(file))
    sys.argv = ["handraiser", *words]
    from bot.__main__ import main as handraiser

    handraiser()


if __name__ == "__main__":
    main()
