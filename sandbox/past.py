"""Two quarters of the made-up company as rows: raised hands, plans that ended, handoffs, intro calls, deals.

No import carries what is over, so this writes into the tables; what is under way comes in by the product's own imports
(`worked.py`). What must stay true: the same seed and day make the same past; nothing in it waits for anybody or lies
in the future; each row has the history that the product would have written beside it.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Enrolment, HandRaise, Lead, LeadMove, Person, ScoreEntry
from bot.domain.cadence import EndReason
from bot.domain.scoring import ScoreFacts, score
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Source, Stage
from bot.playbook.schema import Playbook
from sandbox.market import Somebody
from sandbox.past_deals import Closing
from sandbox.past_rows import Known, Rows
from sandbox.work_words import ASKS, REASONS, SAID
from sandbox.workdays import DAY, HOME_ZONE, is_working_day
from sandbox.worked import HOST, OPENERS, World

ANSWERING = tuple(f"{name}@{HOST}" for name in ("sam", "ada", "sam", "ada", "maya", "bea"))
WANTS = (
    (Intent.CONTACT_ME, Source.CONTACT_FORM),
    (Intent.CONTACT_ME, Source.REFERRAL),
    (Intent.TRIAL_REQUEST, Source.FREE_TRIAL),
    (Intent.DOWNLOAD, Source.WHITEPAPER),
    (Intent.WEBINAR, Source.WEBINAR),
    (Intent.CONTACT_ME, Source.CONTACT_FORM),
    (Intent.EVENT, Source.TRADESHOW),
)
HOT = (Intent.CONTACT_ME, Intent.TRIAL_REQUEST)
SILENCE = (
    (Channel.EMAIL, Outcome.SENT),
    (Channel.CALL, Outcome.VOICEMAIL),
    (Channel.EMAIL, Outcome.SENT),
    (Channel.CALL, Outcome.NO_ANSWER),
    (Channel.EMAIL, Outcome.SENT),
    (Channel.CALL, Outcome.GATEKEEPER),
    (Channel.EMAIL, Outcome.SENT),
    (Channel.CALL, Outcome.VOICEMAIL),
)


class Past:
    """Makes what happened until ``now``. ``people``: our own, by e-mail."""

    def __init__(self, people: Mapping[str, UUID], rules: Playbook, now: datetime, seed: int) -> None:
        self._people, self._rules, self._now = people, rules, now
        self._dice = random.Random(seed)  # noqa: S311
        self.rows = Rows()
        self._closing = Closing(self.rows, people, now, self._dice)

    def happen(self, inbound: Iterator[Known], outbound: Mapping[str, Iterator[Known]]) -> None:
        """Day after day, until nobody is left to whom something could have happened."""
        answering = cycle(self._people[email] for email in ANSWERING)
        everyday = list(days(self._now))
        for number, day in enumerate(everyday):
            for known in islice(inbound, 2 + number % 2 if self._fresh(day) else 1 + number % 2):
                rep = next(answering)
                # Sam has waited longest by now, so that the demo's first lead is his.
                late = day in everyday[-3:] and rep == self._people[ANSWERING[0]]
                self._raised(known, day, next(answering) if late else rep)
            email = OPENERS[number % 4].email
            if (them := next(outbound[email], None)) is not None:
                self._opened(them, day, self._people[email])
            if number % 5 == 0:
                self._closing.again(day)

    def _fresh(self, day: date) -> bool:
        """Of this quarter, in which all goes better than in the last."""
        return (day.year, (day.month - 1) // 3) == (self._now.year, (self._now.month - 1) // 3)

    def _at(self, day: date, first: int = 9, last: int = 16) -> datetime:
        """Some moment of a day's office hours."""
        minute = self._dice.randrange(first * 60, last * 60)
        at = datetime.combine(day, time(minute // 60, minute % 60, self._dice.randrange(60)), HOME_ZONE)
        return at.astimezone(UTC)

    def _raised(self, known: Known, day: date, rep: UUID) -> None:
        """A raised hand, its answer, and what came of it."""
        at = self._at(day)
        intent, source = self._dice.choice(WANTS)
        hot, junk = intent in HOT, self._dice.random() < 0.07
        wait = self._wait(hot)
        answered = None if junk else at + wait
        if answered is not None and answered >= self._now:
            return
        values = {"raised_at": at, "received_at": at, "owned_at": at, "owner_id": rep, "intent": intent, "hot": hot}
        values |= {"response_due_at": at + timedelta(minutes=5) if hot else at + DAY, "source": source}
        values |= {"first_response_at": answered, "first_response_by_id": None if junk else rep}
        values |= {"response_on_shift_seconds": None if junk else int(wait.total_seconds()), "round": 1}
        lead = self._lead(known, values)
        self.rows.people[rep] = {"last_assigned_at": at}
        message = self._dice.choice(ASKS) if hot else ""
        lead["message"] = message
        self.rows.add(
            HandRaise, lead_id=lead["id"], intent=intent, source=source, message=message, raised_at=at, extra={}
        )
        self._score(known, lead, intent, source, at)
        if answered is None:
            self._ends(lead, LeadState.JUNK, at + timedelta(minutes=20), rep, "Student or private person")
            return
        self._moves(lead, LeadState.OPEN, LeadState.CLAIMED, at + wait / 3, rep)
        lead |= {"claimed_at": at + wait / 3, "claimed_by_id": rep, "seen_at": at + wait / 4}
        self._moves(lead, LeadState.CLAIMED, LeadState.RESPONDED, answered, rep)
        spoke = self._dice.random() < 0.62
        said = Outcome.CONNECTED if spoke else Outcome.VOICEMAIL
        note = self._dice.choice(SAID) if spoke else ""
        self.rows.touch(known, rep, answered, (Channel.CALL, said), note=note, lead_id=lead["id"])
        self._goes_on(known, lead, rep, answered, spoke=spoke)

    def _wait(self, hot: bool) -> timedelta:
        """How long somebody waits for the first answer; now and then too long."""
        if self._dice.random() < 0.12:
            return timedelta(minutes=self._dice.randrange(8, 50)) if hot else timedelta(hours=26)
        return (
            timedelta(seconds=self._dice.randrange(35, 280)) if hot else timedelta(minutes=self._dice.randrange(9, 300))
        )

    def _goes_on(self, known: Known, lead: dict[str, Any], rep: UUID, at: datetime, *, spoke: bool) -> None:
        if spoke and self._dice.random() < (0.85 if self._fresh(at.date()) else 0.6) and at + 9 * DAY < self._now:
            self._closing.hand_over(known, lead, rep, at + timedelta(minutes=self._dice.randrange(5, 40)))
            return
        closed = at + self._dice.randrange(2, 10) * DAY
        if not spoke:
            for place in range(1, 4):
                later = at + 2 * place * DAY
                if later < min(closed, self._now):
                    self.rows.touch(known, rep, later, SILENCE[place], lead_id=lead["id"])
        if closed < self._now:
            self._ends(lead, LeadState.RECYCLED, closed, rep, "no time for it this quarter" if spoke else "no answer")

    def _opened(self, known: Known, day: date, rep: UUID) -> None:
        """A cadence to its end: nobody answers, somebody says no, or they talk."""
        answers = self._dice.random() < 0.3
        steps = self._dice.randrange(2, 8) if answers else len(SILENCE)
        days_between = (0, 1, 5, 6, 10, 11, 15, 16)
        last = day + days_between[steps - 1] * DAY
        ended = self._at(last if answers else day + 21 * DAY, 15, 17)
        if ended >= self._now:
            return
        for place in range(steps - answers):
            self.rows.touch(known, rep, self._at(day + days_between[place] * DAY), SILENCE[place])
        reason, rests = (EndReason.RECYCLED, last + 90 * DAY) if not answers else (EndReason.CONVERSATION, None)
        said = Outcome.CONNECTED
        if answers and self._dice.random() < 0.4:
            reason, said = EndReason.NO, Outcome.NOT_INTERESTED
        self.rows.add(
            Enrolment,
            contact_id=known.id,
            person_id=rep,
            account_id=known.account_id,
            kind="cadence",
            reason=self._dice.choice(REASONS),
            started_on=day,
            cycle=1 + (steps - 1) // 2,
            last_email_on=last,
            rests_until=rests,
            ended_at=ended,
            end_reason=reason.value,
            state={},
        )
        if not answers:
            return
        self.rows.touch(known, rep, ended, (Channel.CALL, said), note=self._dice.choice(SAID))
        if reason is EndReason.CONVERSATION and ended + 9 * DAY < self._now:
            owned = {"raised_at": ended, "received_at": ended, "owned_at": ended, "owner_id": rep, "round": 1}
            values = owned | {"intent": Intent.OTHER, "hot": False, "source": Source.LIST, "response_due_at": None}
            values |= {"first_response_at": None, "first_response_by_id": None, "response_on_shift_seconds": None}
            self._closing.hand_over(known, self._lead(known, values), rep, ended + timedelta(minutes=15))

    def _lead(self, known: Known, values: dict[str, Any]) -> dict[str, Any]:
        """A lead, to be changed as it goes on."""
        closed = {"closed_at": None, "close_reason": None}
        claimed = {"claimed_at": None, "claimed_by_id": None, "seen_at": None}
        lead = values | closed | claimed | {"state": LeadState.RESPONDED, "message": "", "owner_reason": []}
        lead |= {"id": new_id(), "contact_id": known.id, "account_id": known.account_id}
        self.rows.add(Lead, **lead)
        kept = self.rows.tables[Lead][-1]
        self._moves(kept, None, LeadState.OPEN, kept["raised_at"], None)
        self.rows.contacts.setdefault(known.id, {})["stage"] = Stage.LEAD
        return kept

    def _moves(
        self,
        lead: dict[str, Any],
        before: LeadState | None,
        after: LeadState,
        at: datetime,
        rep: UUID | None,
        reason: str = "",
    ) -> None:
        self.rows.add(LeadMove, lead_id=lead["id"], from_state=before, to_state=after, at=at, by_id=rep, reason=reason)

    def _ends(self, lead: dict[str, Any], state: LeadState, at: datetime, rep: UUID, why: str) -> None:
        self._moves(lead, LeadState.OPEN if state is LeadState.JUNK else LeadState.RESPONDED, state, at, rep, why)
        lead |= {"state": state, "closed_at": at, "close_reason": why}

    def _score(self, known: Known, lead: dict[str, Any], intent: Intent, source: Source, at: datetime) -> None:
        company = known.them.company
        facts = ScoreFacts(
            email=known.them.email,
            title=known.them.title,
            company_name=company.name,
            company_domain=company.domain,
            industry=company.industry,
            employees=company.employees,
            intent=intent,
            source=source,
        )
        lines = score(facts, self._rules)
        for line in lines:
            self.rows.add(
                ScoreEntry,
                contact_id=known.id,
                lead_id=lead["id"],
                part=line.part,
                points=line.points,
                reason=line.reason,
                at=at,
            )
        self.rows.contacts.setdefault(known.id, {})["score"] = sum(line.points for line in lines)


def days(now: datetime) -> Iterator[date]:
    """The working days from the beginning of the last quarter until yesterday."""
    today = now.astimezone(HOME_ZONE).date()
    month = (today.month - 1) // 3 * 3 + 1 - 3
    day = date(today.year, month, 1) if month > 0 else date(today.year - 1, month + 12, 1)
    while day < today:
        if is_working_day(day):
            yield day
        day += DAY


def write_past(session: Session, made: World, rules: Playbook, now: datetime, seed: int) -> None:
    """Put the past into the database; the people of ``made`` and our own are in it already."""
    people = {row.email: row.id for row in session.execute(select(Person.email, Person.id))}
    ids = {row.email: row for row in session.execute(select(Contact.email, Contact.id, Contact.account_id))}

    def known(group: list[Somebody]) -> Iterator[Known]:
        return (Known(ids[one.email].id, ids[one.email].account_id, one) for one in group if one.email in ids)

    past = Past(people, rules, now, seed)
    past.happen(known(made.inbound), {email: known(group) for email, group in made.outbound.items()})
    past.rows.write(session)
