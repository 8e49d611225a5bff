"""A year of a sales team in rows, made up: contacts, enrolments, touches, leads, handoffs, deals.

What must stay true: the same size and seed make the same rows; shares are those of a working team, so that a figure
read from them means something.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Engine, Table, create_engine, insert, text

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
from bot.domain.terms import Channel, Intent, LeadState, Outcome, Role, Source, Stage

CHUNK = 5000
DAYS = 365
TOUCHES_OF_REP = 10_000
TOUCHES_OF_ENROLMENT = 9
ANSWERS = (Outcome.CONNECTED, Outcome.REPLY_POSITIVE, Outcome.NOT_NOW, Outcome.MEETING_BOOKED)
SILENCE = ((Channel.EMAIL, Outcome.SENT), (Channel.CALL, Outcome.NO_ANSWER), (Channel.CALL, Outcome.VOICEMAIL))
Rows = tuple[type[Base], list[Mapping[str, Any]]]


@dataclass
class History:
    """Makes the rows of a year that ends at ``now``, with about ``touches`` touches."""

    touches: int
    now: datetime
    seed: int = 11

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.reps = [self._id() for _ in range(max(4, self.touches // TOUCHES_OF_REP))]
        self.aes = [self._id() for _ in range(max(2, len(self.reps) // 5))]
        self.teams = [self._id() for _ in range(max(1, len(self.reps) // 10))]
        self.boss = self._id()
        self.accounts = [self._id() for _ in range(max(10, self.touches // 40))]

    def _id(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def _moment(self) -> datetime:
        return self.now - timedelta(seconds=self.dice.randrange(DAYS * 86400))

    def rows(self) -> Iterator[Rows]:
        """All rows, a chunk at a time, in an order that foreign keys allow."""
        yield from self._people()
        at = self.now - timedelta(days=DAYS)
        yield from _chunks(
            Account,
            (
                {"id": one, "name": f"Account {n}", "name_key": f"account {n}", "stage": Stage.PROSPECT}
                | {"strategic": False, "partner": False, "created_at": at}
                for n, one in enumerate(self.accounts)
            ),
        )
        yield from self._outbound()
        yield from self._inbound()

    def _people(self) -> Iterator[Rows]:
        names = {self.boss: Role.ADMIN} | dict.fromkeys(self.reps, Role.SDR) | dict.fromkeys(self.aes, Role.AE)
        common = {"timezone": "UTC", "timezone_overridden": False, "skills": [], "weight": 1, "on_call": False}
        common |= {"evening_wave": False, "turn": 0.0, "active": True, "created_at": self.now}
        people: list[Mapping[str, Any]] = [
            {"id": one, "email": f"p{n}@brightpath.example", "name": f"Person {n}"} | common
            for n, one in enumerate(names)
        ]
        yield Person, people
        yield PersonRole, [{"person_id": one, "role": role} for one, role in names.items()]
        yield Team, [{"id": one, "name": f"Team {n}"} for n, one in enumerate(self.teams)]
        yield (
            TeamMember,
            [
                {"team_id": self.teams[n % len(self.teams)], "person_id": one, "manages": False}
                for n, one in enumerate([*self.reps, *self.aes])
            ],
        )

    def _contacts(self, many: int) -> list[Mapping[str, Any]]:
        common = {"first_name": "Jo", "external_ids": {}, "extra": {}, "score": 0, "stage": Stage.PROSPECT}
        common |= {"created_at": self.now, "last_name": "Doe"}
        sources = list(Source)
        return [
            common
            | {"id": self._id(), "account_id": self.dice.choice(self.accounts), "source": sources[n % len(sources)]}
            for n in range(many)
        ]

    def _outbound(self) -> Iterator[Rows]:
        """Enrolments, 9 of 10 touches."""
        left = self.touches * 9 // 10 // TOUCHES_OF_ENROLMENT
        while left > 0:
            contacts = self._contacts(min(left, CHUNK // TOUCHES_OF_ENROLMENT))
            left -= len(contacts)
            enrolments: list[Mapping[str, Any]] = []
            touches: list[Mapping[str, Any]] = []
            for contact in contacts:
                began, rep = self._moment(), self.dice.choice(self.reps)
                enrolments.append(
                    {"id": self._id(), "contact_id": contact["id"], "person_id": rep, "kind": "cadence", "round": 1}
                    | {"account_id": contact["account_id"], "cycle": 1, "started_on": began.date(), "state": {}}
                    | {"reason": "", "fact": "", "version": 1, "ended_at": self.now, "end_reason": "day_21"}
                )
                answered = self.dice.random() < 0.12
                for n in range(TOUCHES_OF_ENROLMENT):
                    said = (Channel.CALL, self.dice.choice(ANSWERS)) if answered and n == 8 else SILENCE[n % 3]
                    touches.append(self._touch(contact, rep, began + timedelta(days=2 * n), *said))
            yield Contact, contacts
            yield Enrolment, enrolments
            yield Touch, touches

    def _touch(
        self, contact: Mapping[str, Any], rep: UUID, at: datetime, channel: Channel, outcome: Outcome
    ) -> Mapping[str, Any]:
        return {
            "id": self._id(),
            "contact_id": contact["id"],
            "account_id": contact["account_id"],
            "person_id": rep,
            "channel": channel,
            "outcome": outcome,
            "happened_at": at,
            "local_date": at.date(),
            "logged_at": at,
            "note": "",
            "typed": "",
            "version": 1,
        }

    def _inbound(self) -> Iterator[Rows]:
        """Leads with two touches each, the last tenth; a fifth are handed off, an eighth become deals."""
        left = self.touches // 20
        while left > 0:
            contacts = self._contacts(min(left, CHUNK))
            left -= len(contacts)
            leads: list[Mapping[str, Any]] = []
            touches: list[Mapping[str, Any]] = []
            handoffs: list[Mapping[str, Any]] = []
            deals: list[Mapping[str, Any]] = []
            for contact in contacts:
                rep, raised = self.dice.choice(self.reps), self._moment()
                lead = self._lead(contact, rep, raised)
                leads.append(lead)
                touches.append(self._touch(contact, rep, raised + timedelta(minutes=5), Channel.EMAIL, Outcome.SENT))
                touches.append(self._touch(contact, rep, raised + timedelta(days=1), Channel.CALL, Outcome.CONNECTED))
                if self.dice.random() < 0.2:
                    handoffs.append(self._handoff(lead, raised + timedelta(days=2)))
                    if self.dice.random() < 0.6:
                        deals.append(self._deal(handoffs[-1], raised + timedelta(days=4)))
            yield Contact, contacts
            yield Lead, leads
            yield Touch, touches
            yield Handoff, handoffs
            yield Opportunity, deals

    def _lead(self, contact: Mapping[str, Any], rep: UUID, raised: datetime) -> Mapping[str, Any]:
        wait = timedelta(seconds=self.dice.expovariate(1 / 900))
        junk = self.dice.random() < 0.1
        return {
            "id": self._id(),
            "contact_id": contact["id"],
            "account_id": contact["account_id"],
            "state": LeadState.JUNK if junk else LeadState.RESPONDED,
            "closed_at": raised if junk else None,
            "intent": Intent.CONTACT_ME,
            "hot": True,
            "source": contact["source"],
            "message": "",
            "owner_id": rep,
            "owner_reason": [],
            "raised_at": raised,
            "received_at": raised,
            "shift_held": False,
            "response_due_at": raised + timedelta(minutes=30),
            "first_response_at": None if junk else raised + wait,
            "first_response_by_id": None if junk else rep,
            "response_on_shift_seconds": None if junk else int(wait.total_seconds() / 2),
            "round": 1,
            "version": 1,
        }

    def _handoff(self, lead: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        return {
            "id": self._id(),
            "lead_id": lead["id"],
            "contact_id": lead["contact_id"],
            "account_id": lead["account_id"],
            "rep_id": lead["owner_id"],
            "ae_id": self.dice.choice(self.aes),
            "kind": "intro_call",
            "state": "qualified",
            "contract": {},
            "ae_reason": "",
            "created_at": at,
            "answered_at": at,
            "held_at": at + timedelta(days=1),
            "ended_at": at + timedelta(days=1),
            "version": 1,
        }

    def _deal(self, handoff: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        state = self.dice.choice(("qualified", "proposal", "won", "lost"))
        return {
            "id": self._id(),
            "account_id": handoff["account_id"],
            "contact_id": handoff["contact_id"],
            "lead_id": handoff["lead_id"],
            "handoff_id": handoff["id"],
            "ae_id": handoff["ae_id"],
            "rep_id": handoff["rep_id"],
            "kind": self.dice.choice(("new", "add_on", "renewal")),
            "state": state,
            "amount_cents": self.dice.randrange(100_000, 5_000_000),
            "currency": "USD",
            "qualified_at": at,
            "closed_at": at + timedelta(days=20) if state in ("won", "lost") else None,
            "next_step": "",
            "version": 1,
        }


def _chunks(model: type[Base], rows: Iterator[Mapping[str, Any]]) -> Iterator[Rows]:
    chunk: list[Mapping[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield model, chunk
            chunk = []
    yield model, chunk


def fill(url: str, history: History) -> None:
    """Put a history into a migrated database, in one go, and leave it as its own housekeeping would."""
    engine: Engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            for pragma in ("journal_mode = WAL", "synchronous = OFF"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            for model, rows in history.rows():
                if rows:
                    connection.execute(insert(model), list(rows))
    else:
        with psycopg.connect(_plain(url)) as raw:
            for model, rows in history.rows():
                _copy(raw, cast(Table, model.__table__), rows)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _copy(raw: "psycopg.Connection[Any]", table: Table, rows: list[Mapping[str, Any]]) -> None:
    """COPY, which takes a tenth of the time of inserts."""
    names = [column.name for column in table.columns]
    defaults: list[Any] = [column.default for column in table.columns]
    usual = [None if one is None else one.arg(None) if one.is_callable else one.arg for one in defaults]
    columns = ", ".join(names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_value(row.get(name, default)) for name, default in zip(names, usual, strict=True)])


def _value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return json.dumps(value) if isinstance(value, dict | list) else value


def today(now: datetime) -> datetime:
    """The end of the year that is made up: noon of a day, UTC."""
    return now.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
