from typing import Any

import pytest

from tests.sandbox.helpers import by_http, by_socket


@pytest.fixture(params=[by_socket, by_http], ids=["socket", "http"])
def joined(request: pytest.FixtureRequest) -> Any:
    """Both ways for a bot to be reached: a context manager over a workspace and an app."""
    return request.param
