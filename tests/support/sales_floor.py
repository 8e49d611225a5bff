"""A small company for tests of leads: people with hours, hands that are raised, and time that passes.

Time travel is passing ``now``: ``floor.until(...)`` carries out what falls due in between, each at its own time.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from bot.db.models import (
    Account,
    Contact,
    DueTime,
    Lead,
    LeadAlert,
    LivingMessage,
    OutboxItem,
    Person,
    PersonRole,
    Team,
    TeamMember,
    TimeOff,
)
from bot.db.queries.leads import LeadCard, lead_card
from bot.db.session import Database
from bot.domain.commands import Actor, CompanyFacts, PersonFacts, RaiseHand, RawEvent
from bot.domain.terms import Intent, Role, Source, Stage
from bot.jobs.perform import Row, carry_out, take
from bot.jobs.schedule import DUE_JOBS
from bot.service.actors import actor_by_id
from bot.service.hand_raises import Raised, raise_hand

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)


@dataclass
class SalesFloor:
    """The company. ``now`` is the business time."""

    database: Database
    now: datetime = MONDAY_NOON
    people: dict[str, UUID] = field(default_factory=dict)
    team_id: UUID | None = None
    _events: "itertools.count[int]" = field(default_factory=itertools.count)

    def hires(self, name: str, *roles: Role, manages: bool = False, team: bool = True, **values: Any) -> UUID:
        """Somebody new, in the one team there is."""

        def work(session: Any) -> UUID:
            person = Person(
                name=name,
                email=f"{name.lower()}@example.com",
                slack_user_id=values.pop("slack_user_id", f"U{name.upper()}"),
                timezone=values.pop("timezone", "UTC"),
                country=values.pop("country", None),
                hours=values.pop("hours", "mon-fri 9:00-17:00"),
                created_at=self.now,
                **values,
            )
            session.add(person)
            session.flush()
            session.add_all(PersonRole(person_id=person.id, role=role) for role in roles or (Role.MRR,))
            if self.team_id is None:
                team_row = Team(name="Inbound")
                session.add(team_row)
                session.flush()
                self.team_id = team_row.id
            if team:
                session.add(TeamMember(team_id=self.team_id, person_id=person.id, manages=manages))
            return person.id

        self.people[name] = self.database.write_now(work)
        return self.people[name]

    def knows_account(self, name: str, domain: str | None = None, **values: Any) -> UUID:
        """A company we know already."""
        from bot.domain.matching import company_name_key

        def work(session: Any) -> UUID:
            account = Account(
                name=name,
                name_key=company_name_key(name),
                domain=domain,
                stage=values.pop("stage", Stage.PROSPECT),
                created_at=self.now,
                **values,
            )
            session.add(account)
            session.flush()
            return account.id

        return self.database.write_now(work)

    def is_away(self, name: str, first: Any, last: Any, cover: str | None = None) -> None:
        """Time off."""
        cover_id = self.people[cover] if cover else None
        self.write(
            lambda session: session.add(
                TimeOff(person_id=self.people[name], starts_on=first, ends_on=last, cover_id=cover_id)
            )
        )

    def write(self, work: Any) -> Any:
        """One transaction."""
        return self.database.write_now(work)

    def read(self, work: Any) -> Any:
        """One snapshot."""
        return self.database.read_now(work)

    def event(self, email: str | None = "jane@acme.example", key: str | None = None, **values: Any) -> RaiseHand:
        """A raised hand, not yet sent."""
        person = {name: values.pop(name) for name in tuple(values) if name in PersonFacts.__slots__}
        company = values.pop("company", None)
        return RaiseHand(
            raw=RawEvent("standard", key or f"event-{next(self._events)}", b"{}", "application/json"),
            intent=values.pop("intent", Intent.CONTACT_ME),
            source=values.pop("source", Source.CONTACT_FORM),
            person=PersonFacts(email=email, **person),
            company=company if isinstance(company, CompanyFacts) else CompanyFacts(name=company),
            message=values.pop("message", "Please call me."),
            proven=values.pop("proven", True),
            **values,
        )

    def raises(self, email: str | None = "jane@acme.example", **values: Any) -> Raised:
        """Somebody raises a hand, now."""
        command = self.event(email, **values)
        return self.database.write_now(lambda session: raise_hand(session, command, self.now))

    def actor(self, name: str) -> Actor:
        """Somebody as the one who asks."""
        return self.database.read_now(lambda session: actor_by_id(session, self.people[name]))

    def does(self, function: Any, command: Any) -> Any:
        """Carry out a command now."""
        return self.database.write_now(lambda session: function(session, command, self.now))

    def until(self, at: datetime) -> list[tuple[str, str]]:
        """Let time pass; what fell due, as (job, slot), in order."""
        done: list[tuple[str, str]] = []

        def one(session: Any) -> Row | None:
            row = take(session, at, DUE_JOBS)
            if row is not None:
                self.now = max(self.now, row.due_at)
                carry_out(session, row, DUE_JOBS, self.now)
            return row

        while (row := self.database.write_now(one)) is not None:
            done.append((row.job, row.slot))
        self.now = max(self.now, at)
        return done

    def after(self, **span: float) -> list[tuple[str, str]]:
        """Let a span of time pass."""
        return self.until(self.now + timedelta(**span))

    def lead(self, lead_id: UUID) -> Lead:
        """A lead as it stands."""
        return self.database.read_now(lambda session: session.get_one(Lead, lead_id))

    def card(self, lead_id: UUID) -> LeadCard:
        """What a card shows now."""
        return self.database.read_now(lambda session: lead_card(session, lead_id, self.now))

    def name(self, person_id: UUID | None) -> str | None:
        """Who that is."""
        return next((name for name, one in self.people.items() if one == person_id), None)

    def owner(self, lead_id: UUID) -> str | None:
        """Who has the lead."""
        return self.name(self.lead(lead_id).owner_id)

    def cards(self, lead_id: UUID) -> list[tuple[str, str]]:
        """The living cards of a lead as (address, place), with names instead of ids, in order."""
        rows = self.database.read_now(
            lambda session: session.execute(
                select(LivingMessage.address, LivingMessage.place)
                .where(LivingMessage.subject_id == str(lead_id))
                .order_by(LivingMessage.id)
            ).all()
        )
        return [(self._named(address), self._named(place)) for address, place in rows]

    def notices(self, lead_id: UUID) -> list[tuple[str, str]]:
        """Notices posted once about a lead as (kind, address), in order."""
        rows = self.database.read_now(
            lambda session: session.execute(
                select(OutboxItem.kind, OutboxItem.lane, OutboxItem.notice)
                .where(OutboxItem.living_id.is_(None))
                .order_by(OutboxItem.seq)
            ).all()
        )
        return [(kind, self._named(lane)) for kind, lane, notice in rows if notice["subject_id"] == str(lead_id)]

    def _named(self, text: str) -> str:
        for name, person_id in self.people.items():
            text = text.replace(str(person_id), name)
        return text.replace(str(self.team_id), "team")

    def alerts(self, lead_id: UUID) -> list[tuple[str | None, int, str]]:
        """Alerts given, as (who, round, cause)."""
        rows = self.database.read_now(
            lambda session: session.scalars(
                select(LeadAlert).where(LeadAlert.lead_id == lead_id).order_by(LeadAlert.at, LeadAlert.id)
            ).all()
        )
        return [(self.name(row.person_id), row.round, row.cause) for row in rows]

    def dues(self, lead_id: UUID) -> dict[str, datetime]:
        """What falls due for a lead, by job."""
        rows = self.database.read_now(
            lambda session: session.execute(
                select(DueTime.job, DueTime.due_at).where(DueTime.subject_id == str(lead_id))
            ).all()
        )
        return dict(tuple(row) for row in rows)

    def count(self, model: Any, *where: Any) -> int:
        """How many rows."""
        return self.database.read_now(
            lambda session: session.scalar(select(func.count()).select_from(model).where(*where))
        )

    def contact(self, email: str) -> Contact:
        """A contact by address."""
        return self.database.read_now(
            lambda session: session.scalars(select(Contact).where(Contact.email == email)).one()
        )
