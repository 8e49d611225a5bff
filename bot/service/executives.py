"""Account executives as the choice and the slots look at them, loaded from the database (process §7).

What must stay true: what the form offers and what the handoff checks are read by the same functions.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Alignment, Contact, Handoff, Meeting, Person, PersonRole, TimeOff
from bot.domain.business_time import WorkWeek
from bot.domain.handoff import Executive, Proposal, Slots, choose_executive
from bot.domain.handoff_stages import DECLINED, LIVE
from bot.domain.intro_call import Span, calling_hours, free_slots, soonest
from bot.domain.places import candidate_zones
from bot.domain.terms import Role
from bot.service.context import playbook
from bot.service.routing import week_of

BOOKED = "booked"
_NOBODY = UUID(int=0)
"""An id nobody has: no alignment is asked for."""


def propose(
    session: Session,
    rep_id: UUID,
    contact_id: UUID,
    now: datetime,
    *,
    live: bool = False,
    passed_over: Collection[UUID] = (),
) -> Proposal:
    """The first choice for this rep and buyer. Whoever declined this buyer since the lead came in is passed over."""
    account = session.execute(
        select(Contact.account_id, Account.owner_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Contact.id == contact_id)
    ).first()
    executives = load_executives(session, rep_id, now, account.owner_id if account else None)
    over = set(passed_over) | declined_by(session, contact_id)
    choice = choose_executive(executives, now, live=live, passed_over=over)
    ordered = sorted(executives, key=lambda one: (one.id != choice.ae_id, not one.aligned, one.position or 0, one.name))
    return Proposal(tuple(ordered), choice)


def declined_by(session: Session, contact_id: UUID) -> set[UUID]:
    """Who said no to this buyer since the last handoff that went on."""
    rows = session.execute(
        select(Handoff.ae_id, Handoff.state)
        .where(Handoff.contact_id == contact_id)
        .order_by(Handoff.created_at.desc(), Handoff.id.desc())
    ).all()
    found: set[UUID] = set()
    for row in rows:
        if row.state not in (DECLINED, "taken_back"):
            break
        if row.state == DECLINED and row.ae_id is not None:
            found.add(row.ae_id)
    return found


def load_executives(session: Session, rep_id: UUID, now: datetime, owner_id: UUID | None = None) -> list[Executive]:
    """Every account executive, with their place among the rep's, their load and their time off."""
    rules = playbook(session)
    lately = (now - timedelta(days=2)).date()
    rows = session.execute(
        select(
            Person.id,
            Person.name,
            Person.timezone,
            Person.country,
            Person.hours,
            Person.slack_user_id.is_not(None).label("in_slack"),
            Alignment.position,
            TimeOff.starts_on,
            TimeOff.ends_on,
            TimeOff.cover_id,
        )
        .join(PersonRole, and_(PersonRole.person_id == Person.id, PersonRole.role == Role.AE))
        .outerjoin(Alignment, and_(Alignment.ae_id == Person.id, Alignment.rep_id == rep_id))
        .outerjoin(TimeOff, and_(TimeOff.person_id == Person.id, TimeOff.ends_on >= lately))
        .where(Person.active.is_(True), Person.id != rep_id)
        .order_by(Alignment.position.nulls_last(), Person.name, Person.id, TimeOff.starts_on)
    ).all()
    off: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    for row in rows:
        if row.starts_on is not None:
            off[row.id].append(row)
    weeks = {row.id: week_of(row, tuple((a.starts_on, a.ends_on) for a in off[row.id]), rules) for row in rows}
    load, latest = _load(session)
    first = {row.id: row for row in reversed(rows)}
    return [
        _executive(first[one], weeks[one], off[one], now, owner_id, load.get(one, 0), latest.get(one)) for one in off
    ]


def _executive(
    row: Any,
    week: WorkWeek,
    off: Collection[Any],
    now: datetime,
    owner_id: UUID | None,
    open_handoffs: int,
    last: datetime | None,
) -> Executive:
    today = now.astimezone(ZoneInfo(week.timezone)).date()
    current = next((one for one in off if one.starts_on <= today <= one.ends_on), None)
    return Executive(
        id=row.id,
        name=row.name,
        week=week,
        position=row.position,
        open_handoffs=open_handoffs,
        last_handoff_at=last,
        reachable=row.in_slack,
        away_until=current.ends_on if current else None,
        cover_id=current.cover_id if current else None,
        owns_account=row.id == owner_id,
    )


def _load(session: Session) -> tuple[dict[UUID, int], dict[UUID, datetime]]:
    counted = session.execute(
        select(Handoff.ae_id, func.count()).where(Handoff.state.in_(LIVE)).group_by(Handoff.ae_id)
    )
    last = session.execute(select(Handoff.ae_id, func.max(Handoff.created_at)).group_by(Handoff.ae_id))
    return {row[0]: row[1] for row in counted if row[0]}, {row[0]: row[1] for row in last if row[0]}


def executive(session: Session, person_id: UUID, now: datetime) -> Executive | None:
    """One of them by id; None if they are none any more."""
    return next((one for one in load_executives(session, _NOBODY, now) if one.id == person_id), None)


def busy_times(session: Session, person_id: UUID, after: datetime, but: UUID | None = None) -> list[Span]:
    """Calls that stand in somebody's calendar after ``after``; ``but``: a meeting that is being moved."""
    rows = session.execute(
        select(Meeting.starts_at, Meeting.ends_at, Meeting.id).where(
            Meeting.person_id == person_id, Meeting.state == BOOKED, Meeting.ends_at > after
        )
    )
    return [(row.starts_at, row.ends_at) for row in rows if row.id != but]


def slots_for(session: Session, one: Executive, contact_id: UUID, now: datetime, but: UUID | None = None) -> Slots:
    """The next free slots of an executive, in the buyer's hours where there are any."""
    rules = playbook(session)
    call = rules.handoff.intro_call
    theirs = zones_of(session, contact_id)
    starts = free_slots(
        one.week,
        busy_times(session, one.id, now, but),
        soonest(now, rules),
        call.minutes,
        call.slots_offered,
        calling_hours(theirs, rules),
    )
    return Slots(tuple(starts), call.minutes, one.week.timezone, theirs)


def zones_of(session: Session, contact_id: UUID) -> tuple[str, ...]:
    """Where the buyer may be."""
    row = session.execute(
        select(Contact.timezone, Contact.phone, Contact.country, Account.country.label("company_country"))
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Contact.id == contact_id)
    ).first()
    return candidate_zones(*row) if row else ()
