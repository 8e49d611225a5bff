"""Drafts before they go out: the noted fact, and tomorrow's read and approved in a sitting (process §5).

What must stay true: what is approved ahead is for one step of one plan, and is dropped when the plan moves on; tomorrow
is read as the list of that day would be made.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.models import Enrolment
from bot.db.queries.due_work import desk_of
from bot.db.queries.touch_ahead import DraftAhead
from bot.db.queries.touch_mail import plan_draft, planned_mail
from bot.domain.cadence import Step
from bot.domain.commands import Actor
from bot.domain.errors import Gone, NotAllowed
from bot.domain.touch_list import DueItem, ItemKind
from bot.domain.touch_list_order import Wave
from bot.domain.touch_list_windows import local_moment
from bot.service.contact_text import clean_lines
from bot.service.context import playbook
from bot.service.touch_items import made_draft, take_line
from bot.service.touch_list_build import arranged_for
from bot.service.touch_list_days import rep_of
from bot.service.touch_list_times import local_date, morning_of, next_working_day

FACT = 2000


@dataclass(frozen=True, slots=True)
class Ahead:
    """Tomorrow's drafts. ``one``: the draft asked for, None past the last; ``opens_at``: too early, "14:00"."""

    day: date | None
    total: int = 0
    approved: int = 0
    one: DraftAhead | None = None
    opens_at: str | None = None


def note_fact(session: Session, actor: Actor, item_id: UUID, fact: str, now: datetime) -> bool:
    """Keep the one fact about somebody with their plan; whether it is new."""
    line = take_line(session, actor, item_id)
    fact = " ".join(clean_lines(fact, FACT).split())
    if line.enrolment_id is None or not fact:
        return False
    known = session.scalar(select(Enrolment.fact).where(Enrolment.id == line.enrolment_id))
    if known == fact:
        return False
    _change(session, line.enrolment_id, fact=fact)
    return True


def drafts_ahead(session: Session, actor: Actor, number: int, now: datetime) -> Ahead:
    """The ``number``-th draft (from 1) of the rep's next working day. Raises ``NotAllowed``."""
    rep, rules = rep_of(session, actor, now), playbook(session)
    today = local_date(rep, now)
    day = next_working_day(rep, today, rules)
    if now < local_moment(rep.timezone, today, rules.touch_list.prepare_at):
        return Ahead(day, opens_at=f"{rules.touch_list.prepare_at:%H:%M}")
    if day is None:
        return Ahead(None)
    arranged = arranged_for(session, rep, day, Wave.MORNING, morning_of(rep, day, rules), rules)
    mails = [line.due for line in arranged.lines if line.due.kind is ItemKind.EMAIL and line.due.enrolment_id]
    kept = _approved(session, [due.enrolment_id for due in mails if due.enrolment_id])
    one = None
    for place in range(number, len(mails) + 1):
        one = _one(session, mails[place - 1], place, len(mails), day, rep.id, kept, now)
        if one is not None:
            break
    return Ahead(day, len(mails), len(kept), one)


def _one(
    session: Session, due: DueItem, number: int, total: int, day: date, rep_id: UUID, kept: set[UUID], now: datetime
) -> DraftAhead | None:
    assert due.enrolment_id is not None
    found = planned_mail(session, due.enrolment_id, rep_id, now)
    if found is None:
        return None
    name, title, company, mail = found
    approved = due.enrolment_id in kept
    return DraftAhead(due.enrolment_id, number, total, day, approved, name, title, company, due.why, due.step, mail)


def _approved(session: Session, enrolments: list[UUID]) -> set[UUID]:
    rows = session.execute(
        select(Enrolment.id, Enrolment.state, Enrolment.step, Enrolment.cycle).where(Enrolment.id.in_(enrolments))
    )
    return {row.id for row in rows if plan_draft(row.state, row.step, row.cycle) is not None}


def approve_ahead(session: Session, actor: Actor, enrolment_id: UUID, subject: str, body: str, now: datetime) -> None:
    """Keep the text for a plan's next e-mail: of the rep's own, or of somebody they cover for that day.

    Raises ``UserError`` with the field, ``Gone``, ``NotAllowed``.
    """
    row = session.execute(
        select(Enrolment.person_id, Enrolment.step, Enrolment.cycle, Enrolment.state, Enrolment.ended_at)
        .where(Enrolment.id == enrolment_id)
        .with_for_update()
    ).first()
    if row is None or row.ended_at is not None:
        raise Gone("Their plan has ended; nothing goes out.")
    if row.step != Step.EMAIL.value:
        raise Gone("Their e-mail has gone out already; the next step is another.")
    if row.person_id != actor.person_id and row.person_id not in _desk(session, actor, now):
        raise NotAllowed("That plan is a colleague's.")
    draft = made_draft(subject, body, now) | {"for": f"{row.step}:{row.cycle}"}
    _change(session, enrolment_id, state={**(row.state or {}), "draft": draft})


def _desk(session: Session, actor: Actor, now: datetime) -> tuple[UUID, ...]:
    """Whose plans somebody works on their next working day."""
    rep = rep_of(session, actor, now)
    day = next_working_day(rep, local_date(rep, now), playbook(session))
    return desk_of(session, actor.person_id, day).reps if day is not None else ()


def _change(session: Session, enrolment_id: UUID, **values: object) -> None:
    session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
