"""Statements at little cost: the hot path from a raised hand to its alert.

What must stay true: a statement is built once per table and kinds of columns, values go in as parameters, and
Python-side defaults of columns hold as ever. What is written here the session does not know as objects.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Connection, CursorResult, Executable, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.base import Base


@lru_cache(maxsize=256)
def _plain(model: type[Base]) -> Insert:
    return cast(Table, model.__table__).insert()


@lru_cache(maxsize=64)
def _unless_there(model: type[Base], dialect: str) -> Insert:
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)  # to ask for the row back costs a fifth more


@lru_cache(maxsize=64)
def _latest(model: type[Base], dialect: str, keys: tuple[str, ...], values: tuple[str, ...]) -> Insert:
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    new = {name: statement.excluded[name] for name in values if name not in keys}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=new)


_MOST_FORMS: Final = 8


class _Forms(dict[tuple[Any, ...], Any]):
    """What one statement was compiled to, by dialect and parameters.

    SQLAlchemy would look among all statements, by a key as long as the statement that is hashed anew each time.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0], *key[2:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        if len(self) >= _MOST_FORMS:
            self.clear()  # those of databases that are closed
        super().__setitem__((key[0], *key[2:]), compiled)


MOST_KEPT: Final = 512
"""Statements whose forms are kept, the last ones used: more than the house has, but for the shapes of searches.

What is compiled holds its statement: without a limit each would stay.
"""


@lru_cache(maxsize=MOST_KEPT)
def _options(_statement: Executable) -> dict[str, _Forms]:
    return {}


def _execute(connection: Connection, statement: Executable, values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement. One that comes again is built once, and keeps what it was compiled to from then on.

    Others are built anew each time, and found among all that were compiled.
    """
    options = _options(statement)
    result = connection.execute(statement, values, execution_options=options)
    if not options:
        options["compiled_cache"] = _Forms()
    return result


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction; asking the session each time costs a quarter of a statement."""
    known: Connection | None = session.info.get("connection")
    if known is None or known.closed:
        known = session.info["connection"] = session.connection()
    return known


def run(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement of columns, built once, in the session's transaction, past what the session does for objects."""
    return _execute(connection_of(session), statement, values)


def put(session: Session, model: type[Base], **values: Any) -> None:
    """Insert one row."""
    _execute(connection_of(session), _plain(model), values)


def put_numbered(session: Session, model: type[Base], **values: Any) -> int:
    """Insert one row; the number that the database gave it as its primary key."""
    key: Any = connection_of(session).execute(_plain(model), values).inserted_primary_key
    return int(key[0])


def put_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, in one statement; none is fine."""
    if rows:
        connection_of(session).execute(_plain(model), list(rows))


def put_missing(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows, all of the same columns, that no unique constraint has already; none is fine."""
    if rows:
        connection = connection_of(session)
        connection.execute(_unless_there(model, connection.dialect.name), list(rows))


def put_once(session: Session, model: type[Base], **values: Any) -> bool:
    """Insert one row unless a unique constraint has it already; whether it was inserted."""
    connection = connection_of(session)
    return _execute(connection, _unless_there(model, connection.dialect.name), values).rowcount == 1


def put_latest(session: Session, model: type[Base], keys: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns; one whose unique ``keys`` are there already gets the new values instead."""
    if rows:
        connection = connection_of(session)
        statement = _latest(model, connection.dialect.name, keys, tuple(rows[0]))
        connection.execute(statement, list(rows))
