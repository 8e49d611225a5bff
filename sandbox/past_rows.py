"""The rows of a made-up past, gathered by table and written at once.

What must stay true: whoever was touched was touched last when the rows say so; the order of tables suits foreign keys.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.db.base import Base, new_id
from bot.db.models import Account, Contact, Person, Touch
from bot.domain.terms import Channel, Outcome
from sandbox.market import Somebody
from sandbox.workdays import HOME_ZONE


@dataclass
class Rows:
    """What is to be written, by table; and what our own, people outside and companies have become."""

    tables: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def add(self, model: type[Base], **values: Any) -> UUID:
        """One row; its id."""
        row_id: UUID = values.setdefault("id", new_id())
        self.tables.setdefault(model, []).append(values)
        return row_id

    def touch(self, known: "Known", person_id: UUID, at: datetime, said: tuple[Channel, Outcome], **more: Any) -> None:
        """A touch, and that it was the last so far."""
        facts = {"note": "", "lead_id": None} | more
        self.add(
            Touch,
            contact_id=known.id,
            account_id=known.account_id,
            person_id=person_id,
            channel=said[0],
            outcome=said[1],
            happened_at=at,
            logged_at=at,
            local_date=at.astimezone(HOME_ZONE).date(),
            **facts,
        )
        self.contacts.setdefault(known.id, {})["last_touched_at"] = at
        if known.account_id:
            self.accounts.setdefault(known.account_id, {})["last_activity_at"] = at

    def write(self, session: Session) -> None:
        """Everything, in an order that foreign keys allow."""
        for table in Base.metadata.sorted_tables:
            for model, rows in self.tables.items():
                if model.__table__ is table:
                    session.execute(insert(model), rows)
        for of, changed in ((Person, self.people), (Contact, self.contacts), (Account, self.accounts)):
            for row_id, values in changed.items():
                session.execute(
                    update(of).where(of.id == row_id).values(**values).execution_options(synchronize_session=False)
                )


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody outside, as the database has them."""

    id: UUID
    account_id: UUID | None
    them: Somebody
