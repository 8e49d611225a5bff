"""The environment, as people set it rightly and wrongly."""

import base64
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import SettingsError, is_loopback, load_settings, variables

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def told(**given):
    with pytest.raises(SettingsError) as caught:
        load_settings(env_file=None, **given)
    return caught.value.problems


def test_with_nothing_set_there_are_defaults_for_one_machine():
    settings = load_settings(env_file=None)
    assert settings.database_url == "sqlite:///handraiser.db"
    assert settings.host == "127.0.0.1"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert not settings.socket_mode
    assert not settings.sandbox


def test_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text("PORT=4000\nHOST=127.0.0.2\n")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings(env_file=file)
    assert (settings.port, settings.host) == (5000, "127.0.0.2")


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("PORT", "")
    assert load_settings(env_file=None).port == 3000


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        load_settings(env_file=None).port = 1


def test_the_example_shows_every_variable_and_no_other():
    shown = re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), flags=re.MULTILINE)
    assert sorted(shown) == sorted(variables())


def test_the_clock_may_not_be_moved_under_a_real_slack(monkeypatch):
    monkeypatch.setenv("CLOCK_URL", "http://127.0.0.1:9000/sandbox/clock")
    (problem,) = told()
    assert problem.startswith("CLOCK_URL moves the clock")
    assert "Remove it" in problem


def test_the_limits_of_a_real_slack_may_not_be_lifted():
    (problem,) = told(slack_budget="off")
    assert problem.startswith("SLACK_BUDGET lifts limits")
    assert load_settings(env_file=None, slack_budget="off", slack_api_url="http://[::1]:9/").slack_budget == "off"


def test_a_budget_that_slack_has_granted_is_a_number(monkeypatch):
    monkeypatch.setenv("SLACK_BUDGET", "6000")
    assert load_settings(env_file=None).slack_budget == 6000


@pytest.mark.parametrize("wrong", ["lots", "0", "-3"])
def test_a_budget_of_nothing_is_none(wrong):
    (problem,) = told(slack_budget=wrong)
    assert problem.startswith("SLACK_BUDGET is not a budget. Write on, off, or how many messages a minute")


def test_the_sandbox_may_move_the_clock():
    settings = load_settings(
        env_file=None, clock_url="http://127.0.0.1:9000/sandbox/clock", slack_api_url="http://127.0.0.1:9000/api"
    )
    assert settings.sandbox
    assert settings.slack_api_url == "http://127.0.0.1:9000/api/"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:1/api/", True),
        ("http://127.0.0.1/api/", True),
        ("http://[::1]:80/", True),
        ("https://slack.com/api/", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://localhost.example.com/", False),
        ("http://localhost@evil.example/", False),
        ("", False),
    ],
)
def test_only_this_machine_is_this_machine(url, loopback):
    assert is_loopback(url) is loopback


def test_every_problem_is_told_at_once_by_name_with_the_way_out():
    problems = told(
        slack_bot_token="nonsense",
        port="http",
        database_url="mysql://x",
        log_format="xml",
        intake_secret="whsec_short",
        intake_form_keys="abc",
        form_redirects="http://www.example.com",
        public_url="handraiser.example.com",
        admin_email="ada",
    )
    assert [problem.split()[0] for problem in problems] == [
        "SLACK_BOT_TOKEN",
        "DATABASE_URL",
        "PORT",
        "INTAKE_SECRET",
        "INTAKE_FORM_KEYS",
        "FORM_REDIRECTS",
        "PUBLIC_URL",
        "ADMIN_EMAIL",
        "LOG_FORMAT",
    ]
    for problem in problems:
        assert re.fullmatch(r"[A-Z_]+ [^.]+\. .+", problem), problem


def test_secrets_are_never_shown():
    bad = "hunter2-hunter2"
    settings = load_settings(
        env_file=None,
        slack_bot_token=f"xoxb-{bad}",
        slack_app_token=f"xapp-{bad}",
        slack_signing_secret=bad,
        database_url=f"postgresql://ada:{bad}@db/handraiser",
        intake_secret=SECRET,
        intake_form_keys=bad,
    )
    for shown in (repr(settings), str(settings)):
        assert bad not in shown
        assert SECRET not in shown
    assert all(bad not in problem for problem in told(slack_bot_token=bad, database_url=bad, intake_secret=bad))


def test_two_intake_secrets_while_rotating():
    settings = load_settings(env_file=None, intake_secret=f"{SECRET}, {SECRET}")
    assert settings.intake_secrets == (SECRET, SECRET)


def test_lists_come_with_commas():
    settings = load_settings(
        env_file=None, intake_form_keys="website-1,website-2", form_redirects="https://a.example, http://localhost:1/"
    )
    assert settings.intake_form_keys == ("website-1", "website-2")
    assert settings.form_redirects == ("https://a.example", "http://localhost:1/")


@pytest.mark.parametrize("old", ["postgres://ada@db/x", "postgresql+psycopg2://ada@db/x"])
def test_older_spellings_of_postgresql_are_understood(old):
    assert load_settings(env_file=None, database_url=old).database_url == "postgresql://ada@db/x"


def test_what_slack_needs_is_asked_for_by_name():
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is not set") as caught:
        load_settings(env_file=None).require_slack()
    assert len(caught.value.problems) == 2
    load_settings(env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1").require_slack()
    load_settings(env_file=None, slack_bot_token="xoxb-1", slack_signing_secret="s").require_slack()
