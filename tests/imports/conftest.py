from datetime import UTC, datetime

import pytest

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def now():
    return lambda: MONDAY
