"""A company in which leads are handed over: Ada's executives are Erik and Farah, Max is another's; Mia leads them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from bot.db.models import Alignment, Handoff, HandoffMove, LivingMessage, Meeting, OutboxItem, Person
from bot.db.queries.handoffs import HandoffCard, handoff_card
from bot.db.session import Database
from bot.domain.commands import AnswerHandoff, ClaimLead, HandOff, LogTouch
from bot.domain.notices import View
from bot.domain.terms import Channel, Outcome, Role
from bot.service.claims import claim_lead
from bot.service.executives import executive, propose, slots_for
from bot.service.handoffs import HandedOff, answer_handoff, hand_off
from bot.service.touches import log_touch
from tests.support.sales_floor import SalesFloor

CONTRACT = {
    "problem": "“We lose two days a week.”",
    "decision_process": "The board, in March",
    "decision_maker_known": "Yes, she is it",
    "timing": "Before summer",
    "next_step": "A call with the founder",
}


@dataclass
class HandoffHouse(SalesFloor):
    """A sales floor with account executives."""

    def align(self, rep: str, *executives: str) -> None:
        rows = [
            Alignment(rep_id=self.people[rep], ae_id=self.people[name], position=place)
            for place, name in enumerate(executives, 1)
        ]
        self.write(lambda session: session.add_all(rows))

    def has(self, name: str, **values: Any) -> None:
        """Somebody has other columns than before."""
        which = self.people[name]
        self.write(lambda session: session.execute(update(Person).where(Person.id == which).values(**values)) and None)

    def a_lead(self, email: str = "jane@acme.example", by: str = "Ada", **values: Any) -> UUID:
        """A lead that somebody claimed and spoke with; the contact's id."""
        raised = self.raises(email, **values)
        self.does(claim_lead, ClaimLead(self.actor(by), raised.lead_id))
        contact_id = self.contact(email).id
        self.touches(contact_id, by, note="wants it before summer")
        return contact_id

    def touches(self, contact_id: UUID, by: str = "Ada", note: str = "") -> None:
        command = LogTouch(self.actor(by), contact_id, Channel.CALL, Outcome.CONNECTED, self.now, note)
        self.does(log_touch, command)

    def proposal(self, contact_id: UUID, by: str = "Ada", **values: Any) -> Any:
        return self.read(lambda session: propose(session, self.people[by], contact_id, self.now, **values))

    def slots(self, name: str, contact_id: UUID) -> tuple[datetime, ...]:
        """Free starts of an executive."""

        def work(session: Any) -> tuple[datetime, ...]:
            one = executive(session, self.people[name], self.now)
            assert one is not None
            return slots_for(session, one, contact_id, self.now).starts

        return self.read(work)

    def hands_off(self, contact_id: UUID, by: str = "Ada", to: str = "Erik", **values: Any) -> HandedOff:
        """The form, sent; the first free slot unless a time or a kind is given."""
        if values.get("kind") != "transfer":
            values.setdefault("starts_at", self.slots(to, contact_id)[0])
        given = {"contract": CONTRACT, "ae_id": self.people[to], "offered_id": self.people[to]} | values
        return self.does(hand_off, HandOff(self.actor(by), contact_id, **given))

    def answers(self, handoff_id: UUID, accepted: bool = True, by: str = "Erik", **values: Any) -> HandedOff:
        return self.does(answer_handoff, AnswerHandoff(self.actor(by), handoff_id, accepted, **values))

    def handoff(self, handoff_id: UUID) -> Handoff:
        return self.read(lambda session: session.get_one(Handoff, handoff_id))

    def handoff_card(self, handoff_id: UUID) -> HandoffCard:
        return self.read(lambda session: handoff_card(session, handoff_id, self.now))

    def meeting(self, handoff_id: UUID) -> Meeting | None:
        return self.read(
            lambda session: session.scalars(
                select(Meeting).where(Meeting.handoff_id == handoff_id).order_by(Meeting.id.desc())
            ).first()
        )

    def steps(self, handoff_id: UUID) -> list[tuple[str | None, str]]:
        rows = self.read(
            lambda session: session.execute(
                select(HandoffMove.from_state, HandoffMove.to_state)
                .where(HandoffMove.handoff_id == handoff_id)
                .order_by(HandoffMove.at, HandoffMove.id)
            ).all()
        )
        return [tuple(row) for row in rows]

    def posts(self, handoff_id: UUID) -> dict[str, str]:
        """Where its messages stand, by place."""
        rows = self.read(
            lambda session: session.execute(
                select(LivingMessage.place, LivingMessage.address).where(
                    LivingMessage.view == View.HANDOFF.value, LivingMessage.subject_id == str(handoff_id)
                )
            ).all()
        )
        return {self._named(place): self._named(address) for place, address in rows}

    def told(self, handoff_id: UUID) -> list[tuple[str, str, str]]:
        """What was told once, as (kind, what, to), in order."""
        rows = self.read(
            lambda session: session.execute(
                select(OutboxItem.kind, OutboxItem.notice, OutboxItem.lane)
                .where(OutboxItem.living_id.is_(None))
                .order_by(OutboxItem.seq)
            ).all()
        )
        places = {f"thread:{living}": place for living, place in self._living(handoff_id)}
        return [
            (kind, _what(notice), places.get(lane) or self._named(lane))
            for kind, notice, lane in rows
            if notice.get("subject_id") == str(handoff_id)
        ]

    def _living(self, handoff_id: UUID) -> list[tuple[UUID, str]]:
        rows = self.read(
            lambda session: session.execute(
                select(LivingMessage.id, LivingMessage.place).where(LivingMessage.subject_id == str(handoff_id))
            ).all()
        )
        return [(row.id, self._named(row.place)) for row in rows]


def open_house(database: Database) -> HandoffHouse:
    house = HandoffHouse(database)
    house.hires("Ada", Role.MRR)
    house.hires("Bea", Role.MRR)
    house.hires("Mia", Role.MANAGER, manages=True)
    for name in ("Erik", "Farah", "Max"):
        house.hires(name, Role.AE, channel=f"#ae-{name.lower()}", video_link=f"https://meet.example/{name.lower()}")
    house.hires("Root", Role.ADMIN, team=False)
    house.align("Ada", "Erik", "Farah")
    house.align("Bea", "Erik", "Farah")
    return house


def _what(notice: dict[str, Any]) -> str:
    facts = notice.get("facts") or {}
    return str(facts.get("what") or facts.get("method") or "")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
