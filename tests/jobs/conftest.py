import pytest

from bot.db.session import Database
from bot.domain.terms import Role
from tests.support.sales_floor import SalesFloor


@pytest.fixture
def floor(database: Database) -> SalesFloor:
    """Ada and Bea answer, Mia leads them. On SQLite and on PostgreSQL."""
    floor = SalesFloor(database)
    floor.hires("Ada", Role.MRR)
    floor.hires("Bea", Role.MRR)
    floor.hires("Mia", Role.MANAGER, manages=True)
    return floor
