"""What was measured, as rows of a table and as JSON; facts of the machine beside it."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.processes import ROOT

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
PACKAGES = ("slack-bolt", "sqlalchemy", "psycopg", "starlette", "uvicorn", "aiohttp")


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``met`` is None where there is no target."""

    what: str
    value: str
    against: str = ""
    target: str = ""
    met: bool | None = None


@dataclass
class Part:
    """What one benchmark found: lines for people, numbers for machines, and how it was measured."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def commit() -> str:
    """The commit that is measured; nothing where there is no git, or no repository."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=10"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return said.stdout.strip()


def facts(quick: bool) -> dict[str, Any]:
    """When, of which commit, on what machine. No names of hosts or folders."""
    return {
        "commit": commit() or "unknown",
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": os.cpu_count() or 0,
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": platform.system(),
        "versions": {name: version(name) for name in PACKAGES},
        "quick": quick,
    }


def table(parts: list[Part], about: dict[str, Any]) -> str:
    """The table in Markdown."""
    lines = ["| Figure | Measured | Compared to | Target |", "|---|---|---|---|"]
    for part in parts:
        for one in part.figures:
            mark = {True: " ✓", False: " ✗", None: ""}[one.met]
            lines.append(f"| {one.what} | {one.value} | {one.against} | {one.target}{mark} |")
    quick = ", in a hurry (`--quick`): a check that it runs, no figures to quote" if about["quick"] else ""
    lines.append("")
    lines.append(
        f"Commit {about['commit']}, {about['date']}, {about['cores']} cores, load {about['load_before']} before, "
        f"Python {about['python']}{quick}."
    )
    return "\n".join(lines)


def keep(parts: list[Part], about: dict[str, Any], folder: Path = FOLDER, readme: Path = ROOT / "README.md") -> None:
    """Write ``results.json`` and ``RESULTS.md``, and the table of the README where it has a place for it."""
    whole = about | {"parts": [asdict(part) for part in parts]}
    (folder / "results.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = table(parts, about)
    notes = "\n".join(f"- **{part.name}**: {part.note}" for part in parts if part.note)
    (folder / "RESULTS.md").write_text(f"# Figures\n\n{text}\n\n{notes}\n", encoding="utf-8")
    if readme.is_file():
        old = readme.read_text(encoding="utf-8")
        new = placed(old, text)
        if new != old:
            readme.write_text(new, encoding="utf-8")


def placed(readme: str, text: str) -> str:
    """``readme`` with ``text`` between its marks; unchanged without them."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}\n{text}\n{end}{after}" if begin and end else readme


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def say(line: str) -> None:
    """One line to whoever waits for the figures."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
