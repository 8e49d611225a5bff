"""Structured logs: one line per event, text for people or JSON for machines.

What must stay true: no line holds a message, a mail address or a phone number of a prospect, nor a secret.
"""

import logging
import sqlite3
import sys
import traceback
from typing import Literal

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

DATABASE_ERRORS = (SQLAlchemyError, psycopg.Error, sqlite3.Error)


def configure_logs(form: Literal["text", "json"]) -> None:
    """Send our events, and the libraries' warnings, to standard error in one form."""
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            trace_without_data,
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=_Stderr()),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s [%(levelname)s] %(name)s: %(message)s")
    for chatty in ("slack_bolt", "slack_sdk", "uvicorn.error", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def trace_without_data(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A database's error repeats what was to be stored, a prospect's data: of such a trace only the places are kept."""
    error = event.get("exc_info")
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException) and any(isinstance(one, DATABASE_ERRORS) for one in _chain(error)):
        del event["exc_info"]
        places = traceback.format_tb(error.__traceback__)
        event["exception"] = "".join(places) + " < ".join(type(one).__name__ for one in _chain(error))
    return event


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found


class _Stderr:
    """Standard error as it is at the moment of writing."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()
