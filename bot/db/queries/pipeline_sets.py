"""The sets of rows that the numbers of ``/pipeline`` are made of (process §9): what belongs to each, and to whom.

What must stay true: a number and the rows behind it are read from the same set, by the same conditions; a set holds
only what the lens lets through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, case, cast, func, literal, null, or_, select, true
from sqlalchemy.orm import aliased

from bot.db.models import Account, Contact, Enrolment, Handoff, Lead, Opportunity, PersonRole, TeamMember, Touch
from bot.db.models.touches import CONVERSATION, STANDING
from bot.domain.metrics import LeadStep, OutboundStep, RowSet, Scope
from bot.domain.terms import LeadState, Outcome, Role, Source
from bot.playbook.schema import Segment

Column = ColumnElement[Any]
REPS = (Role.MRR, Role.SDR)
ACCEPTED = ("accepted", "held", "qualified", "not_qualified", "no_show")
"""States of a handoff that an account executive has said yes to."""
NOT_THEIRS = ("declined", "taken_back")
"""States in which a handoff is not, or no longer, its account executive's."""
MEETINGS = (Outcome.MEETING_BOOKED, Outcome.HELD)
ANSWERS = (
    Outcome.CONNECTED,
    Outcome.CALLBACK,
    Outcome.NOT_NOW,
    Outcome.REFERRAL,
    Outcome.NOT_INTERESTED,
    Outcome.DO_NOT_CALL,
    Outcome.REPLY_POSITIVE,
    Outcome.REPLY_NEGATIVE,
    Outcome.OPTED_OUT,
    Outcome.THEY_RESPONDED,
)
"""What says that the person answered."""
SILENT = (
    Outcome.SENT,
    Outcome.NO_ANSWER,
    Outcome.VOICEMAIL,
    *(one for one in Outcome if one not in {Outcome.SENT, Outcome.NO_ANSWER, Outcome.VOICEMAIL, *ANSWERS, *MEETINGS}),
)
"""What does not, the usual first."""


@dataclass(frozen=True, slots=True)
class Lens:
    """What is looked at: whose facts, from when until before when (UTC), and those moments' local days.

    ``sqlite``: which way the database counts seconds.
    """

    scope: Scope
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date
    now: datetime
    sqlite: bool
    source: Source | None = None
    segment: Segment | None = None

    def within(self, column: Any) -> Column:
        """A moment of the period."""
        return and_(column >= self.starts_at, column < self.ends_at)


@dataclass(frozen=True, slots=True)
class Rows:
    """A set: its tables and conditions, and its columns by name."""

    base: Select[*tuple[Any, ...]]
    columns: dict[str, Any]

    def pick(self, *names: str) -> Select[*tuple[Any, ...]]:
        """The set with these columns."""
        return self.base.add_columns(*(self.columns[name].label(name) for name in names))


def theirs(scope: Scope, *columns: Any) -> Column:
    """Whether one of these people is in the scope."""
    if scope.everyone:
        return true()
    members = select(TeamMember.person_id).where(TeamMember.team_id.in_(scope.teams))
    return or_(*(column.in_(scope.people) for column in columns), *(column.in_(members) for column in columns))


def rows_of(which: RowSet, lens: Lens) -> Rows:
    """The set, seen through the lens."""
    return _SETS[which](lens)


def seen_through(base: Select[*tuple[Any, ...]], lens: Lens, contact_id: Any, account_id: Any, lead: Any = None) -> Any:
    """``base``, of the lens's source and segment. A lead's source comes before its contact's."""
    if lens.source is not None:
        them = aliased(Contact)
        base = base.outerjoin(them, them.id == contact_id)
        source = them.source if lead is None else func.coalesce(lead, them.source)
        base = base.where(source == lens.source.value)
    if lens.segment is not None:
        company = aliased(Account)
        base = base.join(company, company.id == account_id).where(_fits(company, lens.segment))
    return base


def _fits(company: Any, segment: Segment) -> Column:
    wanted: list[Column] = [true()]
    if segment.industries:
        wanted.append(func.lower(company.industry).in_(segment.industries))
    if segment.countries:
        wanted.append(company.country.in_(segment.countries))
    if segment.employees_from:
        wanted.append(company.employees >= segment.employees_from)
    if segment.employees_to is not None:
        wanted.append(company.employees <= segment.employees_to)
    return and_(*wanted)


def _columns(of: Any, at: Any, rep: Any, ae: Any = None, **more: Any) -> dict[str, Any]:
    nothing = {name: null() for name in ("source", "what", "cents", "currency", "seconds", "shift_seconds")}
    own = {"id": of.id, "at": at, "contact_id": of.contact_id, "account_id": of.account_id, "rep_id": rep}
    return (
        nothing
        | own
        | {"ae_id": cast(null(), Uuid) if ae is None else ae, "step": literal(0), "hit": literal(0)}
        | more
    )


def _deals(lens: Lens, *where: Column) -> Rows:
    base = (
        select()
        .select_from(Opportunity)
        .outerjoin(Lead, Lead.id == Opportunity.lead_id)
        .where(theirs(lens.scope, Opportunity.rep_id, Opportunity.ae_id), *where)
    )
    base = seen_through(base, lens, Opportunity.contact_id, Opportunity.account_id, Lead.source)
    columns = _columns(
        Opportunity,
        Opportunity.closed_at,
        Opportunity.rep_id,
        Opportunity.ae_id,
        source=Lead.source,
        what=Opportunity.state,
        kind=Opportunity.kind,
        cents=Opportunity.amount_cents,
        currency=Opportunity.currency,
        hit=case((Opportunity.state == "won", 1), else_=0),
    )
    return Rows(base, columns)


def _won(lens: Lens) -> Rows:
    return _deals(lens, lens.within(Opportunity.closed_at), Opportunity.state == "won")


def _decided(lens: Lens) -> Rows:
    return _deals(lens, lens.within(Opportunity.closed_at))


def _qualified(lens: Lens) -> Rows:
    here = Opportunity.external_key.is_(None)  # an imported deal was qualified elsewhere, nobody knows when
    found = _deals(lens, lens.within(Opportunity.qualified_at), here)
    return Rows(found.base, found.columns | {"at": Opportunity.qualified_at})


def _raised(lens: Lens, *where: Column) -> Select[*tuple[Any, ...]]:
    """Hands raised in the period, junk left out; whose they are."""
    handed = select(Handoff.lead_id).where(
        or_(
            theirs(lens.scope, Handoff.rep_id),
            and_(theirs(lens.scope, Handoff.ae_id), Handoff.state.not_in(NOT_THEIRS)),
        )
    )
    whose = true() if lens.scope.everyone else or_(theirs(lens.scope, Lead.owner_id), Lead.id.in_(handed))
    base = select().select_from(Lead).where(lens.within(Lead.raised_at), Lead.state != LeadState.JUNK, whose, *where)
    found: Select[*tuple[Any, ...]] = seen_through(base, lens, Lead.contact_id, Lead.account_id, Lead.source)
    return found


def _leads(lens: Lens) -> Rows:
    handed = (
        select(
            func.max(
                case(
                    (Handoff.held_at.is_not(None), int(LeadStep.HELD)),
                    (Handoff.state.in_(ACCEPTED), int(LeadStep.ACCEPTED)),
                    else_=int(LeadStep.HANDED_OFF),
                )
            )
        )
        .where(Handoff.lead_id == Lead.id, Handoff.state != "taken_back")
        .scalar_subquery()
    )
    dealt = (
        select(func.max(case((Opportunity.state == "won", int(LeadStep.WON)), else_=int(LeadStep.QUALIFIED))))
        .where(Opportunity.lead_id == Lead.id)
        .scalar_subquery()
    )
    answered = case((Lead.first_response_at.is_not(None), int(LeadStep.RESPONDED)), else_=int(LeadStep.RAISED))
    step = func.coalesce(dealt, handed, answered)
    columns = _columns(Lead, Lead.raised_at, Lead.owner_id, source=Lead.source, step=step)
    return Rows(_raised(lens), columns)


def _waits(lens: Lens, hit: Any) -> dict[str, Any]:
    wall = _epoch(Lead.first_response_at, lens) - _epoch(Lead.raised_at, lens)
    shift = func.coalesce(Lead.response_on_shift_seconds, wall)
    return _columns(Lead, Lead.raised_at, Lead.owner_id, source=Lead.source, hit=hit, seconds=wall, shift_seconds=shift)


def _epoch(column: Any, lens: Lens) -> Column:
    """Whole seconds since 1970."""
    seconds = func.strftime("%s", column) if lens.sqlite else func.floor(func.extract("epoch", column))
    return cast(seconds, Integer)


def _answered(lens: Lens) -> Rows:
    return Rows(_raised(lens, Lead.first_response_at.is_not(None)), _waits(lens, literal(0)))


def _due(lens: Lens) -> Rows:
    base = _raised(
        lens,
        Lead.response_due_at.is_not(None),
        or_(Lead.first_response_at.is_not(None), Lead.response_due_at <= lens.now),
    )
    return Rows(base, _waits(lens, case((Lead.first_response_at <= Lead.response_due_at, 1), else_=0)))


def _conversations(lens: Lens) -> Rows:
    rep = select(PersonRole.person_id).where(PersonRole.role.in_(REPS))
    # Hidden from SQLite, which would else read all touches of each person rather than the few of the partial index.
    who = func.coalesce(Touch.person_id, Touch.person_id) if lens.sqlite else Touch.person_id
    base = (
        select()
        .select_from(Touch)
        .where(CONVERSATION, lens.within(Touch.happened_at), theirs(lens.scope, who), who.in_(rep))
    )
    base = seen_through(base, lens, Touch.contact_id, Touch.account_id)
    return Rows(base, _columns(Touch, Touch.happened_at, Touch.person_id, what=Touch.outcome))


def _intro_calls(lens: Lens) -> Rows:
    base = (
        select()
        .select_from(Handoff)
        .join(Lead, Lead.id == Handoff.lead_id)
        .where(lens.within(Handoff.held_at), theirs(lens.scope, Handoff.rep_id, Handoff.ae_id))
    )
    base = seen_through(base, lens, Handoff.contact_id, Handoff.account_id, Lead.source)
    columns = _columns(Handoff, Handoff.held_at, Handoff.rep_id, Handoff.ae_id, source=Lead.source, what=Handoff.state)
    return Rows(base, columns)


def outbound_step(of: Any, contact_id: Any, started_on: Any) -> Column:
    """How far an enrolment came: by its contact's touches from its first day to the contact's next enrolment.

    ``of``: what holds the two columns.
    """
    later = aliased(Enrolment)
    next_one = (
        select(func.min(later.started_on))
        .where(later.contact_id == contact_id, later.started_on > started_on)
        .correlate(of)
        .scalar_subquery()
    )
    reached = case(
        (Touch.outcome.in_(SILENT), int(OutboundStep.TOUCHED)),  # nearly all of them: asked first
        (Touch.outcome.in_(MEETINGS), int(OutboundStep.MEETING)),
        else_=int(OutboundStep.REPLIED),
    )
    until = func.coalesce(next_one, date.max)
    touched = (
        select(func.max(reached))
        .select_from(Touch)
        .where(Touch.contact_id == contact_id, Touch.local_date >= started_on, Touch.local_date < until, STANDING)
        .correlate(of)
        .scalar_subquery()
    )
    return func.coalesce(touched, int(OutboundStep.ENROLLED))


def _enrolments(lens: Lens) -> Rows:
    step = outbound_step(Enrolment, Enrolment.contact_id, Enrolment.started_on)
    base = (
        select()
        .select_from(Enrolment)
        .where(
            Enrolment.kind == "cadence",
            Enrolment.started_on >= lens.first_day,
            Enrolment.started_on <= lens.last_day,
            theirs(lens.scope, Enrolment.person_id),
        )
    )
    base = seen_through(base, lens, Enrolment.contact_id, Enrolment.account_id)
    return Rows(base, _columns(Enrolment, Enrolment.started_on, Enrolment.person_id, step=step))


_SETS: dict[RowSet, Callable[[Lens], Rows]] = {
    RowSet.WON_DEALS: _won,
    RowSet.DECIDED_DEALS: _decided,
    RowSet.QUALIFIED_DEALS: _qualified,
    RowSet.LEADS: _leads,
    RowSet.ANSWERED_LEADS: _answered,
    RowSet.DUE_LEADS: _due,
    RowSet.CONVERSATIONS: _conversations,
    RowSet.INTRO_CALLS: _intro_calls,
    RowSet.ENROLMENTS: _enrolments,
}
