"""What the rules of enrolling look at, for many people at once (process §3, §4).

What must stay true: the number of statements does not grow with the number of people; each is built once.
"""

from collections.abc import Collection, Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Consent, Contact, Enrolment, Lead, Opportunity, Person, Suppression
from bot.db.queries.gate import Whom, subject_of
from bot.db.rows import run
from bot.domain.cadence import EndReason, PlanKind
from bot.domain.compliance import Consented, Covers, Kind, Suppressed, suppression_keys
from bot.domain.enrolling import AccountWork, Past, Wanted

_OWNER = aliased(Person)
_IDS: BindParameter[UUID] = bindparam("ids", expanding=True)
_PEOPLE = (
    select(
        Contact.id,
        Contact.first_name,
        Contact.last_name,
        Contact.email,
        Contact.phone,
        Contact.timezone,
        Contact.country,
        Contact.stage,
        Contact.account_id,
        Account.name.label("account"),
        Account.stage.label("account_stage"),
        Account.country.label("account_country"),
        Account.industry,
        Account.employees,
        Lead.id.label("lead_id"),
        _OWNER.name.label("lead_owner"),
    )
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Lead, and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None)))
    .outerjoin(_OWNER, _OWNER.id == Lead.owner_id)
    .where(Contact.id.in_(_IDS))
)
_PAST = (
    select(
        Enrolment.contact_id,
        Enrolment.kind,
        Enrolment.round,
        Enrolment.end_reason,
        Enrolment.rests_until,
        Enrolment.ended_at,
        Enrolment.person_id,
        Person.name,
    )
    .join(Person, Person.id == Enrolment.person_id)
    .where(
        Enrolment.contact_id.in_(_IDS),
        or_(Enrolment.end_reason.is_(None), Enrolment.end_reason != EndReason.TAKEN_BACK.value),
    )
    .order_by(Enrolment.id)
)
_WORK = (
    select(Enrolment.account_id, Enrolment.person_id, Person.name, Enrolment.kind, Enrolment.started_on)
    .join(Person, Person.id == Enrolment.person_id)
    .where(Enrolment.account_id.in_(_IDS), Enrolment.ended_at.is_(None))
)
_LEADS = (
    select(Lead.account_id, Lead.owner_id, Person.name)
    .join(Person, Person.id == Lead.owner_id)
    .where(Lead.account_id.in_(_IDS), Lead.closed_at.is_(None))
)
_DEALS = select(Opportunity.account_id).where(Opportunity.account_id.in_(_IDS), Opportunity.closed_at.is_(None))
_GIVEN_UP = select(Account.id).where(Account.id.in_(_IDS), Account.given_up_at.is_not(None))
_LOCK = select(Account.id).where(Account.id.in_(_IDS)).order_by(Account.id).with_for_update()
_CONSENTS = select(Consent.contact_id, Consent.basis, Consent.expires_at, Consent.withdrawn_at).where(
    Consent.contact_id.in_(_IDS)
)
_SUPPRESSED = select(Suppression.kind, Suppression.value_hash, Suppression.covers, Suppression.reason).where(
    Suppression.value_hash.in_(_IDS)
)


def wanted(session: Session, contact_ids: Collection[UUID]) -> Mapping[UUID, Wanted]:
    """People with everything the rules look at; who is not there is left out."""
    if not contact_ids:
        return {}
    ids = list(contact_ids)
    rows = run(session, _PEOPLE, ids=ids).all()
    past = {row.contact_id: _past(row) for row in run(session, _PAST, ids=ids)}
    consents: dict[UUID, list[Consented]] = {}
    for row in run(session, _CONSENTS, ids=ids):
        consents.setdefault(row.contact_id, []).append(Consented(*row[1:]))
    keys = {row.id: suppression_keys(row.email, row.phone) for row in rows}
    entries = _entries(session, {value for some in keys.values() for _, value in some})
    return {
        row.id: Wanted(
            contact_id=row.id,
            name=f"{row.first_name} {row.last_name}".strip() or row.email or "somebody without a name",
            subject=subject_of(_whom(row), tuple(consents.get(row.id, ()))),
            stage=row.stage,
            account_id=row.account_id,
            account=row.account,
            account_stage=row.account_stage,
            account_country=row.account_country,
            lead_with=(row.lead_owner or "") if row.lead_id is not None else None,
            past=past.get(row.id),
            industry=row.industry,
            employees=row.employees,
            suppressed=tuple(entry for _, value in keys[row.id] for entry in entries.get(value, ())),
        )
        for row in rows
    }


def _whom(row: Any) -> Whom:
    return Whom(row.id, row.email, row.phone, row.timezone, row.country, row.account_country, row.stage)


def work_at(session: Session, account_ids: Collection[UUID], rep_id: UUID) -> Mapping[UUID, AccountWork]:
    """What goes on at accounts, as ``rep_id`` finds it; the accounts are locked against other enrolling."""
    found = {account_id: AccountWork() for account_id in account_ids}
    if not found:
        return found
    ids = list(found)
    run(session, _LOCK, ids=ids).all()
    for row in run(session, _WORK, ids=ids):
        if row.kind == PlanKind.CADENCE:
            found[row.account_id].starts.append(row.started_on)
        if row.person_id != rep_id:
            found[row.account_id].worked_by = row.name
    for row in run(session, _LEADS, ids=ids):
        if row.owner_id != rep_id:
            found[row.account_id].worked_by = row.name
    for (account_id,) in run(session, _DEALS, ids=ids):
        found[account_id].deal = True
    for (account_id,) in run(session, _GIVEN_UP, ids=ids):
        found[account_id].given_up = True
    return found


def _past(row: Any) -> Past:
    """Rows come oldest first, so that the newest one stays; what a follow-up plan's lead came to, counts as well."""
    ended_on = row.ended_at.date() if row.ended_at is not None else None
    live_with = (row.name, row.person_id) if row.ended_at is None else (None, None)
    return Past(row.round, row.end_reason, row.rests_until, ended_on, *live_with)


def _entries(session: Session, hashes: Collection[str]) -> dict[str, list[Suppressed]]:
    entries: dict[str, list[Suppressed]] = {}
    if hashes:
        for row in run(session, _SUPPRESSED, ids=list(hashes)):
            entry = Suppressed(cast(Kind, row.kind), row.value_hash, cast(Covers, row.covers), row.reason)
            entries.setdefault(row.value_hash, []).append(entry)
    return entries
