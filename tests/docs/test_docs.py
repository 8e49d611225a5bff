"""The pages say what is true: what they name exists, and what exists is named where it belongs."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from prometheus_client import REGISTRY
from typer.core import TyperGroup

import bot.telemetry  # noqa: F401 — it registers what a process counts
from bot.__main__ import app
from bot.domain.metrics_question import take_apart
from bot.domain.reassign_line import read_reassign
from bot.handlers.admin import REASSIGN
from bot.handlers.today import AHEAD, NEXT
from bot.intake.contact_columns import MEANING as CONTACTS
from bot.intake.csv_reading import heading_key
from bot.intake.deal_rows import MEANING as DEALS
from bot.intake.metrics import Metrics
from bot.intake.people_rows import MEANING as PEOPLE
from bot.intake.step_rows import MEANING as STEPS
from bot.jobs.schedule import DUE_JOBS, SWEEPS
from bot.playbook.load import default_playbook, describe
from bot.playbook.reference import reference
from bot.settings import variables
from bot.slack.choices import AdminPage
from bot.slack.ids import Command

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((*ROOT.glob("*.md"), *DOCS.rglob("*.md")))
}
ROLES = {name: PAGES[f"docs/{name}.md"] for name in ("sdr", "mrr", "ae", "manager", "admin")}
USED_BY = {
    Command.TOUCH: ("sdr", "mrr", "ae", "manager"),
    Command.LEAD: ("sdr", "mrr", "ae", "manager"),
    Command.TODAY: ("sdr", "mrr"),
    Command.ENROLL: ("sdr", "manager"),
    Command.HANDOFF: ("sdr", "mrr", "manager"),
    Command.DEAL: ("ae", "manager"),
    Command.PIPELINE: ("sdr", "mrr", "ae", "manager"),
    Command.HANDRAISER: ("manager", "admin"),
}
COMING = {"tour.md"}
"""Linked, and written elsewhere at this moment."""
ADDRESSES = ("/intake", "/slack", "/healthz", "/readyz", "/metrics", "/invite", "/u/")
"""What begins with a slash and is no command of ours: addresses of the web's door, Slack's own command."""


def everywhere() -> Iterator[tuple[str, str]]:
    """What stands in code, by line: ``inline`` and indented blocks; not the made page, which holds the playbook's."""
    for name, text in PAGES.items():
        if name == "docs/playbook.md":
            continue
        for inline in re.findall(r"`([^`\n]+)`", text):
            yield name, inline
        for line in text.splitlines():
            if line.startswith("    "):
                yield name, line.strip()


def typed(program: str) -> list[tuple[str, list[str]]]:
    """Where a program or command is typed, with its arguments."""
    found = []
    for name, code in everywhere():
        words = code.removeprefix("echo ").split()
        if words and words[0].removeprefix(".venv/bin/") == program:
            found.append((name, words[1:]))
    return found


def cli() -> TyperGroup:
    made = typer.main.get_command(app)
    assert isinstance(made, TyperGroup)
    return made


def commands_of(group: TyperGroup, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every command of the terminal with its options."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of(command, f"{before}{name} ")
        else:
            options = {option for one in command.params for option in one.opts if option.startswith("--")}
            yield f"{before}{name}", options | {"--help"}


def test_the_playbooks_reference_is_that_of_the_schema() -> None:
    assert PAGES["docs/playbook.md"] == reference(), "run: make docs"


def test_settings_that_no_code_reads_are_said_to_wait() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "bot").rglob("*.py") if "playbook" not in p.parts)
    paths = [path for path, _, _ in describe(default_playbook())]
    unread = [path for path in paths if not re.search(rf"\.{path.rpartition('.')[2]}\b", code)]
    waiting = re.findall(r"`([a-z_.]+)`", PAGES["docs/admin.md"].partition("**Settings that wait.**")[2])
    known = [one for one in waiting if any(path == one or path.startswith(f"{one}.") for path in paths)]
    assert known == waiting, "a setting is named that does not exist"
    assert [path for path in unread if not any(f"{path}.".startswith(f"{one}.") for one in waiting)] == []


@pytest.mark.parametrize("command", Command)
def test_a_slash_command_stands_on_the_pages_of_those_who_use_it(command: Command) -> None:
    missing = [
        role for role in USED_BY[command] if f"`{command}" not in ROLES[role] and f"    {command}" not in ROLES[role]
    ]
    assert not missing
    assert f"`{command}" in PAGES["README.md"]


def test_every_slash_command_that_is_named_exists() -> None:
    named = [(name, code.split()[0]) for name, code in everywhere() if re.match(r"/[a-z]+", code)]
    unknown = [(name, word) for name, word in named if word not in set(Command) and not word.startswith(ADDRESSES)]
    assert named
    assert not unknown


def test_words_after_a_command_mean_something() -> None:
    pages = {*AdminPage, REASSIGN, ""}
    said = [words for _, words in typed(Command.HANDRAISER)]
    assert {" ".join(words[:1]) for words in said} <= pages
    assert all(words[0] == REASSIGN and all(read_reassign(" ".join(words))) for words in said if len(words) > 1)
    assert {" ".join(words) for _, words in typed(Command.TODAY)} <= {*NEXT, *AHEAD, "", "help"}


@pytest.mark.parametrize("words", sorted({" ".join(words) for _, words in typed(Command.PIPELINE)} - {"", "help"}))
def test_what_pipeline_is_asked_in_the_pages_is_a_period_a_keyword_or_one_name(words: str) -> None:
    asked = take_apart(words, date(2026, 11, 22))
    assert asked.period is not None or asked.named or len(asked.rest) == 1
    assert len(asked.rest) <= 1, "a word that is no period, and no name we use as an example"


def test_every_command_of_the_terminal_is_named_in_operations() -> None:
    missing = [name for name, _ in commands_of(cli()) if f"`handraiser {name}" not in PAGES["docs/operations.md"]]
    assert not missing


def test_every_command_of_the_terminal_that_is_named_exists_with_its_options() -> None:
    known = dict(commands_of(cli()))
    wrong = []
    for name, words in typed("handraiser"):
        if not words:
            continue  # the command itself
        meant = next((one for one in (" ".join(words[:2]), " ".join(words[:1])) if one in known), None)
        if words[0].startswith("--"):
            meant, known_options = "", {"--debug", "--version", "--help"}
        else:
            known_options = known.get(meant or "", set())
        if meant is None or any(word.partition("=")[0] not in known_options for word in words if word[:2] == "--"):
            wrong.append((name, words))
    assert not wrong


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {words[0] for _, words in typed("make") if words and not words[0].isupper()}
    assert named
    assert named <= targets


def test_every_job_and_sweep_stands_in_operations() -> None:
    names = [*DUE_JOBS, *(sweep.name for sweep in SWEEPS)]
    assert [name for name in names if f"`{name}`" not in PAGES["docs/operations.md"]] == []


def test_metrics_in_operations_are_those_that_are_served() -> None:
    ours = [one for registry in (Metrics().registry, REGISTRY) for one in registry.collect()]
    served = {
        f"{one.name}_total" if one.type == "counter" else one.name for one in ours if one.name.startswith("handraiser_")
    }
    named = set(re.findall(r"\bhandraiser_[a-z_]+", PAGES["docs/operations.md"]))
    assert named == served


def test_every_variable_stands_in_operations_and_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in variables() if f"`{name}`" not in PAGES["docs/operations.md"] or name not in example]
    assert not missing


@pytest.mark.parametrize(("heading", "meaning"), [("people", PEOPLE), ("steps", STEPS), ("deals", DEALS)])
def test_the_columns_of_files_are_those_that_are_read(heading: str, meaning: dict[str, str]) -> None:
    begins = {"people": "email,", "steps": "contact email,", "deals": "company,"}[heading]
    columns = re.search(rf"^`({begins}[^`]+)`", PAGES["docs/importing.md"], re.MULTILINE)
    assert columns is not None
    assert [one for one in columns[1].split(",") if heading_key(one) not in meaning] == []


def test_the_columns_of_contacts_that_are_named_are_read() -> None:
    words = r'["`](Enroll|Do Not Call|Email Opt Out|Contact Owner|Consent (?:Basis|Given On|Expires On|Text))["`]'
    named = re.findall(words, PAGES["docs/importing.md"])
    assert len(set(named)) == 8
    assert [one for one in named if heading_key(one) not in CONTACTS] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", PAGES[page])
    here = (ROOT / page).parent
    local = [one for one in targets if not re.match(r"https?://", one) and Path(one).name not in COMING]
    assert [one for one in local if not (here / one).exists()] == []


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_page_says_to_press_is_what_the_product_shows(role: str) -> None:
    """In italics and with a capital: words on buttons, menus and headings. The others are bold, or in code."""
    views = (ROOT / "bot" / "slack" / "views").glob("*.py")
    shown = "\n".join(path.read_text(encoding="utf-8") for path in (*views, ROOT / "manifest.yaml"))
    shown = re.sub(r"\{[^{}\"\n]*\}", "12", shown)  # "Mark {far.opened} sent" is "Mark 12 sent"
    pressed = re.findall(r"(?<!\*)\*([A-Z][^*\n]*)\*(?!\*)", ROLES[role])
    assert pressed
    assert [one for one in pressed if one not in shown] == []
