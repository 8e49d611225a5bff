import pytest

from bot.db.session import Database
from tests.support.sales_floor import SalesFloor
from tests.touch_list.office import Office, make_office


@pytest.fixture
def office(database: Database) -> Office:
    """Sam and his day; on SQLite and on PostgreSQL."""
    return make_office(SalesFloor(database))
