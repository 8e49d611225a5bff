"""What became of those who were handed over: the answer, the intro call, the verdict, the money.

What must stay true: a handoff of the past is over; a deal of it is open only where its day is still to come.
"""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from bot.db.base import new_id
from bot.db.models import Handoff, HandoffMove, LeadMove, Meeting, Opportunity, OpportunityMove
from bot.domain.terms import Channel, LeadState, Outcome, Stage
from sandbox.past_rows import Known, Rows
from sandbox.work_words import DECIDES, LOST, NEXT, NOT_QUALIFIED, PROBLEMS, PROMISED, TIMINGS
from sandbox.workdays import DAY, HOME_ZONE, working_day
from sandbox.worked import EXECUTIVES

HALF_AN_HOUR = timedelta(minutes=30)


class Closing:
    """The account executives' part of the past."""

    def __init__(self, rows: Rows, people: Mapping[str, UUID], now: datetime, dice: random.Random) -> None:
        self._rows, self._now, self._dice = rows, now, dice
        self._executives = [people[email] for email in EXECUTIVES]
        self._csm = self._executives[-1]
        self._handed = 0
        self._clients: list[tuple[Known, UUID]] = []

    def hand_over(self, known: Known, lead: dict[str, Any], rep: UUID, at: datetime) -> None:
        """A handoff and all that followed, on the days after ``at``."""
        # The first of them has waited longest by now, so that the demo's first handoff is his.
        fresh = at > self._now - 30 * DAY
        ae = self._executives[1 + self._handed % 2 if fresh else self._handed % len(self._executives)]
        self._handed += 1
        begins = self._call_on(at)
        state = self._dice.choices(("qualified", "not_qualified", "no_show", "declined"), weights=(62, 20, 10, 8), k=1)[
            0
        ]
        answered = at + timedelta(minutes=self._dice.randrange(4, 55))
        held = begins + HALF_AN_HOUR if state in ("qualified", "not_qualified") else None
        ended = {"declined": answered, "no_show": begins + timedelta(minutes=15)}.get(state)
        if ended is None:
            ended = begins + timedelta(minutes=self._dice.randrange(35, 240))
        why = {"not_qualified": self._dice.choice(NOT_QUALIFIED), "declined": "No time this week"}.get(state)
        handoff = self._rows.add(
            Handoff,
            lead_id=lead["id"],
            contact_id=known.id,
            account_id=known.account_id,
            rep_id=rep,
            ae_id=ae,
            state=state,
            contract=self._contract(),
            ae_reason="Fewest open handoffs among the aligned.",
            created_at=at,
            answered_at=answered,
            held_at=held,
            ended_at=ended,
            end_reason=why,
        )
        self._call(known, handoff, ae, rep, begins, state)
        self._steps(handoff, state, (at, answered, held, ended), rep, ae, why or "")
        self._lead_goes(lead, state, at, ended, rep, ae)
        if held is not None:
            self._rows.touch(known, ae, held, (Channel.MEETING, Outcome.HELD), lead_id=lead["id"])
        if state == "qualified":
            self._deal(known, ended, ae, rep, lead_id=lead["id"], handoff_id=handoff)

    def _call_on(self, at: datetime) -> datetime:
        """When the intro call is: some days later, in the afternoon."""
        later = self._later(at, self._dice.randrange(2, 6))
        return later.replace(minute=30 * (later.minute // 30))

    def _contract(self) -> dict[str, str]:
        return {
            "problem": self._dice.choice(PROBLEMS),
            "decision_process": self._dice.choice(DECIDES),
            "decision_maker_known": "Yes, by name.",
            "timing": self._dice.choice(TIMINGS),
            "next_step": self._dice.choice(NEXT),
        }

    def _call(self, known: Known, handoff: UUID, ae: UUID, rep: UUID, begins: datetime, state: str) -> None:
        meeting = new_id()
        self._rows.add(
            Meeting,
            id=meeting,
            contact_id=known.id,
            handoff_id=handoff,
            person_id=ae,
            organiser_id=rep,
            kind="intro_call",
            starts_at=begins,
            ends_at=begins + HALF_AN_HOUR,
            uid=f"{meeting}@handraiser",
            state={"declined": "cancelled", "no_show": "no_show"}.get(state, "held"),
        )

    def _steps(
        self,
        handoff: UUID,
        state: str,
        when: tuple[datetime, datetime, datetime | None, datetime],
        rep: UUID,
        ae: UUID,
        why: str,
    ) -> None:
        at, answered, held, ended = when
        steps: list[tuple[str | None, str, datetime, UUID, str]] = [(None, "waiting", at, rep, "")]
        if state != "declined":
            steps.append(("waiting", "accepted", answered, ae, ""))
        if held is not None:
            steps.append(("accepted", "held", held, ae, ""))
        steps.append((steps[-1][1], state, ended, ae, why))
        for before, after, moment, by, reason in steps:
            self._rows.add(
                HandoffMove, handoff_id=handoff, from_state=before, to_state=after, at=moment, by_id=by, reason=reason
            )

    def _lead_goes(self, lead: dict[str, Any], state: str, at: datetime, ended: datetime, rep: UUID, ae: UUID) -> None:
        def moves(before: LeadState, after: LeadState, when: datetime, by: UUID, reason: str) -> None:
            self._rows.add(
                LeadMove, lead_id=lead["id"], from_state=before, to_state=after, at=when, by_id=by, reason=reason
            )

        before = LeadState.OPEN if lead["first_response_at"] is None else LeadState.RESPONDED
        moves(before, LeadState.HANDED_OFF, at, rep, "to an account executive")
        lead |= {"state": LeadState.HANDED_OFF, "closed_at": at, "close_reason": "handed off"}
        if state != "qualified":
            reason = {"no_show": "did not come to the intro call", "declined": "declined: No time this week"}
            why = reason.get(state, "not qualified")
            moves(LeadState.HANDED_OFF, LeadState.RECYCLED, ended + DAY / 24, rep, why)
            lead |= {"state": LeadState.RECYCLED, "closed_at": ended + DAY / 24, "close_reason": why}

    def _deal(self, known: Known, at: datetime, ae: UUID, rep: UUID | None, kind: str = "new", **more: Any) -> None:
        """An opportunity: won, lost, or still open."""
        won = self._dice.random() < (0.42 if kind == "new" else 0.8)
        proposed = self._later(at, self._dice.randrange(3, 12))
        closed: datetime | None = self._later(proposed, self._dice.randrange(4, 24))
        steps: list[tuple[str | None, str, datetime, str]] = [(None, "qualified", at, "")]
        state, why = "qualified", None
        if proposed < self._now:
            state = "proposal"
            steps.append(("qualified", "proposal", proposed, ""))
        if closed is not None and closed < self._now:
            state, why = ("won", None) if won else ("lost", self._dice.choice(LOST))
            steps.append(("proposal", state, closed, why or ""))
        else:
            closed = None
        links = {"lead_id": None, "handoff_id": None} | more
        deal = self._rows.add(
            Opportunity,
            contact_id=known.id,
            account_id=known.account_id,
            ae_id=ae,
            rep_id=rep,
            kind=kind,
            state=state,
            amount_cents=max(40, known.them.company.employees // 12) * self._dice.randrange(80, 140) * 100,
            currency="USD",
            expected_close_on=(at + self._dice.randrange(20, 60) * DAY).date(),
            qualified_at=at,
            proposal_at=proposed if proposed < self._now else None,
            closed_at=closed,
            close_reason=why,
            promised=self._dice.choice(PROMISED) if state == "won" else "",
            guard={"confirmed": ["need", "decision_maker", "budget", "timing"]} if proposed < self._now else {},
            **links,
        )
        for before, after, moment, reason in steps:
            self._rows.add(
                OpportunityMove,
                opportunity_id=deal,
                from_state=before,
                to_state=after,
                at=moment,
                by_id=ae,
                reason=reason,
            )
        self._become(known, ae, Stage.CLIENT if state == "won" else Stage.OPPORTUNITY)

    def _later(self, at: datetime, days: int) -> datetime:
        """Some days on, in office hours of a working day."""
        day = working_day((at + days * DAY).astimezone(HOME_ZONE).date())
        hour = time(self._dice.randrange(9, 17), self._dice.randrange(60))
        return datetime.combine(day, hour, HOME_ZONE).astimezone(UTC)

    def _become(self, known: Known, ae: UUID, stage: Stage) -> None:
        """A client stays one, whatever comes of the next deal."""
        if any(known.id == one.id for one, _ in self._clients):
            return
        self._rows.contacts.setdefault(known.id, {})["stage"] = stage
        if known.account_id is not None:
            facts = self._rows.accounts.setdefault(known.account_id, {})
            facts |= {"stage": stage, "owner_id": ae}
            if stage is Stage.CLIENT:
                facts["csm_id"] = self._csm
                facts["strategic"] = known.them.company.employees > 1000
        if stage is Stage.CLIENT:
            self._clients.append((known, ae))

    def again(self, day: date) -> None:
        """A client buys more, or renews."""
        if not self._clients:
            return
        known, ae = self._dice.choice(self._clients)
        at = datetime.combine(day, time(11), HOME_ZONE).astimezone(UTC)
        self._deal(known, at, ae, None, self._dice.choice(("add_on", "renewal")))
