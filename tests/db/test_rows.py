"""Statements that are kept with what they were compiled to."""

import gc
from weakref import ref

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.db import rows
from bot.db.models import Contact
from bot.db.session import Database


def test_statements_that_nobody_has_any_more_are_not_kept_for_ever(database: Database) -> None:
    """Those of a search are as many as there are shapes of names, and a cache of theirs lets the oldest go."""

    def work(session: Session) -> list[bool]:
        seen = []
        for _ in range(rows.MOST_KEPT + 10):
            statement = select(Contact.id).where(Contact.email == bindparam("address"))
            for _ in range(2):
                rows.run(session, statement, address="jane@acme.example").all()
            seen.append(ref(statement))
        del statement
        gc.collect()
        return [one() is not None for one in seen]

    kept = database.read_now(work)
    assert not any(kept[1:10]), "the first is what SQLAlchemy compiled for all that look like it"
    assert all(kept[-10:])
