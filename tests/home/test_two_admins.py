"""Two admins at the same moment, and admins who are none any more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.models import AuditEntry, PersonRole, TimeOff
from bot.db.session import Database
from bot.domain.commands import Undo
from bot.domain.errors import Gone, NotAllowed
from bot.domain.setup_commands import CancelTimeOff, DeactivatePerson, EnterTimeOff, SavePerson, SaveTeam
from bot.domain.terms import Role
from bot.service.people_import import nobody_administers
from bot.service.setup_changes import Changed, undo_change
from bot.service.setup_people import deactivate_person, save_person
from bot.service.setup_teams import save_team
from bot.service.time_off import cancel_time_off, enter_time_off
from tests.handoff.house import HandoffHouse, open_house
from tests.handoff.test_at_once import together

ADMINS = ("Root", "Noor")


@pytest.fixture
def house(database: Database) -> HandoffHouse:
    """Root and Noor administer."""
    house = open_house(database)
    house.hires("Noor", Role.ADMIN, team=False)
    return house


def undoes(house: HandoffHouse, by: str, changed: Changed) -> Changed:
    assert changed.causation_id is not None
    return house.does(undo_change, Undo(house.actor(by), changed.causation_id))


def gives_roles(house: HandoffHouse, by: str, who: str, *roles: Role) -> Changed:
    command = SavePerson(house.actor(by), f"{who.lower()}@example.com", who, frozenset(roles), hours="mon-fri 9-17")
    return house.does(save_person, command)


@pytest.mark.parametrize("how", ["deactivated", "without the role"])
def test_two_admins_who_remove_each_other_leave_one(house: HandoffHouse, how: str) -> None:
    def removing(by: str, who: str):
        out = DeactivatePerson(house.actor(by), house.people[who])
        demoted = SavePerson(house.actor(by), f"{who.lower()}@example.com", who, frozenset({Role.CSM}))
        return lambda session: (
            deactivate_person(session, out, house.now)
            if how == "deactivated"
            else save_person(session, demoted, house.now)
        )

    for _ in range(4):
        done = together(house, removing("Root", "Noor"), removing("Noor", "Root"))
        assert sorted(type(one).__name__ for one in done) == ["Changed", "NotAllowed"]
        assert not house.read(nobody_administers)
        for name in ADMINS:
            house.has(name, active=True)
            house.write(lambda session, name=name: session.merge(_admin(house, name)) and None)


def _admin(house: HandoffHouse, name: str) -> PersonRole:
    return PersonRole(person_id=house.people[name], role=Role.ADMIN)


def test_whoever_is_no_admin_any_more_takes_no_set_up_back(house: HandoffHouse) -> None:
    gave_up = gives_roles(house, "Noor", "Noor", Role.CSM)
    with pytest.raises(NotAllowed, match="Only admins"):
        undoes(house, "Noor", gave_up)
    assert house.actor("Noor").roles == {Role.CSM}

    gives_roles(house, "Root", "Noor", Role.ADMIN)
    team = house.does(save_team, SaveTeam(house.actor("Noor"), None, "North"))
    gives_roles(house, "Root", "Noor", Role.CSM)
    with pytest.raises(NotAllowed, match="Only admins"):
        undoes(house, "Noor", team)
    undoes(house, "Root", team)


def test_time_off_is_not_had_back_over_other_days_entered_since(house: HandoffHouse) -> None:
    ada, first = house.people["Ada"], house.now.date() + timedelta(days=1)
    house.does(enter_time_off, EnterTimeOff(house.actor("Ada"), ada, first, first + timedelta(days=3)))
    entered = house.read(lambda session: session.scalars(select(TimeOff)).one())
    cancelled = house.does(cancel_time_off, CancelTimeOff(house.actor("Ada"), entered.id))
    house.does(enter_time_off, EnterTimeOff(house.actor("Ada"), ada, first + timedelta(days=2), None))
    with pytest.raises(Gone, match="Other time off was entered"):
        undoes(house, "Ada", cancelled)
    assert house.count(TimeOff) == 1
    assert house.count(AuditEntry, AuditEntry.undone_at.is_not(None)) == 0
