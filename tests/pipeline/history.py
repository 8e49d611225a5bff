"""Random histories of a small team, as plain values, and the same put into a database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import (
    Account,
    Base,
    Contact,
    Enrolment,
    Handoff,
    Lead,
    Opportunity,
    Person,
    PersonRole,
    Team,
    TeamMember,
    Touch,
)
from bot.domain.terms import OUTCOMES, Channel, Intent, LeadState, Role, Source, Stage

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
FIRST = NOW - timedelta(days=60)
Fact = dict[str, Any]
CLOSED_HANDOFFS = ("qualified", "not_qualified", "declined", "no_show", "taken_back")
CLEARED = (Touch, Enrolment, Opportunity, Handoff, Lead, Contact, Account, TeamMember, PersonRole, Team, Person)

moments = st.integers(0, 62 * 86_400 * 2).map(lambda half: FIRST + timedelta(seconds=half / 2))
days = st.integers(0, 61).map(lambda day: FIRST.date() + timedelta(days=day))


@dataclass
class History:
    """What happened. ``people`` by role; two teams, the second person of each role is in the second one."""

    people: dict[UUID, Role] = field(default_factory=dict)
    teams: dict[UUID, list[UUID]] = field(default_factory=dict)
    accounts: list[Fact] = field(default_factory=list)
    contacts: list[Fact] = field(default_factory=list)
    leads: list[Fact] = field(default_factory=list)
    handoffs: list[Fact] = field(default_factory=list)
    deals: list[Fact] = field(default_factory=list)
    touches: list[Fact] = field(default_factory=list)
    enrolments: list[Fact] = field(default_factory=list)


@st.composite
def histories(draw: Callable[..., Any]) -> History:
    """A team of five, a few contacts, and anything that may have happened among them."""
    made = History()
    roles = [Role.MRR, Role.SDR, Role.AE, Role.AE, Role.MANAGER]
    made.people = {new_id(): role for role in roles}
    who = list(made.people)
    made.teams = {new_id(): who[0::2], new_id(): who[1::2]}
    industries, countries = st.sampled_from([None, "Steel", "software"]), st.sampled_from([None, "DE", "US"])
    made.accounts = [
        {
            "id": new_id(),
            "industry": draw(industries),
            "country": draw(countries),
            "employees": draw(st.sampled_from([None, 10, 200])),
        }
        for _ in range(3)
    ]
    accounts = [None, *(one["id"] for one in made.accounts)]
    made.contacts = [
        {"id": new_id(), "account_id": draw(st.sampled_from(accounts)), "source": draw(st.sampled_from(SOURCES))}
        for _ in range(draw(st.integers(1, 4)))
    ]
    any_contact, any_one = st.sampled_from(made.contacts), st.sampled_from(who)
    made.leads = [_lead(draw, one, any_one) for one in draw(st.lists(any_contact, min_size=1, max_size=6))]
    for lead in draw(st.lists(st.sampled_from(made.leads), min_size=2, max_size=6)):
        made.handoffs.append(_handoff(draw, lead, any_one))
    for contact in draw(st.lists(any_contact, min_size=2, max_size=6)):
        made.deals.append(_deal(draw, contact, [None, *(one["id"] for one in made.leads)], any_one))
    made.touches = [_touch(draw, one, any_one) for one in draw(st.lists(any_contact, min_size=4, max_size=14))]
    made.enrolments = [_enrolment(draw, one, any_one) for one in draw(st.lists(any_contact, min_size=2, max_size=6))]
    return made


SOURCES = (Source.WEBINAR, Source.REFERRAL)


def _of(contact: Fact) -> Fact:
    return {"id": new_id(), "contact_id": contact["id"], "account_id": contact["account_id"]}


def _lead(draw: Any, contact: Fact, any_one: Any) -> Fact:
    raised, junk = draw(moments), draw(st.integers(0, 4)) == 0
    answered = None if draw(st.booleans()) else raised + timedelta(seconds=draw(st.integers(0, 200_000)) / 2)
    return _of(contact) | {
        "state": LeadState.JUNK if junk else LeadState.CLOSED,
        "closed_at": NOW,
        "source": draw(st.sampled_from(SOURCES)),
        "owner_id": draw(st.none() | any_one),
        "raised_at": raised,
        "response_due_at": draw(st.none() | st.just(raised + timedelta(hours=24))),
        "first_response_at": answered,
        "first_response_by_id": draw(any_one) if answered else None,
        "response_on_shift_seconds": draw(st.none() | st.integers(0, 5000)) if answered else None,
    }


def _handoff(draw: Any, lead: Fact, any_one: Any) -> Fact:
    state = draw(st.sampled_from(CLOSED_HANDOFFS))
    return {
        "id": new_id(),
        "lead_id": lead["id"],
        "contact_id": lead["contact_id"],
        "account_id": lead["account_id"],
        "rep_id": draw(any_one),
        "ae_id": draw(st.none() | any_one),
        "state": state,
        "created_at": draw(moments),
        "held_at": draw(st.none() | moments),
        "ended_at": NOW,
    }


def _deal(draw: Any, contact: Fact, leads: list[UUID | None], any_one: Any) -> Fact:
    state = draw(st.sampled_from(("qualified", "proposal", "won", "lost")))
    return _of(contact) | {
        "lead_id": draw(st.sampled_from(leads)),
        "ae_id": draw(any_one),
        "rep_id": draw(st.none() | any_one),
        "kind": draw(st.sampled_from(("new", "add_on", "renewal"))),
        "state": state,
        "amount_cents": draw(st.integers(0, 10_000_000)),
        "currency": draw(st.sampled_from(("EUR", "USD"))),
        "qualified_at": draw(moments),
        "closed_at": draw(moments) if state in ("won", "lost") else None,
    }


def _touch(draw: Any, contact: Fact, any_one: Any) -> Fact:
    channel = draw(st.sampled_from(list(Channel)))
    return _of(contact) | {
        "person_id": draw(any_one),
        "channel": channel,
        "outcome": draw(st.sampled_from(OUTCOMES[channel])),
        "happened_at": draw(moments),
        "local_date": draw(days),
        "undone_at": draw(st.none() | st.just(NOW)),
    }


def _enrolment(draw: Any, contact: Fact, any_one: Any) -> Fact:
    return _of(contact) | {
        "person_id": draw(any_one),
        "kind": draw(st.sampled_from(("cadence", "cadence", "follow_up"))),
        "started_on": draw(days),
        "ended_at": NOW,
        "end_reason": "reply",
    }


def put(session: Session, made: History) -> None:
    """The history, into tables that hold nothing else."""
    for model in CLEARED:
        session.execute(delete(model))
    person = {"timezone": "UTC", "skills": [], "created_at": NOW}
    _all(session, Person, [person | {"id": one, "email": f"{one}@x.example", "name": "P"} for one in made.people])
    _all(session, PersonRole, [{"person_id": one, "role": role} for one, role in made.people.items()])
    _all(session, Team, [{"id": one, "name": str(one)} for one in made.teams])
    members = [{"team_id": team, "person_id": one} for team, ones in made.teams.items() for one in ones]
    _all(session, TeamMember, members)
    account = {"name": "A", "name_key": "a", "stage": Stage.PROSPECT, "created_at": NOW}
    _all(session, Account, [account | one for one in made.accounts])
    contact = {"stage": Stage.PROSPECT, "external_ids": {}, "extra": {}, "created_at": NOW}
    _all(session, Contact, [contact | one for one in made.contacts])
    lead = {"intent": Intent.CONTACT_ME, "hot": True, "owner_reason": [], "received_at": NOW}
    _all(session, Lead, [lead | one for one in made.leads])
    _all(session, Handoff, [{"contract": {}} | one for one in made.handoffs])
    _all(session, Opportunity, made.deals)
    _all(session, Touch, [{"logged_at": NOW} | one for one in made.touches])
    _all(session, Enrolment, [{"state": {}} | one for one in made.enrolments])


def _all(session: Session, model: type[Base], rows: list[Fact]) -> None:
    if rows:
        session.execute(insert(model), rows)
