import pytest

from bot.db.session import Database
from tests.handoff.house import HandoffHouse, open_house


@pytest.fixture
def house(database: Database) -> HandoffHouse:
    """Ada hands over to Erik and Farah; Mia leads them. Monday noon, on SQLite and on PostgreSQL."""
    return open_house(database)
