"""A rep with a day's work: people in plans, tasks and leads, and lists that are made when time passes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.db.base import new_id
from bot.db.models import Contact, DueTime, Enrolment, LivingMessage, Task, Touch, TouchItem, TouchList
from bot.db.queries.touch_list import ListState, list_state
from bot.domain.commands import LogTouch
from bot.domain.terms import Channel, Outcome, Role
from bot.service.touch_list_times import MORNING_JOB, arm_lists
from bot.service.touches import Logged, log_touch
from bot.slack.views.touch_list import touch_list_post
from tests.support.sales_floor import SalesFloor

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 3, 2)


def berlin(day: date, clock: str) -> datetime:
    """A time of Berlin as UTC."""
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass
class Office:
    """Sam, an SDR in Berlin who works from 8 to 17, and whoever is enrolled for him."""

    floor: SalesFloor
    companies: dict[str, UUID] = field(default_factory=dict)

    @property
    def sam(self) -> UUID:
        return self.floor.people["Sam"]

    def company(self, name: str, **values: Any) -> UUID:
        if name not in self.companies:
            known = {"country": "US", "employees": 200, **values}
            self.companies[name] = self.floor.knows_account(name, f"{name.lower()}.example", **known)
        return self.companies[name]

    def person(self, name: str, company: str | None = None, **values: Any) -> UUID:
        """Somebody outside, in New York unless said otherwise."""
        contact_id = new_id()
        company = company or f"{name}co"
        account_id = self.company(company)
        known = {
            "first_name": name,
            "last_name": "Doe",
            "email": f"{name.lower()}@{company.lower()}.example",
            "phone": "+12125550100",
            "timezone": "America/New_York",
            "country": "US",
            **values,
        }
        row = {
            "id": contact_id,
            "account_id": account_id,
            "created_at": self.floor.now,
            "external_ids": {},
            "extra": {},
        }
        self.floor.write(lambda session: session.execute(insert(Contact).values(**row, **known)))
        return contact_id

    def plan(self, contact_id: UUID, step: str = "email", due: date = MONDAY, rep: str = "Sam", **values: Any) -> UUID:
        """A plan whose next step is due."""
        plan_id = new_id()
        row = {
            "id": plan_id,
            "contact_id": contact_id,
            "person_id": self.floor.people[rep],
            "kind": "cadence",
            "reason": "Their plant grows.",
            "fact": "They open a second plant.",
            "round": 1,
            "cycle": 2,
            "step": step,
            "next_due_on": due,
            "started_on": due - timedelta(days=5),
            "last_email_on": due - timedelta(days=4),
            "state": {"turn": 0, "last_step_on": None, "pauses": []},
            "version": 1,
            **values,
        }
        self.floor.write(lambda session: session.execute(insert(Enrolment).values(**row)))
        return plan_id

    def planned(
        self, *names: str, step: str = "email", due: date = MONDAY, zone: str = "America/New_York", **values: Any
    ) -> list[UUID]:
        """People with a step that is due, each of a company of their own."""
        people = [self.person(name, timezone=zone) for name in names]
        for one in people:
            self.plan(one, step, due, **values)
        return people

    def owes(self, contact_id: UUID, at: datetime, kind: str = "callback", text: str = "") -> UUID:
        """A promise of Sam's."""
        task_id = new_id()
        row = {"id": task_id, "person_id": self.sam, "contact_id": contact_id, "kind": kind, "due_at": at, "text": text}
        self.floor.write(lambda session: session.execute(insert(Task).values(**row)))
        return task_id

    def wrote(self, contact_id: UUID, at: datetime) -> None:
        """An e-mail of Sam's went out."""
        row = {
            "id": new_id(),
            "contact_id": contact_id,
            "person_id": self.sam,
            "channel": Channel.EMAIL,
            "outcome": Outcome.SENT,
            "happened_at": at,
            "local_date": at.astimezone(BERLIN).date(),
            "logged_at": at,
            "version": 1,
            "note": "",
            "typed": "",
        }
        self.floor.write(lambda session: session.execute(insert(Touch).values(**row)))

    def logs(self, contact_id: UUID, outcome: Outcome, channel: Channel = Channel.CALL, **more: Any) -> Logged:
        """Sam logs a touch, now."""
        command = LogTouch(self.floor.actor("Sam"), contact_id, channel, outcome, self.floor.now, **more)
        return self.floor.does(log_touch, command)

    def arms(self, *, now: datetime | None = None) -> int:
        """The sweep."""
        at = now or self.floor.now
        return self.floor.write(lambda session: arm_lists(session, at))

    def lists(self, name: str = "Sam") -> list[TouchList]:
        """All of somebody's lists, oldest first."""
        which = TouchList.person_id == self.floor.people[name]
        order = (TouchList.local_date, TouchList.wave.desc())
        return self.floor.read(lambda session: list(session.scalars(select(TouchList).where(which).order_by(*order))))

    def days(self, name: str = "Sam", wave: str = "morning") -> list[date]:
        """The local dates somebody has a list for."""
        return [one.local_date for one in self.lists(name) if one.wave == wave]

    def items(self, list_id: UUID | None = None) -> list[TouchItem]:
        """The lines of a list, of the newest if it is not said."""
        which = list_id or self.lists()[-1].id
        rows = select(TouchItem).where(TouchItem.list_id == which).order_by(TouchItem.position)
        return self.floor.read(lambda session: list(session.scalars(rows)))

    def names(self, *states: str, kind: str | None = None, list_id: UUID | None = None) -> list[str]:
        """First names on the newest list, in order."""
        return [
            self.floor.read(lambda session, one=one: session.get_one(Contact, one.contact_id).first_name)
            for one in self.items(list_id)
            if (not states or one.state in states) and kind in (None, one.kind)
        ]

    def state(self, list_id: UUID | None = None) -> ListState:
        """The newest list as its message shows it."""
        which = list_id or self.lists()[-1].id
        found = self.floor.read(lambda session: list_state(session, which, self.floor.now))
        assert found is not None
        return found

    def next_at(self, name: str = "Sam") -> datetime | None:
        """When somebody's next morning list is due."""
        which = (DueTime.job == MORNING_JOB, DueTime.subject_id == str(self.floor.people[name]))
        return self.floor.read(lambda session: session.scalar(select(DueTime.due_at).where(*which)))

    def shown(self) -> list[str]:
        """The lists that have a message."""
        rows = select(LivingMessage.subject_id).where(LivingMessage.view == "touch_list")
        return self.floor.read(lambda session: list(session.scalars(rows)))

    def morning(self, day: date = MONDAY) -> UUID:
        """Let that morning come; Sam's list."""
        self.floor.now = berlin(day, "06:00")
        self.arms()
        self.floor.until(berlin(day, "07:30"))
        return self.lists()[-1].id


def make_office(floor: SalesFloor) -> Office:
    """Sam alone, before dawn on a Monday."""
    floor.now = berlin(MONDAY, "03:00")
    floor.hires("Sam", Role.SDR, timezone="Europe/Berlin", country="DE", hours="mon-fri 8:00-17:00")
    return Office(floor)


def does(office: Office, function: Any, *given: Any) -> Any:
    """Sam does something with his list, now."""
    actor, now = office.floor.actor("Sam"), office.floor.now
    return office.floor.write(lambda session: function(session, actor, *given, now=now))


def said(office: Office) -> str:
    """What the newest list's message says."""
    return touch_list_post(office.state()).text
