"""What a touch list is made of besides the plans: leads, promises, yesterday's e-mails; and what is known of people.

What must stay true: each read is one statement for the whole list, whatever its length, and reads by an index; costs
grow with the work that is due, not with the contacts there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Contact,
    Enrolment,
    Lead,
    Person,
    PersonRole,
    Task,
    TimeOff,
    Touch,
    TouchItem,
    TouchList,
)
from bot.db.queries.covered import covered_for
from bot.db.queries.gate import Whom
from bot.db.rows import run
from bot.domain.business_time import HoursError, WorkWeek, work_week
from bot.domain.terms import Channel, Outcome, Role
from bot.domain.touch_list import DueItem, ItemKind
from bot.playbook.schema import Playbook

ANSWERS = (
    Outcome.REPLY_POSITIVE,
    Outcome.REPLY_NEGATIVE,
    Outcome.NOT_NOW,
    Outcome.REFERRAL,
    Outcome.OUT_OF_OFFICE,
    Outcome.BOUNCED,
    Outcome.OPTED_OUT,
    Outcome.MEETING_BOOKED,
)
"""What an e-mail that went out can have been answered with."""
MOST_ASKED = 100
"""How many people one question who replied is about; a menu of Slack holds no more."""

_TASK_WHY = {
    "callback": "You promised to get back to them.",
    "referral": "Somebody named them to you.",
    "social_answer": "They answered on social media.",
    "returned": "They came back to you.",
}


@dataclass(frozen=True, slots=True)
class Rep:
    """One of us, as far as a list goes. ``works_lists``: holds a role that works from one."""

    id: UUID
    name: str
    timezone: str
    country: str | None
    hours: str | None
    slack_user_id: str | None
    active: bool
    evening_wave: bool
    mailbox_began_on: date | None
    works_lists: bool
    days_off: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is due, as the gate and the order look at them."""

    whom: Whom
    account_id: UUID | None
    plan_kind: str | None
    plan_cycle: int | None
    plan_mailed: bool


LIST_ROLES = (Role.MRR, Role.SDR)
"""Whose day is a touch list (process, opening table)."""
REP_COLUMNS = (
    Person.id,
    Person.name,
    Person.timezone,
    Person.country,
    Person.hours,
    Person.slack_user_id,
    Person.active,
    Person.evening_wave,
    Person.mailbox_began_on,
)
WORKS_LISTS = exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(LIST_ROLES))
_REP = (
    select(*REP_COLUMNS, WORKS_LISTS.label("works_lists"), TimeOff.starts_on, TimeOff.ends_on)
    .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= bindparam("lately")))
    .where(Person.id == bindparam("rep"))
    .order_by(TimeOff.starts_on)
)


def read_rep(session: Session, person_id: UUID, lately: date) -> Rep | None:
    """A rep with their days off that end on ``lately`` or after."""
    rows = run(session, _REP, rep=person_id, lately=lately).all()
    if not rows:
        return None
    return rep_of(rows[0], tuple((row.starts_on, row.ends_on) for row in rows if row.starts_on is not None))


def rep_of(row: object, days_off: tuple[tuple[date, date], ...]) -> Rep:
    """A rep from ``REP_COLUMNS`` and ``works_lists``."""
    names = (*(column.key for column in REP_COLUMNS), "works_lists")
    return Rep(**{name: getattr(row, name) for name in names}, days_off=days_off)


@lru_cache(maxsize=4096)
def _week(
    hours: str | None, timezone: str, country: str | None, days_off: tuple[tuple[date, date], ...], default: str
) -> WorkWeek:
    try:
        return work_week(hours or default, timezone, country, days_off)
    except HoursError:
        return work_week(default, timezone, country, days_off)


def working_week(rep: Rep, rules: Playbook) -> WorkWeek:
    """A rep's working week; the playbook's hours where they have none, or none that can be read."""
    return _week(rep.hours, rep.timezone, rep.country or rules.people.country, rep.days_off, rules.people.hours)


_LEADS = (
    select(Lead.id, Lead.contact_id, Lead.hot, Lead.intent, Lead.source, Lead.response_due_at, Lead.raised_at)
    .where(
        Lead.owner_id == bindparam("rep"),
        Lead.closed_at.is_(None),
        Lead.first_response_at.is_(None),
    )
    .order_by(Lead.hot.desc(), Lead.response_due_at, Lead.raised_at)
    .limit(200)
)


def lead_items(session: Session, person_id: UUID, now: datetime) -> tuple[list[DueItem], bool]:
    """The rep's leads that wait for a first response; and whether any of them is overdue (process §3)."""
    items, overdue = [], False
    for row in run(session, _LEADS, rep=person_id):
        late = row.response_due_at is not None and row.response_due_at < now
        overdue = overdue or late
        asked = f"{row.intent.value}, {row.source.value}".replace("_", " ")
        why = f"Raised a hand ({asked}) and waits for a first answer" + (", overdue." if late else ".")
        kind = ItemKind.HOT if row.hot else ItemKind.LEAD
        items.append(DueItem(kind, row.contact_id, why, "first response", lead_id=row.id, due_at=row.raised_at))
    return items, overdue


_TASKS = (
    select(Task.id, Task.kind, Task.contact_id, Task.lead_id, Task.due_at, Task.text)
    .where(Task.person_id == bindparam("rep"), Task.done_at.is_(None), Task.due_at < bindparam("until"))
    .order_by(Task.due_at)
    .limit(200)
)


def task_items(session: Session, person_id: UUID, until: datetime) -> list[DueItem]:
    """What the rep owes somebody before ``until``: callbacks, referrals to follow, social answers."""
    return [
        DueItem(
            ItemKind.CALLBACK if row.kind == "callback" else ItemKind.TASK,
            row.contact_id,
            " ".join(part for part in (_TASK_WHY.get(row.kind, "You owe them something."), row.text) if part),
            row.kind.replace("_", " "),
            lead_id=row.lead_id,
            task_id=row.id,
            due_at=row.due_at,
        )
        for row in run(session, _TASKS, rep=person_id, until=until)
    ]


_ANSWER = aliased(Touch)
_UNANSWERED = (
    select(Touch.contact_id, Touch.happened_at)
    .join(Contact, Contact.id == Touch.contact_id)
    .where(
        Touch.person_id == bindparam("rep"),
        Touch.happened_at >= bindparam("since"),
        Touch.happened_at < bindparam("until"),
        Touch.channel == Channel.EMAIL,
        Touch.outcome == Outcome.SENT,
        Touch.undone_at.is_(None),
        ~exists().where(
            _ANSWER.contact_id == Touch.contact_id,
            _ANSWER.happened_at > Touch.happened_at,
            _ANSWER.undone_at.is_(None),
            or_(
                and_(_ANSWER.channel == Channel.EMAIL, _ANSWER.outcome.in_(ANSWERS)),
                _ANSWER.outcome.in_((Outcome.CONNECTED, Outcome.THEY_RESPONDED, Outcome.MEETING_BOOKED)),
            ),
        ),
    )
    .order_by(Touch.happened_at)
    .limit(MOST_ASKED)
)
_LAST_LIST = (
    select(TouchList.built_at)
    .where(
        TouchList.person_id == bindparam("rep"),
        TouchList.local_date < bindparam("today"),
        TouchList.wave == "morning",
    )
    .order_by(TouchList.local_date.desc())
    .limit(1)
)


def reply_items(session: Session, person_id: UUID, today: date, since: datetime, until: datetime) -> list[DueItem]:
    """Whose answer to an e-mail is not known: those written to since the last morning list, else since ``since``."""
    last: datetime | None = run(session, _LAST_LIST, rep=person_id, today=today).scalar()
    rows = run(session, _UNANSWERED, rep=person_id, since=min(last or since, since), until=until)
    sent = {row.contact_id: row.happened_at for row in rows}
    return [DueItem(ItemKind.REPLY, contact_id, "You wrote to them.", "", due_at=at) for contact_id, at in sent.items()]


_KNOWN = (
    select(
        Contact.id.label("contact_id"),
        Contact.email,
        Contact.phone,
        Contact.timezone,
        Contact.country,
        Account.country.label("account_country"),
        Contact.stage,
        Contact.account_id,
        Enrolment.kind,
        Enrolment.cycle,
        Enrolment.last_email_on,
    )
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Enrolment, and_(Enrolment.contact_id == Contact.id, Enrolment.ended_at.is_(None)))
    .where(Contact.id.in_(bindparam("contacts", expanding=True)))
)


def known_people(session: Session, contact_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What is known of people, by contact."""
    found: dict[UUID, Known] = {}
    for row in run(session, _KNOWN, contacts=list(contact_ids)) if contact_ids else ():
        whom = Whom(row.contact_id, row.email, row.phone, row.timezone, row.country, row.account_country, row.stage)
        mailed = row.last_email_on is not None
        found[row.contact_id] = Known(whom, row.account_id, row.kind, row.cycle, mailed)
    return found


_PUT_OFF = (
    select(TouchItem.kind, TouchItem.contact_id, TouchItem.enrolment_id, TouchItem.lead_id, TouchItem.task_id)
    .join(Contact, Contact.id == TouchItem.contact_id)
    .where(
        TouchItem.contact_id.in_(bindparam("contacts", expanding=True)),
        TouchItem.state == "snoozed",
        TouchItem.snoozed_until >= bindparam("until"),
        or_(Contact.last_touched_at.is_(None), Contact.last_touched_at <= TouchItem.handled_at),
    )
)
_ON_LIST = select(TouchItem.contact_id).where(TouchItem.list_id == bindparam("list"))


def not_put_off(session: Session, due: Sequence[DueItem], until: datetime) -> list[DueItem]:
    """What of ``due`` is left: not what was put off to ``until`` or later, unless they were touched since.

    A line that was put off is one step, lead or promise; anything else about that person comes all the same.
    """
    if not due:
        return []
    rows = run(session, _PUT_OFF, contacts=sorted({one.contact_id for one in due}), until=until)
    waiting = {tuple(row) for row in rows}
    return [one for one in due if (one.kind, one.contact_id, one.enrolment_id, one.lead_id, one.task_id) not in waiting]


def on_list(session: Session, list_id: UUID) -> set[UUID]:
    """Who stands on a list, in whatever state."""
    return set(run(session, _ON_LIST, list=list_id).scalars())


_SOME_WORK = select(
    or_(
        exists().where(Enrolment.person_id == bindparam("rep"), Enrolment.ended_at.is_(None)),
        exists().where(Task.person_id == bindparam("rep"), Task.done_at.is_(None)),
        exists().where(Lead.owner_id == bindparam("rep"), Lead.closed_at.is_(None)),
        covered_for(bindparam("rep"), bindparam("day")).exists(),
        exists().where(TouchList.person_id == bindparam("rep"), TouchItem.list_id == TouchList.id),
    )
)


def works_by_list(session: Session, person_id: UUID, day: date) -> bool:
    """Whether a rep has a plan, a promise or a lead, covers for somebody on ``day``, or had a line on a list before."""
    return bool(run(session, _SOME_WORK, rep=person_id, day=day).scalar())
