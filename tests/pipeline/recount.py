"""Every number of a history, counted by hand from the plain values, without a line of the product's SQL.

It is what that SQL is held against.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import floor
from uuid import UUID

from bot.db.queries.pipeline_sets import ANSWERS, MEETINGS, Lens
from bot.domain.metrics import Number, Scope, Value, money
from bot.domain.terms import LeadState, Outcome, Role, Source
from tests.pipeline.history import Fact, History


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
