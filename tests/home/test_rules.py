"""The set-up's rules: who may, what is refused, the way back; on both databases."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.models import Alignment, AuditEntry, DueTime, OutboxItem, Person, Team, TeamMember, TimeOff
from bot.db.queries.setup import OFF_SHOWN, coming_off, find_people
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
from bot.handlers.setup_forms import Member, member_of
from bot.service.greeting import greet_newcomers
from bot.service.setup_changes import Changed, undo_change
from bot.service.setup_people import align_executives, deactivate_person, save_person
from bot.service.setup_teams import save_team
from bot.service.time_off import cancel_time_off, enter_time_off
from bot.slack.views.setup import off_modal
from tests.handoff.house import HandoffHouse, open_house


@pytest.fixture
def house(database: Database) -> HandoffHouse:
    """Ada and Bea hand over to Erik and Farah; Mia leads them, Root administers."""
    return open_house(database)


def person(house: HandoffHouse, who: str, by: str = "Root", **values: Any) -> SavePerson:
    given = {"email": f"{who.lower()}@example.com", "name": who, "roles": frozenset({Role.MRR})} | values
    return SavePerson(house.actor(by), **given)


def undoes(house: HandoffHouse, changed: Changed, by: str = "Root") -> Changed:
    assert changed.causation_id is not None
    return house.does(undo_change, Undo(house.actor(by), changed.causation_id))


def off(
    house: HandoffHouse, who: str, first: int, last: int, by: str = "Root", cover: str | None = None
) -> EnterTimeOff:
    today = house.now.date()
    cover_id = house.people[cover] if cover else None
    days = today + timedelta(days=first), today + timedelta(days=last)
    return EnterTimeOff(house.actor(by), house.people[who], *days, cover_id)


def aligned(house: HandoffHouse, rep: str) -> list[str | None]:
    rows = house.read(
        lambda session: session.scalars(
            select(Alignment.ae_id).where(Alignment.rep_id == house.people[rep]).order_by(Alignment.position)
        ).all()
    )
    return [house.name(row) for row in rows]


@pytest.mark.parametrize("by", ["Ada", "Mia", "Erik"])
def test_only_admins_change_the_set_up(house: HandoffHouse, by: str) -> None:
    commands: list[tuple[Callable[..., Any], Any]] = [
        (save_person, person(house, "Zoe", by=by)),
        (save_team, SaveTeam(house.actor(by), None, "New")),
        (align_executives, AlignExecutives(house.actor(by), house.people["Ada"], (house.people["Erik"],))),
        (deactivate_person, DeactivatePerson(house.actor(by), house.people["Bea"])),
    ]
    before = house.count(AuditEntry)
    for function, command in commands:
        with pytest.raises(NotAllowed, match="Only admins"):
            house.does(function, command)
    assert house.count(AuditEntry) == before


def test_a_person_added_by_form_is_what_a_file_would_have_made(house: HandoffHouse) -> None:
    team = house.team_id
    assert team is not None
    command = person(
        house,
        "Zoe",
        team_ids=(team,),
        hours="mon-fri 8:00-16:00",
        country="Germany",
        weight="0,5",
        open_lead_cap="40",
        slack_user_id="UZOE",
        slack_timezone="Europe/Berlin",
    )
    changed = house.does(save_person, command)
    zoe = house.read(lambda session: session.get_one(Person, changed.subject_id))

    assert changed.sentence == "Zoe is added."
    assert "A rep hands leads to 2 to 5 account executives." in changed.remarks
    assert (zoe.timezone, zoe.timezone_overridden, zoe.country, str(zoe.weight)) == (
        "Europe/Berlin",
        False,
        "DE",
        "0.50",
    )
    assert (zoe.open_lead_cap, zoe.slack_user_id, zoe.hours) == (40, "UZOE", "mon-fri 8:00-16:00")
    assert house.count(DueTime, DueTime.job == "daily_list", DueTime.subject_id == str(zoe.id)) == 1
    assert house.does(save_person, command).causation_id is None  # the same again changes nothing


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("hours", "mon-fri", "needs days and times"),
        ("timezone", "Europe/Berln", "Did you mean Europe/Berlin?"),
        ("country", "Atlantis", "is not a country"),
        ("weight", "0", "a weight is between"),
        ("open_lead_cap", "many", "Write a whole number"),
        ("video_link", "javascript:alert(1)", "begins with https://"),
        ("channel", "two words", "is not a channel"),
        ("name", "  ", "What is their name?"),
    ],
)
def test_what_is_refused_names_its_field(house: HandoffHouse, field: str, written: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        house.does(save_person, person(house, "Zoe", **{field: written}))
    assert refused.value.field == field
    assert said.lower() in refused.value.sentence.lower()
    assert house.count(Person, Person.email == "zoe@example.com") == 0


def test_somebody_always_administers(house: HandoffHouse) -> None:
    with pytest.raises(NotAllowed, match="the only admin"):
        house.does(save_person, person(house, "Root", roles=frozenset({Role.MANAGER})))
    with pytest.raises(NotAllowed, match="cannot deactivate yourself"):
        house.does(deactivate_person, DeactivatePerson(house.actor("Root"), house.people["Root"]))
    assert house.actor("Root").roles == {Role.ADMIN}


def test_who_is_deactivated_is_out_names_what_is_theirs_and_comes_back(house: HandoffHouse) -> None:
    house.a_lead()
    done = house.does(deactivate_person, DeactivatePerson(house.actor("Root"), house.people["Ada"]))

    assert done.remarks[0].startswith("Still theirs: 1 open lead")
    assert house.read(lambda session: find_people(session, "ada")) == []
    undoes(house, done)
    assert [one.name for one in house.read(lambda session: find_people(session, "ada"))] == ["Ada"]


def test_an_undo_gives_way_to_a_later_change(house: HandoffHouse) -> None:
    first = house.does(save_person, person(house, "Ada", hours="mon-fri 8:00-16:00"))
    second = house.does(save_person, person(house, "Ada", hours="mon-thu 8:00-16:00"))
    with pytest.raises(Gone, match="changed it again since"):
        undoes(house, first)
    undoes(house, second)
    undoes(house, first)
    ada = house.read(lambda session: session.get_one(Person, house.people["Ada"]))

    assert ada.hours == "mon-fri 9:00-17:00"
    assert aligned(house, "Ada") == ["Erik", "Farah"]
    with pytest.raises(Gone, match="taken back already"):
        undoes(house, first)


def test_executives_are_two_to_five_in_the_order_picked(house: HandoffHouse) -> None:
    ids = {name: house.people[name] for name in ("Erik", "Farah", "Max", "Bea")}

    def align(*names: str) -> Changed:
        return house.does(
            align_executives,
            AlignExecutives(house.actor("Root"), house.people["Ada"], tuple(ids[one] for one in names)),
        )

    for names, said in (
        (("Erik",), "Pick 2 to 5"),
        (("Erik", "Erik"), "picked twice"),
        (("Erik", "Bea"), "does not hold the role ae"),
    ):
        with pytest.raises(UserError, match=said):
            align(*names)
    changed = align("Max", "Erik")
    assert aligned(house, "Ada") == ["Max", "Erik"]
    undoes(house, changed)
    assert aligned(house, "Ada") == ["Erik", "Farah"]


def test_a_team_is_led_by_managers_and_its_undo_gives_it_back(house: HandoffHouse) -> None:
    made = house.does(
        save_team,
        SaveTeam(
            house.actor("Root"), None, "North", domain="https://www.north.example/", manager_ids=(house.people["Bea"],)
        ),
    )
    assert Role.MANAGER in house.actor("Bea").roles
    team = house.read(lambda session: session.get_one(Team, made.subject_id))
    assert team.domain == "north.example"
    for values, field in (
        ({"name": "Inbound"}, "name"),
        ({"name": "INBOUND"}, "name"),
        ({"name": "South", "domain": "not a domain"}, "domain"),
    ):
        with pytest.raises(UserError) as refused:
            house.does(save_team, SaveTeam(house.actor("Root"), None, **values))
        assert refused.value.field == field
    changed = house.does(
        save_team, SaveTeam(house.actor("Root"), made.subject_id, "North", manager_ids=(house.people["Mia"],))
    )
    led = TeamMember.team_id == made.subject_id
    assert house.count(TeamMember, led, TeamMember.manages.is_(True), TeamMember.person_id == house.people["Mia"]) == 1
    assert house.count(TeamMember, led, TeamMember.person_id == house.people["Bea"]) == 1  # she sells, and stays in it
    undoes(house, changed)
    assert house.count(TeamMember, led, TeamMember.manages.is_(True), TeamMember.person_id == house.people["Bea"]) == 1


def test_time_off_is_ones_own_or_ones_teams(house: HandoffHouse) -> None:
    house.does(enter_time_off, off(house, "Ada", 1, 3, by="Ada", cover="Bea"))
    house.does(enter_time_off, off(house, "Bea", 10, 12, by="Mia"))
    with pytest.raises(NotAllowed, match="your own time off"):
        house.does(enter_time_off, off(house, "Bea", 20, 21, by="Ada"))
    for command, field in (
        (off(house, "Ada", 3, 5), "starts_on"),
        (off(house, "Ada", 9, 8), "ends_on"),
        (off(house, "Ada", -5, -4), "ends_on"),
        (off(house, "Ada", 5, 500), "ends_on"),
        (off(house, "Erik", 1, 2, cover="Ada"), "cover"),
        (off(house, "Erik", 1, 2, cover="Erik"), "cover"),
    ):
        with pytest.raises(UserError) as refused:
            house.does(enter_time_off, command)
        assert refused.value.field == field
    assert house.count(TimeOff) == 2


def test_whoever_covers_and_goes_away_hears_whom_that_concerns(house: HandoffHouse) -> None:
    house.does(enter_time_off, off(house, "Ada", 1, 3, cover="Bea"))
    said = house.does(enter_time_off, off(house, "Bea", 3, 4, cover="Erik")).remarks
    assert said == ("Bea covers for Ada in those days: that goes to Erik.",)
    said = house.does(enter_time_off, off(house, "Bea", 1, 2)).remarks
    assert said[1:] == ("Bea covers for Ada in those days: choose somebody else there.",)


def test_time_off_of_many_people_says_that_there_is_more(house: HandoffHouse) -> None:
    for number in range(OFF_SHOWN + 1):
        house.hires(f"Rep{number:02}", Role.SDR)
        house.does(enter_time_off, off(house, f"Rep{number:02}", 1, 2))
    coming = house.read(lambda session: coming_off(session, house.now.date()))
    assert "There is more, later." in str(off_modal(None, coming))
    assert "There is more, later." not in str(off_modal(None, coming[:OFF_SHOWN]))


def test_time_off_that_is_cancelled_can_be_had_back(house: HandoffHouse) -> None:
    house.does(enter_time_off, off(house, "Ada", 1, 3, cover="Bea"))
    entered = house.read(lambda session: session.scalars(select(TimeOff)).one())
    cancelled = house.does(cancel_time_off, CancelTimeOff(house.actor("Ada"), entered.id))
    assert house.count(TimeOff) == 0
    with pytest.raises(NotAllowed):
        undoes(house, cancelled, by="Bea")
    undoes(house, cancelled, by="Ada")
    again = house.read(lambda session: session.scalars(select(TimeOff)).one())
    assert (again.starts_on, again.ends_on, again.cover_id) == (entered.starts_on, entered.ends_on, house.people["Bea"])
    assert isinstance(again.starts_on, date)


def test_everybody_is_greeted_once_when_slack_knows_them(house: HandoffHouse) -> None:
    house.hires("Unmatched", Role.SDR, slack_user_id=None)
    assert house.write(lambda session: greet_newcomers(session, house.now)) == 7
    assert house.write(lambda session: greet_newcomers(session, house.now)) == 0
    house.has("Unmatched", slack_user_id="UUNMATCHED")
    assert house.write(lambda session: greet_newcomers(session, house.now)) == 1
    assert house.count(OutboxItem, OutboxItem.kind == "greeting") == 8


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"is_restricted": True}, "is a guest here"),
        ({"is_ultra_restricted": True}, "is a guest here"),
        ({"is_stranger": True}, "is a guest here"),
        ({"is_bot": True}, "is an app"),
        ({"id": "USLACKBOT"}, "is an app"),
        ({"deleted": True}, "has left your Slack"),
        ({"profile": {}}, "shows me no e-mail address"),
    ],
)
def test_only_members_of_our_own_are_added(facts: dict[str, Any], said: str) -> None:
    member = {"id": "U1", "real_name": "Gus Weber", "profile": {"email": "Gus@example.com"}, "tz": "Europe/Berlin"}
    assert member_of(member) == Member("U1", "Gus Weber", "gus@example.com", "Europe/Berlin")
    with pytest.raises(UserError, match=said) as refused:
        member_of(member | facts)
    assert refused.value.field == "who"
