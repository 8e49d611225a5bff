"""Which words a contact and an account are found by.

What must stay true: rows and queries are cut into words by ``bot.domain.names.tokens`` alike.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.models import NameToken
from bot.domain.names import tokens
from bot.outbox.enqueue import insert_once


def contact_words(first_name: str, last_name: str, email: str | None) -> list[str]:
    """Return the words of a person's name and of the address before the @."""
    local = (email or "").partition("@")[0]
    return tokens(f"{first_name} {last_name} {local}")


def account_words(name: str, domain: str | None) -> list[str]:
    """Return the words of a company's name and of its domain without the ending."""
    return tokens(f"{name} {(domain or '').partition('.')[0]}")


def index_names(
    session: Session,
    contacts: Iterable[tuple[UUID, list[str]]] = (),
    accounts: Iterable[tuple[UUID, list[str]]] = (),
) -> None:
    """Write the words of contacts and accounts that have none yet."""
    rows: list[dict[str, Any]] = [
        {"token": word, "contact_id": contact_id, "account_id": None}
        for contact_id, words in contacts
        for word in words
    ]
    rows += [
        {"token": word, "contact_id": None, "account_id": account_id}
        for account_id, words in accounts
        for word in words
    ]
    if rows:
        session.connection().execute(insert_once(session, NameToken), rows)


def reindex_contacts(session: Session, contacts: list[tuple[UUID, list[str]]]) -> None:
    """Replace the words of contacts whose names or addresses changed."""
    if contacts:
        session.execute(delete(NameToken).where(NameToken.contact_id.in_([contact_id for contact_id, _ in contacts])))
        index_names(session, contacts)


def reindex_accounts(session: Session, accounts: list[tuple[UUID, list[str]]]) -> None:
    """Replace the words of accounts whose names or domains changed."""
    if accounts:
        session.execute(delete(NameToken).where(NameToken.account_id.in_([account_id for account_id, _ in accounts])))
        index_names(session, accounts=accounts)
