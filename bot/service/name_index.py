"""The words a contact and an account are found by (``name_tokens``).

What must stay true: rows and queries are cut into words by ``bot.domain.name_words.tokens`` alike; a change of a name
replaces the words.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.models import NameToken
from bot.db.rows import put_missing
from bot.domain.name_words import tokens

Words = list[dict[str, Any]]
"""Rows of ``name_tokens``."""


def contact_words(contact_id: UUID, first_name: str, last_name: str, email: str | None) -> Words:
    """Return the words of a person's name and of the address before the @."""
    local = (email or "").partition("@")[0]
    return [
        {"token": word, "contact_id": contact_id, "account_id": None}
        for word in tokens(f"{first_name} {last_name} {local}")
    ]


def account_words(account_id: UUID, name: str, domain: str | None) -> Words:
    """Return the words of a company's name and of its domain without the ending."""
    return [
        {"token": word, "contact_id": None, "account_id": account_id}
        for word in tokens(f"{name} {(domain or '').partition('.')[0]}")
    ]


def write_words(session: Session, words: Words) -> None:
    """Write the words of contacts and accounts that have none yet."""
    put_missing(session, NameToken, words)


def rewrite_contact_words(
    session: Session, contact_id: UUID, first_name: str, last_name: str, email: str | None
) -> None:
    """Replace the words of a contact whose name or address changed."""
    session.execute(delete(NameToken).where(NameToken.contact_id == contact_id))
    write_words(session, contact_words(contact_id, first_name, last_name, email))


def rewrite_account_words(session: Session, account_id: UUID, name: str, domain: str | None) -> None:
    """Replace the words of an account whose name or domain changed."""
    session.execute(delete(NameToken).where(NameToken.account_id == account_id))
    write_words(session, account_words(account_id, name, domain))
