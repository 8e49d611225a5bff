"""Which playbook is in force."""

from datetime import UTC, datetime

import pytest

from bot.db.queries.playbooks import newest_number, newest_playbook
from bot.playbook.load import PlaybookError, default_text
from bot.service.playbooks import StorePlaybook, load_in_force, store_playbook

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHANGED = default_text() + "\n# a thought of ours\n"


def store(database, text, by="Ada"):
    return database.write_now(lambda session: store_playbook(session, StorePlaybook(text, stored_by=by), NOW))


def test_a_changed_playbook_becomes_the_next_version(database):
    stored = store(database, CHANGED)
    assert stored.new
    assert stored.in_force.number == database.in_force.number + 1
    newest = database.read_now(newest_playbook)
    assert (newest.text, newest.stored_by, newest.stored_at) == (CHANGED, "Ada", NOW)


def test_the_same_playbook_again_is_no_new_version(database):
    store(database, CHANGED)
    again = store(database, CHANGED)
    assert not again.new
    assert database.read_now(newest_number) == again.in_force.number == 2


def test_going_back_to_an_older_playbook_is_a_new_version(database):
    store(database, CHANGED)
    back = store(database, default_text())
    assert back.new
    assert back.in_force.number == 3


def test_an_invalid_playbook_is_refused_and_the_old_one_stays(database):
    with pytest.raises(PlaybookError, match="line 1"):
        store(database, "inbuond: {}\n")
    assert database.read_now(newest_number) == database.in_force.number


def test_every_process_reads_the_same_playbook(database):
    stored = store(database, CHANGED)
    loaded = database.read_now(load_in_force)
    assert loaded.number == stored.in_force.number
    assert loaded.playbook == stored.in_force.playbook


async def test_others_hear_of_a_new_version_once_it_is_committed(database):
    heard = []
    database.on_commit(heard.append)
    await database.write(lambda session: store_playbook(session, StorePlaybook(CHANGED), NOW))
    await database.write(lambda session: store_playbook(session, StorePlaybook(CHANGED), NOW))
    assert heard == [{"playbook"}]


def test_a_database_without_a_version_has_no_playbook_in_force(database):
    from sqlalchemy import delete

    from bot.db.models import PlaybookVersion

    database.write_now(lambda session: session.execute(delete(PlaybookVersion)))
    assert database.read_now(load_in_force) is None
