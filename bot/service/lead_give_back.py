"""Giving back a lead that was taken: to the rotation, or to the one before (process §2).

What must stay true: only a lead somebody took is given back; its clocks go on as they stood and its history is kept;
whoever gets it next is alerted as for a new turn.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Assignment, Lead, Person
from bot.domain.commands import Actor
from bot.domain.errors import Gone, UserError
from bot.domain.routing import Before, Rule
from bot.domain.sentences import stop
from bot.service.audit import record
from bot.service.availability import absences
from bot.service.claims import Done, check_has_it
from bot.service.contact_text import clean_lines
from bot.service.lead_changes import get_lead, name_of, note_move, open_since
from bot.service.routing import keep_assignment, load_candidates
from bot.service.turns import GIVEN_BACK, hand_over, pass_on

GIVE_BACK = "give it back"
TO, REASON = "to", "reason"
"""Fields of the form that an error stands beside."""


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give a claimed lead back: to the one who had it before, else to the rotation."""

    actor: Actor
    lead_id: UUID
    to_before: bool
    reason: str


def who_had_it_before(session: Session, lead: Lead, actor: Actor, now: datetime) -> Before | None:
    """The last one before the owner, since the lead was last taken up."""
    row = session.execute(
        select(Person.id, Person.name, Person.active, Person.slack_user_id)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.lead_id == lead.id, Assignment.at >= open_since(session, lead))
        .where(Person.id != (lead.claimed_by_id or lead.owner_id))
        .order_by(Assignment.at.desc(), Assignment.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    if not row.active:
        return Before(row.id, row.name, "not on the team any more")
    if row.slack_user_id is None:
        return Before(row.id, row.name, "not found in Slack")
    return Before(row.id, row.name, absences(session, [row.id], now, actor.timezone).get(row.id, ""))


def check_give_back(session: Session, lead: Lead, actor: Actor) -> None:
    """Let whoever has a taken lead, their managers and admins. Raises ``NotAllowed``, ``Gone``, ``UserError``."""
    check_has_it(session, lead, actor, GIVE_BACK)
    if lead.closed_at is not None:
        raise Gone(f"This lead is {lead.state.value.replace('_', ' ')} by now.")
    if lead.claimed_at is None and lead.first_response_at is None:
        raise UserError("Nobody has taken it yet. “Can't take it” on its card passes it on.")


def give_back_lead(session: Session, command: GiveBack, now: datetime) -> Done:
    """Give it back. Raises what ``check_give_back`` raises, and ``UserError`` beside the field that is wrong."""
    actor, lead = command.actor, get_lead(session, command.lead_id)
    check_give_back(session, lead, actor)
    said = clean_lines(command.reason).strip()
    if not said:
        raise UserError("A word on why, please: it is kept with the lead.", field=REASON)
    state, because = lead.state, stop(f"{actor.name} gave it back: {said}")
    if command.to_before:
        sentence = _to_the_one_before(session, lead, actor, because, now)
    else:
        sentence = _to_the_rotation(session, lead, actor, because, now)
    if lead.state is not state:
        note_move(session, lead.id, state, lead.state, now, actor.person_id, because)
    owner = str(lead.owner_id) if lead.owner_id else None
    detail = {"reason": said, "round": lead.round, "owner_id": owner, "to_before": command.to_before}
    causation_id = record(session, "give_back_lead", actor, now, str(lead.id), detail)
    return Done(lead.id, causation_id, sentence, lead.owner_id, lead.round)


def _to_the_one_before(session: Session, lead: Lead, actor: Actor, because: str, now: datetime) -> str:
    before = who_had_it_before(session, lead, actor, now)
    if before is None:
        raise UserError("Nobody had it before. Give it to the rotation.", field=TO)
    if before.absence:
        raise UserError(f"{before.name} is {before.absence}. Give it to the rotation.", field=TO)
    candidates = load_candidates(session, now, [before.id])
    keep_assignment(session, lead.id, before.id, GIVEN_BACK, [because], now, actor.person_id)
    hand_over(session, lead, before.id, [because], candidates.teams.get(before.id), now, GIVEN_BACK)
    return f"{before.name} has it again."


def _to_the_rotation(session: Session, lead: Lead, actor: Actor, because: str, now: datetime) -> str:
    choice = pass_on(session, lead, now, GIVEN_BACK, because, actor.person_id)
    if choice.person_id is not None:
        return f"{name_of(session, choice.person_id)} has it now."
    if choice.rule is Rule.NOBODY_ON_SHIFT:
        return "Nobody else is on shift; it is the first item of the next one."
    return "Everybody on shift had it; I have told the manager."
