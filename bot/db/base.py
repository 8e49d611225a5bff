"""The declarative base: naming of constraints, ids, the annotated column shorthands."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import ForeignKey, Index, MetaData, String, Text, Uuid, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from bot.db.types import Json, Timestamp

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """A UUIDv7: unique anywhere, and sorted by the moment it was made."""
    return uuid_utils.compat.uuid7()


Id = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
When = Annotated[datetime, mapped_column(Timestamp)]
Short = Annotated[str, mapped_column(String(255))]
Long = Annotated[str, mapped_column(Text)]
Data = Annotated[dict[str, Any], mapped_column(Json)]
Lines = Annotated[list[Any], mapped_column(Json)]


def ref(table: str, *, ondelete: str = "RESTRICT", index: bool = False) -> Any:
    """A foreign key to ``table.id``."""
    return mapped_column(Uuid, ForeignKey(f"{table}.id", ondelete=ondelete), index=index)


def key(table: str, *, index: bool = False) -> Any:
    """A foreign key to ``table.id`` that is part of the primary key; goes with the row it names."""
    return mapped_column(Uuid, ForeignKey(f"{table}.id", ondelete="CASCADE"), primary_key=True, index=index)


def where_known(name: str, column: str) -> Index:
    """An index of the rows that have a value in ``column``."""
    condition = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=condition, postgresql_where=condition)


class Base(DeclarativeBase):
    """Every table of Handraiser."""

    metadata = MetaData(naming_convention=NAMING)
