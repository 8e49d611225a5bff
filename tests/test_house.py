"""The rules of the house that a machine can hold: arrows, sizes, and what must not be written down."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import bot
from bot.playbook.load import default_text

ROOT = Path(__file__).parents[1]
MOST_LINES = 400
MOST_LINES_IN_A_FUNCTION = 60
BINARY = {".png", ".jpg", ".gif", ".ico", ".woff2", ".ttf", ".db"}
# Written so that this file does not hold what it looks for.
REGISTRIES = "|".join(
    [
        "pypi" + r"\.org",
        "python" + r"hosted\.org",
        "registry" + r"\.npmjs",
        "deb" + r"\.debian\.org",
        "proxy" + r"\.golang",
    ]
)
MACHINE_PATHS = r"(?<![\w.])/(?:work|farm|root)/|/tmp/" + "hr/"
LINKS = r"\[[^\]]*\]\((?!\w+:)([^)#\s]+)[^)]*\)|<(?:img|source|a)\b[^>]*(?:src|srcset|href)=\"(?!\w+:|#)([^\"#]+)"
UNFINISHED = r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|raise Not" + "ImplementedError"


def tracked() -> list[Path]:
    """The files that are part of the project; where git cannot say, all that are not made by a tool."""
    names = _listed()
    if names is None:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _made(path.relative_to(ROOT))]
    return [path for name in names if (path := ROOT / name).is_file() and _is_text(path)]


def _listed() -> list[str] | None:
    """What git has; None without git, or without a repository as in a release's archive."""
    words = ["git", "ls-files", "-z"]
    try:
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return None if listed.returncode else [name for name in listed.stdout.split("\0") if name]


def _made(path: Path) -> bool:
    *folders, name = path.parts
    ours = {".ci", ".github"}
    return name == ".env" or any(
        part == "__pycache__" or part.endswith(".egg-info") or (part.startswith(".") and part not in ours)
        for part in folders
    )


def _is_text(path: Path) -> bool:
    if path.suffix in BINARY:
        return False
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]


def python_rooms() -> list[Path]:
    return [
        path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ("bot", "sandbox")
    ]


def test_the_arrows_between_the_rooms_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_rooms_are_small():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix in (".py", ".js") and "versions" not in path.parts
        if (count := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}


def test_a_function_fits_a_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_rooms()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES_IN_A_FUNCTION
    ]
    assert long == []


def test_no_registry_and_no_path_of_a_machine_is_written_down():
    assert lines_with(REGISTRIES, tracked()) == []
    assert lines_with(MACHINE_PATHS, tracked()) == []


def test_nothing_is_left_for_later():
    assert lines_with(UNFINISHED, [path for path in tracked() if path.suffix in (".py", ".js", ".html", ".css")]) == []


def test_only_one_place_commits():
    commits = lines_with(r"\.commit\(\)", [path for path in python_rooms() if "sandbox" not in path.parts])
    assert [line.split(":")[0] for line in commits] == ["bot/db/session.py"]


def test_only_the_clocks_ask_the_machine_for_the_time():
    asks = lines_with(r"datetime\.(?:now|today|utcnow)\(|date\.today\(", [*(ROOT / "bot").rglob("*.py")])
    assert {line.split(":")[0] for line in asks} == {"bot/clocks.py"}


def test_every_pinned_requirement_has_its_hash_and_no_index():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-make.txt"):
        text = (ROOT / name).read_text()
        assert "--index-url" not in text
        pins = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_what_runs_is_pinned_alike_for_the_tests():
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.\[\]-]+)==([^\s;\\]+)", (ROOT / name).read_text(), flags=re.MULTILINE))

    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()
    assert pins("requirements-make.txt").items() <= pins("requirements-dev.txt").items()


def test_the_version_is_one():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == bot.__version__


def test_the_playbook_to_begin_with_is_the_default_one():
    assert (ROOT / "playbook.yaml").read_text(encoding="utf-8") == default_text()


def test_every_target_of_the_makefile_explains_itself():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[0].split())
    assert targets == set(re.findall(r"^([a-z]+):.*## \S", makefile, flags=re.MULTILINE))
    assert targets >= {"demo", "test", "check", "fmt", "bench", "help"}


def test_every_link_to_a_file_of_ours_leads_somewhere():
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked()
        if page.suffix == ".md"
        for pair in re.findall(LINKS, page.read_text(encoding="utf-8"))
        for target in pair
        if target and not (page.parent / target).exists()
    ]
    assert missing == []


def test_without_git_the_same_files_are_looked_at(monkeypatch):
    by_git = set(tracked())
    monkeypatch.setenv("PATH", "")
    without = set(tracked())
    assert by_git <= without
    assert not any(path.suffix == ".pyc" or ".git" in path.parts or ".venv" in path.parts for path in without)
