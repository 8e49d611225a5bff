"""Deals: proposal, won, lost, corrections, reopening (process §8).

What must stay true: the moves are those of ``domain.opportunities``; what is won makes person and company a client
and is told to customer success with what was promised; each command can be taken back while nothing followed.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Account, AuditEntry, Contact, Opportunity
from bot.domain.commands import Actor
from bot.domain.deal_commands import ChangeDeal, Lose, Propose, ReopenDeal, Win
from bot.domain.errors import UserError
from bot.domain.opportunities import (
    OPEN_DEALS,
    DealState,
    Guard,
    check_close_on,
    check_deal_move,
    check_guard,
    path_to,
    reopened_as,
    said_guard,
)
from bot.domain.terms import Stage
from bot.service.contact_text import WHOLE, clean_lines
from bot.service.context import playbook
from bot.service.deal_begin import is_executive
from bot.service.deal_changes import (
    Dealt,
    deal_named,
    deal_of,
    done_with_deal,
    note_deal_move,
    raise_stages,
    stage_rows,
    tell_of_deal,
    today_of,
)
from bot.service.lead_changes import name_of
from bot.service.trail import Trail, plain

REASON = 255


def propose(session: Session, command: Propose, now: datetime) -> Dealt:
    """A proposal goes out: everything of the guard is confirmed, or a reason stands on the deal.

    Raises ``UserError`` where the guard lacks something, ``NotAllowed``, ``Gone`` for a deal changed meanwhile.
    """
    actor = command.actor
    deal = deal_of(session, actor, command.deal_id, command.version, "send the proposal")
    check_deal_move(DealState(deal.state), DealState.PROPOSAL)
    trail, causation_id = Trail(session), new_id()
    said = _to_proposal(session, deal, command.guard, actor, now, trail, causation_id)
    tell_of_deal(session, deal, "proposal", deal.rep_id, actor, causation_id)
    sentence = f"{deal_named(session, deal)} is at the proposal now. {said}".strip()
    return done_with_deal(session, "propose", deal, actor, now, sentence, trail, causation_id, (deal.rep_id,))


def win(session: Session, command: Win, now: datetime) -> Dealt:
    """They bought: person and company are clients; customer success and the rep hear of it.

    One without a proposal yet passes through it, with its guard. Raises as ``propose`` does.
    """
    actor = command.actor
    deal = deal_of(session, actor, command.deal_id, command.version, "close it")
    before = DealState(deal.state)
    path = path_to(before, DealState.WON)
    check_deal_move(before, path[0])
    _check_kind(session, command.kind)
    trail, causation_id = Trail(session), new_id()
    if path[0] is DealState.PROPOSAL:
        _to_proposal(session, deal, command.guard, actor, now, trail, causation_id)
    trail.change(
        deal,
        state=DealState.WON.value,
        kind=command.kind.value,
        amount_cents=command.money.cents,
        currency=command.money.currency,
        promised=clean_lines(command.promised, WHOLE),
        closed_at=now,
        close_reason=None,
    )
    note_deal_move(session, deal.id, DealState.PROPOSAL, DealState.WON, now, actor.person_id, causation_id)
    raise_stages(trail, deal.contact_id, deal.account_id, Stage.CLIENT)
    _looked_after(trail, deal)
    csm_id = session.scalar(select(Account.csm_id).where(Account.id == deal.account_id)) if deal.account_id else None
    if csm_id != deal.rep_id:
        tell_of_deal(session, deal, "won_csm", csm_id, actor, causation_id)
    tell_of_deal(session, deal, "won", deal.rep_id, actor, causation_id)
    who = f"I've told {name_of(session, csm_id)}." if csm_id else "Nobody of customer success is set for them yet."
    sentence = f"Won: {deal_named(session, deal)}, {command.money}. {who}"
    told = (deal.rep_id, csm_id)
    return done_with_deal(
        session, "win", deal, actor, now, sentence, trail, causation_id, told, amount=str(command.money)
    )


def _looked_after(trail: Trail, deal: Opportunity) -> None:
    """A client that no executive owns is from now on theirs who sold: the next raised hand goes there (process §2)."""
    account = trail.session.get(Account, deal.account_id) if deal.account_id else None
    if account is not None and (account.owner_id is None or not is_executive(trail.session, account.owner_id)):
        trail.change(account, owner_id=deal.ae_id)


def lose(session: Session, command: Lose, now: datetime) -> Dealt:
    """They will not buy, and why: one of the playbook's reasons. Raises as ``propose`` does."""
    actor = command.actor
    deal = deal_of(session, actor, command.deal_id, command.version, "close it")
    before = DealState(deal.state)
    if command.reason not in playbook(session).opportunities.lost_reasons:
        raise UserError("Pick one of the reasons.", field="reason")
    check_deal_move(before, DealState.LOST, command.reason)
    why = f"{command.reason}: {clean_lines(command.remark)}" if command.remark.strip() else command.reason
    trail, causation_id = Trail(session), new_id()
    trail.change(deal, state=DealState.LOST.value, closed_at=now, close_reason=command.reason[:REASON])
    note_deal_move(session, deal.id, before, DealState.LOST, now, actor.person_id, causation_id, why)
    tell_of_deal(session, deal, "lost", deal.rep_id, actor, causation_id, reason=why)
    sentence = f"Lost: {deal_named(session, deal)}. {command.reason}."
    return done_with_deal(session, "lose", deal, actor, now, sentence, trail, causation_id, (deal.rep_id,), reason=why)


def change_deal(session: Session, command: ChangeDeal, now: datetime) -> Dealt:
    """Correct type, amount, expected close, next step. The history says what was changed. Raises as ``propose``."""
    actor = command.actor
    deal = deal_of(session, actor, command.deal_id, command.version, "change it")
    _check_kind(session, command.kind)
    state = DealState(deal.state)
    values: dict[str, Any] = {
        "kind": command.kind.value,
        "amount_cents": command.money.cents,
        "currency": command.money.currency,
        "expected_close_on": _close_on(deal, command.expected_close_on, today_of(actor, now)),
        "next_step": clean_lines(command.next_step, WHOLE),
    }
    changed = {name: value for name, value in values.items() if getattr(deal, name) != value}
    if not changed:
        raise UserError("Nothing is different from before.", field="amount")
    said = "corrected: " + ", ".join(_SAID[name] for name in changed if name in _SAID)
    trail, causation_id = Trail(session), new_id()
    was = {name: plain(getattr(deal, name)) for name in changed}
    trail.change(deal, **changed)
    note_deal_move(session, deal.id, state, state, now, actor.person_id, causation_id, said)
    name = deal_named(session, deal)
    return done_with_deal(
        session, "change_deal", deal, actor, now, f"Changed: {name}, {command.money}.", trail, causation_id, was=was
    )


def reopen_deal(session: Session, command: ReopenDeal, now: datetime) -> Dealt:
    """Take a closed deal up again, or a proposal back, with a reason.

    What winning it made a client is one no more, unless something else did. Raises as ``propose`` does.
    """
    actor = command.actor
    deal = deal_of(session, actor, command.deal_id, command.version, "take it up again")
    before = DealState(deal.state)
    closed = before not in OPEN_DEALS
    after = reopened_as(deal.proposal_at is not None) if closed else DealState.QUALIFIED
    check_deal_move(before, after, command.reason)
    trail, causation_id = Trail(session), new_id()
    values: dict[str, Any] = {"state": after.value, "closed_at": None, "close_reason": None}
    if after is DealState.QUALIFIED:
        values |= {"proposal_at": None, "guard": {}}
    trail.change(deal, **values)
    reason = clean_lines(command.reason)
    note_deal_move(session, deal.id, before, after, now, actor.person_id, causation_id, reason)
    if before is DealState.WON:
        _no_client_by_it(session, deal, trail)
    step = "reopened" if closed else "proposal_back"
    tell_of_deal(session, deal, step, deal.rep_id, actor, causation_id, reason=reason)
    name = deal_named(session, deal)
    sentence = f"{name} is open again." if closed else f"The proposal of {name} is taken back."
    return done_with_deal(
        session, "reopen_deal", deal, actor, now, sentence, trail, causation_id, (deal.rep_id,), reason=reason
    )


_SAID = {
    "kind": "type",
    "amount_cents": "amount",
    "currency": "currency",
    "expected_close_on": "expected close",
    "next_step": "next step",
}


def _to_proposal(
    session: Session,
    deal: Opportunity,
    guard: Guard,
    actor: Actor,
    now: datetime,
    trail: Trail,
    causation_id: UUID,
) -> str:
    """Move on to the proposal through its guard; what the guard lacked, as a sentence."""
    wanted = playbook(session).opportunities.proposal_guard
    check_guard(guard, wanted)
    missing = guard.missing(wanted)
    kept = Guard(
        tuple(fact for fact in wanted if fact in guard.confirmed), clean_lines(guard.override) if missing else ""
    )
    said = f"Not confirmed: {said_guard(missing)}; {kept.override}" if missing else ""
    trail.change(deal, state=DealState.PROPOSAL.value, proposal_at=now, guard=kept.as_stored())
    note_deal_move(session, deal.id, DealState.QUALIFIED, DealState.PROPOSAL, now, actor.person_id, causation_id, said)
    return f"{said} – that stands on the deal." if said else ""


def _check_kind(session: Session, kind: str) -> None:
    if kind not in playbook(session).opportunities.types:
        raise UserError("The playbook has no such type of business.", field="kind")


def _close_on(deal: Opportunity, expected: date | None, today: date) -> date | None:
    """A day that was expected already stays as it is, also once it is past, and of a closed deal any day does."""
    if expected == deal.expected_close_on or deal.closed_at is not None:
        return expected
    return check_close_on(expected, today)


def _no_client_by_it(session: Session, deal: Opportunity, trail: Trail) -> None:
    """Put back the stages that winning this deal raised, where no other won deal holds them."""
    entry = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_id == str(deal.id), AuditEntry.command == "win", AuditEntry.undone_at.is_(None))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    rows = (entry.undo or {}).get("rows", []) if entry is not None else []
    was = {record["id"]: record["was"]["stage"] for record in rows if "stage" in (record["was"] or {})}
    for row in stage_rows(session, deal.contact_id, deal.account_id):
        before = was.get(str(row.id))
        if before is not None and row.stage is Stage.CLIENT and not _won_besides(session, deal, row):
            trail.change(row, stage=Stage(before))


def _won_besides(session: Session, deal: Opportunity, row: Account | Contact) -> bool:
    whose = Opportunity.account_id if isinstance(row, Account) else Opportunity.contact_id
    other = exists().where(whose == row.id, Opportunity.id != deal.id, Opportunity.state == DealState.WON.value)
    return bool(session.scalar(select(other)))
