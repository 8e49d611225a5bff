"""Taking a lead, passing it on, giving it away, junking it, taking it up again (process §2).

What must stay true: of two claims one wins, in the database; roles and ownership are checked here; each command
leaves an audit entry with what it would take to undo it, and a plain sentence for whoever asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.db.models import Account, Handoff, Lead, Person, PersonRole
from bot.domain.commands import Actor, ClaimLead, DeclineLead, JunkLead, ReassignLead, ReopenLead
from bot.domain.errors import AlreadyTaken, Gone, NotAllowed, UserError
from bot.domain.routing import Choice, Rule
from bot.domain.sentences import stop
from bot.domain.stages import WORKED_STATES, check_move
from bot.domain.terms import LeadState, Role
from bot.service.audit import record
from bot.service.availability import absence
from bot.service.ladder import begin_claimed
from bot.service.lead_changes import change, disarm, get_lead, manages, name_of, note_move
from bot.service.routing import choose, keep_assignment, load_candidates, standing_of
from bot.service.sla import watch_breach
from bot.service.turns import give, hand_over, hold, pass_on

MAY_CLAIM = (Role.MRR, Role.SDR, Role.MANAGER, Role.ADMIN)
GIVE_AWAY, CALL_JUNK, TAKE_UP = "give it to somebody else", "call it junk", "take it up again"
"""What only the one who has a lead and those above may do, as a refusal says it."""
MAY_OWN = (Role.MRR, Role.SDR, Role.AE, Role.CSM, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: a sentence for whoever asked, and the id by which it can be traced."""

    lead_id: UUID
    causation_id: UUID
    sentence: str
    owner_id: UUID | None
    round: int


def claim_lead(session: Session, command: ClaimLead, now: datetime) -> Done:
    """ "I'll take it". Raises ``AlreadyTaken`` (who, when), ``NotAllowed``, ``Gone`` for a closed lead."""
    actor = command.actor
    if not actor.has(*MAY_CLAIM) and not _of_the_account(session, command.lead_id, actor):
        raise NotAllowed("Leads are claimed by MRRs, SDRs, managers, or the account's own AE.")
    won = session.execute(
        update(Lead)
        .where(Lead.id == command.lead_id, Lead.state == LeadState.OPEN, Lead.claimed_at.is_(None))
        .values(state=LeadState.CLAIMED, claimed_at=now, claimed_by_id=actor.person_id)
        .returning(Lead.owner_id)
        .execution_options(synchronize_session=False)
    ).first()
    lead = get_lead(session, command.lead_id)
    if won is None:
        return _lost(session, lead, actor, now)
    before: UUID | None = won.owner_id
    values: dict[str, Any] = {"shift_held": False, "seen_at": lead.seen_at or now}
    if before != actor.person_id:
        reason = [f"{actor.name} took it."]
        keep_assignment(session, lead.id, actor.person_id, "claimed", reason, now, actor.person_id)
        values |= {"owner_id": actor.person_id, "owner_reason": reason, "owned_at": now}
    change(session, lead, **values)
    note_move(session, lead.id, LeadState.OPEN, LeadState.CLAIMED, now, actor.person_id)
    begin_claimed(session, lead, now)
    undo = {"state": "open", "owner_id": _text(before), "version": lead.version}
    return _done(session, "claim_lead", lead, actor, now, "It's yours.", undo)


def check_may_change(session: Session, lead_id: UUID, actor: Actor, what: str) -> None:
    """Raise ``NotAllowed`` now rather than after a form was filled in. ``what``: "give it to somebody else"."""
    check_has_it(session, get_lead(session, lead_id), actor, what)


def mark_seen(session: Session, lead_id: UUID, actor: Actor, now: datetime) -> None:
    """The owner used a control of the card: the alert was seen, so no direct message follows (process §2)."""
    session.execute(
        update(Lead)
        .where(Lead.id == lead_id, Lead.owner_id == actor.person_id, Lead.seen_at.is_(None))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def _lost(session: Session, lead: Lead, actor: Actor, now: datetime) -> Done:
    if lead.state is LeadState.CLAIMED and lead.claimed_by_id == actor.person_id:
        return Done(lead.id, lead.id, "It's yours already.", lead.owner_id, lead.round)
    if lead.closed_at is not None:
        raise Gone(f"This lead is {lead.state.value.replace('_', ' ')} by now.")
    if lead.first_response_at is not None:
        who, when = name_of(session, lead.first_response_by_id), lead.first_response_at
        raise AlreadyTaken(f"{who} answered this at {clock(when, actor, now)}.")
    assert lead.claimed_at is not None
    who = name_of(session, lead.claimed_by_id)
    ahead = now - lead.claimed_at
    before = ago(ahead) if ahead >= timedelta(seconds=1) else "a moment"
    raise AlreadyTaken(f"{who} took this at {clock(lead.claimed_at, actor, now)}, {before} before you.")


def clock(at: datetime, actor: Actor, now: datetime) -> str:
    """A time in the actor's zone: 14:03, with the day if it was another."""
    zone = ZoneInfo(actor.timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%H:%M} on {local:%A, %-d %B}"


def ago(span: timedelta) -> str:
    """A span as people say it: 12 s, 3 min, 2 h, 4 days."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {'day' if unit == 'days' and count == 1 else unit}"
    return f"{seconds} s"


def _of_the_account(session: Session, lead_id: UUID, actor: Actor) -> bool:
    mine = or_(Account.owner_id == actor.person_id, Account.csm_id == actor.person_id)
    found = exists().where(Lead.id == lead_id, Lead.account_id == Account.id, mine)
    return actor.has(Role.AE, Role.CSM) and bool(session.scalar(select(found)))


def decline_lead(session: Session, command: DeclineLead, now: datetime) -> Done:
    """ "Can't take it": the next MRR on shift gets it at once; the last one's no goes to the managers.

    Raises ``Gone`` if it was passed on since the button was posted, ``NotAllowed`` for whoever does not have it.
    """
    actor, lead = command.actor, get_lead(session, command.lead_id)
    _open_still(lead)
    if command.round != lead.round:
        raise Gone(f"It was passed on to {name_of(session, lead.owner_id)} since." if lead.owner_id else "It waits.")
    if not _has_it(lead, actor) and not _leads(session, lead, actor):
        raise NotAllowed(f"This lead is with {name_of(session, lead.owner_id)}, so there is nothing to pass on.")
    if lead.first_response_at is not None:
        raise UserError("It was answered already. Give it to somebody by name instead.")
    before, state = lead.owner_id, lead.state
    why = f": {command.reason}" if command.reason else ""
    by = "" if before in (None, actor.person_id) else f"{actor.name} says that "
    because = stop(f"{by}{name_of(session, before)} can't take it{why}")
    choice = pass_on(session, lead, now, "declined", because, actor.person_id)
    if state is not LeadState.OPEN:
        note_move(session, lead.id, state, LeadState.OPEN, now, actor.person_id, because)
    undo = {"owner_id": _text(before), "state": state.value, "version": lead.version}
    return _done(session, "decline_lead", lead, actor, now, _passed_to(session, choice), undo, command.reason)


def _passed_to(session: Session, choice: Choice) -> str:
    if choice.person_id is not None:
        return f"{name_of(session, choice.person_id)} has it now."
    if choice.rule is Rule.NOBODY_ON_SHIFT:
        return "Nobody else is on shift; it is the first item of the next one."
    return "Everybody on shift had it; I have told the manager."


def reassign_lead(session: Session, command: ReassignLead, now: datetime) -> Done:
    """Give a lead to somebody by name: its owner, a manager of the team, or an admin may."""
    actor, lead = command.actor, get_lead(session, command.lead_id)
    _open_still(lead)
    check_has_it(session, lead, actor, GIVE_AWAY)
    to = session.execute(
        select(Person.id, Person.name, Person.slack_user_id).where(
            Person.id == command.to_id,
            Person.active.is_(True),
            exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(MAY_OWN)),
        )
    ).first()
    if to is None:
        raise UserError("They can't own leads here. Pick somebody else.", field="to")
    if to.id == lead.owner_id:
        raise UserError(f"{to.name} has it already.", field="to")
    if to.slack_user_id is None:
        raise UserError(f"I can't find {to.name} in Slack, so they would not hear of it.", field="to")
    before, state = lead.owner_id, lead.state
    reason = stop(f"{actor.name} gave it to {to.name}{': ' + command.reason if command.reason else ''}")
    candidates = load_candidates(session, now, [to.id])
    keep_assignment(session, lead.id, to.id, "reassigned", [reason], now, actor.person_id)
    hand_over(session, lead, to.id, [reason], candidates.teams.get(to.id), now, "reassigned")
    if lead.state is not state:
        note_move(session, lead.id, state, lead.state, now, actor.person_id, reason)
    undo = {"owner_id": _text(before), "state": state.value, "version": lead.version}
    rep = candidates.rep(to.id)
    away = absence(candidates.weeks[to.id], rep is not None and rep.away, now, actor.timezone)
    said = f"{to.name} has it now, but is {away}." if away else f"{to.name} has it now."
    return _done(session, "reassign_lead", lead, actor, now, said, undo, command.reason)


def junk_lead(session: Session, command: JunkLead, now: datetime) -> Done:
    """Junk, and why; by the owner, a manager of the team, or an admin."""
    actor, lead = command.actor, get_lead(session, command.lead_id)
    check_has_it(session, lead, actor, CALL_JUNK)
    check_move(lead.state, LeadState.JUNK, command.reason)
    state = lead.state
    why = f"{command.reason}: {command.remark}" if command.remark else command.reason
    change(session, lead, state=LeadState.JUNK, closed_at=now, close_reason=why[:255], shift_held=False)
    disarm(session, lead.id)
    note_move(session, lead.id, state, LeadState.JUNK, now, actor.person_id, why)
    undo = {"state": state.value, "version": lead.version}
    return _done(session, "junk_lead", lead, actor, now, "Put away as junk.", undo, command.reason)


def reopen_lead(session: Session, command: ReopenLead, now: datetime) -> Done:
    """Take a closed lead up again, with a reason. Its clocks go on as they stood; it is alerted as a new post."""
    actor, lead = command.actor, get_lead(session, command.lead_id)
    if lead.state in WORKED_STATES:
        raise UserError("This lead is open; there is nothing to take up again.")
    _not_with_an_executive(session, lead)
    check_has_it(session, lead, actor, TAKE_UP)
    after = LeadState.RESPONDED if lead.first_response_at else LeadState.OPEN
    check_move(lead.state, after, command.reason)
    other = session.scalar(
        select(Lead.id).where(Lead.contact_id == lead.contact_id, Lead.closed_at.is_(None), Lead.id != lead.id)
    )
    if other is not None:
        raise UserError("They have another lead that is open. Work on that one.")
    state = lead.state
    try:
        with session.begin_nested():
            change(session, lead, state=after, closed_at=None, close_reason=None, claimed_at=None, claimed_by_id=None)
    except IntegrityError:
        raise UserError("They have another lead that is open. Work on that one.") from None
    note_move(session, lead.id, state, after, now, actor.person_id, command.reason)
    _owner_again(session, lead, now)
    watch_breach(session, lead)
    undo = {"state": state.value, "version": lead.version}
    return _done(session, "reopen_lead", lead, actor, now, "It is open again.", undo, command.reason)


def _not_with_an_executive(session: Session, lead: Lead) -> None:
    """A lead whose handoff goes on is not taken up behind the executive's back. Raises ``Gone``."""
    live = select(Handoff.ae_id).where(Handoff.lead_id == lead.id, Handoff.ended_at.is_(None))
    if row := session.execute(live).first():
        raise Gone(f"{name_of(session, row.ae_id)} has it from a handoff. It comes back when they decline it.")


def _owner_again(session: Session, lead: Lead, now: datetime) -> None:
    """Whoever had it gets it back, if they are still here; else it is routed like a new one."""
    standing = standing_of(session, lead.account_id)
    candidates = load_candidates(session, now, [lead.owner_id, standing.owner_id, standing.csm_id])
    rep = candidates.rep(lead.owner_id)
    if rep is not None and rep.active and rep.reachable and not rep.away:
        reason = [f"{rep.name} had it before."]
        keep_assignment(session, lead.id, rep.id, "reopened", reason, now)
        hand_over(session, lead, rep.id, reason, candidates.teams.get(rep.id), now, "reopened")
        return
    choice = choose(candidates, standing, lead.hot)
    if choice.person_id is None:
        hold(session, lead, candidates, choice, now)
    else:
        give(session, lead, candidates, choice, now, "reopened")


def _open_still(lead: Lead) -> None:
    if lead.closed_at is not None:
        raise Gone(f"This lead is {lead.state.value.replace('_', ' ')} by now.")


def _has_it(lead: Lead, actor: Actor) -> bool:
    return actor.person_id in (lead.owner_id, lead.claimed_by_id)


def _leads(session: Session, lead: Lead, actor: Actor) -> bool:
    return actor.has(Role.ADMIN) or manages(session, actor, lead.owner_id)


def check_has_it(session: Session, lead: Lead, actor: Actor, what: str) -> None:
    """Let whoever has a lead, a manager of the team or an admin do ``what``. Raises ``NotAllowed``."""
    if not _has_it(lead, actor) and not _leads(session, lead, actor):
        raise NotAllowed(f"Only {name_of(session, lead.owner_id)}, a manager of the team or an admin can {what}.")


def _done(
    session: Session,
    command: str,
    lead: Lead,
    actor: Actor,
    now: datetime,
    sentence: str,
    undo: dict[str, Any],
    reason: str = "",
) -> Done:
    detail = {"reason": reason, "round": lead.round, "owner_id": _text(lead.owner_id)}
    causation_id = record(session, command, actor, now, str(lead.id), detail, undo)
    return Done(lead.id, causation_id, sentence, lead.owner_id, lead.round)


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None
