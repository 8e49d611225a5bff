"""What the outcome of a touch causes: first response, callbacks, ends, referrals, meetings (process §4, §6).

What must stay true: an outcome without effects costs no statement; a person's no stops that person, somebody
else's does not.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, or_, update
from sqlalchemy.orm import Session

from bot.db.models import Task
from bot.db.queries.covered import covered_for
from bot.db.rows import run
from bot.domain.commands import LogTouch
from bot.domain.compliance import Refused, Warned
from bot.domain.errors import UserError
from bot.domain.name_words import fold
from bot.domain.terms import Channel, LeadState, Outcome
from bot.service.context import playbook
from bot.service.due import forget_due
from bot.service.enrolment_touches import follow_up_after, move_plan, named_by
from bot.service.lead_changes import get_lead
from bot.service.responses import note_response
from bot.service.stored import LEAD_FACTS, packed
from bot.service.touch_effects import (
    CALLBACK,
    Effects,
    TouchInHand,
    add_points,
    end_lead,
    new_task,
    pending_dues,
    remind,
)
from bot.service.touch_meetings import meeting_booked, meeting_done
from bot.service.touch_referral import referred_contact
from bot.service.touch_refusals import bounced, do_not_call, opted_out, wrong_number
from bot.service.touch_subject import TouchSubject, call_verdict

NOT_A_RESPONSE = frozenset({Outcome.BOUNCED, Outcome.WRONG_NUMBER, Outcome.NO_SHOW})
"""The person was not reached and could not have been: no first response (process §2)."""
REACHED = frozenset(
    {
        Outcome.CONNECTED,
        Outcome.CALLBACK,
        Outcome.NOT_NOW,
        Outcome.REFERRAL,
        Outcome.MEETING_BOOKED,
        Outcome.NOT_INTERESTED,
        Outcome.DO_NOT_CALL,
        Outcome.HELD,
    }
)
_REMINDS = frozenset({Outcome.CALLBACK, Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE})
_THEMSELVES = frozenset(
    ["they", "them", "themselves", "he", "him", "himself", "she", "her", "herself", "self", "prospect", "contact"]
)

# Built once: putting a statement together costs more than running it.
_TASKS = cast(Table, Task.__table__).c
_COVERED_FOR = covered_for(bindparam("rep"), bindparam("day"))
_CLOSE_ALL = (
    update(cast(Table, Task.__table__))
    .where(
        _TASKS.contact_id == bindparam("whose"),
        or_(_TASKS.person_id == bindparam("rep"), _TASKS.person_id.in_(_COVERED_FOR)),
        _TASKS.done_at.is_(None),
    )
    .values(done_at=bindparam("at"))
    .returning(_TASKS.id, _TASKS.kind, _TASKS.due_at)
)
_CLOSE_SETTLED = _CLOSE_ALL.where(
    or_(_TASKS.due_at <= bindparam("happened"), _TASKS.kind.in_(("referral", "social_answer")))
)


def cause(
    session: Session,
    command: LogTouch,
    them: TouchSubject,
    causation_id: UUID,
    now: datetime,
    standing: Sequence[dict[str, Any]] = (),
) -> Effects:
    """Carry out what the outcome means for the lead, the plan, the lists and the rep's tasks.

    ``standing``: records of what the touch caused before it was corrected and still causes.
    """
    touch = TouchInHand(session, command, them, causation_id, now, Effects(records=list(standing)))
    if them.lead_id is not None and not them.lead_answered and responds(command):
        _respond(touch, them.lead_id)
    if them.has_tasks:
        _close_tasks(touch)
    if them.enrolled:
        move_plan(touch, own_no(command.said_by, them))
    special = _BY_OUTCOME.get(command.outcome)
    if special is not None:
        special(touch)
    if touch.effects.first_response or any(record["kind"] == "response" for record in standing):
        follow_up_after(touch)
    if command.callback_at is not None:
        _promise(touch, command.callback_at)
    return touch.effects


def responds(command: LogTouch) -> bool:
    """Whether this touch can be a first response: a call, an e-mail or a meeting (process §2)."""
    return command.channel is not Channel.SOCIAL and command.outcome not in NOT_A_RESPONSE


def _respond(touch: TouchInHand, lead_id: UUID) -> None:
    session, command = touch.session, touch.command
    lead = get_lead(session, lead_id)
    if lead.first_response_at is not None:
        return
    was = {name: packed(getattr(lead, name)) for name in LEAD_FACTS}
    dues = pending_dues(session, lead_id)
    response = note_response(session, lead, command.actor, command.channel, command.happened_at, touch.now)
    session.flush()
    lead = get_lead(session, lead_id)
    became = {name: packed(getattr(lead, name)) for name in LEAD_FACTS}
    if not response.first:
        return
    touch.effects.first_response = True
    touch.effects.response_seconds = response.wall_seconds
    touch.note("response", lead=lead_id, was=was, became=became, dues=dues)


def _close_tasks(touch: TouchInHand) -> None:
    """What the rep owed this person is done by reaching them, or by trying when it was due."""
    command = touch.command
    which = {"whose": touch.them.contact_id, "rep": command.actor.person_id, "at": touch.now}
    which["day"] = command.happened_at.astimezone(ZoneInfo(command.actor.timezone)).date()
    close = _CLOSE_ALL
    if command.outcome not in REACHED:
        close, which = _CLOSE_SETTLED, which | {"happened": command.happened_at}
    for row in run(touch.session, close, **which).all():
        if row.kind == CALLBACK:
            forget_due(touch.session, CALLBACK, str(row.id))
        still_to_come = row.kind == CALLBACK and row.due_at > touch.now
        said = _no_more_reminder(touch, row.due_at) if still_to_come else ""
        touch.note("task_done", said, task=row.id, job=row.kind == CALLBACK, due_at=row.due_at)


def _no_more_reminder(touch: TouchInHand, due_at: datetime) -> str:
    """A promise for later that is closed by this touch is said, never dropped in silence."""
    when = _local(touch, due_at)
    if touch.command.outcome in _REMINDS:
        return f"It replaces your reminder for {when}."
    return f"Your reminder for {when} is done with that."


def _local(touch: TouchInHand, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(touch.command.actor.timezone)):%a %-d %b %H:%M}"


def _callback(touch: TouchInHand) -> None:
    """A promise to call; raises ``UserError`` for somebody who is not to be called at all (process §10)."""
    assert touch.command.follow_up_at is not None
    _promise(touch, touch.command.follow_up_at)


def _promise(touch: TouchInHand, at: datetime) -> None:
    """Remind of a call that was promised, whatever else came of the touch."""
    verdict = call_verdict(touch.session, touch.them, at)
    if isinstance(verdict, Refused) and verdict.for_good:
        if touch.command.callback_at == at:
            raise UserError(f"{verdict.reason} So I promise no call: leave this empty.", field="callback_at")
        raise UserError(f"{verdict.reason} So I promise no call: choose what else came of it.", field="outcome")
    remind(touch, at, touch.command.note)
    beside = f", {_local(touch, at)}" if touch.command.callback_at == at else ""
    touch.effects.sentences.append(f"I'll remind you when it is time to call{beside}.")
    if isinstance(verdict, Refused | Warned):
        touch.effects.sentences.append(f"Mind the time you agreed: {verdict.reason}")


def _not_now(touch: TouchInHand) -> None:
    rest = timedelta(days=playbook(touch.session).cadence.recycle_days)
    until = touch.command.follow_up_at or touch.command.happened_at + rest
    remind(touch, until, touch.command.note)
    day = until.astimezone(ZoneInfo(touch.command.actor.timezone)).date()
    said_day = _day(day, touch.now)
    end_lead(touch, LeadState.RECYCLED, f"not now, again on {said_day}")
    said = "" if touch.command.follow_up_at else ", the playbook's rest"
    touch.effects.sentences.append(f"I'll remind you on {said_day}{said}.")


def _day(day: date, now: datetime) -> str:
    """A day as a rep says it: "1 Dec", with the year where it is not this one."""
    return f"{day:%-d %b}" if day.year == now.year else f"{day:%-d %b %Y}"


def _no(touch: TouchInHand) -> None:
    """A person's no always stops that person; somebody else's does not (process §4)."""
    if own_no(touch.command.said_by, touch.them):
        end_lead(touch, LeadState.DISQUALIFIED, "not interested")
        return
    if touch.them.lead_id is not None:
        touch.effects.sentences.append("The lead stays open: that was not their own no.")


def own_no(said_by: str | None, them: TouchSubject) -> bool:
    """Whether who said no is the person touched: nobody else named, or named by their own name."""
    said = fold(said_by or "").split()
    names = set(fold(f"{them.first_name} {them.last_name}").split())
    return all(word in names or word in _THEMSELVES for word in said)


def _out_of_office(touch: TouchInHand) -> None:
    until = touch.command.follow_up_at
    if until is None:
        return
    if not touch.them.enrolled:  # a plan waits by itself
        remind(touch, until, touch.command.note)
        touch.effects.sentences.append("I'll remind you when they are back.")


def _referral(touch: TouchInHand) -> None:
    command, them = touch.command, touch.them
    found = referred_contact(touch.session, command, them, touch.now)
    if found.made:
        touch.note("contact_made", contact=found.contact_id)
    if them.enrolled and named_by(touch, found.contact_id, found.name):
        return
    new_task(touch, "referral", touch.now, found.contact_id, f"{them.name} named them. {command.note}".strip())
    known = "is new in the database" if found.made else "was known already"
    touch.effects.sentences.append(
        f"{found.name} {known}; getting in touch is on your list, with {them.name} as reason."
    )


def _they_responded(touch: TouchInHand) -> None:
    """A social signal: behaviour points, and a task to answer the same day (process §2)."""
    book = playbook(touch.session)
    points = book.scoring.social.get("they_responded", 0)
    if points:
        add_points(
            touch.session, touch.them.contact_id, touch.them.lead_id, points, "responded on social media", touch.now
        )
        touch.note("points", f"{points:+} points for behaviour.", contact=touch.them.contact_id, points=points)
    zone = ZoneInfo(touch.command.actor.timezone)
    day = touch.now.astimezone(zone).date() + timedelta(days=book.inbound.social_answer_days + 1)
    midnight = datetime.combine(day, time(), zone)
    new_task(touch, "social_answer", midnight, touch.them.contact_id, touch.command.note)
    touch.effects.sentences.append("Answering them is on your list for today.")


_BY_OUTCOME: dict[Outcome, Callable[[TouchInHand], None]] = {
    Outcome.CALLBACK: _callback,
    Outcome.NOT_NOW: _not_now,
    Outcome.NOT_INTERESTED: _no,
    Outcome.REPLY_NEGATIVE: _no,
    Outcome.DO_NOT_CALL: do_not_call,
    Outcome.OPTED_OUT: opted_out,
    Outcome.BOUNCED: bounced,
    Outcome.WRONG_NUMBER: wrong_number,
    Outcome.OUT_OF_OFFICE: _out_of_office,
    Outcome.REFERRAL: _referral,
    Outcome.MEETING_BOOKED: meeting_booked,
    Outcome.HELD: meeting_done,
    Outcome.NO_SHOW: meeting_done,
    Outcome.RESCHEDULED: meeting_done,
    Outcome.THEY_RESPONDED: _they_responded,
}
