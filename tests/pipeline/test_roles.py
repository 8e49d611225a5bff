"""Whose facts count, by role: decided in the service, as a scope that the queries keep to."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Person, PersonRole, Team, TeamMember
from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.metrics import Scope
from bot.domain.metrics_period import Period
from bot.domain.metrics_question import NotUnderstood, Question
from bot.domain.terms import Role
from bot.service.pipeline import choices, scope_of, understand
from tests.pipeline.history import NOW

DAYS = Period(date(2026, 11, 1), date(2026, 11, 24))


class Office:
    """Sam and Ada in Inbound, led by Lena; Erik closes in Closing, led by Otto; Noor is admin, Gus has no role."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ids: dict[str, UUID] = {}
        self.roles = {
            "Sam": Role.SDR,
            "Ada": Role.MRR,
            "Lena": Role.MANAGER,
            "Erik": Role.AE,
            "Otto": Role.MANAGER,
            "Noor": Role.ADMIN,
            "Gus": None,
        }
        self.inbound, self.closing = new_id(), new_id()
        database.write_now(self._fill)

    def _fill(self, session: Session) -> None:
        made = {"timezone": "Europe/Berlin", "skills": [], "created_at": NOW}
        for name, role in self.roles.items():
            self.ids[name] = new_id()
            person = {
                "id": self.ids[name],
                "name": name,
                "email": f"{name}@x.example",
                "slack_user_id": f"U{name.upper()}",
            }
            session.execute(insert(Person).values(**person, **made))
            if role is not None:
                session.execute(insert(PersonRole).values(person_id=self.ids[name], role=role))
        for team, name in ((self.inbound, "Inbound"), (self.closing, "Closing")):
            session.execute(insert(Team).values(id=team, name=name))
        for team, name in (
            (self.inbound, "Sam"),
            (self.inbound, "Ada"),
            (self.inbound, "Lena"),
            (self.closing, "Erik"),
        ):
            session.execute(insert(TeamMember).values(team_id=team, person_id=self.ids[name], manages=name == "Lena"))

    def actor(self, name: str) -> Actor:
        role = self.roles[name]
        return Actor(self.ids[name], name, "Europe/Berlin", frozenset([role] if role else []), f"U{name}")

    def scope(self, name: str, *, team: UUID | None = None, person: str | None = None) -> Scope:
        question = Question(DAYS, team_id=team, person_id=self.ids[person] if person else None)
        return self.database.read_now(lambda session: scope_of(session, self.actor(name), question))

    def asks(self, name: str, text: str) -> Question | NotUnderstood:
        return self.database.read_now(lambda session: understand(session, self.actor(name), text, NOW))


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    return Office(database)


def test_who_sees_what_without_asking_for_anybody(office: Office) -> None:
    assert office.scope("Noor") == Scope(everyone=True)
    assert office.scope("Lena") == Scope(people=(office.ids["Lena"],), teams=(office.inbound,))
    for name in ("Sam", "Erik", "Otto"):
        assert office.scope(name) == Scope(people=(office.ids[name],)), name


def test_whom_one_may_ask_for(office: Office) -> None:
    assert office.scope("Lena", person="Sam") == Scope(people=(office.ids["Sam"],))
    assert office.scope("Lena", team=office.inbound) == Scope(teams=(office.inbound,))
    assert office.scope("Noor", person="Erik") == Scope(people=(office.ids["Erik"],))
    assert office.scope("Sam", person="Sam") == Scope(people=(office.ids["Sam"],))


@pytest.mark.parametrize(
    ("who", "person"), [("Sam", "Ada"), ("Ada", "Lena"), ("Lena", "Erik"), ("Otto", "Erik"), ("Erik", "Sam")]
)
def test_whom_one_may_not_ask_for(office: Office, who: str, person: str) -> None:
    with pytest.raises(NotAllowed):
        office.scope(who, person=person)


def test_a_team_is_for_whoever_leads_it(office: Office) -> None:
    for name, team in (("Lena", office.closing), ("Otto", office.inbound), ("Sam", office.inbound)):
        with pytest.raises(NotAllowed):
            office.scope(name, team=team)


def test_nobody_without_a_role_sees_anything(office: Office) -> None:
    with pytest.raises(NotAllowed, match="no role"):
        office.scope("Gus")
    with pytest.raises(NotAllowed, match="no role"):
        office.asks("Gus", "noor")


def test_menus_and_guesses_name_only_whom_one_may_ask_for(office: Office) -> None:
    def named(who: str, typed: str = "") -> list[str]:
        found = office.database.read_now(lambda session: choices(session, office.actor(who), typed))
        return [one.text for one in found]

    assert named("Sam") == ["Sam"]
    assert named("Lena") == ["Inbound", "Ada", "Lena", "Sam"]
    assert named("Otto") == ["Otto"]
    assert named("Noor", "eri")[0] == "Erik"
    guessed = office.asks("Sam", "Ercik")
    assert isinstance(guessed, NotUnderstood)
    assert guessed.offers == ()


def test_mentions_and_me(office: Office) -> None:
    mentioned = office.asks("Lena", "<@UADA|ada> last week")
    assert isinstance(mentioned, Question)
    assert mentioned.person_id == office.ids["Ada"]
    mine = office.asks("Noor", "me this week")
    assert isinstance(mine, Question)
    assert mine.person_id == office.ids["Noor"]
    with pytest.raises(NotFound):
        office.asks("Lena", "<@U0NOBODY>")


def test_two_people_in_one_question_are_asked_back(office: Office) -> None:
    asked = office.asks("Lena", "sam ada")
    assert isinstance(asked, NotUnderstood)
    assert asked.several
