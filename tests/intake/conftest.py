from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette

from bot.db.session import Database
from bot.domain.terms import Role
from bot.intake.app import IntakeDeps, routes
from tests.intake.senders import NEW_SECRET, SECRET, Standing
from tests.support.sales_floor import SalesFloor


@pytest.fixture
def floor(database: Database) -> SalesFloor:
    """A company with one MRR, on SQLite and on PostgreSQL."""
    floor = SalesFloor(database)
    floor.hires("Ada", Role.MRR)
    return floor


@pytest.fixture
def deps(floor: SalesFloor) -> IntakeDeps:
    """The door as an admin sets it up, a new secret beside the old one."""
    return IntakeDeps(
        database=floor.database,
        clock=Standing(floor),
        intake_secrets=(NEW_SECRET, SECRET),
        form_keys=("website-2026",),
        allowed_redirects=("https://www.example.com", "https://pages.example.org/thanks"),
    )


@pytest.fixture
async def web(deps: IntakeDeps) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody outside, over HTTP."""
    app = Starlette(routes=routes(deps))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bot.example") as client:
        yield client
