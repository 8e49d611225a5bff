"""Random histories of a small team, as plain values, and the same put into a database.

``recount`` says every number from the plain values alone, without a line of the product's SQL: what it is held against.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import floor
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
from bot.db.queries.pipeline_sets import ANSWERS, MEETINGS, Lens
from bot.domain.metrics import Number, Scope, Value, money
from bot.domain.terms import OUTCOMES, Channel, Intent, LeadState, Outcome, Role, Source, Stage

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
FIRST = NOW - timedelta(days=60)
Fact = dict[str, Any]
OPEN_HANDOFFS = ("waiting", "accepted", "held")
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


@dataclass
class Recount:
    """Every number of a history through a lens, counted by hand."""

    made: History
    lens: Lens

    def numbers(self) -> Mapping[Number, Value]:
        """All of them."""
        return self.deals() | self.funnel() | self.outbound() | self.calls() | self.speed()

    def theirs(self, *people: UUID | None) -> bool:
        scope: Scope = self.lens.scope
        mine = set(scope.people).union(*(self.made.teams.get(team, []) for team in scope.teams))
        return scope.everyone or any(one in mine for one in people)

    def within(self, at: datetime | None) -> bool:
        return at is not None and self.lens.starts_at <= at < self.lens.ends_at

    def seen(self, fact: Fact, source: Source | None) -> bool:
        """Of the source and the segment that are looked at."""
        contact = next(one for one in self.made.contacts if one["id"] == fact["contact_id"])
        if self.lens.source not in (None, source or contact["source"]):
            return False
        segment = self.lens.segment
        if segment is None:
            return True
        account = next((one for one in self.made.accounts if one["id"] == fact["account_id"]), None)
        if account is None:
            return False
        staff = account["employees"]
        return (
            (not segment.industries or (account["industry"] or "").lower() in segment.industries)
            and (not segment.countries or account["country"] in segment.countries)
            and (not segment.employees_from or (staff is not None and staff >= segment.employees_from))
            and (segment.employees_to is None or (staff is not None and staff <= segment.employees_to))
        )

    def lead_of(self, fact: Fact) -> Fact | None:
        return next((one for one in self.made.leads if one["id"] == fact["lead_id"]), None)

    def deals(self) -> dict[Number, Value]:
        mine = [
            one
            for one in self.made.deals
            if self.theirs(one["ae_id"], one["rep_id"]) and self.seen(one, (self.lead_of(one) or {}).get("source"))
        ]
        decided = [one for one in mine if self.within(one["closed_at"])]
        won = [one for one in decided if one["state"] == "won"]
        kinds = {"new": Number.CLOSED_NEW, "add_on": Number.CLOSED_ADD_ON, "renewal": Number.CLOSED_RENEWAL}
        return {
            Number.CLOSED: _sum(won),
            **{number: _sum([one for one in won if one["kind"] == kind]) for kind, number in kinds.items()},
            Number.CLOSE_RATE: Value(len(decided), len(won)),
            Number.PIPELINE: _sum([one for one in mine if self.within(one["qualified_at"])]),
        }

    def raised(self) -> list[Fact]:
        return [one for one in self.made.leads if self._is_theirs(one)]

    def _is_theirs(self, lead: Fact) -> bool:
        handed = [one for one in self.made.handoffs if one["lead_id"] == lead["id"]]
        theirs = (
            self.theirs(lead["owner_id"])
            or any(self.theirs(one["rep_id"]) for one in handed)
            or any(self.theirs(one["ae_id"]) for one in handed if one["state"] not in ("declined", "taken_back"))
        )
        counts = lead["state"] is not LeadState.JUNK and self.within(lead["raised_at"])
        return counts and theirs and self.seen(lead, lead["source"])

    def step(self, lead: Fact) -> int:
        """How far a lead has come, from 1 (raised) to 7 (won)."""
        deals = [one for one in self.made.deals if one["lead_id"] == lead["id"]]
        if deals:
            return 7 if any(one["state"] == "won" for one in deals) else 6
        handed = [one for one in self.made.handoffs if one["lead_id"] == lead["id"] and one["state"] != "taken_back"]
        if any(one["held_at"] for one in handed):
            return 5
        if any(one["state"] not in ("waiting", "declined") for one in handed):
            return 4
        return 3 if handed else 2 if lead["first_response_at"] else 1

    def funnel(self) -> dict[Number, Value]:
        steps = [self.step(lead) for lead in self.raised()]
        numbers = [
            Number.LEADS,
            Number.RESPONDED,
            Number.HANDED_OFF,
            Number.ACCEPTED,
            Number.HELD,
            Number.QUALIFIED,
            Number.WON,
        ]
        found = {number: Value(sum(step >= least for step in steps)) for least, number in enumerate(numbers, 1)}
        return found | {Number.OPPORTUNITY_RATE: Value(len(steps), sum(step >= 6 for step in steps))}

    def outbound(self) -> dict[Number, Value]:
        begun = [
            one
            for one in self.made.enrolments
            if one["kind"] == "cadence"
            and self.lens.first_day <= one["started_on"] <= self.lens.last_day
            and self.theirs(one["person_id"])
            and self.seen(one, None)
        ]
        said = [self._said(one) for one in begun]
        return {
            Number.ENROLLED: Value(len(begun)),
            Number.TOUCHED: Value(sum(bool(one) for one in said)),
            Number.REPLIED: Value(sum(bool(one & {*ANSWERS, *MEETINGS}) for one in said)),
            Number.MEETING: Value(sum(bool(one & set(MEETINGS)) for one in said)),
        }

    def _said(self, enrolment: Fact) -> set[Outcome]:
        """What came of the touches between this enrolment and the contact's next one."""
        same = [one["started_on"] for one in self.made.enrolments if one["contact_id"] == enrolment["contact_id"]]
        until = min((day for day in same if day > enrolment["started_on"]), default=date.max)
        return {
            one["outcome"]
            for one in self.made.touches
            if one["contact_id"] == enrolment["contact_id"]
            and one["undone_at"] is None
            and enrolment["started_on"] <= one["local_date"] < until
        }

    def calls(self) -> dict[Number, Value]:
        talks = [
            one
            for one in self.made.touches
            if one["outcome"] in (Outcome.CONNECTED, Outcome.HELD)
            and one["undone_at"] is None
            and self.within(one["happened_at"])
            and self.theirs(one["person_id"])
            and self.made.people[one["person_id"]] in (Role.MRR, Role.SDR)
            and self.seen(one, None)
        ]
        held = [
            one
            for one in self.made.handoffs
            if self.within(one["held_at"])
            and self.theirs(one["rep_id"], one["ae_id"])
            and self.seen(one, (self.lead_of(one) or {})["source"])
        ]
        return {Number.DISCOVERY_CALLS: Value(len(talks)), Number.INTRO_CALLS: Value(len(held))}

    def speed(self) -> dict[Number, Value]:
        answered = [one for one in self.raised() if one["first_response_at"]]
        wall = sorted(_seconds(one["first_response_at"]) - _seconds(one["raised_at"]) for one in answered)
        shift = sorted(
            one["response_on_shift_seconds"]
            if one["response_on_shift_seconds"] is not None
            else _seconds(one["first_response_at"]) - _seconds(one["raised_at"])
            for one in answered
        )
        due = [
            one
            for one in self.raised()
            if one["response_due_at"] and (one["first_response_at"] or one["response_due_at"] <= self.lens.now)
        ]
        inside = [one for one in due if one["first_response_at"] and one["first_response_at"] <= one["response_due_at"]]
        many = len(answered)
        return {
            Number.RESPONSE_MEDIAN: Value(many, seconds=_at(wall, 50)),
            Number.RESPONSE_P90: Value(many, seconds=_at(wall, 90)),
            Number.SHIFT_MEDIAN: Value(many, seconds=_at(shift, 50)),
            Number.SHIFT_P90: Value(many, seconds=_at(shift, 90)),
            Number.INSIDE_SLA: Value(len(due), len(inside)),
        }


def _sum(deals: list[Fact]) -> Value:
    return Value(len(deals), money=money((one["currency"], one["amount_cents"]) for one in deals))


def _seconds(at: datetime) -> int:
    return floor(at.timestamp())


def _at(waits: list[int], percent: int) -> int | None:
    """The smallest of ``waits`` that so many of a hundred do not exceed."""
    return next((one for place, one in enumerate(waits, 1) if place * 100 >= percent * len(waits)), None)
