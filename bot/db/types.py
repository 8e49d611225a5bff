"""Column types that hold on SQLite and PostgreSQL alike.

What must stay true: a timestamp in the database is aware UTC; a naive one is refused before it is written.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

E_co = TypeVar("E_co", bound=StrEnum)


class Timestamp(TypeDecorator[datetime]):
    """An instant. Stored as UTC; read back aware. Raises ``ValueError`` for a naive datetime.

    SQLite keeps the digits and drops the zone, so the zone is put back here.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values, turn the rest into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime was about to be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every value back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
"""JSON, binary on PostgreSQL."""

SortedText = String().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte on both databases, so that a prefix is a range of an index."""


def words(enum: type[E_co], check: str | None = None) -> Enum:
    """Store a StrEnum by value, with a CHECK in the database that knows its words.

    ``check`` names it where a table holds the same enum twice.
    """
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=check or enum.__name__.lower(),
        values_callable=_values,
    )


def _values(enum: Any) -> list[str]:
    return [member.value for member in enum]
