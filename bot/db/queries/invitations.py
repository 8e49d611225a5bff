"""An intro call as its calendar file says it (process §7).

What must stay true: a file is of the version it was told for: where a newer one was made meanwhile, the newer tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Contact, Meeting, Person
from bot.db.session import PlaybookInForce

REQUEST = "REQUEST"


@dataclass(frozen=True, slots=True)
class CallFile:
    """What stands in the file. ``contact_email`` is None where nobody knows it; names may be outside text.

    ``only_ae``: a cancellation for the executive alone, as somebody else holds the call.
    """

    method: str
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    place: str
    ae_name: str
    ae_email: str
    rep_name: str
    rep_email: str
    contact_name: str
    contact_email: str | None
    company: str | None
    our_company: str
    only_ae: bool
    now: datetime


def call_file(session: Session, facts: Mapping[str, Any], now: datetime) -> CallFile | None:
    """The call of a notice's facts; None where it is not so any more, and a newer notice says how it is."""
    rep = aliased(Person)
    row = session.execute(
        select(Meeting, Contact, Account.name, rep.name, rep.email)
        .join(Contact, Contact.id == Meeting.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(rep, rep.id == Meeting.organiser_id)
        .where(Meeting.id == UUID(str(facts["meeting_id"])))
        .execution_options(populate_existing=True)
    ).first()
    ae = session.execute(select(Person.name, Person.email).where(Person.id == UUID(str(facts["ae_id"])))).first()
    if row is None or ae is None:
        return None
    meeting, contact = row[0], row[1]
    method, sequence = str(facts["method"]), int(facts["sequence"])
    if method == REQUEST and (meeting.sequence != sequence or meeting.state != "booked"):
        return None
    in_force: PlaybookInForce = session.info["playbook"]
    return CallFile(
        method=method,
        uid=meeting.uid,
        sequence=sequence,
        starts_at=datetime.fromisoformat(str(facts["starts_at"])),
        ends_at=datetime.fromisoformat(str(facts["ends_at"])),
        place=meeting.place if method == REQUEST else "",
        ae_name=ae.name,
        ae_email=ae.email,
        rep_name=row[3] or ae.name,
        rep_email=row[4] or ae.email,
        contact_name=f"{contact.first_name} {contact.last_name}".strip() or contact.email or "a guest",
        contact_email=contact.email,
        company=row[2],
        our_company=in_force.playbook.texts.our_company,
        only_ae=bool(facts.get("only_ae")),
        now=now,
    )
