import pytest

from bot.db.session import Database
from tests.cadence.desk import DeskHouse, furnish_desk
from tests.day_one.house import Branch, furnish_branch


@pytest.fixture
def desk(database: Database) -> DeskHouse:
    """Two reps with hours, a manager, and people to enrol; on SQLite and on PostgreSQL."""
    return furnish_desk(database)


@pytest.fixture
def branch(database: Database) -> Branch:
    """A team that somebody leaves; on SQLite and on PostgreSQL."""
    return furnish_branch(database)
