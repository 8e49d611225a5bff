"""Logs as a process writes them, in one line each: the default renders every local variable of a traceback."""

from collections.abc import Iterator

import pytest
import structlog

from bot.logs import configure_logs


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    configure_logs("json")
    yield
    structlog.reset_defaults()
