"""Columns that say whose a company is, who looks after it, and whether it is strategic or a partner."""

import pytest
from sqlalchemy import select, update

from bot.db.models import Account, Contact, Person, PersonRole
from bot.domain.terms import Role
from bot.intake.csv_contacts import import_contacts_file
from bot.service.people_import import new_person

HEAD = "Email,Name,Company,Account Owner,CSM,Strategic,Partner\n"


@pytest.fixture
def ours(database, now):
    """Erik closes, Cleo looks after customers, and two are called Sam Lee."""

    def hire(session):
        people = {}
        for email, name, role in (
            ("erik@us.example", "Erik Lund", Role.AE),
            ("cleo@us.example", "Cleo Roy", Role.CSM),
            ("sam@us.example", "Sam Lee", Role.AE),
            ("lee@us.example", "Sam Lee", Role.AE),
        ):
            person = new_person(email, name, "Europe/Berlin", now())
            session.add(person)
            session.flush()
            session.add(PersonRole(person_id=person.id, role=role))
            people[email] = person.id
        return people

    return database.write_now(hire)


def companies(database):
    names = (Account.name, Account.owner_id, Account.csm_id, Account.strategic, Account.partner)
    return database.read_now(lambda session: [tuple(row) for row in session.execute(select(*names))])


def test_a_row_says_whose_the_company_is_and_how_it_counts(database, now, ours):
    text = HEAD + "a@umber.example,Ada Umber,Umber,erik@us.example,Cleo Roy,yes,No\n"
    report = import_contacts_file(database, text.encode(), now)
    assert report.clean
    assert report.notes == []
    assert companies(database) == [("Umber", ours["erik@us.example"], ours["cleo@us.example"], True, False)]
    owner_of_contact = database.read_now(lambda session: session.scalars(select(Contact.owner_id)).one())
    assert owner_of_contact is None
    again = import_contacts_file(database, text.encode(), now)
    assert (again.changed, again.unchanged) == (0, 1)


def test_an_empty_cell_changes_nothing_and_a_no_takes_a_mark_off(database, now, ours):
    import_contacts_file(database, (HEAD + "a@umber.example,Ada,Umber,Erik Lund,Cleo Roy,x,yes\n").encode(), now)
    import_contacts_file(database, (HEAD + "a@umber.example,Ada,Umber,,,,no\n").encode(), now)
    assert companies(database) == [("Umber", ours["erik@us.example"], ours["cleo@us.example"], True, False)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("nobody@us.example,,,", "the account owner “nobody@us.example” is none of us"),
        ("Sam Lee,,,", "the account owner “Sam Lee” may be several of us; write the e-mail address"),
        (",Erik Lund,,", "the customer success manager “Erik Lund” does not hold that role here"),
        (",,maybe,", "“maybe” under Strategic is neither yes nor no"),
        (",,,a bit", "“a bit” under Partner is neither yes nor no"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_with_its_line(database, now, ours, cells, reason):
    text = HEAD + f"a@umber.example,Ada,Umber,{cells}\nb@bolt.example,Bea,Bolt,,,,\n"
    report = import_contacts_file(database, text.encode(), now)
    assert [str(one) for one in report.refused] == [f"line 2: {reason}"]
    assert (report.added, [row[0] for row in companies(database)]) == (1, ["Bolt"])


def test_who_has_left_owns_nothing_new(database, now, ours):
    database.write_now(lambda session: session.execute(update(Person).values(active=False)))
    report = import_contacts_file(database, (HEAD + "a@umber.example,Ada,Umber,Erik Lund,,,\n").encode(), now)
    assert "is none of us" in str(report.refused[0])


def test_strategic_for_nobody_and_a_company_that_is_missing_are_told(database, now, ours):
    text = HEAD + "a@umber.example,Ada,Umber,,,yes,\nz@gmail.com,Zoe,,Erik Lund,,,\n"
    report = import_contacts_file(database, text.encode(), now)
    assert report.clean
    assert [str(note) for note in report.notes] == [
        "line 2: a strategic account is its owner's, and the company has none yet",
        "line 3: there is no company of which the row says whose it is or how it counts",
    ]


def test_the_first_row_of_a_file_counts_and_later_ones_fill_gaps(database, now, ours):
    text = HEAD + "a@umber.example,Ada,Umber,Erik Lund,,yes,\nb@umber.example,Bea,Umber,lee@us.example,Cleo Roy,no,\n"
    import_contacts_file(database, text.encode(), now)
    assert companies(database) == [("Umber", ours["erik@us.example"], ours["cleo@us.example"], True, False)]
