"""Reads about deals: a person's open ones, one with its history, and finding one by what was typed (process §8).

What must stay true: everybody sees their own deals, a manager those of their teams, an admin all; sums are of all
open deals that somebody sees, whatever page is shown, each currency by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Contact,
    Handoff,
    NameToken,
    Opportunity,
    OpportunityMove,
    Person,
    TeamMember,
)
from bot.db.queries.lead_facts import Somebody
from bot.db.queries.led_teams import teams_led_by
from bot.db.queries.name_search import AFTER
from bot.db.session import PlaybookInForce
from bot.domain.commands import Actor
from bot.domain.errors import NotFound
from bot.domain.money import Money, sums
from bot.domain.name_words import tokens
from bot.domain.opportunities import OPEN_DEALS, DealState, Guard
from bot.domain.terms import Role

PAGE: Final = 10
FOUND: Final = 12
MOVES: Final = 15
_OPEN: Final = tuple(state.value for state in OPEN_DEALS)


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal in a list. ``company`` and ``contact`` are outside text."""

    deal_id: UUID
    company: str
    contact: str
    state: DealState
    kind: str
    money: Money
    expected_close_on: date | None
    ae: str
    mine: bool

    @property
    def name(self) -> str:
        """How the deal is called: its company, else its person."""
        return self.company or self.contact or "a deal without a name"


@dataclass(frozen=True, slots=True)
class DealsPage:
    """A page of somebody's open deals: by expected close, those without a day last. ``sums``: of all of them."""

    lines: tuple[DealLine, ...]
    offset: int
    total: int
    sums: tuple[Money, ...]
    today: date


@dataclass(frozen=True, slots=True)
class DealMove:
    """A line of a deal's history. ``reason`` is what one of ours wrote."""

    before: DealState | None
    after: DealState
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class DealCard:
    """One deal with all it shows. ``contract``: what the handoff promised to solve, question and answer."""

    deal_id: UUID
    version: int
    company: str
    contact: str
    contact_id: UUID | None
    state: DealState
    kind: str
    money: Money
    expected_close_on: date | None
    next_step: str
    guard: Guard
    wanted: tuple[str, ...]
    promised: str
    close_reason: str | None
    qualified_at: datetime
    proposal_at: datetime | None
    closed_at: datetime | None
    ae: Somebody
    rep: Somebody | None
    csm: Somebody | None
    contract: tuple[tuple[str, str], ...]
    moves: tuple[DealMove, ...]

    @property
    def name(self) -> str:
        """How the deal is called: its company, else its person."""
        return self.company or self.contact or "a deal without a name"

    @property
    def open(self) -> bool:
        """Whether it is still to be won or lost."""
        return self.state in OPEN_DEALS


def open_deals(session: Session, actor: Actor, today: date, offset: int = 0) -> DealsPage:
    """A page of the open deals that ``actor`` sees, what is expected soonest first."""
    which = and_(Opportunity.state.in_(_OPEN), visible(actor))
    late = (Opportunity.expected_close_on.is_(None), Opportunity.expected_close_on, Opportunity.id)
    rows = session.execute(_lines(actor).where(which).order_by(*late).limit(PAGE).offset(max(offset, 0))).all()
    added = session.execute(
        select(Opportunity.currency, func.sum(Opportunity.amount_cents), func.count())
        .where(which)
        .group_by(Opportunity.currency)
    ).all()
    totals = sums(Money(int(cents), currency) for currency, cents, _ in added)
    return DealsPage(tuple(_line(row) for row in rows), max(offset, 0), sum(row[2] for row in added), totals, today)


def find_deals(session: Session, actor: Actor, typed: str) -> tuple[DealLine, ...]:
    """Deals whose company or person has every typed word, open ones first, then the latest; at most a dozen."""
    words = [tokens(word) for word in typed.split()[:6]]
    named = [_named(spellings) for spellings in words if spellings]
    if not named:
        return ()
    newest = (Opportunity.state.in_(_OPEN).desc(), Opportunity.qualified_at.desc(), Opportunity.id.desc())
    found = _lines(actor).where(visible(actor), *named).order_by(*newest).limit(FOUND)
    return tuple(_line(row) for row in session.execute(found).all())


def deal_card(session: Session, deal_id: UUID, actor: Actor | None = None) -> DealCard:
    """One deal; for ``actor`` only if they see it. Raises ``NotFound``."""
    executive, rep, csm = aliased(Person), aliased(Person), aliased(Person)
    row = session.execute(
        select(Opportunity, Account, Contact, executive, rep, csm, Handoff.contract)
        .join(executive, executive.id == Opportunity.ae_id)
        .outerjoin(rep, rep.id == Opportunity.rep_id)
        .outerjoin(Account, Account.id == Opportunity.account_id)
        .outerjoin(csm, csm.id == Account.csm_id)
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
        .outerjoin(Handoff, Handoff.id == Opportunity.handoff_id)
        .where(Opportunity.id == deal_id, visible(actor) if actor is not None else true())
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("That deal is not there any more, or it is not one of yours.")
    deal, account, contact = row[0], row[1], row[2]
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    labels: dict[str, str] = {field.key: field.label for field in rules.handoff.contract}
    return DealCard(
        deal_id=deal.id,
        version=deal.version,
        company=account.name if account else "",
        contact=_called(contact),
        contact_id=deal.contact_id,
        state=DealState(deal.state),
        kind=deal.kind,
        money=Money(deal.amount_cents, deal.currency),
        expected_close_on=deal.expected_close_on,
        next_step=deal.next_step,
        guard=Guard.stored(deal.guard),
        wanted=tuple(rules.opportunities.proposal_guard),
        promised=deal.promised,
        close_reason=deal.close_reason,
        qualified_at=deal.qualified_at,
        proposal_at=deal.proposal_at,
        closed_at=deal.closed_at,
        ae=_somebody(row[3]) or Somebody(deal.ae_id, "Somebody", None),
        rep=_somebody(row[4]),
        csm=_somebody(row[5]),
        contract=_answers(row[6], labels),
        moves=_moves(session, deal.id),
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """The deals somebody sees: own as executive, as rep who handed over, as the company's CSM; their teams'; or all."""
    if actor.has(Role.ADMIN):
        return true()
    mine = actor.person_id
    accounts = select(Account.id).where(Account.csm_id == mine)
    seen = [Opportunity.ae_id == mine, Opportunity.rep_id == mine, Opportunity.account_id.in_(accounts)]
    if actor.has(Role.MANAGER):
        teams = teams_led_by(mine)
        seen.append(Opportunity.ae_id.in_(select(TeamMember.person_id).where(TeamMember.team_id.in_(teams))))
        seen.append(Opportunity.ae_id.not_in(select(TeamMember.person_id)))
    return or_(*seen)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Opportunity.id,
            Account.name.label("company"),
            Contact.first_name,
            Contact.last_name,
            Contact.email,
            Opportunity.state,
            Opportunity.kind,
            Opportunity.amount_cents,
            Opportunity.currency,
            Opportunity.expected_close_on,
            Person.name.label("ae"),
            (Opportunity.ae_id == actor.person_id).label("mine"),
        )
        .join(Person, Person.id == Opportunity.ae_id)
        .outerjoin(Account, Account.id == Opportunity.account_id)
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
    )


def _line(row: Any) -> DealLine:
    return DealLine(
        deal_id=row.id,
        company=row.company or "",
        contact=f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email or "",
        state=DealState(row.state),
        kind=row.kind,
        money=Money(row.amount_cents, row.currency),
        expected_close_on=row.expected_close_on,
        ae=row.ae,
        mine=bool(row.mine),
    )


def _named(spellings: Sequence[str]) -> ColumnElement[bool]:
    """Company or person has a word that begins so, in any of its spellings."""
    begins = or_(*(and_(NameToken.token >= word, NameToken.token < word + AFTER) for word in spellings))
    accounts = select(NameToken.account_id).where(NameToken.account_id.is_not(None), begins)
    contacts = select(NameToken.contact_id).where(NameToken.contact_id.is_not(None), begins)
    return or_(Opportunity.account_id.in_(accounts), Opportunity.contact_id.in_(contacts))


def _called(contact: Contact | None) -> str:
    if contact is None:
        return ""
    return f"{contact.first_name} {contact.last_name}".strip() or contact.email or ""


def _somebody(person: Person | None) -> Somebody | None:
    return Somebody(person.id, person.name, person.slack_user_id) if person is not None else None


def _answers(contract: Mapping[str, Any] | None, labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((labels.get(key, key), str(said)) for key, said in (contract or {}).items() if said)


def _moves(session: Session, deal_id: UUID) -> tuple[DealMove, ...]:
    rows = session.execute(
        select(
            OpportunityMove.from_state,
            OpportunityMove.to_state,
            OpportunityMove.at,
            Person.name,
            OpportunityMove.reason,
        )
        .outerjoin(Person, Person.id == OpportunityMove.by_id)
        .where(OpportunityMove.opportunity_id == deal_id)
        .order_by(OpportunityMove.id.desc())
        .limit(MOVES)
    ).all()
    return tuple(
        DealMove(DealState(row[0]) if row[0] else None, DealState(row[1]), row[2], row[3], row[4]) for row in rows[::-1]
    )
