"""Whom a touched person named: found among the contacts or added, at the same company where nothing else is said.

What must stay true: a referral never makes somebody a second time who is known by address, or by name at the
company; how they came to us stays with them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Contact
from bot.domain.commands import CompanyFacts, LogTouch, PersonFacts
from bot.domain.matching import normalise_email
from bot.domain.name_words import fold
from bot.domain.terms import Source
from bot.service.contacts import find_contact, save_contact
from bot.service.touch_subject import TouchSubject

_MOST_COLLEAGUES = 500


@dataclass(frozen=True, slots=True)
class Referred:
    """The person named; ``made`` if they were not known before."""

    contact_id: UUID
    name: str
    made: bool


def referred_contact(session: Session, command: LogTouch, them: TouchSubject, now: datetime) -> Referred:
    """Find or add whom ``them`` named; the one who logged owns a new one."""
    name = " ".join((command.referral_name or "").split())
    address = normalise_email(command.referral_email or "")
    if address is None and (colleague := _colleague(session, them, name)):
        return Referred(colleague, name, made=False)
    first, _, last = name.partition(" ")
    person = PersonFacts(email=address, first_name=first, last_name=last, country=them.country)
    company = CompanyFacts(name=them.account_name)
    found = find_contact(session, person, company, Source.REFERRAL, now)
    if found.new:
        if found.account is None and them.account_id is not None:
            found.values["account_id"] = them.account_id
        found.values["extra"] = {"referred_by": str(them.contact_id)}
        save_contact(session, found, stage=found.stage, score=found.score, owner_id=command.actor.person_id)
    return Referred(found.id, found.name, made=found.new)


def _colleague(session: Session, them: TouchSubject, name: str) -> UUID | None:
    if them.account_id is None:
        return None
    rows = session.execute(
        select(Contact.id, Contact.first_name, Contact.last_name)
        .where(Contact.account_id == them.account_id)
        .limit(_MOST_COLLEAGUES)
    )
    wanted = fold(name)
    return next((row.id for row in rows if fold(f"{row.first_name} {row.last_name}") == wanted), None)
