"""What belongs to whom, kind by kind: counted, listed, and walked in slices.

What must stay true: a preview, its pages and the slices that carry it out ask by the same conditions; work of one
person is found by index.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Contact, Enrolment, Handoff, Lead, Opportunity, Person, PersonRole, Task, TeamMember
from bot.db.queries.led_teams import teams_led_by
from bot.domain.counting import counted
from bot.domain.handoff_stages import ACCEPTED, HELD, WAITING
from bot.domain.reassigning import NAMED, Scope, Work, WorkLine
from bot.domain.terms import SELLING, Role


@dataclass(frozen=True, slots=True)
class Owned:
    """How much somebody has, by kind; ``under_way``: handoffs accepted or held, which only their verdict ends."""

    counts: Mapping[Work, int]
    under_way: int = 0

    @property
    def total(self) -> int:
        """Everything that can be given away."""
        return sum(self.counts.values())

    @property
    def anything(self) -> bool:
        """Whether there is anything left of theirs."""
        return bool(self.total or self.under_way)

    def said(self) -> str:
        """In words: "2 open leads, 1 open deal"."""
        parts = [counted(count, *NAMED[work]) for work, count in self.counts.items() if count]
        return ", ".join(parts + ([f"{counted(self.under_way, 'handoff')} under way"] if self.under_way else []))


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work to be given away; ``group``: its company, or its person where there is none."""

    id: UUID
    owner_id: UUID | None
    group: UUID


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom work can be taken from or given to."""

    id: UUID
    name: str
    roles: frozenset[Role]
    active: bool
    in_slack: bool


_OWNERLESS_TOO = (Work.CONTACTS, Work.ACCOUNTS)
"""A territory's companies and people come along where they have no owner yet."""
_COMPANY = aliased(Account)


def owned_by(session: Session, person_id: UUID) -> Owned:
    """What somebody has now: asked before they are deactivated."""
    under_way = select(func.count()).select_from(Handoff)
    under_way = under_way.where(Handoff.ae_id == person_id, Handoff.state.in_((ACCEPTED, HELD)))
    scope = Scope(person_id)
    return Owned({work: count_work(session, work, scope) for work in Work}, session.scalar(under_way) or 0)


def count_work(session: Session, work: Work, scope: Scope) -> int:
    """How much of a kind there is."""
    rows = _matching(work, scope).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def list_work(session: Session, work: Work, scope: Scope, offset: int, limit: int) -> list[WorkLine]:
    """Some of it by name, in the order in which it is given away."""
    rows = _matching(work, scope).subquery()
    named = (
        select(rows.c.first_name, rows.c.last_name, rows.c.email, rows.c.company, Person.name.label("owner"))
        .outerjoin(Person, Person.id == rows.c.owner_id)
        .order_by(rows.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [_line(row) for row in session.execute(named)]


def _line(row: Any) -> WorkLine:
    name = f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email
    if not name:
        return WorkLine(row.company or "Somebody without a name", None, row.owner)
    return WorkLine(name, row.company, row.owner)


def weigh(session: Session, works: Iterable[Work], scope: Scope) -> Counter[UUID]:
    """How much work each company is."""
    found: Counter[UUID] = Counter()
    for work in works:
        rows = _matching(work, scope).subquery()
        for group, count in session.execute(select(rows.c.group, func.count()).group_by(rows.c.group)):
            found[group] += count
    return found


def next_items(session: Session, work: Work, scope: Scope, after: UUID | None, limit: int) -> Sequence[Item]:
    """The next pieces of a kind, by id, past ``after``."""
    rows = _matching(work, scope).subquery()
    statement = select(rows.c.id, rows.c.owner_id, rows.c.group).order_by(rows.c.id).limit(limit)
    if after is not None:
        statement = statement.where(rows.c.id > after)
    return [Item(*row) for row in session.execute(statement)]


def _matching(work: Work, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Everything of a kind in a scope: id, owner_id, group, the person's and the company's name."""
    model, owner, open_ = _KINDS[work]
    nobody = (null(), null(), null())
    who = nobody if work is Work.ACCOUNTS else (Contact.first_name, Contact.last_name, Contact.email)
    group = _COMPANY.id if work is Work.ACCOUNTS else func.coalesce(_COMPANY.id, Contact.id, model.id)
    # Labelled, so that the subquery's columns are called alike for every kind.
    names: Iterable[Any] = (
        column.label(name) for column, name in zip(who, ("first_name", "last_name", "email"), strict=True)
    )
    statement = select(
        model.id.label("id"), owner.label("owner_id"), group.label("group"), *names, _COMPANY.name.label("company")
    )
    return _joined(statement, work).where(*open_, *_whose(work, owner, scope), *_where(work, scope))


def _joined(statement: Select[*tuple[Any, ...]], work: Work) -> Select[*tuple[Any, ...]]:
    if work is Work.ACCOUNTS:
        return statement.select_from(_COMPANY)
    if work is Work.CONTACTS:
        return statement.select_from(Contact).outerjoin(_COMPANY, _COMPANY.id == Contact.account_id)
    model = _KINDS[work][0]
    if work is Work.DEALS:
        company = func.coalesce(Opportunity.account_id, Contact.account_id)
        statement = statement.select_from(model).outerjoin(Contact, Contact.id == Opportunity.contact_id)
        return statement.outerjoin(_COMPANY, _COMPANY.id == company)
    statement = statement.select_from(model).join(Contact, Contact.id == model.contact_id)
    return statement.outerjoin(_COMPANY, _COMPANY.id == Contact.account_id)


def _whose(work: Work, owner: Any, scope: Scope) -> list[Any]:
    """Conditions on who has it now."""
    if scope.from_id is not None:
        found = [owner == scope.from_id]
    else:
        others = owner.not_in(scope.to_ids) if scope.to_ids else literal(value=True)
        found = [or_(owner.is_(None), others) if work in _OWNERLESS_TOO else and_(owner.is_not(None), others)]
    if scope.manager_id is not None:
        theirs = owner.in_(led_by(scope.manager_id))
        found.append(or_(owner.is_(None), theirs) if work in _OWNERLESS_TOO else theirs)
    return found


def led_by(manager_id: UUID) -> Any:
    """Who is in a manager's teams, as a subquery."""
    teams = teams_led_by(manager_id)
    return select(TeamMember.person_id).where(TeamMember.team_id.in_(teams)).scalar_subquery()


def _where(work: Work, scope: Scope) -> list[Any]:
    """Conditions on the territory."""
    found: list[Any] = []
    if scope.country:
        country = _COMPANY.country if work is Work.ACCOUNTS else func.coalesce(_COMPANY.country, Contact.country)
        found.append(country == scope.country)
    if scope.industry:
        found.append(func.lower(_COMPANY.industry) == scope.industry.lower())
    if scope.account_owner_id:
        found.append(_COMPANY.owner_id == scope.account_owner_id)
    return found


_ITS_LEAD = aliased(Lead)
_GOES_WITH_ITS_LEAD = exists().where(
    _ITS_LEAD.id == Enrolment.lead_id, _ITS_LEAD.closed_at.is_(None), _ITS_LEAD.owner_id == Enrolment.person_id
)
_KINDS: Mapping[Work, tuple[Any, Any, tuple[Any, ...]]] = {
    Work.LEADS: (Lead, Lead.owner_id, (Lead.closed_at.is_(None),)),
    Work.PLANS: (Enrolment, Enrolment.person_id, (Enrolment.ended_at.is_(None), ~_GOES_WITH_ITS_LEAD)),
    Work.TASKS: (Task, Task.person_id, (Task.done_at.is_(None),)),
    Work.HANDOFFS: (Handoff, Handoff.ae_id, (Handoff.state == WAITING,)),
    Work.DEALS: (Opportunity, Opportunity.ae_id, (Opportunity.closed_at.is_(None),)),
    Work.CONTACTS: (Contact, Contact.owner_id, ()),
    Work.ACCOUNTS: (_COMPANY, _COMPANY.owner_id, ()),
}
"""Table, whose it is, and what of it is work still."""


def colleagues(session: Session, person_ids: Iterable[UUID | None]) -> dict[UUID, Colleague]:
    """Our people by id, with their roles; also those who left."""
    ids = {one for one in person_ids if one is not None}
    rows = session.execute(
        select(Person.id, Person.name, Person.active, Person.slack_user_id, PersonRole.role)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.id.in_(ids))
    ).all()
    roles: dict[UUID, set[Role]] = {}
    for row in rows:
        roles.setdefault(row.id, set()).update([row.role] if row.role is not None else [])
    return {
        row.id: Colleague(row.id, row.name, frozenset(roles[row.id]), row.active, row.slack_user_id is not None)
        for row in rows
    }


def find_colleagues(
    session: Session, typed: str, manager_id: UUID | None, *, givers: bool, limit: int = 50
) -> list[Colleague]:
    """People for a typeahead, by name. ``givers``: also those who left, for whom work may still stand."""
    statement = select(Person.id).order_by(Person.active.desc(), Person.name, Person.id).limit(limit)
    if typed.strip():
        statement = statement.where(func.lower(Person.name).contains(typed.strip().lower(), autoescape=True))
    if manager_id is not None:
        statement = statement.where(Person.id.in_(led_by(manager_id)))
    if not givers:
        sells = exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(SELLING))
        statement = statement.where(Person.active.is_(True), Person.slack_user_id.is_not(None), sells)
    ids = session.scalars(statement).all()
    found = colleagues(session, ids)
    return [found[one] for one in ids]


def reps_of_team(session: Session, team_id: UUID) -> list[UUID]:
    """Active MRRs and SDRs of a team whom Slack knows."""
    works = exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_((Role.MRR, Role.SDR)))
    statement = (
        select(Person.id)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(TeamMember.team_id == team_id, Person.active.is_(True), Person.slack_user_id.is_not(None), works)
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(statement))
