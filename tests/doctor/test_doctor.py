"""The doctor: what it sees of a real install, and what it says to do."""

import asyncio
import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import delete

from bot.db import migrate
from bot.db.models import Alignment, Person, PersonRole
from bot.db.queries.staffing import Colleague
from bot.doctor import Level, examine
from bot.doctor.database import look_at_people
from bot.doctor.slack import MANIFEST, look_at_clock, look_at_scopes, wanted_scopes
from bot.domain.terms import Role
from bot.intake.form import form_key, key_fits
from bot.playbook.load import default_playbook, default_text
from bot.service.workspace import meet_workspace
from bot.settings import load_settings, variables
from sandbox.driver import ChannelSpec, Workspace

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch, tmp_path):
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playbook.yaml").write_text(default_text())


async def found(monkeypatch, slack=None, **environment):
    given = (slack.env() if slack else {}) | environment
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return [check async for check in examine(env_file=None)]


def named(checks, name):
    (check,) = [check for check in checks if check.name == name]
    return check


def workspace(**config):
    return Workspace.start(manifest=MANIFEST, **config)


def set_up_people(database):
    """A rep, two account executives, a manager who is admin too; all found in Slack."""

    def work(session):
        people = {
            name: Person(
                email=f"{name}@x.example", name=name.title(), timezone="UTC", slack_user_id=f"U{name}", created_at=NOW
            )
            for name in ("sam", "ann", "abe", "mo")
        }
        session.add_all(people.values())
        session.flush()
        roles = {"sam": [Role.MRR], "ann": [Role.AE], "abe": [Role.AE], "mo": [Role.MANAGER, Role.ADMIN]}
        for name, held in roles.items():
            session.add_all(PersonRole(person_id=people[name].id, role=role) for role in held)
        for position, name in enumerate(("ann", "abe")):
            session.add(Alignment(rep_id=people["sam"].id, ae_id=people[name].id, position=position))

    database.write_now(work)


async def test_an_install_that_is_in_order_has_nothing_to_mend(monkeypatch, database):
    set_up_people(database)
    async with workspace() as slack:
        checks = await found(monkeypatch, slack, DATABASE_URL=database.url, INTAKE_SECRET=SECRET)
        assert [check for check in checks if check.level is not Level.OK] == []
        assert {check.name for check in checks} == {
            "settings", "intake", "form", "playbook", "token", "scopes", "clock", "socket mode", "channels", "database",
            "migrations", "people",
        }  # fmt: skip
        assert await slack.problems() == []


async def test_nothing_set_at_all_is_told_in_order(monkeypatch, tmp_path):
    checks = await found(monkeypatch)
    told = {check.name: check for check in checks if check.level is not Level.OK}
    assert set(told) == {"settings", "intake", "database"}
    assert told["database"].mend == "Run: handraiser migrate"
    assert not (tmp_path / "handraiser.db").exists()
    assert all(check.mend for check in told.values())


@pytest.mark.parametrize("keys", [{"INTAKE_SECRET": SECRET}, {"INTAKE_FORM_KEYS": "own-form-key,another-one"}])
async def test_the_address_for_the_websites_form_is_shown_whole(monkeypatch, keys, database):
    checks = await found(monkeypatch, PUBLIC_URL="https://hand.example/", **keys)
    address = named(checks, "form").sentence.rpartition(" ")[2]
    door, _, key = address.rpartition("/")
    assert door == "https://hand.example/intake/form"
    settings = load_settings(env_file=None)
    assert key_fits(key, (*settings.intake_form_keys, *map(form_key, settings.intake_secrets)))


async def test_without_a_public_address_the_form_is_shown_on_this_machine(monkeypatch):
    checks = await found(monkeypatch, INTAKE_FORM_KEYS="own-form-key", PORT="3010")
    assert named(checks, "form").sentence.endswith(" http://127.0.0.1:3010/intake/form/own-form-key")


async def test_settings_that_cannot_be_read_are_all_it_says(monkeypatch):
    checks = await found(monkeypatch, PORT="x", LOG_FORMAT="y")
    assert [(check.name, check.level) for check in checks] == [("settings", Level.FAIL)] * 2


async def test_a_token_that_slack_does_not_know(monkeypatch, database):
    async with workspace() as slack:
        checks = await found(monkeypatch, slack, DATABASE_URL=database.url, SLACK_BOT_TOKEN="xoxb-wrong")
    token = named(checks, "token")
    assert (token.level, token.sentence) == (Level.FAIL, "Slack refuses SLACK_BOT_TOKEN (invalid_auth).")
    assert named(checks, "database").level is Level.OK


async def test_an_app_token_that_slack_does_not_know(monkeypatch, database):
    async with workspace() as slack:
        checks = await found(monkeypatch, slack, DATABASE_URL=database.url, SLACK_APP_TOKEN="xapp-wrong")
    assert named(checks, "socket mode").level is Level.FAIL
    assert "connections:write" in named(checks, "socket mode").mend


async def test_a_slack_that_does_not_answer(monkeypatch):
    checks = await found(
        monkeypatch, SLACK_API_URL="http://127.0.0.1:9/api/", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1"
    )
    assert named(checks, "token").sentence.startswith("Slack at http://127.0.0.1:9/api/ does not answer")


@pytest.mark.parametrize(
    ("channel", "says", "mend"),
    [
        ("elsewhere", "sees no such channel", "Create #inbound"),
        (ChannelSpec("inbound", bot=False), "is not in #inbound", "/invite @Handraiser"),
    ],
)
async def test_the_alerts_channel_must_be_there_with_the_bot_in_it(monkeypatch, channel, says, mend):
    async with workspace(channels=["general", channel]) as slack:
        check = named(await found(monkeypatch, slack), "channels")
    assert check.level is Level.FAIL
    assert says in check.sentence
    assert mend in check.mend


async def test_a_database_of_another_workspace(monkeypatch, database):
    database.write_now(lambda session: meet_workspace(session, "T_OTHER", "Acme", NOW))
    async with workspace() as slack:
        check = named(await found(monkeypatch, slack, DATABASE_URL=database.url), "workspace")
    assert (check.level, check.sentence) == (Level.FAIL, "The database belongs to another workspace, Acme.")


async def test_tables_that_are_behind(monkeypatch, database_url):
    migrate.downgrade(database_url)
    check = named(await found(monkeypatch, DATABASE_URL=database_url), "migrations")
    assert (check.level, check.mend) == (Level.FAIL, "Run: handraiser migrate")


async def test_a_database_that_is_away(monkeypatch, tmp_path):
    check = named(await found(monkeypatch, DATABASE_URL=f"postgresql://ada:hunter2@/x?host={tmp_path}"), "database")
    assert check.level is Level.FAIL
    assert "hunter2" not in check.sentence


async def test_a_playbook_that_cannot_be_used(monkeypatch, tmp_path):
    (tmp_path / "playbook.yaml").write_text("inbuond: {}\nbeyond: {}\n")
    check = named(await found(monkeypatch), "playbook")
    assert check.level is Level.FAIL
    assert check.sentence.startswith("playbook.yaml line 1, inbuond: ")
    assert "(and 1 more)" in check.sentence


async def test_no_playbook_of_ones_own_is_no_failure(monkeypatch, tmp_path):
    (tmp_path / "playbook.yaml").unlink()
    assert named(await found(monkeypatch), "playbook").level is Level.WARN


async def test_people_who_are_missing_are_asked_for(monkeypatch, database):
    assert named(await found(monkeypatch, DATABASE_URL=database.url), "people").sentence == "Nobody is set up."
    set_up_people(database)
    database.write_now(lambda session: session.execute(delete(PersonRole).where(PersonRole.role == Role.MANAGER)))
    check = named(await found(monkeypatch, DATABASE_URL=database.url), "people")
    assert check.sentence == "There is no manager (nobody is told when a lead is left waiting)."


def colleague(name, role, aligned=0, in_slack=True):
    return Colleague(name, f"{name.lower()}@x.example", frozenset({role}), in_slack, aligned)


def test_one_person_may_fill_every_role_that_must_be_filled():
    alone = Colleague("Ada", "ada@x.example", frozenset(Role), in_slack=True, aligned_aes=2)
    checks = list(look_at_people([alone], default_playbook()))
    assert named(checks, "people").sentence == "1 person is set up, the roles that must be filled are."
    many = named(look_at_people([alone] * 1200, default_playbook()), "people")
    assert many.sentence == "1,200 people are set up, the roles that must be filled are."


def test_a_rep_has_two_to_five_account_executives():
    people = [colleague("Sam", Role.MRR, 1), colleague("Bea", Role.SDR, 6), colleague("Cy", Role.SDR, 2)]
    check = named(look_at_people([*people, colleague("Abe", Role.AE)], default_playbook()), "alignment")
    assert check.sentence == "A rep is aligned with 2 to 5 account executives: Sam has 1, Bea has 6."


def test_people_who_are_not_in_slack_are_named():
    check = named(look_at_people([colleague("Abe", Role.AE, in_slack=False)], default_playbook()), "slack users")
    assert check.sentence == "Not found in Slack: abe@x.example."


def test_a_thousand_people_who_are_not_in_slack_stay_readable():
    people = [colleague(f"Abe{number}", Role.AE, in_slack=False) for number in range(1000)]
    sentence = named(look_at_people(people, default_playbook()), "slack users").sentence
    assert sentence.endswith("abe4@x.example and 995 more.")


def test_scopes_are_held_against_the_manifest():
    wanted = wanted_scopes()
    assert look_at_scopes({"x-oauth-scopes": ",".join(wanted)}).level is Level.OK
    missing = look_at_scopes({"x-oauth-scopes": ", ".join(wanted - {"chat:write"})})
    assert (missing.level, missing.sentence) == (Level.FAIL, "The token lacks chat:write.")
    more = look_at_scopes({"x-oauth-scopes": ",".join(wanted | {"admin"})})
    assert (more.level, more.sentence) == (Level.WARN, "The token may do more than it needs: admin.")
    assert look_at_scopes({}).level is Level.WARN


@pytest.mark.parametrize(
    ("slack_is_ahead", "level", "words"),
    [(0, Level.OK, "right"), (60, Level.OK, "right"), (61, Level.FAIL, "behind"), (-300, Level.FAIL, "300 s ahead of")],
)
def test_the_clock_may_be_a_minute_off(slack_is_ahead, level, words):
    with time_machine.travel(NOW, tick=False):
        check = look_at_clock({"Date": format_datetime(NOW + timedelta(seconds=slack_is_ahead), usegmt=True)})
    assert check.level is level
    assert words in check.sentence


async def test_the_command_says_it_all_and_fails(monkeypatch, sqlite_url):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    async with workspace() as slack:
        for name, value in (slack.env() | {"DATABASE_URL": sqlite_url}).items():
            monkeypatch.setenv(name, value)
        code, out = await doctor()
        assert code == 0
        assert "warn  Nobody is set up.\n      Set ADMIN_EMAIL and add people in the Home tab, or run: " in out
        assert out.endswith("\nReady to work; 2 to look at.\n")
        code, out = await doctor("--json")
        assert {json.loads(line)["level"] for line in out.splitlines()} == {"ok", "warn"}
    code, out = await doctor()
    assert code == 1
    assert "FAIL  Slack at " in out


async def doctor(*arguments):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "doctor", *arguments, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()
