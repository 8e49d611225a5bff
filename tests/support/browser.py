"""Chromium for tests that look at a page.

Where none is found these tests skip loudly; ``REQUIRE_BROWSER=1`` makes that a failure. ``CHROMIUM`` names one.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

PATIENCE = 20_000
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """A Chromium on this machine, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for path in map(shutil.which, NAMES) if path), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless. Not for the whole run: while Playwright stands, its event loop holds this thread."""
    path = chromium()
    if path is None:
        sentence = (
            "NO CHROMIUM FOUND: the page in the browser is NOT tested. Install chromium, or name one in CHROMIUM."
        )
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield opened
        opened.close()
