"""A company as one of us describes it: owner, customer success, strategic, partner, what it is (process §7, §8).

What must stay true: only its owner among the account executives, a manager of theirs or an admin changes it; each
change is in the audit log with what it was, and can be taken back while nothing followed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db.models import Account, AuditEntry, Opportunity, Person, PersonRole
from bot.domain.commands import Actor, Undo
from bot.domain.companies import CALLED, ChangeCompany, CompanySaid, check_company
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Role
from bot.service.audit import record
from bot.service.contact_text import clean_or_none
from bot.service.context import playbook
from bot.service.lead_changes import manages, name_of
from bot.service.trail import Trail, plain, take_back

COMMAND = "change_company"


@dataclass(frozen=True, slots=True)
class CompanyChanged:
    """What was done, in a sentence, and what takes it back until ``undo_until``."""

    account_id: UUID
    causation_id: UUID
    sentence: str
    undo_until: datetime


def may_change_company(session: Session, actor: Actor, account_id: UUID, owner_id: UUID | None) -> bool:
    """Whether it is the actor's own account, one of their team's, or they are an admin.

    An account without an owner is every manager's, and that of an account executive who has a deal there.
    """
    if actor.has(Role.ADMIN) or manages(session, actor, owner_id):
        return True
    if not actor.has(Role.AE):
        return False
    if owner_id is not None:
        return owner_id == actor.person_id
    deal = exists().where(Opportunity.account_id == account_id, Opportunity.ae_id == actor.person_id)
    return bool(session.scalar(select(deal)))


def change_company(session: Session, command: ChangeCompany, now: datetime) -> CompanyChanged:
    """Write what is said of a company.

    Raises ``NotAllowed``, ``NotFound``, ``Gone`` where somebody changed it meanwhile, ``UserError`` with the field.
    """
    actor, account = command.actor, _locked(session, command.account_id)
    if not may_change_company(session, actor, account.id, account.owner_id):
        raise NotAllowed(_whose(session, account))
    before = said_of(account)
    if before.mark != command.mark:
        raise Gone("This company has been changed since you looked at it. Open it again to see how it stands now.")
    said = replace(command.said, industry=clean_or_none(command.said.industry))
    changed = said.differs(before)
    if not changed:
        raise UserError("Nothing is different from before.", field="owner_id")
    check_company(said)
    for name, role in (("owner_id", None), ("csm_id", Role.CSM)):
        if changed.get(name) is not None:
            _check_one_of_us(session, changed[name], name, role)
    trail = Trail(session)
    was = {name: plain(getattr(account, name)) for name in changed}
    trail.change(account, **changed)
    detail: dict[str, Any] = {"was": was, "now": {name: plain(value) for name, value in changed.items()}}
    entry_id = record(session, COMMAND, actor, now, str(account.id), detail, {"rows": trail.records})
    sentence = f"Saved: {account.name}. {_in_words(session, changed)}"
    return CompanyChanged(account.id, entry_id, sentence, now + playbook(session).touches.undo_for)


def undo_company(session: Session, command: Undo, now: datetime) -> CompanyChanged:
    """Put a company back as it was.

    Raises ``Gone`` when its time is over or it was changed since, ``NotAllowed`` for others' changes, ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.command != COMMAND:
        raise NotFound("There is nothing to take back here.")
    if entry.actor_id != command.actor.person_id and not command.actor.has(Role.ADMIN):
        raise NotAllowed("Only the one who did it can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    limit = playbook(session).touches.undo_for
    if now - entry.at > limit:
        minutes = counted(int(limit.total_seconds() // 60), "minute")
        raise Gone(f"Undo works for {minutes}. You can still change the company.")
    take_back(session, (entry.undo or {})["rows"], lambda _row, _became: None)
    entry.undone_at = now
    session.flush()
    record(session, "undo", command.actor, now, str(entry.subject_id), causation_id=entry.id)
    account_id = UUID(str(entry.subject_id))
    name = session.scalar(select(Account.name).where(Account.id == account_id))
    return CompanyChanged(account_id, entry.id, f"Taken back: {name} is as it was before.", now)


def said_of(account: Account) -> CompanySaid:
    """What stands on a company now."""
    return CompanySaid(
        owner_id=account.owner_id,
        csm_id=account.csm_id,
        strategic=account.strategic,
        partner=account.partner,
        industry=account.industry,
        employees=account.employees,
        country=account.country,
    )


def _locked(session: Session, account_id: UUID) -> Account:
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise NotFound("That company is not there any more.")
    return account


def _whose(session: Session, account: Account) -> str:
    who = (
        f"{name_of(session, account.owner_id)}, whose account it is" if account.owner_id else "An executive with a deal"
    )
    return f"{who}, a manager of the team or an admin can change {account.name}."


def _check_one_of_us(session: Session, person_id: UUID, field: str, role: Role | None) -> None:
    person = session.get(Person, person_id)
    if person is None or not person.active:
        raise UserError("They do not work here any more. Pick somebody else.", field=field)
    holds = exists().where(PersonRole.person_id == person_id, PersonRole.role == role)
    if role is not None and not session.scalar(select(holds)):
        raise UserError(f"{person.name} is no customer success manager here. An admin can make them one.", field=field)


def _in_words(session: Session, changed: dict[str, Any]) -> str:
    parts = []
    for name, value in changed.items():
        if isinstance(value, UUID):
            parts.append(f"{CALLED[name]}: {name_of(session, value)}")
        elif isinstance(value, bool):
            parts.append(f"{CALLED[name]}: {'yes' if value else 'no'}")
        else:
            parts.append(f"{CALLED[name]}: {'none' if value is None else value}")
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."
