"""The command, as it is typed."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.db import migrate
from bot.playbook.load import default_text
from bot.settings import variables

ROOT = Path(__file__).parents[1]


@pytest.fixture
def handraiser(monkeypatch, tmp_path):
    """Run the command in a folder of its own, with nothing set but what a test gives."""
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(*arguments, given=None, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            input=given,
        )

    return run


def test_help_names_every_command(handraiser):
    done = handraiser("--help")
    assert done.returncode == 0
    for command in ("run", "web", "worker", "migrate", "doctor", "people", "import", "playbook"):
        assert f"\n  {command} " in done.stdout


def test_help_loads_nothing_heavy(handraiser):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert loaded.isdisjoint({"sqlalchemy", "slack_bolt", "pydantic", "aiohttp", "starlette", "dateparser"})


def test_a_wrong_command_is_a_wrong_use(handraiser):
    done = handraiser("migrat")
    assert done.returncode == 2
    assert "migrat" in done.stderr


def test_the_version(handraiser):
    assert handraiser("--version").stdout.startswith("handraiser ")


def test_migrate_makes_the_tables_and_says_so(handraiser):
    assert handraiser("migrate", "--check").returncode == 1
    done = handraiser("migrate")
    assert (done.returncode, done.stdout) == (0, f"The tables are up to date ({migrate.head()}).\n")
    assert handraiser("migrate", "--check").returncode == 0


def test_migrate_on_postgresql(handraiser, postgres_url):
    migrate.downgrade(postgres_url)
    assert handraiser("migrate", DATABASE_URL=postgres_url).returncode == 0
    assert migrate.current(postgres_url) == migrate.head()


def test_a_setting_that_cannot_be_read_is_told_by_name_without_a_traceback(handraiser):
    done = handraiser("migrate", PORT="many", DATABASE_URL="mysql://root:hunter2@db")
    assert done.returncode == 1
    assert "PORT is not the number of a port" in done.stderr
    assert "DATABASE_URL names neither SQLite nor PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_debug_shows_where_an_error_came_from(handraiser):
    assert "Traceback" in handraiser("--debug", "migrate", PORT="many").stderr


def test_a_database_that_is_away_is_a_sentence(handraiser, tmp_path):
    done = handraiser("migrate", DATABASE_URL=f"postgresql://nobody:hunter2@/none?host={tmp_path}")
    assert done.returncode == 1
    assert done.stderr.startswith("The database could not do it: ")
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_without_tokens_run_says_what_is_missing(handraiser):
    done = handraiser("run")
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_default_playbook_is_valid(handraiser, tmp_path):
    shown = handraiser("playbook", "show", "--default")
    (tmp_path / "playbook.yaml").write_text(shown.stdout)
    assert shown.stdout == default_text()
    done = handraiser("playbook", "check")
    assert (done.returncode, done.stdout) == (0, "playbook.yaml is valid.\n")


def test_a_broken_playbook_names_the_line_and_the_way_out(handraiser, tmp_path):
    (tmp_path / "ours.yaml").write_text("# ours\ninbuond:\n  capacity: {}\n")
    done = handraiser("playbook", "check", "ours.yaml")
    assert done.returncode == 1
    assert "ours.yaml line 2" in done.stderr
    assert "inbound" in done.stderr


def test_playbook_show_explains_a_section(handraiser, tmp_path):
    (tmp_path / "playbook.yaml").write_text(default_text())
    done = handraiser("playbook", "show", "channels")
    assert done.returncode == 0
    assert done.stdout.startswith("channels.inbound = #inbound\n    ")
    assert handraiser("playbook", "show", "chanels").returncode == 2


def test_an_import_needs_the_tables(handraiser, tmp_path):
    (tmp_path / "contacts.csv").write_text("Email\njane@example.com\n")
    done = handraiser("import", "contacts.csv")
    assert done.returncode == 1
    assert "handraiser migrate" in done.stderr


def test_people_come_in_from_a_file_and_a_second_time_changes_nothing(handraiser):
    file = str(ROOT / "sandbox" / "data" / "people.csv")
    handraiser("migrate")
    first, again = handraiser("people", "import", file), handraiser("people", "import", file)
    assert first.returncode == again.returncode == 0
    assert first.stdout.startswith("12 rows: 12 added")
    assert again.stdout.startswith("12 rows: 0 added, 0 changed, 12 unchanged")


def test_contacts_come_in_and_a_bad_row_is_told_and_fails_the_command(handraiser, tmp_path):
    (tmp_path / "contacts.csv").write_text("First Name,Email\nJane,jane@example.com\nJoe,nowhere\n")
    handraiser("migrate")
    tried = handraiser("import", "contacts.csv", "--dry-run")
    done = handraiser("import", "contacts.csv")
    assert tried.stdout.startswith("Nothing was saved (dry run). 2 rows: 1 added")
    assert done.stdout.startswith("2 rows: 1 added, 0 changed, 0 unchanged, 0 repeated, 1 refused")
    assert "line 3" in done.stdout
    assert done.returncode == 1
    assert handraiser("import", "contacts.csv", "--source", "nowhere").returncode == 2


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_contacts_come_in_through_a_pipe(handraiser, name):
    handraiser("migrate")
    done = handraiser("import", name, given="Email,Name\nada@umber.example,Ada Umber\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 row: 1 added" in done.stdout


def test_the_playbook_in_force_can_be_shown(handraiser):
    handraiser("migrate")
    assert handraiser("playbook", "show", "--stored").stderr.startswith("No playbook has been stored yet")
    handraiser("people", "import", str(ROOT / "sandbox" / "data" / "people.csv"))
    assert handraiser("playbook", "show", "--stored", "channels").stdout.startswith("Version 1\nchannels.inbound = ")


def test_an_import_of_a_file_that_is_not_there_is_a_wrong_use(handraiser):
    assert handraiser("import", "contacts.csv").returncode == 2
