"""A small company whose account executives hold calls and close deals; time passes by being told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bot.db.base import new_id
from bot.db.models import (
    Account,
    Contact,
    Handoff,
    HandoffMove,
    Lead,
    Meeting,
    Opportunity,
    OpportunityMove,
    OutboxItem,
)
from bot.domain.commands import AnswerHandoff, CompanyFacts, HandOff, LogTouch, PersonFacts
from bot.domain.deal_commands import HoldCall, Qualify
from bot.domain.money import Money
from bot.domain.opportunities import DealKind
from bot.domain.terms import Channel, LeadState, Outcome, Role, Stage
from bot.service.accounts import make_account
from bot.service.deal_changes import Dealt
from bot.service.handoffs import answer_handoff, hand_off
from bot.service.name_index import rewrite_account_words
from bot.service.touches import log_touch
from bot.service.verdicts import hold_call, qualify
from tests.support.sales_floor import SalesFloor

CONTRACT = {
    "problem": "“We answer too late.”",
    "decision_process": "Jane decides, the board signs.",
    "decision_maker_known": "Yes, Jane.",
    "timing": "Before the summer.",
    "next_step": "An intro call.",
}
TODAY = date(2026, 3, 2)
CLOSE_ON = date(2026, 6, 30)


@dataclass
class Closing:
    """What a test holds: Ada hands over, Erik and Farah close, Mia leads them, Cleo looks after clients."""

    floor: SalesFloor

    @classmethod
    def opened(cls, database: Any) -> "Closing":
        floor = SalesFloor(database)
        floor.hires("Ada", Role.MRR)
        floor.hires("Erik", Role.AE, channel="C0ERIK")
        floor.hires("Farah", Role.AE)
        floor.hires("Mia", Role.MANAGER, manages=True)
        floor.hires("Cleo", Role.CSM)
        floor.hires("Otto", Role.MANAGER, team=False)
        floor.hires("Root", Role.ADMIN, team=False)
        return cls(floor)

    @property
    def now(self) -> datetime:
        return self.floor.now

    def hands_over(
        self,
        email: str = "jane@acme.example",
        company: str = "Acme",
        *,
        to: str = "Erik",
        at: datetime | None = None,
        live: bool = False,
    ) -> UUID:
        """Somebody raised a hand; Ada hands them over, with a call on the day after tomorrow at noon."""
        self.floor.raises(email, first_name="Jane", last_name="Doe", company=company)
        contact = self.floor.contact(email)
        ada = self.floor.actor("Ada")
        self.floor.does(log_touch, LogTouch(ada, contact.id, Channel.CALL, Outcome.CONNECTED, self.now))
        starts_at = None if live else at or self.now + timedelta(days=2)
        command = HandOff(
            ada,
            contact.id,
            CONTRACT,
            ae_id=self.floor.people[to],
            ae_reason="they know each other",
            kind="transfer" if live else "intro_call",
            starts_at=starts_at,
        )
        handoff_id: UUID = self.floor.does(hand_off, command).handoff_id
        return handoff_id

    def accepts(self, handoff_id: UUID, who: str = "Erik") -> None:
        self.floor.does(answer_handoff, AnswerHandoff(self.floor.actor(who), handoff_id, accepted=True))

    def accepted(self, **more: Any) -> UUID:
        """A handoff that was accepted; its call is to come."""
        handoff_id = self.hands_over(**more)
        self.accepts(handoff_id, more.get("to", "Erik"))
        return handoff_id

    def held(self, **more: Any) -> UUID:
        """A handoff whose call was held, an hour ago."""
        handoff_id = self.accepted(**more)
        meeting = self.meeting(handoff_id)
        self.floor.until(meeting.ends_at if meeting else self.now + timedelta(hours=1))
        self.floor.does(hold_call, HoldCall(self.floor.actor(more.get("to", "Erik")), handoff_id))
        return handoff_id

    def qualified(self, cents: int = 1_250_000, currency: str = "EUR", **more: Any) -> UUID:
        """A deal that came of a handoff; its id."""
        handoff_id = self.held(**more)
        deal_id = self.qualifies(handoff_id, Money(cents, currency), who=more.get("to", "Erik")).deal_id
        assert deal_id is not None
        return deal_id

    def qualifies(self, handoff_id: UUID, money: Money | None = None, who: str = "Erik", **more: Any) -> Dealt:
        facts = {"kind": DealKind.NEW, "expected_close_on": CLOSE_ON} | more
        command = Qualify(self.floor.actor(who), handoff_id, money=money or Money(1_250_000, "EUR"), **facts)
        dealt: Dealt = self.floor.does(qualify, command)
        return dealt

    def handoff(self, handoff_id: UUID) -> Handoff:
        return self._one(Handoff, handoff_id)

    def deal(self, deal_id: UUID) -> Opportunity:
        return self._one(Opportunity, deal_id)

    def contact(self, email: str = "jane@acme.example") -> Contact:
        return self.floor.contact(email)

    def account(self, account_id: UUID) -> Account:
        return self._one(Account, account_id)

    def _one(self, model: Any, row_id: UUID) -> Any:
        return self.floor.read(lambda session: session.get_one(model, row_id))

    def newer_lead(self, handoff_id: UUID) -> UUID:
        """Another open lead of the same person, as two events at the same moment may leave it."""
        old, lead_id = self.floor.lead(self.handoff(handoff_id).lead_id), new_id()
        names = ("contact_id", "account_id", "intent", "hot", "source", "owner_id", "raised_at", "received_at")
        row = {name: getattr(old, name) for name in names}
        row |= {"id": lead_id, "state": LeadState.OPEN, "owner_reason": [], "shift_held": False, "message": ""}
        self.floor.write(lambda session: session.add(Lead(**row)))
        return lead_id

    def meeting(self, handoff_id: UUID) -> Meeting | None:
        found: Meeting | None = self.floor.read(
            lambda session: session.scalars(
                select(Meeting).where(Meeting.handoff_id == handoff_id).order_by(Meeting.id.desc())
            ).first()
        )
        return found

    def meets(self, at: datetime, who: str = "Ada", email: str = "jane@acme.example") -> UUID:
        """A meeting beside the intro call, booked by a touch; its id."""
        command = LogTouch(
            self.floor.actor(who),
            self.contact(email).id,
            Channel.CALL,
            Outcome.MEETING_BOOKED,
            self.now,
            follow_up_at=at,
        )
        self.floor.does(log_touch, command)
        meeting_id: UUID = self.all(Meeting, Meeting.kind == "meeting")[-1].id
        return meeting_id

    def meeting_state(self, meeting_id: UUID) -> str:
        state: str = self._one(Meeting, meeting_id).state
        return state

    def meeting_starts(self, meeting_id: UUID) -> datetime:
        starts_at: datetime = self._one(Meeting, meeting_id).starts_at
        return starts_at

    def all(self, model: Any, *where: Any) -> list[Any]:
        return self.floor.read(lambda session: list(session.scalars(select(model).where(*where).order_by(model.id))))

    def deal_history(self, deal_id: UUID) -> list[tuple[str | None, str, str]]:
        rows = self.all(OpportunityMove, OpportunityMove.opportunity_id == deal_id)
        return [(row.from_state, row.to_state, row.reason) for row in rows]

    def history(self, handoff_id: UUID) -> list[tuple[str | None, str]]:
        rows = self.all(HandoffMove, HandoffMove.handoff_id == handoff_id)
        return [(row.from_state, row.to_state) for row in rows]

    def told(self, *kinds: str) -> list[tuple[str, str, str]]:
        """Notices of these kinds as (kind, step, who), in order."""
        rows = self.floor.read(
            lambda session: session.execute(
                select(OutboxItem.kind, OutboxItem.lane, OutboxItem.notice)
                .where(OutboxItem.kind.in_(kinds))
                .order_by(OutboxItem.seq)
            ).all()
        )
        named = {str(person_id): name for name, person_id in self.floor.people.items()}
        return [
            (kind, str(notice["facts"].get("step", "")), named.get(lane.partition(":")[2], lane))
            for kind, lane, notice in rows
        ]

    def has_deal(self, who: str = "Erik", cents: int = 100_000, currency: str = "EUR", **more: Any) -> UUID:
        """A deal of somebody's that came of nothing here."""
        company = more.pop("company", "Acme")
        deal_id = new_id()

        def work(session: Any) -> None:
            made = make_account(session, CompanyFacts(name=company), None, PersonFacts(), self.now)
            rewrite_account_words(session, made.id, company, None)
            values = {"kind": "new", "state": "qualified", "qualified_at": self.now, "expected_close_on": CLOSE_ON}
            session.add(
                Opportunity(
                    id=deal_id,
                    account_id=made.id,
                    ae_id=self.floor.people[who],
                    amount_cents=cents,
                    currency=currency,
                    guard={},
                    **(values | more),
                )
            )

        self.floor.write(work)
        return deal_id

    def is_client(self, email: str = "jane@acme.example") -> bool:
        contact = self.contact(email)
        assert contact.account_id is not None
        return contact.stage is self.account(contact.account_id).stage is Stage.CLIENT
