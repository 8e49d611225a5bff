import pytest

from bot.db.session import Database
from tests.deals.house import Closing


@pytest.fixture
def closing(database: Database) -> Closing:
    """Ada hands over, Erik closes; Monday noon. On SQLite and on PostgreSQL."""
    return Closing.opened(database)
