"""App Home has a budget of its own: while it waits for that, nothing else for the same person waits with it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.base import new_id
from bot.db.models import OutboxItem, Person
from bot.db.session import Database
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.outbox.claims import Claimed, Retry, claim, finish
from bot.outbox.enqueue import refresh, show, tell

A_WHILE = timedelta(minutes=5)


def somebody(database: Database) -> Person:
    person = Person(id=new_id(), email="sam@example.com", name="Sam", timezone="UTC", created_at=protocol_now())
    database.write_now(lambda session: session.add(person))
    return person


def kinds(database: Database) -> list[str]:
    """What goes out now."""
    return [one.kind for one in database.write_now(lambda session: claim(session, 10))]


def looks(database: Database, person: Person) -> None:
    to = Address.person(person.id)
    database.write_now(lambda session: show(session, View.APP_HOME, str(person.id), to, priority=Priority.PERSON))


def waits_for_its_turn(session: Session, item: Claimed) -> None:
    assert finish(session, item, Retry(A_WHILE, "waits for its turn", tried=False))


def test_a_callback_does_not_wait_behind_a_home(database: Database) -> None:
    sam = somebody(database)
    looks(database, sam)
    (item,) = database.write_now(lambda session: claim(session, 10))
    database.write_now(lambda session: waits_for_its_turn(session, item))
    callback = Notice(NoticeKind.CALLBACK_DUE, Address.person(sam.id), "callback:1", "1", Priority.PERSON)
    database.write_now(lambda session: tell(session, callback))
    assert kinds(database) == ["callback_due"]


def test_a_home_does_not_wait_behind_a_message(database: Database) -> None:
    sam = somebody(database)
    callback = Notice(NoticeKind.CALLBACK_DUE, Address.person(sam.id), "callback:1", "1", Priority.PERSON)
    database.write_now(lambda session: tell(session, callback))
    (item,) = database.write_now(lambda session: claim(session, 10))
    database.write_now(lambda session: waits_for_its_turn(session, item))
    looks(database, sam)
    assert kinds(database) == ["app_home"]


def test_who_looks_goes_before_those_who_are_only_kept_fresh(database: Database) -> None:
    sam = somebody(database)
    looks(database, sam)
    assert kinds(database) == ["app_home"]

    def fresh(session: Session) -> None:
        refresh(session, str(sam.id), View.APP_HOME, priority=Priority.BULK)

    def waiting() -> list[int]:
        rows = select(OutboxItem.priority).where(OutboxItem.state == "ready")
        return list(database.read_now(lambda session: session.scalars(rows).all()))

    database.write_now(fresh)
    assert waiting() == [Priority.BULK]
    looks(database, sam)
    assert waiting() == [Priority.PERSON]
    database.write_now(fresh)
    assert waiting() == [Priority.PERSON]
