"""The history of the tables, on both databases."""

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from bot.db import migrate
from bot.db.models import Base
from bot.db.session import read_engine

TABLES = set(Base.metadata.tables)


@pytest.fixture
def engine(empty_url):
    opened = create_engine(empty_url)
    yield opened
    opened.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def written(index: Any) -> dict[str, Any]:
    return index | {"dialect_options": {key: str(value) for key, value in index["dialect_options"].items()}}


def shape(engine: Engine) -> dict[str, Any]:
    """All that the database knows of its tables, in an order that does not depend on how they were made."""
    look = inspect(engine)
    return {
        table: {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)
            ),
            "primary key": look.get_pk_constraint(table),
            "foreign keys": sorted(look.get_foreign_keys(table), key=lambda k: k["name"] or ""),
            "unique": sorted(look.get_unique_constraints(table), key=lambda k: k["name"] or ""),
            "indexes": sorted(map(written, look.get_indexes(table)), key=lambda k: k["name"]),
            "checks": sorted((c["name"] or "", c["sqltext"]) for c in look.get_check_constraints(table)),
        }
        for table in tables(engine)
    }


def test_every_table_is_made_taken_away_and_made_again(empty_url, engine):
    migrate.upgrade(empty_url)
    assert tables(engine) == TABLES
    assert migrate.current(empty_url) == migrate.head()
    made_first = shape(engine)

    migrate.downgrade(empty_url)
    assert tables(engine) == set()
    assert migrate.current(empty_url) is None

    migrate.upgrade(empty_url)
    assert shape(engine) == made_first


def test_nothing_is_left_for_autogenerate_to_find(database_url):
    migrate.check(database_url)


def test_migrations_make_what_the_models_say_down_to_the_checks(empty_url, engine):
    migrate.upgrade(empty_url)
    migrated = shape(engine)
    migrate.downgrade(empty_url)
    Base.metadata.create_all(engine)
    assert migrated == shape(engine)


def test_migrating_twice_changes_nothing(database_url):
    migrate.upgrade(database_url)
    assert migrate.current(database_url) == migrate.head()


def test_a_database_tells_whether_it_is_current(empty_url):
    migrate.upgrade(empty_url)
    engine = read_engine(empty_url)
    assert migrate.is_current(engine)
    migrate.downgrade(empty_url)
    assert not migrate.is_current(engine)
    engine.dispose()


def test_a_database_from_a_newer_release_is_not_current(database_url):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from the future'"))
    assert not migrate.is_current(engine)
    engine.dispose()


def test_rows_that_point_nowhere_stop_a_migration(sqlite_url):
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO time_off (id, person_id, starts_on, ends_on)"
                " VALUES ('01', 'nobody', '2026-01-01', '2026-01-02')"
            )
        )
        connection.execute(text("DELETE FROM alembic_version"))
        for table in TABLES - {"time_off"}:
            connection.execute(text(f"DROP TABLE {table}"))
    with pytest.raises(migrate.BrokenReferences, match="time_off -> people"), migrate.connection(sqlite_url) as opened:
        migrate.check_references(opened)
    engine.dispose()


def test_three_releases_at_once_wait_for_each_other(empty_url, engine):
    work = "import sys; from bot.db.migrate import upgrade; upgrade(sys.argv[1])"
    runs = [
        subprocess.Popen([sys.executable, "-c", work, empty_url], cwd=migrate.FOLDER.parent, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [run.communicate(timeout=100)[1].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], said
    assert tables(engine) == TABLES


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_url, engine, monkeypatch):
    def fail(_connection):
        raise migrate.BrokenReferences

    monkeypatch.setattr(migrate, "check_references", fail)
    with pytest.raises(migrate.BrokenReferences):
        migrate.upgrade(empty_url)
    assert tables(engine) == set()
    assert migrate.current(empty_url) is None
