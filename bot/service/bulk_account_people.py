"""Whose the companies of a file are, who looks after them, and how they count (process §7, §8).

What must stay true: a name that is none of ours, or two of ours, refuses its row; an empty cell changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.domain.import_rows import ContactRow
from bot.domain.matching import fold, normalise_email
from bot.domain.terms import Role

Said = Mapping[str, Any]
"""Columns of an account to what the row says of them."""


def account_facts(session: Session, rows: Iterable[ContactRow]) -> tuple[dict[int, Said], dict[int, str]]:
    """What each row says of its company beside the company's own facts, by line; and why a row is refused."""
    asked = [row for row in rows if _says_something(row)]
    if not asked:
        return {}, {}
    ours = _Ours(session)
    said: dict[int, Said] = {}
    refused: dict[int, str] = {}
    for row in asked:
        facts: dict[str, Any] = {"strategic": row.strategic, "partner": row.partner}
        for column, text, role, called in (
            ("owner_id", row.account_owner, None, "account owner"),
            ("csm_id", row.csm, Role.CSM, "customer success manager"),
        ):
            found = ours.find(text, role) if text else None
            if isinstance(found, str):
                refused[row.line] = f"the {called} “{text[:60]}” {found}"
            facts[column] = found
        said[row.line] = {name: value for name, value in facts.items() if value is not None}
    return said, refused


def _says_something(row: ContactRow) -> bool:
    return bool(row.account_owner or row.csm or row.strategic is not None or row.partner is not None)


class _Ours:
    """Our active people, as files write them."""

    def __init__(self, session: Session) -> None:
        self._by_email: dict[str, UUID] = {}
        self._by_name: dict[str, list[UUID]] = {}
        self._roles: set[tuple[UUID, Role]] = set()
        for person_id, email, name in session.execute(
            select(Person.id, Person.email, Person.name).where(Person.active.is_(True))
        ):
            self._by_email[email.casefold()] = person_id
            self._by_name.setdefault(fold(name), []).append(person_id)
        for person_id, role in session.execute(select(PersonRole.person_id, PersonRole.role)):
            self._roles.add((person_id, role))

    def find(self, text: str, role: Role | None) -> UUID | str:
        """Who is meant, or why nobody is."""
        by_email = self._by_email.get(normalise_email(text) or "")
        named = [by_email] if by_email else self._by_name.get(fold(text), [])
        if not named:
            return "is none of us"
        if len(named) > 1:
            return "may be several of us; write the e-mail address"
        if role is not None and (named[0], role) not in self._roles:
            return "does not hold that role here"
        return named[0]
