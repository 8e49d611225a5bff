"""A running demo for each module here, as `make demo` starts it, and somebody who looks at it in a browser."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import browser  # noqa: F401 — a fixture

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running demo; one for all tests of a module, in their order. Nothing it does may end in a traceback."""
    folder = tmp_path_factory.mktemp("demo")
    words = [sys.executable, "-m", "sandbox.demo", "--folder", str(folder / "demo"), "--port", "8860"]
    with (folder / "bot.log").open("w") as log:
        demo = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            assert demo.stdout is not None
            found = (re.search(r"(http://\S+)/", line) for line in demo.stdout)
            yield next(match.group(1) for match in found if match)
        finally:
            demo.send_signal(signal.SIGINT)
            said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, said
    assert "Closed." in said
    assert "Traceback" not in (folder / "bot.log").read_text()
