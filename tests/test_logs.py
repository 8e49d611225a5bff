"""Log lines hold no data of a prospect, whatever went wrong."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.clocks import protocol_now
from bot.db.models import Contact
from bot.db.session import Database
from bot.logs import trace_without_data


def test_the_trace_of_a_database_error_keeps_the_places_and_no_data(database: Database) -> None:
    row = {"email": "jane@acme.com", "created_at": protocol_now()}
    with pytest.raises(IntegrityError) as caught:
        database.write_now(lambda session: [session.execute(insert(Contact).values(**row)) for _ in range(2)])
    logged = trace_without_data(None, "error", {"event": "failed", "exc_info": caught.value})
    assert "jane@acme.com" not in str(logged)
    assert "IntegrityError" in logged["exception"]
    assert "write_now" in logged["exception"]


def test_the_trace_of_another_error_stays_as_it_is() -> None:
    error = ZeroDivisionError()
    assert trace_without_data(None, "error", {"event": "failed", "exc_info": error})["exc_info"] is error
