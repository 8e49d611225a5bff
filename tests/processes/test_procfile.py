"""The Procfile as an install runs it: a release, a web process and two workers on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import create_engine, select

from bot.clocks import protocol_now
from bot.db import migrate
from bot.db.models import Lead, OutboxItem
from bot.db.session import Database
from bot.doctor.slack import MANIFEST
from bot.intake.csv_people import import_people_file
from bot.playbook.load import default_text
from bot.service.playbooks import StorePlaybook, store_playbook
from bot.settings import variables
from sandbox.driver import Workspace
from tests.support.procfile import INTAKE_SECRET, honcho

pytestmark = pytest.mark.slow
HANDS = 12


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def rows(url, statement):
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(statement).all()
    finally:
        engine.dispose()


async def test_the_release_makes_the_tables(tmp_path, postgres_url):
    migrate.downgrade(postgres_url)
    async with honcho(tmp_path, {"DATABASE_URL": postgres_url}, "release") as release:
        async with asyncio.timeout(60):
            await release.process.wait()
    assert "The tables are up to date" in release.log
    assert migrate.current(postgres_url) == migrate.head()


@pytest.fixture
def staffed_url(postgres_url, tmp_path):
    """A database with a rep who is on shift whenever this test runs: no country, no holidays."""
    file = tmp_path / "people.csv"
    file.write_text(
        "email,name,roles,timezone,country,hours\nsam@brightpath.example,Sam,mrr,UTC,AQ,mon-sun 0:00-24:00\n"
    )
    database = Database(postgres_url)
    try:
        stored = database.write_now(lambda s: store_playbook(s, StorePlaybook(default_text()), protocol_now()))
        database.in_force = stored.in_force
        assert import_people_file(database, file, protocol_now).added == 1
    finally:
        database.close()
    return postgres_url


async def test_two_workers_tell_each_raised_hand_once_and_stop_when_asked(tmp_path, staffed_url):
    async with Workspace.start(manifest=MANIFEST, channels=["general", "inbound"]) as slack:
        environment = slack.env() | {"DATABASE_URL": staffed_url, "INTAKE_SECRET": INTAKE_SECRET}
        async with honcho(tmp_path, environment, "web", "worker", concurrency="web=1,worker=2") as running:
            await running.ready()
            assert [await running.raise_hand(number) for number in range(HANDS)] == [202] * HANDS
            posts = await alerts_of(slack, HANDS)
            ended = await running.stop()
        assert ended == {"web.1": 0, "worker.1": 0, "worker.2": 0}, running.log
        assert await slack.problems() == []
    texts = [str(post["args"]) for post in posts]
    for number in range(HANDS):
        assert sum(f"this is request {number}." in text for text in texts) == 1, texts
    assert len(rows(staffed_url, select(Lead.id))) == HANDS


async def alerts_of(slack, hands, within=60.0):
    """The posts about raised hands, once there are as many; greetings and lists come besides."""
    posts, alerts = [], []
    async with asyncio.timeout(within):
        while len(alerts) < hands:
            posts = await slack.calls("chat.postMessage", at_least=len(posts) + 1, within=within)
            alerts = [post for post in posts if "this is request" in str(post["args"])]
    return alerts


async def test_what_was_begun_is_finished_before_a_worker_stops(tmp_path, staffed_url):
    async with Workspace.start(manifest=MANIFEST, channels=["general", "inbound"]) as slack:
        environment = slack.env() | {"DATABASE_URL": staffed_url, "INTAKE_SECRET": INTAKE_SECRET}
        async with honcho(tmp_path, environment, "web", "worker") as running:
            await running.ready()
            await slack.faults.slow("chat.postMessage", 1.5)
            assert await running.raise_hand(1) == 202
            await post_has_begun(staffed_url)
            ended = await running.stop()
        assert ended == {"web.1": 0, "worker.1": 0}, running.log
    assert "sent" in {state for (state,) in rows(staffed_url, select(OutboxItem.state))}
    assert rows(staffed_url, select(OutboxItem.key).where(OutboxItem.state.in_(["claimed", "unknown"]))) == []


async def post_has_begun(url, within=20.0):
    """Wait until a worker has committed that it sends."""
    async with asyncio.timeout(within):
        while not rows(url, select(OutboxItem.key).where(OutboxItem.sending_at.is_not(None))):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
