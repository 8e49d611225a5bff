"""A small outbound desk for the tests of plans: Sam and Ada, their manager Lena, Acme and its people.

Days are Berlin's; it is Monday 2 March 2026, nine o'clock, unless a test says otherwise.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from bot.db.base import new_id
from bot.db.models import Enrolment, Lead, Person, TimeOff
from bot.db.queries.due_work import due_enrolments
from bot.db.session import Database
from bot.domain.commands import Actor, LogTouch
from bot.domain.enrolling import Enrolled
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Role, Source
from bot.domain.touch_list import DueItem
from bot.service.enrolment_changes import close_finished
from bot.service.enrolments import Enroll, enroll
from bot.service.touches import Logged, log_touch
from tests.touches.house import add_account, add_contact, add_person

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)


def at(day: date, hour: int = 9) -> datetime:
    """An hour of Berlin's day."""
    return datetime.combine(day, time(hour), BERLIN).astimezone(UTC)


NOW = at(MONDAY)


@dataclass
class DeskHouse:
    """What a test holds."""

    database: Database
    sam: Actor
    ada: Actor
    lena: Actor
    acme: UUID
    jane: UUID
    people: dict[str, UUID] = field(default_factory=dict)

    def write(self, work: Any) -> Any:
        return self.database.write_now(work)

    def enrolls(self, *contacts: UUID, by: Actor | None = None, now: datetime = NOW, **more: Any) -> Enrolled:
        command = Enroll(by or self.sam, list(contacts) or [self.jane], **more)
        return self.write(lambda session: enroll(session, command, now))

    def logs(self, outcome: Outcome, channel: Channel = Channel.CALL, *, now: datetime = NOW, **more: Any) -> Logged:
        by, contact = more.pop("by", self.sam), more.pop("contact", self.jane)
        command = LogTouch(by, contact, channel, outcome, more.pop("at", now), **more)
        return self.write(lambda session: log_touch(session, command, now))

    def plan(self, contact: UUID | None = None) -> Enrolment:
        """The newest enrolment of somebody."""
        which = select(Enrolment).where(Enrolment.contact_id == (contact or self.jane)).order_by(Enrolment.id.desc())
        return self.database.read_now(lambda session: session.scalars(which.limit(1)).one())

    def step(self, contact: UUID | None = None) -> tuple[str | None, int, date | None]:
        plan = self.plan(contact)
        return plan.step, plan.cycle, plan.next_due_on

    def due(self, day: date, rep: Actor | None = None) -> list[DueItem]:
        whose = (rep or self.sam).person_id
        return list(self.database.read_now(lambda session: due_enrolments(session, whose, day, at(day, 7))))

    def closes(self, day: date, rep: Actor | None = None) -> int:
        whose = (rep or self.sam).person_id
        return self.write(lambda session: close_finished(session, whose, day, at(day, 7)))

    def is_away(self, rep: Actor, first: date, last: date, cover: Actor | None = None) -> None:
        row = TimeOff(
            person_id=rep.person_id, starts_on=first, ends_on=last, cover_id=cover.person_id if cover else None
        )
        self.write(lambda session: session.add(row))

    def knows(
        self, first: str, last: str = "Bell", email: str | None = None, account: UUID | None = None, **more: Any
    ) -> UUID:
        address = email or f"{first.lower()}@{last.lower()}.example"
        return self.write(lambda session: add_contact(session, first, last, address, account, **more))

    def knows_account(self, name: str, **more: Any) -> UUID:
        return self.write(lambda session: add_account(session, name, f"{name.lower()}.example", **more))

    def sets(self, model: Any, row_id: UUID, **values: Any) -> None:
        self.write(lambda session: session.execute(update(model).where(model.id == row_id).values(**values)))

    def opens_lead(self, contact: UUID | None = None, owner: Actor | None = None, **more: Any) -> UUID:
        lead_id = new_id()
        asked = at(MONDAY) - timedelta(minutes=2)
        lead = Lead(
            **{
                "id": lead_id,
                "contact_id": contact or self.jane,
                "account_id": self.acme,
                "state": LeadState.OPEN,
                "intent": Intent.CONTACT_ME,
                "hot": True,
                "source": Source.CONTACT_FORM,
                "owner_id": (owner or self.sam).person_id,
                "owner_reason": [],
                "raised_at": asked,
                "received_at": asked,
                "owned_at": asked,
                "response_due_at": at(MONDAY) + timedelta(days=1),
                "shift_held": False,
            }
            | more
        )
        self.write(lambda session: session.add(lead))
        return lead_id


def furnish_desk(database: Database) -> DeskHouse:
    """Sam and Ada open accounts, Lena leads them; Jane Doe of Acme, in the US, may be written to."""

    def work(session: Any) -> DeskHouse:
        acme = add_account(session, "Acme", "acme.com")
        jane = add_contact(session, "Jane", "Doe", "jane@acme.com", acme, phone="+12125550123", country="US")
        house = DeskHouse(
            database,
            add_person(session, "Sam", Role.SDR),
            add_person(session, "Ada", Role.SDR),
            add_person(session, "Lena", Role.MANAGER),
            acme,
            jane,
        )
        session.execute(update(Person).values(hours="mon-fri 8:00-17:00"))
        return house

    house: DeskHouse = database.write_now(work)
    return house
