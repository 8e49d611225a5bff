"""What App Home shows one of us: what is theirs, and a part for each of their roles.

What must stay true: a part is read for those who hold its role and for nobody else.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Alignment, Contact, Lead, Person, Task, Touch
from bot.db.queries.home_admin import SetupState, setup_state
from bot.db.queries.home_ae import ExecutiveDay, HomeHandoff, executive_day, own_handoffs
from bot.db.queries.home_team import TeamDay, team_day
from bot.db.queries.own_plans import OwnPlans, own_plans
from bot.db.queries.touch_list_progress import Progress, progress
from bot.db.queries.touch_list_sources import LIST_ROLES, read_rep, working_week
from bot.db.queries.touch_list_walk import list_of_day
from bot.db.session import PlaybookInForce
from bot.domain.business_time import is_working_day
from bot.domain.commands import Actor
from bot.domain.terms import Role
from bot.playbook.schema import Playbook

SHOWN = 8


@dataclass(frozen=True, slots=True)
class OpenLead:
    """One of somebody's open leads, most pressing first. ``name``, ``company``: outside text."""

    lead_id: UUID
    contact_id: UUID
    name: str
    company: str
    intent: str
    hot: bool
    state: str
    raised_at: datetime
    response_due_at: datetime | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Callback:
    """Something promised to somebody; ``kind`` as on its task: callback, referral, social_answer."""

    contact_id: UUID
    name: str
    company: str
    due_at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class ListDay:
    """A rep's list: how far today's is, or None while there is none; ``comes_at``: the time of day it comes.

    ``soon``: that time has passed on a day they work, so that it is on its way.
    """

    far: Progress | None
    comes_at: time
    plans: OwnPlans
    soon: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """How somebody is set up, as far as it concerns their day. ``aes``: to whom they hand leads, first choice first."""

    hours: str
    timezone: str
    channel: str | None
    has_video_link: bool
    aes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomeState:
    """One person's home. ``handoffs``: what they handed over and is not through; parts are None without the role."""

    now: datetime
    mine: Mine
    leads: tuple[OpenLead, ...]
    more_leads: int
    callbacks: tuple[Callback, ...]
    more_callbacks: int
    touches_today: int
    list_day: ListDay | None
    handoffs: tuple[HomeHandoff, ...]
    executive: ExecutiveDay | None
    team: TeamDay | None
    setup: SetupState | None


def home_state(session: Session, actor: Actor, now: datetime) -> HomeState:
    """The home of ``actor`` at ``now``."""
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    midnight = now.astimezone(ZoneInfo(actor.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    leads, more = _leads(session, actor.person_id)
    callbacks, more_callbacks = _callbacks(session, actor.person_id)
    return HomeState(
        now=now,
        mine=_mine(session, actor.person_id, rules.people.hours),
        leads=leads,
        more_leads=more,
        callbacks=callbacks,
        more_callbacks=more_callbacks,
        touches_today=_touches(session, actor.person_id, midnight),
        list_day=_list_day(session, actor, midnight, now, rules) if actor.has(*LIST_ROLES) else None,
        handoffs=own_handoffs(session, actor.person_id),
        executive=executive_day(session, actor.person_id, now) if actor.has(Role.AE) else None,
        team=(
            team_day(session, actor.person_id, actor.timezone, _page(session, actor.person_id), now, rules)
            if actor.has(Role.MANAGER)
            else None
        ),
        setup=setup_state(session, now, rules, in_force.number) if actor.has(Role.ADMIN) else None,
    )


def _mine(session: Session, person_id: UUID, default_hours: str) -> Mine:
    me = session.execute(
        select(Person.hours, Person.timezone, Person.channel, Person.video_link).where(Person.id == person_id)
    ).one()
    aes = session.scalars(
        select(Person.name)
        .join(Alignment, Alignment.ae_id == Person.id)
        .where(Alignment.rep_id == person_id)
        .order_by(Alignment.position)
    )
    return Mine(me.hours or default_hours, me.timezone, me.channel, me.video_link is not None, tuple(aes))


def _page(session: Session, person_id: UUID) -> int:
    return session.scalar(select(Person.home_page).where(Person.id == person_id)) or 0


def _list_day(session: Session, actor: Actor, midnight: datetime, now: datetime, rules: Playbook) -> ListDay:
    comes_at = rules.touch_list.morning_at
    list_id = list_of_day(session, actor.person_id, midnight.date())
    far = progress(session, list_id) if list_id is not None else None
    soon = far is None and now >= datetime.combine(midnight.date(), comes_at, midnight.tzinfo)
    if soon:
        rep = read_rep(session, actor.person_id, midnight.date())
        soon = rep is not None and is_working_day(working_week(rep, rules), midnight.date())
    return ListDay(far, comes_at, own_plans(session, actor.person_id), soon)


def _leads(session: Session, person_id: UUID) -> tuple[tuple[OpenLead, ...], int]:
    mine = (Lead.owner_id == person_id) & Lead.closed_at.is_(None)
    rows = session.execute(
        select(Lead, Contact.first_name, Contact.last_name, Contact.email, Account.name)
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .where(mine)
        .order_by(Lead.first_response_at.is_not(None), Lead.hot.desc(), Lead.raised_at)
        .limit(SHOWN)
    ).all()
    total = _count(session, select(func.count()).select_from(Lead).where(mine))
    leads = tuple(
        OpenLead(
            lead_id=lead.id,
            contact_id=lead.contact_id,
            name=_name(first, last, email),
            company=company or "",
            intent=lead.intent.value,
            hot=lead.hot,
            state=lead.state.value,
            raised_at=lead.raised_at,
            response_due_at=lead.response_due_at,
            answered=lead.first_response_at is not None,
        )
        for lead, first, last, email, company in rows
    )
    return leads, max(0, total - SHOWN)


def _callbacks(session: Session, person_id: UUID) -> tuple[tuple[Callback, ...], int]:
    mine = (Task.person_id == person_id) & Task.done_at.is_(None)
    rows = session.execute(
        select(
            Task.contact_id, Contact.first_name, Contact.last_name, Contact.email, Account.name, Task.due_at, Task.kind
        )
        .join(Contact, Contact.id == Task.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(mine)
        .order_by(Task.due_at)
        .limit(SHOWN)
    ).all()
    total = _count(session, select(func.count()).select_from(Task).where(mine))
    callbacks = tuple(
        Callback(contact_id, _name(first, last, email), company or "", due_at, kind)
        for contact_id, first, last, email, company, due_at, kind in rows
    )
    return callbacks, max(0, total - SHOWN)


def _touches(session: Session, person_id: UUID, midnight: datetime) -> int:
    return _count(
        session,
        select(func.count())
        .select_from(Touch)
        .where(Touch.person_id == person_id, Touch.happened_at >= midnight, Touch.undone_at.is_(None)),
    )


def _count(session: Session, statement: Select[Any]) -> int:
    count: int = session.scalars(statement).one()
    return count


def _name(first: str, last: str, email: str | None) -> str:
    return f"{first} {last}".strip() or email or "somebody"
