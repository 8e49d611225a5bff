"""Statements of the search by name, each built once for a shape of what was typed.

What must stay true: putting a statement together costs more than running it, so typed words go in as parameters;
a shape is how many words there are and how many spellings each has.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute

from bot.db.models import Account, Contact, Lead, NameToken

ENOUGH: Final = 60
"""Rows fetched for ranking; more people than this under one name become a choice anyway."""
AFTER: Final = "\x7f"
"""Sorts after every letter and digit of a token."""
_COUNT_TO: Final = 1000

People = Select[UUID, str, str, str | None, str, bool, datetime | None, str | None]

Word = tuple[str, ...]
"""One typed word: the spellings that count as it."""
Shape = tuple[int, ...]
"""How many spellings each word has."""


def shape_of(words: Sequence[Word]) -> Shape:
    """The shape whose statements take these words."""
    return tuple(len(word) for word in words)


def parameters(words: Sequence[Word]) -> dict[str, str]:
    """The words as the statements of their shape take them."""
    typed = {}
    for place, word in enumerate(words):
        for number, spelling in enumerate(word):
            typed[f"from_{place}_{number}"] = spelling
            typed[f"to_{place}_{number}"] = spelling + AFTER
    return typed


def people() -> People:
    """People with company and open lead; ``asker`` says whose ``mine`` is."""
    asker = bindparam("asker", type_=Uuid)
    mine = or_(Lead.owner_id == asker, Contact.owner_id == asker, Account.owner_id == asker)
    return (
        select(
            Contact.id,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Account.name.label("company"),
            mine.label("mine"),
            Contact.last_touched_at,
            Contact.phone,
        )
        .select_from(Contact)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(Lead, and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None)))
    )


@lru_cache(maxsize=128)
def counts(shape: Shape) -> Select[*tuple[int, ...]]:
    """How many index rows begin with each word, counted no further than needed to compare."""
    numbers = [
        select(func.count())
        .select_from(
            select(literal(1)).select_from(NameToken).where(_begins(place, spellings)).limit(_COUNT_TO).subquery()
        )
        .scalar_subquery()
        for place, spellings in enumerate(shape)
    ]
    return select(*numbers)


@lru_cache(maxsize=128)
def search(shape: Shape, depth: int) -> People:
    """People found by the first word, in ``depth`` rows of the index, who have all the others too."""
    arms: list[Select[Any]] = []
    for number in range(shape[0]):
        arms.append(_proposed(NameToken.contact_id, number, depth))
        companies = _proposed(NameToken.account_id, number, depth).subquery()
        arms.append(select(Contact.id.label("id")).join(companies, companies.c.id == Contact.account_id).limit(depth))
    proposed = union(*(select(arm.subquery().c.id) for arm in arms)).subquery("proposed")
    others = [_has(place, spellings) for place, spellings in enumerate(shape) if place]
    return people().join(proposed, proposed.c.id == Contact.id).where(*others).limit(ENOUGH)


@lru_cache(maxsize=128)
def own(shape: Shape) -> People:
    """People with all the words whose open lead is the asker's."""
    asker = bindparam("asker", type_=Uuid)
    words = [_has(place, spellings) for place, spellings in enumerate(shape)]
    return people().where(Lead.owner_id == asker, *words).limit(ENOUGH)


def _proposed(whose: InstrumentedAttribute[UUID | None], number: int, depth: int) -> Select[Any]:
    named = select(whose.label("id")).where(_begins_as(0, number), whose.is_not(None))
    return named.order_by(NameToken.token).limit(depth)


def _has(place: int, spellings: int) -> ColumnElement[bool]:
    begins = _begins(place, spellings)
    by_name = exists().where(NameToken.contact_id == Contact.id, begins)
    by_company = exists().where(NameToken.account_id == Contact.account_id, begins)
    return or_(by_name, by_company)


def _begins(place: int, spellings: int) -> ColumnElement[bool]:
    return or_(*(_begins_as(place, number) for number in range(spellings)))


def _begins_as(place: int, number: int) -> ColumnElement[bool]:
    start: BindParameter[str] = bindparam(f"from_{place}_{number}")
    end: BindParameter[str] = bindparam(f"to_{place}_{number}")
    return and_(NameToken.token >= start, NameToken.token < end)
