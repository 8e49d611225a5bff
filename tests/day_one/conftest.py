import pytest

from bot.db.session import Database
from tests.cadence.desk import DeskHouse, furnish_desk


@pytest.fixture
def desk(database: Database) -> DeskHouse:
    """Two reps with hours, a manager, and people to enrol; on SQLite and on PostgreSQL."""
    return furnish_desk(database)
