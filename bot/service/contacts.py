"""Finding or making the contact that an event speaks of (process §2, intake path).

What must stay true: one contact per normalised address; a fact we have is never overwritten by nothing, and by what an
unproven sender says only where it is missing: anybody can fill in a form in somebody's name; every change of a name
keeps the words it is found by (``name_tokens``) up to date.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, literal, select, update
from sqlalchemy.orm import Session, aliased

from bot.db.base import new_id
from bot.db.models import Account, Contact, Lead
from bot.db.rows import put_once, run
from bot.domain.business_time import HoursError, zone
from bot.domain.commands import CompanyFacts, PersonFacts
from bot.domain.countries import country_code
from bot.domain.matching import company_domain, fold, normalise_email, read_phone
from bot.domain.terms import Source, Stage
from bot.service.accounts import ACCOUNT_FACTS, AccountFacts, account_of, fill_account, find_account, make_account
from bot.service.contact_text import clean, clean_or_none
from bot.service.context import playbook
from bot.service.name_index import (
    account_words,
    contact_words,
    rewrite_contact_words,
    write_words,
)


@dataclass(slots=True)
class ContactFacts:
    """A contact as an event finds or makes it, not yet written. ``values`` is what is to be written.

    ``said``: what the sender says now and differs from what we have, but does not replace it.
    """

    id: UUID
    email: str | None
    first_name: str
    last_name: str
    title: str | None
    phone: str | None
    country: str | None
    stage: Stage
    score: int
    new: bool
    account: AccountFacts | None = None
    open_lead_id: UUID | None = None
    why: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How they are called in sentences."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or "somebody without a name"


def find_contact(
    session: Session, person: PersonFacts, company: CompanyFacts, source: Source, now: datetime, *, proven: bool = True
) -> ContactFacts:
    """Find the contact by e-mail, else by phone and name; make one where there is none.

    ``proven``: one of us or a sender who proved who they are says it, so it replaces what we have; else it only fills
    gaps.
    The account is found or made and written; the contact is written by ``save_contact``, so that its score and stage
    go in with it.
    """
    email = normalise_email(clean(person.email, 400)) if person.email else None
    domain = company_domain(email) or company_domain(clean(company.domain))
    phone = _phone(session, person)
    known = _look_up(session, email, domain, phone, person)
    if known is not None and known.open_lead_id is not None:
        # Leads are locked before accounts and contacts everywhere, so that nobody waits in a circle.
        session.execute(select(Lead.id).where(Lead.id == known.open_lead_id).with_for_update(key_share=True))
    account = account_of(known) if known else None
    if account is None:
        account = find_account(session, company, domain)
    if account is None:
        account = make_account(session, company, domain, person, now)
    elif not account.new:
        fill_account(session, account, company, domain)
    contact = _known_contact(known) if known is not None and known.contact_id is not None else None
    if contact is None:
        contact = _new_contact(email, phone, source, now)
    contact.account = account
    _merge(contact, known, person, phone, proven)
    if account is not None and (known is None or contact.new or known.account_id is None):
        contact.values["account_id"] = account.id
    return contact


def _phone(session: Session, person: PersonFacts) -> str | None:
    if not person.phone:
        return None
    country = country_code(clean(person.country)) if person.country else None
    return read_phone(clean(person.phone, 60), country or playbook(session).people.country).e164


_BY_CONTACT = aliased(Account)
_BY_DOMAIN = aliased(Account)


def _look_up(
    session: Session, email: str | None, domain: str | None, phone: str | None, person: PersonFacts
) -> Row[Any] | None:
    """Contact, its account, the domain's account and the open lead, in one statement."""
    named = bool(person.first_name or person.last_name)
    by = "email" if email else "nothing" if phone is None else "phone_and_name" if named else "phone"
    given = {"domain": domain, "email": email, "phone": phone}
    if by == "phone_and_name":
        given |= {"first_name": clean(person.first_name), "last_name": clean(person.last_name)}
    statement = _look_up_by(by)
    return run(session, statement, **{name: given[name] for name in ("domain", *_KEYS[by])}).first()


_KEYS: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "phone_and_name": ("phone", "first_name", "last_name"),  # a switchboard's number is many people's
    "nothing": (),
}


@lru_cache(maxsize=8)
def _look_up_by(by: str) -> Select[Any]:
    keys = [getattr(Contact, name) == bindparam(name) for name in _KEYS[by]]
    who = and_(*keys) if keys else literal(False)
    one = select(literal(1).label("one")).subquery()
    return (
        select(
            Contact.id.label("contact_id"),
            *(getattr(Contact, name) for name in ("email", "first_name", "last_name", "title", "phone", "linkedin")),
            Contact.timezone,
            Contact.country.label("contact_country"),
            Contact.stage.label("contact_stage"),
            Contact.account_id,
            Contact.score,
            Lead.id.label("open_lead_id"),
            *(getattr(_BY_CONTACT, name).label(f"own_{name}") for name in ACCOUNT_FACTS),
            *(getattr(_BY_DOMAIN, name).label(f"domain_{name}") for name in ACCOUNT_FACTS),
        )
        .select_from(one)
        .outerjoin(Contact, who)
        .outerjoin(_BY_CONTACT, _BY_CONTACT.id == Contact.account_id)
        .outerjoin(_BY_DOMAIN, _BY_DOMAIN.domain == bindparam("domain"))
        .outerjoin(Lead, and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None)))
        .order_by(Contact.created_at)
        .limit(1)
    )


def _known_contact(known: Row[Any]) -> ContactFacts:
    return ContactFacts(
        id=known.contact_id,
        email=known.email,
        first_name=known.first_name,
        last_name=known.last_name,
        title=known.title,
        phone=known.phone,
        country=known.contact_country,
        stage=known.contact_stage,
        score=known.score,
        new=False,
        open_lead_id=known.open_lead_id,
        why="We know this address." if known.email else "We know this number.",
    )


def _new_contact(email: str | None, phone: str | None, source: Source, now: datetime) -> ContactFacts:
    made = ContactFacts(new_id(), email, "", "", None, phone, None, Stage.PROSPECT, 0, new=True)
    made.why = "Somebody we did not know."
    made.values = {
        "email": email,
        "phone": phone,
        "source": source,
        "created_at": now,
        "first_name": "",
        "last_name": "",
        "external_ids": {},
        "extra": {},
    }
    return made


def _merge(contact: ContactFacts, known: Row[Any] | None, person: PersonFacts, phone: str | None, proven: bool) -> None:
    """Take over what they say of themselves; nothing, or an initial, replaces nothing."""
    given: dict[str, Any] = {
        "first_name": clean(person.first_name),
        "last_name": clean(person.last_name),
        "title": clean_or_none(person.title),
        "phone": phone,
        "linkedin": clean_or_none(person.linkedin),
        "timezone": _timezone(person.timezone),
        "country": country_code(clean(person.country)) if person.country else None,
    }
    stored = _stored(known) if not contact.new and known is not None else {}
    for name, value in given.items():
        before = stored.get(name)
        if not value or value == before or (before and "name" in name and _is_shorter(value, before)):
            continue
        if before and not proven:
            contact.said[name] = value
            continue
        contact.values[name] = value
        if hasattr(contact, name):
            setattr(contact, name, value)


def _stored(known: Row[Any]) -> dict[str, Any]:
    names = ("first_name", "last_name", "title", "phone", "linkedin", "timezone")
    return {name: getattr(known, name) for name in names} | {"country": known.contact_country}


def _is_shorter(value: str, before: str) -> bool:
    """Whether ``value`` is only the beginning of the name we have: "J." of "Jane"."""
    return fold(before).startswith(fold(value))


def _timezone(text: str | None) -> str | None:
    name = clean(text, 64)
    try:
        return zone(name).key if name else None
    except HoursError:
        return None


def save_contact(session: Session, contact: ContactFacts, **also: Any) -> bool:
    """Write what is new of ``contact``, together with ``also``; False if another event made the same contact first."""
    values = contact.values | also
    if contact.new:
        if not put_once(session, Contact, id=contact.id, **values):
            return False
        words = contact_words(contact.id, contact.first_name, contact.last_name, contact.email)
        if contact.account is not None and contact.account.new:
            words += account_words(contact.account.id, contact.account.name, contact.account.domain)
        write_words(session, words)
        return True
    if values:
        session.execute(
            update(Contact)
            .where(Contact.id == contact.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    if contact.account is not None and contact.account.new:
        write_words(session, account_words(contact.account.id, contact.account.name, contact.account.domain))
    if {"first_name", "last_name"} & contact.values.keys():
        rewrite_contact_words(session, contact.id, contact.first_name, contact.last_name, contact.email)
    return True
