"""Structured logs: one line per event, text for people or JSON for machines.

What must stay true: no line holds a message, a mail address or a phone number of a prospect, nor a secret.
"""

import logging
from typing import Literal

import structlog


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


class _Stderr:
    """Standard error as it is at the moment of writing."""

    def write(self, text: str) -> int:
        import sys

        return sys.stderr.write(text)

    def flush(self) -> None:
        import sys

        sys.stderr.flush()
