"""The playbook on disk and in the database: a valid change counts within seconds, a bad one changes nothing."""

from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from bot.clocks import protocol_now
from bot.db.models import OutboxItem, Person, PersonRole, PlaybookVersion
from bot.db.session import Database
from bot.domain.terms import Role
from bot.jobs.playbook_watch import PlaybookWatch
from bot.playbook.load import PlaybookError, default_text

QUICKER = default_text().replace("nudge: 90s", "nudge: 80s")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "playbook.yaml"
    path.write_text(default_text())
    return path


def numbers(database: Database) -> list[int]:
    return database.read_now(lambda session: list(session.scalars(select(PlaybookVersion.number))))


def warnings(database: Database) -> list[str]:
    items = database.read_now(lambda session: list(session.scalars(select(OutboxItem))))
    return [item.notice["facts"]["error"] for item in items]


def add_admin(database: Database) -> None:
    def work(session) -> None:
        admin = Person(email="noor@x.example", name="Noor", timezone="UTC", created_at=protocol_now())
        admin.roles = [PersonRole(role=Role.ADMIN)]
        session.add(admin)

    database.write_now(work)


async def test_a_valid_change_of_the_file_is_in_force_at_the_next_look(database: Database, file: Path) -> None:
    watch = PlaybookWatch(database, file)
    database.write_now(watch.begin)
    file.write_text(QUICKER)
    await watch.look()
    assert database.playbook.inbound.ladder.nudge.total_seconds() == 80
    assert database.in_force.number == 2


@pytest.mark.parametrize(
    ("broken", "why"),
    [(b"cadence: [", "line 1"), (b"nonsense: 1", "nonsense"), (b"\xff\xfe\x00 caf\xe9", "cannot be read")],
)
async def test_a_bad_file_changes_nothing_and_the_admin_is_told_once(
    database: Database, file: Path, broken: bytes, why: str
) -> None:
    add_admin(database)
    watch = PlaybookWatch(database, file)
    database.write_now(watch.begin)
    before = database.in_force.number
    file.write_bytes(broken)
    await watch.look()
    file.touch()
    await watch.look()
    assert database.in_force.number == before
    (told,) = warnings(database)
    assert why in told


async def test_what_another_process_stored_is_followed(database: Database, file: Path) -> None:
    watch, other = PlaybookWatch(database, file), PlaybookWatch(database, file.with_name("other.yaml"))
    database.write_now(watch.begin)
    file.with_name("other.yaml").write_text(QUICKER)
    database.write_now(other._store)
    await watch.look()
    assert database.playbook.inbound.ladder.nudge.total_seconds() == 80


async def test_a_version_of_a_newer_release_leaves_the_last_good_one_in_force(database: Database, file: Path) -> None:
    watch = PlaybookWatch(database, file)
    database.write_now(watch.begin)
    before = database.in_force
    values = {"number": 9, "fingerprint": "f", "text": "something_new: 1", "stored_at": protocol_now(), "stored_by": ""}
    database.write_now(lambda session: session.execute(insert(PlaybookVersion).values(**values)) and None)
    await watch.look()
    assert database.in_force.number == before.number


def test_a_restart_with_an_older_file_takes_no_edit_back(database: Database, file: Path) -> None:
    database.write_now(PlaybookWatch(database, file).begin)
    elsewhere = file.with_name("elsewhere.yaml")
    elsewhere.write_text(QUICKER)
    database.write_now(PlaybookWatch(database, elsewhere).begin)
    database.write_now(PlaybookWatch(database, file).begin)
    assert database.playbook.inbound.ladder.nudge.total_seconds() == 80
    assert len(numbers(database)) == 2


def test_a_first_start_with_a_bad_file_is_refused_with_the_line(empty_start: Database, file: Path) -> None:
    file.write_text("nonsense: 1")
    with pytest.raises(PlaybookError, match="line 1"):
        empty_start.write_now(PlaybookWatch(empty_start, file).begin)


def test_a_first_start_without_a_file_takes_the_defaults(empty_start: Database, file: Path) -> None:
    empty_start.write_now(PlaybookWatch(empty_start, file.with_name("none.yaml")).begin)
    assert empty_start.in_force is not None
    assert empty_start.in_force.number == 1


@pytest.fixture
def empty_start(database_url: str):
    """A migrated database in which nothing is in force yet."""
    opened = Database(database_url)
    opened.write_now(lambda session: session.execute(delete(PlaybookVersion)))
    yield opened
    opened.close()
