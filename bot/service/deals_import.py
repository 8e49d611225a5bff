"""Open deals of a file, a slice at a time.

What must stay true: a deal is known again by its key; what its row said the last time changes nothing, and a deal
that was closed here stays closed; people come in as contacts of a list do (process §10); person and company are at
least at the stage opportunity, and nobody with a deal stays in a cadence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Opportunity, Person, PersonRole
from bot.domain.cadence import EndReason
from bot.domain.commands import Actor, CompanyFacts, PersonFacts
from bot.domain.deal_rows import DealRow, ImportDeals
from bot.domain.import_rows import ContactRow, ImportContacts, Refused
from bot.domain.opportunities import OPEN_DEALS, DealState, Guard
from bot.domain.terms import Role, Source, Stage
from bot.service import audit
from bot.service.accounts import find_account, make_account
from bot.service.contacts_import import import_contacts
from bot.service.deal_changes import note_deal_move, raise_stages
from bot.service.enrolment_ends import end_for_contact
from bot.service.name_index import rewrite_account_words
from bot.service.trail import Trail

IMPORTED = "imported"
AT_THE_PROPOSAL = "imported at the proposal"
"""Why a proposal that came by a file is out although nothing was confirmed here."""


@dataclass(slots=True)
class DealsImported:
    """What became of a slice."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    accounts_added: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[Refused] = field(default_factory=list)


def import_deals(session: Session, command: ImportDeals, now: datetime) -> DealsImported:
    """Carry a slice in: new deals, and what rows of known ones say anew."""
    done = DealsImported()
    executives = _executives(session, command.rows)
    known = _known(session, command.rows)
    for row in command.rows:
        ae_id = executives.get(row.ae_email)
        if ae_id is None:
            done.refused.append(Refused(row.line, f"{row.ae_email[:60]} is no account executive here"))
            continue
        deal = known.get(row.key)
        if deal is None:
            _add(session, row, ae_id, command.actor, now, done)
        elif deal.imported_as == row.digest:
            done.unchanged += 1
        elif DealState(deal.state) not in OPEN_DEALS:
            done.unchanged += 1
            done.notes.append(Refused(row.line, f"the deal is {deal.state} here and was left as it is"))
        else:
            _change(session, deal, row, ae_id, command.actor, now)
            done.changed += 1
    return done


def finish_deals_import(
    session: Session, actor: Actor | None, now: datetime, name: str, counts: dict[str, int]
) -> None:
    """One line in the audit log for the file."""
    audit.record(session, "import_deals", actor, now, name[:255], {"file": name[:255], **counts})


def _executives(session: Session, rows: Iterable[DealRow]) -> dict[str, UUID]:
    emails = {row.ae_email for row in rows}
    found = session.execute(
        select(Person.email, Person.id)
        .join(PersonRole, (PersonRole.person_id == Person.id) & (PersonRole.role == Role.AE))
        .where(Person.email.in_(emails), Person.active.is_(True))
    )
    return {row.email: row.id for row in found}


def _known(session: Session, rows: Iterable[DealRow]) -> dict[str, Opportunity]:
    keys = [row.key for row in rows]
    deals = session.scalars(select(Opportunity).where(Opportunity.external_key.in_(keys)).with_for_update())
    return {deal.external_key: deal for deal in deals if deal.external_key is not None}


def _add(session: Session, row: DealRow, ae_id: UUID, actor: Actor | None, now: datetime, done: DealsImported) -> None:
    contact_id, account_id = _whom(session, row, actor, now, done)
    at_proposal = row.state is DealState.PROPOSAL
    deal = Opportunity(
        id=new_id(),
        account_id=account_id,
        contact_id=contact_id,
        ae_id=ae_id,
        kind=row.kind.value,
        state=row.state.value,
        amount_cents=row.money.cents,
        currency=row.money.currency,
        expected_close_on=row.expected_close_on,
        qualified_at=now,
        proposal_at=now if at_proposal else None,
        next_step=row.next_step,
        guard=Guard((), AT_THE_PROPOSAL).as_stored() if at_proposal else {},
        external_key=row.key,
        imported_as=row.digest,
    )
    session.add(deal)
    session.flush()
    _note(session, deal.id, None, DealState.QUALIFIED, now, actor)
    if at_proposal:
        _note(session, deal.id, DealState.QUALIFIED, DealState.PROPOSAL, now, actor)
    raise_stages(Trail(session), contact_id, account_id, Stage.OPPORTUNITY)
    if contact_id is not None:
        end_for_contact(session, contact_id, EndReason.CONVERSATION, now)
    done.added += 1


def _change(session: Session, deal: Opportunity, row: DealRow, ae_id: UUID, actor: Actor | None, now: datetime) -> None:
    """Take over what the row says; a proposal that is out here is not taken back by a file."""
    before = DealState(deal.state)
    values: dict[str, Any] = {
        "ae_id": ae_id,
        "kind": row.kind.value,
        "amount_cents": row.money.cents,
        "currency": row.money.currency,
        "expected_close_on": row.expected_close_on or deal.expected_close_on,
        "next_step": row.next_step or deal.next_step,
        "imported_as": row.digest,
    }
    after = before
    if before is DealState.QUALIFIED and row.state is DealState.PROPOSAL:
        after = DealState.PROPOSAL
        guard = Guard((), AT_THE_PROPOSAL).as_stored()
        values |= {"state": after.value, "proposal_at": now, "guard": guard}
    Trail(session).change(deal, **values)
    _note(session, deal.id, before, after, now, actor)


def _note(
    session: Session, deal_id: UUID, before: DealState | None, after: DealState, now: datetime, actor: Actor | None
) -> None:
    by_id = actor.person_id if actor else None
    note_deal_move(session, deal_id, before, after, now, by_id, deal_id, IMPORTED)


def _whom(
    session: Session, row: DealRow, actor: Actor | None, now: datetime, done: DealsImported
) -> tuple[UUID | None, UUID | None]:
    """The person and the company of a row, found or made as a list of contacts makes them."""
    company = CompanyFacts(name=row.company or None)
    if row.email is None:
        return None, _company(session, company, now, done)
    first, _, last = row.contact.partition(" ")
    person = PersonFacts(email=row.email, first_name=first, last_name=last)
    contacts = ImportContacts((ContactRow(row.line, person, company),), Source.LIST, actor)
    made = import_contacts(session, contacts, now)
    done.accounts_added += made.accounts_added
    done.notes += [
        Refused(refused.line, f"{refused.reason}; the deal came in without them") for refused in made.refused
    ]
    contact = session.scalars(select(Contact).where(Contact.email == row.email)).first()
    if contact is None:
        return None, _company(session, company, now, done)
    account_id = contact.account_id if contact.account_id or not row.company else _company(session, company, now, done)
    return contact.id, account_id


def _company(session: Session, company: CompanyFacts, now: datetime, done: DealsImported) -> UUID | None:
    found = find_account(session, company, None)
    if found is None:
        found = make_account(session, company, None, PersonFacts(), now)
        if found is not None:
            rewrite_account_words(session, found.id, found.name, None)
            done.accounts_added += 1
    return found.id if found else None
