import pytest
from sqlalchemy import select, update

from bot.db.models import Person
from bot.domain.errors import UserError
from bot.domain.terms import Role
from bot.intake.csv_people import import_people_file
from bot.service.people import Matched, SlackUser, ensure_admin, match_slack_users

PEOPLE = (
    b"email,name,roles,timezone\nsam@us.example,Sam,mrr,\nada@us.example,Ada,mrr,Europe/Stockholm\n"
    b"bea@us.example,Bea,sdr,\n"
)


@pytest.fixture
def company(database, now):
    import_people_file(database, PEOPLE, now)
    return database


def match(database, now, *users):
    return database.write_now(lambda session: match_slack_users(session, users, now()))


def person(database, email):
    return database.read_now(lambda session: session.scalars(select(Person).where(Person.email == email)).one())


def test_people_are_matched_by_address_however_it_is_written(company, now):
    found = match(company, now, SlackUser("U1", "Sam@US.example", "Europe/Madrid"), SlackUser("U2", None))
    assert found == Matched(matched=("Sam",), unmatched=("Ada", "Bea"))
    sam = person(company, "sam@us.example")
    assert (sam.slack_user_id, sam.timezone) == ("U1", "Europe/Madrid")


def test_a_timezone_set_by_hand_goes_before_slacks(company, now):
    match(company, now, SlackUser("U2", "ada@us.example", "America/New_York"))
    assert person(company, "ada@us.example").timezone == "Europe/Stockholm"


def test_a_timezone_nobody_knows_is_left_out(company, now):
    before = person(company, "sam@us.example").timezone
    match(company, now, SlackUser("U1", "sam@us.example", "Mars/Olympus"))
    assert person(company, "sam@us.example").timezone == before


@pytest.mark.parametrize("trait", [{"is_guest": True}, {"is_stranger": True}])
def test_guests_and_outsiders_are_refused_even_if_they_were_matched(company, now, trait):
    assert match(company, now, SlackUser("U1", "sam@us.example", **trait)).refused == ("Sam",)
    assert person(company, "sam@us.example").slack_user_id is None
    match(company, now, SlackUser("U1", "sam@us.example"))
    assert match(company, now, SlackUser("U1", "sam@us.example", **trait)).refused == ("Sam",)
    assert person(company, "sam@us.example").slack_user_id is None


def test_who_left_slack_is_given_nothing_any_more(company, now):
    match(company, now, SlackUser("U1", "sam@us.example"))
    assert match(company, now, SlackUser("U1", "sam@us.example", deleted=True)).left == ("Sam",)
    assert not person(company, "sam@us.example").active


def test_an_old_deactivated_account_does_not_hide_the_new_one(company, now):
    users = (SlackUser("U1", "sam@us.example", deleted=True), SlackUser("U9", "sam@us.example"))
    assert match(company, now, *users).matched == ("Sam",)
    assert person(company, "sam@us.example").slack_user_id == "U9"


def test_a_changed_address_in_slack_loses_nobody(company, now):
    match(company, now, SlackUser("U1", "sam@us.example"))
    match(company, now, SlackUser("U1", "samuel@us.example"), SlackUser("U7", "sam@us.example"))
    assert person(company, "sam@us.example").slack_user_id == "U1"


def test_matching_again_changes_nothing(company, now):
    users = (SlackUser("U1", "sam@us.example", "Europe/Madrid"), SlackUser("U2", "ada@us.example", "Europe/Madrid"))
    match(company, now, *users)
    assert match(company, now, *users) == Matched(unmatched=("Bea",))


def test_a_slack_user_is_one_person_only(company, now):
    match(company, now, SlackUser("U1", "sam@us.example"))
    company.write_now(
        lambda session: session.execute(update(Person).where(Person.email == "sam@us.example").values(active=False))
    )
    assert match(company, now, SlackUser("U1", "bea@us.example")).matched == ()


def test_the_first_admin_is_made_once(company, now):
    first = company.write_now(lambda session: ensure_admin(session, "Noor.Rahmani@us.example", now()))
    noor = person(company, "noor.rahmani@us.example")
    assert noor.id == first
    assert (noor.name, {held.role for held in noor.roles}) == ("Noor Rahmani", {Role.ADMIN})
    assert company.write_now(lambda session: ensure_admin(session, "other@us.example", now())) is None


def test_the_first_admin_may_be_one_of_us_already(company, now):
    company.write_now(lambda session: ensure_admin(session, "sam@us.example", now()))
    assert {held.role for held in person(company, "sam@us.example").roles} == {Role.MRR, Role.ADMIN}


def test_an_admin_without_an_address_is_refused(company, now):
    with pytest.raises(UserError, match="ADMIN_EMAIL"):
        company.write_now(lambda session: ensure_admin(session, "noor", now()))
