"""A small house for the tests of touches: two reps, an admin, a company and its people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account, Contact, Lead, NameToken, Person, PersonRole
from bot.db.session import Database
from bot.domain.commands import Actor, LogTouch
from bot.domain.name_words import tokens
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Role, Source
from bot.service.touches import Logged, log_touch

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
"""A Tuesday, 11:00 in Berlin."""


@dataclass(slots=True)
class House:
    """The people of a test, by what they are."""

    database: Database
    sam: Actor
    ada: Actor
    boss: Actor
    mark: Actor
    acme: UUID
    jane: UUID

    def write(self, work: Any) -> Any:
        return self.database.write_now(work)

    def read(self, work: Any) -> Any:
        return self.database.read_now(work)

    def log(
        self,
        outcome: Outcome,
        channel: Channel = Channel.CALL,
        *,
        by: Actor | None = None,
        now: datetime = NOW,
        **more: Any,
    ) -> Logged:
        contact = more.pop("contact", self.jane)
        at = more.pop("at", now)
        command = LogTouch(by or self.sam, contact, channel, outcome, at, **more)
        return self.database.write_now(lambda session: log_touch(session, command, now))

    def get(self, model: Any, row_id: UUID) -> Any:
        return self.database.read_now(lambda session: session.get(model, row_id))

    def all(self, model: Any, *where: Any) -> list[Any]:
        return self.database.read_now(lambda session: list(session.scalars(select(model).where(*where))))

    def open_lead(self, contact: UUID | None = None, owner: Actor | None = None, **more: Any) -> UUID:
        lead_id = new_id()
        values = {
            "id": lead_id,
            "contact_id": contact or self.jane,
            "account_id": self.acme,
            "state": LeadState.OPEN,
            "intent": Intent.CONTACT_ME,
            "hot": True,
            "source": Source.CONTACT_FORM,
            "message": "Please call me",
            "owner_id": (owner or self.sam).person_id,
            "owner_reason": [],
            "raised_at": NOW - timedelta(minutes=2),
            "received_at": NOW - timedelta(minutes=2),
            "owned_at": NOW - timedelta(minutes=2),
            "response_due_at": NOW + timedelta(minutes=3),
            "shift_held": False,
            "round": 1,
            "version": 1,
        }
        self.write(lambda session: session.execute(insert(Lead).values(**(values | more))))
        return lead_id


def add_contact(
    session: Session, first: str, last: str, email: str | None = None, account: UUID | None = None, **more: Any
) -> UUID:
    """A contact with the words it is found by."""
    contact_id = new_id()
    session.execute(
        insert(Contact).values(
            id=contact_id,
            first_name=first,
            last_name=last,
            email=email,
            account_id=account,
            created_at=NOW,
            external_ids={},
            extra={},
            **more,
        )
    )
    _index(session, tokens(f"{first} {last} {email or ''}"), contact_id=contact_id)
    return contact_id


def add_account(session: Session, name: str, domain: str | None = None, **more: Any) -> UUID:
    """A company with the words it is found by."""
    account_id = new_id()
    session.execute(
        insert(Account).values(id=account_id, name=name, name_key=name.lower(), domain=domain, created_at=NOW, **more)
    )
    _index(session, tokens(name), account_id=account_id)
    return account_id


def _index(session: Session, words: list[str], **subject: UUID) -> None:
    for word in dict.fromkeys(words):
        session.execute(insert(NameToken).values(token=word, **subject))


def add_person(session: Session, name: str, *roles: Role, timezone: str = "Europe/Berlin") -> Actor:
    """One of us."""
    person_id = new_id()
    session.execute(
        insert(Person).values(
            id=person_id,
            email=f"{name.lower()}@us.example",
            name=name,
            timezone=timezone,
            slack_user_id=f"U{name.upper()}",
            created_at=NOW,
            skills=[],
        )
    )
    for role in roles:
        session.execute(insert(PersonRole).values(person_id=person_id, role=role))
    return Actor(person_id, name, timezone, frozenset(roles), f"U{name.upper()}")


def furnish(database: Database) -> House:
    """Sam and Ada answer leads, Boss administrates, Mark does marketing; Jane Doe works at Acme."""

    def work(session: Session) -> House:
        acme = add_account(session, "Acme", "acme.com")
        jane = add_contact(
            session, "Jane", "Doe", "jane@acme.com", acme, phone="+4930123456", timezone="Europe/Berlin", country="DE"
        )
        return House(
            database=database,
            sam=add_person(session, "Sam", Role.MRR),
            ada=add_person(session, "Ada", Role.MRR),
            boss=add_person(session, "Boss", Role.ADMIN),
            mark=add_person(session, "Mark", Role.MARKETING),
            acme=acme,
            jane=jane,
        )

    return database.write_now(work)
