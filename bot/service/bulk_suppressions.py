"""Wishes to be left alone, in imported rows and against them (process §10).

What must stay true: no list brings back somebody who asked to be left alone or was erased; a wish in a list
counts from the moment of the import.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Suppression
from bot.domain.commands import Actor
from bot.domain.compliance import Covers, Kind, key_hash
from bot.domain.import_rows import ContactRow
from bot.outbox.enqueue import insert_once

_REASON = "asked for in an imported list"


def left_alone(session: Session, rows: Iterable[ContactRow]) -> dict[int, str]:
    """Return the reason for each line whose person must not come in: suppressed altogether, and not known here."""
    wanted: dict[str, list[ContactRow]] = {}
    for row in rows:
        for _, value_hash in _own_keys(row):
            wanted.setdefault(value_hash, []).append(row)
    if not wanted:
        return {}
    listed = session.scalars(
        select(Suppression.value_hash).where(Suppression.value_hash.in_(wanted), Suppression.covers == "all")
    ).all()
    stopped = [row for value_hash in listed for row in wanted[value_hash]]
    if not stopped:
        return {}
    emails = {row.person.email for row in stopped if row.person.email}
    known = set(session.scalars(select(Contact.email).where(Contact.email.in_(emails))))
    return {
        row.line: "this person asked to be left alone and was not added"
        for row in stopped
        if row.person.email not in known
    }


def _own_keys(row: ContactRow) -> list[tuple[Kind, str]]:
    """Return kind and hash of the person's own address and number; the company's domain is not theirs to close."""
    keys: list[tuple[Kind, str]] = []
    if row.person.email:
        keys.append(("email", key_hash("email", row.person.email)))
    if row.person.phone:
        keys.append(("phone", key_hash("phone", row.person.phone)))
    return keys


def suppress_rows(session: Session, rows: Iterable[ContactRow], actor: Actor | None, now: datetime) -> set[int]:
    """Write down the wishes in the rows; return the lines that said something new."""
    wishes: dict[tuple[str, str, Covers], int] = {}
    for row in rows:
        keys = _own_keys(row) if row.do_not_call or row.do_not_email else []
        if row.do_not_call:
            wishes |= {(kind, value_hash, "call"): row.line for kind, value_hash in keys}
        if row.do_not_email:
            wishes |= {(kind, value_hash, "email"): row.line for kind, value_hash in keys if kind == "email"}
    if not wishes:
        return set()
    values: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "kind": kind,
            "value_hash": value_hash,
            "covers": covers,
            "reason": _REASON,
            "created_at": now,
            "created_by": actor.person_id if actor else None,
        }
        for kind, value_hash, covers in sorted(wishes)
    ]
    statement = insert_once(session, Suppression).returning(
        Suppression.kind, Suppression.value_hash, Suppression.covers
    )
    return {
        wishes[kind, value_hash, covers] for kind, value_hash, covers in session.connection().execute(statement, values)
    }
