"""A touch list as its message shows it: how far it is, one page of what is open, what was held back.

What must stay true: reads are bounded by the page and by one list, so that a click late in the list costs what the
first did; outside text is handed on as it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Enrolment, Lead, Person, Task, Touch, TouchItem, TouchList
from bot.db.queries.touch_list_progress import OPEN, Progress, progress
from bot.db.queries.touch_list_sources import read_rep, working_week
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.db.types import Timestamp
from bot.domain.business_time import NoWorkingTimeError, add_working_days
from bot.domain.cadence import Step
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_list import ItemKind
from bot.domain.touch_list_order import Wave
from bot.domain.touch_list_windows import local_day, mail_spans
from bot.playbook.schema import Playbook

PAGE = 20
"""Lines on one page; with headings and buttons it stays within Slack's 50 blocks."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LastTouch:
    """When somebody was touched last, and what came of it."""

    at: datetime
    channel: Channel
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ListLine:
    """One open line. ``later``: from when it makes sense, if that is still to come; ``until``: its window's end.

    ``phone``, ``email``: whether a number, an address is known.
    """

    item_id: UUID
    kind: ItemKind
    state: str
    lead: bool
    name: str
    title: str | None
    company: str | None
    why: str
    step: str
    later: datetime | None
    until: datetime | None
    last: LastTouch | None
    timezones: tuple[str, ...]
    phone: bool
    email: bool


@dataclass(frozen=True, slots=True)
class ListState:
    """A list. ``over``: a newer day's is there. ``tomorrow``: how much is due on ``next_day``, once all is done."""

    list_id: UUID
    person_id: UUID
    local_date: date
    wave: Wave
    progress: Progress
    lines: tuple[ListLine, ...]
    page: int
    pages: int
    held: Mapping[str, int]
    over: bool
    tomorrow: int | None
    next_day: date | None
    now: datetime


_LIST = (
    select(
        TouchList.id,
        TouchList.person_id,
        TouchList.local_date,
        TouchList.wave,
        TouchList.page,
        TouchList.held,
        Person.timezone,
        select(func.max(TouchList.local_date))
        .where(TouchList.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
        .label("newest"),
    )
    .join(Person, Person.id == TouchList.person_id)
    .where(TouchList.id == bindparam("which"))
)
_WAITS = case((TouchItem.due_at > bindparam("now", type_=Timestamp), 1), else_=0)


def _lines() -> Select[*tuple[Any, ...]]:
    newest = (  # of several at one moment the one that was logged last
        select(Touch.id)
        .where(
            Touch.contact_id == Contact.id,
            Touch.happened_at == Contact.last_touched_at,
            Touch.undone_at.is_(None),
        )
        .order_by(Touch.id.desc())
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    return (
        select(
            TouchItem.id,
            TouchItem.kind,
            TouchItem.state,
            TouchItem.lead_id,
            TouchItem.why,
            TouchItem.step,
            TouchItem.due_at,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Contact.phone,
            Contact.title,
            Contact.timezone,
            Contact.country,
            Account.name.label("company"),
            Account.country.label("account_country"),
            Touch.happened_at,
            Touch.channel,
            Touch.outcome,
        )
        .join(Contact, Contact.id == TouchItem.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(Touch, Touch.id == newest)
        .where(
            TouchItem.list_id == bindparam("which"),
            TouchItem.state.in_(OPEN),
            TouchItem.kind != ItemKind.REPLY.value,
        )
        .order_by(_WAITS, TouchItem.position)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


_LINES = _lines()


def list_state(session: Session, list_id: UUID, now: datetime) -> ListState | None:
    """A list as it stands; None if it is gone."""
    row = run(session, _LIST, which=list_id).first()
    if row is None:
        return None
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    far = progress(session, list_id)
    pages = max(1, -(-(far.open + far.opened) // PAGE))
    page = min(max(0, row.page), pages - 1)
    lines = run(session, _LINES, which=list_id, most=PAGE, skip=page * PAGE, now=now).all()
    finished = not (far.open or far.opened or far.asked or far.replied)
    next_day = _next_day(session, row.person_id, row.local_date, rules) if finished else None
    return ListState(
        list_id=row.id,
        person_id=row.person_id,
        local_date=row.local_date,
        wave=Wave(row.wave),
        progress=far,
        lines=tuple(_line(one, now, rules) for one in lines),
        page=page,
        pages=pages,
        held=row.held or {},
        over=row.newest is not None and row.newest > row.local_date,
        tomorrow=_due_on(session, row.person_id, next_day, row.timezone) if next_day else None,
        next_day=next_day,
        now=now,
    )


def _line(row: Any, now: datetime, rules: Playbook) -> ListLine:
    zones = candidate_zones(row.timezone, row.phone, row.country, row.account_country)
    kind = ItemKind(row.kind)
    open_until = None
    if kind is ItemKind.EMAIL:
        spans = mail_spans(zones, (now, now + _DAY), rules)
        open_until = next((end for start, end in spans if start <= now < end), None)
    return ListLine(
        item_id=row.id,
        kind=kind,
        state=row.state,
        lead=row.lead_id is not None,
        name=f"{row.first_name} {row.last_name}".strip() or row.email or row.phone or "No name",
        title=row.title,
        company=row.company,
        why=row.why,
        step=row.step,
        later=row.due_at if row.due_at is not None and row.due_at > now else None,
        until=open_until,
        last=LastTouch(row.happened_at, row.channel, row.outcome) if row.happened_at else None,
        timezones=zones,
        phone=bool(row.phone),
        email=bool(row.email),
    )


def _next_day(session: Session, person_id: UUID, after: date, rules: Playbook) -> date | None:
    rep = read_rep(session, person_id, after)
    try:
        return add_working_days(working_week(rep, rules), after, 1) if rep else None
    except NoWorkingTimeError:
        return None


_PLANS_DUE = (
    select(func.count())
    .select_from(Enrolment)
    .where(
        Enrolment.person_id == bindparam("rep"),
        Enrolment.ended_at.is_(None),
        Enrolment.next_due_on <= bindparam("day"),
        Enrolment.step != Step.CLOSE.value,
    )
)
_TASKS_DUE = (
    select(func.count())
    .select_from(Task)
    .where(Task.person_id == bindparam("rep"), Task.done_at.is_(None), Task.due_at < bindparam("until"))
)
_LEADS_DUE = (
    select(func.count())
    .select_from(Lead)
    .where(Lead.owner_id == bindparam("rep"), Lead.closed_at.is_(None), Lead.first_response_at.is_(None))
)


def _due_on(session: Session, person_id: UUID, day: date, timezone: str) -> int:
    """How much is due on a day as things stand."""
    until = local_day(timezone, day)[1]
    plans = run(session, _PLANS_DUE, rep=person_id, day=day).scalar() or 0
    tasks = run(session, _TASKS_DUE, rep=person_id, until=until).scalar() or 0
    leads = run(session, _LEADS_DUE, rep=person_id).scalar() or 0
    return int(plans + tasks + leads)
