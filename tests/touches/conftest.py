import pytest

from bot.db.session import Database
from tests.touches.house import House, furnish


@pytest.fixture
def house(database: Database) -> House:
    """The small house, on SQLite and on PostgreSQL."""
    return furnish(database)
