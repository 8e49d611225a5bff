"""A deal that began without a handoff: an add-on, a renewal, business that came to us (process §8).

What must stay true: it is an account executive's, who has it from the first day; nobody begins one on another
executive's account; it has the history, the stages and the Undo of every other deal; the rep who opened the door
lately is credited.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account, Contact, Enrolment, Opportunity, Person, PersonRole
from bot.domain.cadence import EndReason
from bot.domain.commands import Actor
from bot.domain.deal_commands import BeginDeal
from bot.domain.errors import NotAllowed, NotFound, UserError
from bot.domain.opportunities import DealState, check_close_on, said_kind
from bot.domain.terms import Role, Stage
from bot.service.contact_text import WHOLE, clean_lines
from bot.service.context import playbook
from bot.service.deal_changes import (
    Dealt,
    deal_named,
    decides,
    done_with_deal,
    note_deal_move,
    raise_stages,
    tell_of_deal,
    today_of,
)
from bot.service.deal_credit import credit_of
from bot.service.lead_changes import name_of
from bot.service.trail import Trail

COMMAND = "begin_deal"
WITHOUT_HANDOFF = "began without a handoff"
WHO_BEGINS = (Role.AE, Role.MANAGER, Role.ADMIN)


def may_begin_deals(actor: Actor) -> None:
    """Let account executives, managers and admins begin deals. Raises ``NotAllowed``."""
    if not actor.has(*WHO_BEGINS):
        raise NotAllowed("Deals are begun by account executives. To give somebody to one of them, use `/handoff`.")


def begin_deal(session: Session, command: BeginDeal, now: datetime) -> Dealt:
    """A new deal, qualified: its executive has spoken to them.

    Raises ``NotAllowed`` (also for another executive's account), ``NotFound``, ``UserError`` with the form's field.
    """
    actor = command.actor
    may_begin_deals(actor)
    account, contact = _whom(session, command)
    ae_id = _executive(session, command, account)
    if command.kind not in playbook(session).opportunities.types:
        raise UserError("The playbook has no such type of business.", field="kind")
    expected = check_close_on(command.expected_close_on, today_of(actor, now))
    trail, causation_id = Trail(session), new_id()
    credit = credit_of(session, contact.id, ae_id, now) if contact is not None else None
    deal = Opportunity(
        account_id=account.id if account else None,
        contact_id=contact.id if contact else None,
        lead_id=credit.lead_id if credit else None,
        ae_id=ae_id,
        rep_id=credit.rep_id if credit else None,
        kind=command.kind.value,
        state=DealState.QUALIFIED.value,
        amount_cents=command.money.cents,
        currency=command.money.currency,
        expected_close_on=expected,
        qualified_at=now,
        next_step=clean_lines(command.next_step, WHOLE),
        guard={},
    )
    trail.made(deal)
    by, said = actor.person_id, WITHOUT_HANDOFF
    note_deal_move(session, deal.id, None, DealState.QUALIFIED, now, by, causation_id, said)
    raise_stages(trail, deal.contact_id, deal.account_id, Stage.OPPORTUNITY)
    if contact is not None:
        _end_plan(trail, contact.id, now)
    tell_of_deal(session, deal, "begun", ae_id, actor, causation_id)
    tell_of_deal(session, deal, "credited", deal.rep_id, actor, causation_id)
    whose = "" if ae_id == actor.person_id else f" It is {name_of(session, ae_id)}'s; I've told them."
    if credit is not None:
        whose += f" It counts for {name_of(session, credit.rep_id)} too, {credit.why}."
    name = deal_named(session, deal)
    detail = {"amount": str(command.money), "named": name}
    sentence = f"A deal: {name}, {command.money}, {said_kind(command.kind)}.{whose}"
    return done_with_deal(
        session, COMMAND, deal, actor, now, sentence, trail, causation_id, (ae_id, deal.rep_id), **detail
    )


def _whom(session: Session, command: BeginDeal) -> tuple[Account | None, Contact | None]:
    """The company and the person; one of them is enough. The person's company counts where none is given."""
    contact = session.get(Contact, command.contact_id) if command.contact_id else None
    if command.contact_id and contact is None:
        raise NotFound("That person is not in the database any more.", field="contact")
    account_id = command.account_id or (contact.account_id if contact else None)
    account = session.get(Account, account_id) if account_id else None
    if account is None and (contact is None or command.account_id is not None):
        raise NotFound("That company is not there any more. Look it up with `/lead`.", field="contact")
    if contact is not None and account is not None and contact.account_id != account.id:
        raise UserError(f"They are not at {account.name} any more. Pick somebody else.", field="contact")
    return account, contact


def _executive(session: Session, command: BeginDeal, account: Account | None) -> UUID:
    """Whose deal it is: an account executive's; on another executive's account it is theirs, or a manager's say."""
    actor = command.actor
    ae_id = command.ae_id or (actor.person_id if actor.has(Role.AE) else None)
    if ae_id is None:
        raise UserError("Whose deal is it? Pick the account executive.", field="ae_id")
    if not is_executive(session, ae_id):
        raise UserError(f"{name_of(session, ae_id)} is no account executive here. Pick another.", field="ae_id")
    if not decides(session, actor, ae_id):
        raise NotAllowed(f"Only a manager of {name_of(session, ae_id)}'s team or an admin can begin a deal for them.")
    owner_id = account.owner_id if account else None
    if owner_id is None or account is None or owner_id == ae_id or decides(session, actor, owner_id):
        return ae_id
    if not is_executive(session, owner_id):
        return ae_id
    raise NotAllowed(f"{account.name} is {name_of(session, owner_id)}'s account. A manager of theirs can change that.")


def is_executive(session: Session, person_id: UUID) -> bool:
    """Whether somebody is an account executive who is still here."""
    holds = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.AE)
    return bool(session.scalar(select(Person.active).where(Person.id == person_id, holds)))


def _end_plan(trail: Trail, contact_id: UUID, now: datetime) -> None:
    """Nobody with a deal stays in a cadence."""
    plans = trail.session.scalars(
        select(Enrolment).where(Enrolment.contact_id == contact_id, Enrolment.ended_at.is_(None)).with_for_update()
    )
    for plan in plans.all():
        trail.change(plan, ended_at=now, end_reason=EndReason.CONVERSATION.value, next_due_on=None)
