"""Giving up an organisation, and taking it up again (process §4: the disqualify guard).

What must stay true: it takes the own no of a senior decision maker who is named, or evidence that it is not a fit;
everything planned there ends, and nobody there is enrolled until somebody takes the organisation up again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Enrolment, Touch
from bot.domain.cadence import EndReason
from bot.domain.cadence_outcomes import check_disqualify
from bot.domain.commands import Actor
from bot.domain.companies import Organisation, SaidNo
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.scoring import decides
from bot.domain.terms import Outcome, Role
from bot.service.audit import record
from bot.service.contact_text import clean
from bot.service.context import playbook
from bot.service.enrolment_ends import end_for_contacts

_SELLING = (Role.SDR, Role.MRR, Role.AE, Role.CSM, Role.MANAGER, Role.ADMIN)
_NOES = (Outcome.NOT_INTERESTED, Outcome.REPLY_NEGATIVE)
_MOST = 50


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop working an organisation. ``said_by_id``: who decides there and said no; or why it is not a fit."""

    actor: Actor
    account_id: UUID
    said_by_id: UUID | None = None
    not_a_fit: str = ""
    evidence: str = ""


def organisation_of(session: Session, contact_id: UUID) -> Organisation:
    """The organisation of a contact, with who said no there. Raises ``NotFound`` where none is known."""
    account = session.scalars(
        select(Account).join(Contact, Contact.account_id == Account.id).where(Contact.id == contact_id)
    ).first()
    if account is None:
        raise NotFound("We do not know where they work.")
    reasons = playbook(session).cadence.not_a_fit_reasons
    return Organisation(account.id, account.name, account.given_up_reason, tuple(_noes(session, account.id)), reasons)


def give_up(session: Session, command: GiveUp, now: datetime) -> str:
    """Give an organisation up, and end every plan there; a sentence that says so.

    Raises ``UserError`` with the field where the guard is not met, ``Gone`` if it was given up already.
    """
    account = _account(session, command.actor, command.account_id)
    if account.given_up_at is not None:
        raise Gone(f"{account.name} was given up already: {account.given_up_reason}.")
    reason = _reason(session, command)
    plans = session.scalars(
        select(Enrolment.contact_id)
        .join(Contact, Contact.id == Enrolment.contact_id)
        .where(Contact.account_id == account.id, Enrolment.ended_at.is_(None))
    ).all()
    end_for_contacts(session, plans, EndReason.NOT_A_FIT, now)
    _set(session, account.id, given_up_at=now, given_up_reason=reason)
    record(session, "give_up", command.actor, now, str(account.id), {"reason": reason, "plans": len(plans)})
    ended = f" {counted(len(plans), 'plan')} there ended." if plans else ""
    return f"{account.name} is given up: {reason.rstrip('.')}.{ended}"


def take_up(session: Session, actor: Actor, account_id: UUID, now: datetime) -> str:
    """Work an organisation again; its people can be enrolled. Plans that ended stay ended."""
    account = _account(session, actor, account_id)
    if account.given_up_at is None:
        raise Gone(f"{account.name} is not given up.")
    _set(session, account.id, given_up_at=None, given_up_reason=None)
    record(session, "take_up", actor, now, str(account.id), {"was": account.given_up_reason})
    return f"{account.name} can be worked again."


def _account(session: Session, actor: Actor, account_id: UUID) -> Account:
    if not actor.has(*_SELLING):
        raise NotAllowed("Reps, AEs, managers and admins decide that. An admin can give you such a role.")
    account = session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise NotFound("That company is not in the database any more.")
    return account


def _reason(session: Session, command: GiveUp) -> str:
    who = None
    if command.said_by_id is not None:
        who = next((one for one in _noes(session, command.account_id) if one.contact_id == command.said_by_id), None)
        if who is None:
            raise UserError("No no of theirs is logged. Log it first, with /touch.", field="said_by")
    reason = check_disqualify(
        playbook(session),
        said_by=who.name if who else "",
        senior=who.decides if who else False,
        not_a_fit=command.not_a_fit,
        evidence=clean(command.evidence),
    )
    return reason[:255]


def _noes(session: Session, account_id: UUID) -> Sequence[SaidNo]:
    """People there whose own no is logged and stands, those who decide first."""
    rules = playbook(session)
    said = exists().where(
        Touch.contact_id == Contact.id,
        Touch.outcome.in_(_NOES),
        Touch.undone_at.is_(None),
        Touch.said_by.is_(None),
    )
    rows = session.execute(
        select(Contact.id, Contact.first_name, Contact.last_name, Contact.email, Contact.title)
        .where(Contact.account_id == account_id, said)
        .order_by(Contact.id)
        .limit(_MOST)
    )
    people = [
        SaidNo(
            row.id,
            f"{row.first_name} {row.last_name}".strip() or row.email or "somebody without a name",
            row.title,
            decides(row.title, rules),
        )
        for row in rows
    ]
    return sorted(people, key=lambda one: not one.decides)


def _set(session: Session, account_id: UUID, given_up_at: datetime | None, given_up_reason: str | None) -> None:
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(given_up_at=given_up_at, given_up_reason=given_up_reason)
        .execution_options(synchronize_session=False)
    )
