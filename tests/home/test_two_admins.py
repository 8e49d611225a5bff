"""Two admins at the same moment, and admins who are none any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.db.models import AuditEntry, Contact, Person, PersonRole, TimeOff
from bot.db.session import Database
from bot.domain.commands import Undo
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.setup_commands import (
    AlignExecutives,
    CancelTimeOff,
    DeactivatePerson,
    EnterTimeOff,
    SavePerson,
    SaveTeam,
)
from bot.domain.terms import Role
from bot.service.people_import import nobody_administers
from bot.service.setup_changes import PERSON, Changed, undo_change
from bot.service.setup_people import align_executives, deactivate_person, known_as, save_person
from bot.service.setup_seen import seen_as
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


def test_the_second_of_two_open_forms_overwrites_nothing(house: HandoffHouse) -> None:
    ada = house.people["Ada"]
    seen = house.read(lambda session: seen_as(session, PERSON, ada))
    command = SavePerson(house.actor("Root"), "ada@example.com", "Ada", frozenset({Role.MRR}), country="DE", seen=seen)
    house.does(save_person, replace(command, weight="2"))
    with pytest.raises(UserError, match="Somebody else changed this") as refused:
        house.does(save_person, replace(command, actor=house.actor("Noor")))
    assert refused.value.field == "name"
    executives = AlignExecutives(house.actor("Noor"), ada, (house.people["Max"], house.people["Erik"]), seen)
    with pytest.raises(UserError, match="Somebody else changed this"):
        house.does(align_executives, executives)
    assert str(house.read(lambda session: session.get_one(Person, ada)).weight) == "2.00"
    now_seen = house.read(lambda session: seen_as(session, PERSON, ada))
    assert house.does(align_executives, replace(executives, seen=now_seen)).causation_id is not None


def test_two_who_add_the_same_person_or_team_add_one(house: HandoffHouse) -> None:
    nobody = house.read(lambda session: seen_as(session, PERSON, None))
    root, noor = house.actor("Root"), house.actor("Noor")
    zoe = SavePerson(root, "zoe@example.com", "Zoe", frozenset({Role.CSM}), seen=nobody)
    done = together(
        house,
        lambda session: save_person(session, zoe, house.now),
        lambda session: save_person(session, replace(zoe, actor=noor), house.now),
    )
    assert sorted(type(one).__name__ for one in done) == ["Changed", "UserError"]
    done = together(
        house,
        lambda session: save_team(session, SaveTeam(root, None, "North"), house.now),
        lambda session: save_team(session, SaveTeam(noor, None, "North"), house.now),
    )
    assert sorted(type(one).__name__ for one in done) == ["Changed", "UserError"]
    assert house.count(Person, Person.email == "zoe@example.com") == 1


def test_whoever_is_picked_in_slack_goes_before_whoever_has_the_address(house: HandoffHouse) -> None:
    house.has("Ada", slack_user_id="U1")
    house.has("Bea", slack_user_id="U2", email="ada.new@example.com")
    known = house.read(lambda session: known_as(session, "U1", "ada.new@example.com"))
    assert known is not None
    assert known.name == "Ada"


def test_an_address_that_has_another_slack_user_now_is_theirs(house: HandoffHouse) -> None:
    house.has("Ada", active=False, slack_user_id="UGONE", dm_channel="D1")
    back = SavePerson(
        house.actor("Root"),
        "ada@example.com",
        "Ada",
        frozenset({Role.MRR}),
        slack_user_id="UBACK",
        slack_timezone="Mars/Olympus",
    )
    assert house.does(save_person, back).sentence == "Ada is back."
    ada = house.read(lambda session: session.get_one(Person, house.people["Ada"]))
    assert (ada.slack_user_id, ada.dm_channel, ada.timezone) == ("UBACK", None, "UTC")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("ae-Jane", "#ae-jane"), ("#ae-jane", "#ae-jane"), ("C0123ABCD", "C0123ABCD"), ("Cologne", "#cologne")],
)
def test_a_channel_is_kept_as_slack_finds_it(house: HandoffHouse, written: str, kept: str) -> None:
    erik = SavePerson(house.actor("Root"), "erik@example.com", "Erik", frozenset({Role.AE}), channel=written)
    house.does(save_person, erik)
    assert house.read(lambda session: session.get_one(Person, house.people["Erik"])).channel == kept


def test_who_owns_contacts_alone_still_has_something(house: HandoffHouse) -> None:
    house.a_lead(by="Bea")
    house.write(lambda session: session.execute(update(Contact).values(owner_id=house.people["Max"])) and None)
    done = house.does(deactivate_person, DeactivatePerson(house.actor("Root"), house.people["Max"]))
    assert done.remarks == ("Still theirs: 1 contact owned.",)
