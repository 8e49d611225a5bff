"""A real Chromium before a real sandbox, with a small bot behind it.

``browser``: one Chromium for the tests of a module. ``stage``: a fresh workspace on its own thread, with the bot of
``bot.py`` in Socket Mode. ``look``: opens the page as somebody and fails the test on any error in the page's console.
Where no Chromium is found the tests skip loudly; ``REQUIRE_BROWSER=1`` makes that a failure. ``CHROMIUM`` names one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.sandbox_page.stage import Stage
from tests.support.browser import PATIENCE, browser  # noqa: F401 — a fixture

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A fresh workspace with the bot of this folder."""
    with Stage.open() as opened:
        yield opened


@pytest.fixture
def look(browser: Browser, stage: Stage) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Open the page as somebody: ``look("Sam", "#inbound")``; further words are those of a browser context."""
    contexts = []
    problems: list[str] = []

    def opened(name: str = "Sam", channel: str = "inbound", path: str | None = None, **context: Any) -> Page:
        made = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | context))
        contexts.append(made)
        page = made.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        where = f"/?as={stage.id_of(name)}#/c/{stage.channel(channel)}" if path is None else path
        page.goto(stage.url + where)
        return page

    yield opened
    for made in contexts:
        made.close()
    assert problems == []
