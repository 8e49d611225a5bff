"""Playbook versions: a valid text becomes a version, the newest version is in force everywhere (design, point 6).

What must stay true: an invalid text is never stored; the same text twice in a row is one version; numbers only grow,
so going back to an older text is a new version.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.db.models import PlaybookVersion
from bot.db.queries.playbooks import newest_playbook
from bot.db.session import PlaybookInForce, announce
from bot.playbook.load import fingerprint, load_text

TOPIC = "playbook"
"""Announced when a version is stored: every process then asks ``load_in_force`` again."""


@dataclass(frozen=True, slots=True)
class StorePlaybook:
    """Put a playbook in force. ``name`` is how problems call the text, ``stored_by`` who wants it."""

    text: str
    name: str = "playbook.yaml"
    stored_by: str = ""


@dataclass(frozen=True, slots=True)
class PlaybookStored:
    """The playbook now in force, and whether that changed anything."""

    in_force: PlaybookInForce
    new: bool


def store_playbook(session: Session, command: StorePlaybook, now: datetime) -> PlaybookStored:
    """Store the text as the newest version unless it already is. Raises ``PlaybookError`` for an invalid text."""
    playbook = load_text(command.text, command.name)
    mark = fingerprint(command.text)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE playbook_versions IN SHARE ROW EXCLUSIVE MODE")
    newest = newest_playbook(session)
    if newest is not None and newest.fingerprint == mark:
        return PlaybookStored(PlaybookInForce(newest.number, playbook), new=False)
    number = session.execute(
        insert(PlaybookVersion)
        .values(
            number=newest.number + 1 if newest else 1,
            fingerprint=mark,
            text=command.text,
            stored_at=now,
            stored_by=command.stored_by,
        )
        .returning(PlaybookVersion.number)
    ).scalar_one()
    announce(session, TOPIC)
    return PlaybookStored(PlaybookInForce(number, playbook), new=True)


def load_in_force(session: Session) -> PlaybookInForce | None:
    """The newest stored playbook; None before the first.

    Raises ``PlaybookError`` if this release of Handraiser cannot read a text that an earlier one stored.
    """
    newest = newest_playbook(session)
    if newest is None:
        return None
    return PlaybookInForce(newest.number, load_text(newest.text, f"playbook version {newest.number}"))
