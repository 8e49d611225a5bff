"""What every service function may lean on: the playbook in force."""

from sqlalchemy.orm import Session

from bot.db.session import PlaybookInForce
from bot.playbook.schema import Playbook


def playbook(session: Session) -> Playbook:
    """The playbook this transaction decides by."""
    return _in_force(session).playbook


def playbook_number(session: Session) -> int | None:
    """Its version, stored with decisions."""
    return _in_force(session).number


def _in_force(session: Session) -> PlaybookInForce:
    in_force = session.info.get("playbook")
    if not isinstance(in_force, PlaybookInForce):
        raise TypeError("the session was opened without a playbook")
    return in_force
