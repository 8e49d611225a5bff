"""A file of contacts, imported: what stands in the database afterwards."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from bot.db.models import (
    Account,
    AuditEntry,
    Contact,
    Lead,
    NameToken,
    OutboxItem,
    Person,
    ScoreEntry,
    Suppression,
)
from bot.db.queries.contacts import find_contacts
from bot.domain.compliance import key_hash
from bot.domain.errors import UserError
from bot.domain.terms import Source, Stage
from bot.intake.csv_contacts import import_contacts_file
from bot.service.people_import import new_person
from sandbox.market import write_contacts
from tests.imports.exports import APOLLO, HUBSPOT

TABLES = (Account, Contact, NameToken, Suppression, AuditEntry)


def everything(database):
    """Every row of every table, as it stands."""
    with database.reader.connect() as connection:
        return {table.__tablename__: sorted(map(repr, connection.execute(select(table.__table__)))) for table in TABLES}


def contact(database, email):
    return database.read_now(lambda session: session.scalars(select(Contact).where(Contact.email == email)).one())


def account(database, contact):
    return database.read_now(lambda session: session.get(Account, contact.account_id))


def count(database, model):
    return database.read_now(lambda session: session.scalar(select(func.count()).select_from(model)))


def test_the_good_rows_go_in_and_the_bad_ones_are_named(database, now):
    text = "Email,Name,Company\na@umber.example,Ada Umber,Umber\nnot an address,Bea,Umber\nc@umber.example,Cy,Umber\n"
    report = import_contacts_file(database, text.encode(), now)
    assert (report.added, report.changed, report.unchanged, len(report.refused)) == (2, 0, 0, 1)
    assert str(report.refused[0]) == "line 3: the e-mail address is not valid"
    assert "2 added" in str(report)
    assert "line 3" in str(report)
    assert not report.clean
    assert count(database, Contact) == 2
    assert count(database, Account) == 1


def test_a_list_makes_prospects_and_no_leads(database, now, tmp_path):
    write_contacts(tmp_path / "c.csv", 300)
    report = import_contacts_file(database, tmp_path / "c.csv", now)
    assert report.added == 300
    assert report.clean
    stages = database.read_now(lambda session: set(session.execute(select(Contact.stage, Contact.source))))
    assert stages == {(Stage.PROSPECT, Source.LIST)}
    assert [count(database, model) for model in (Lead, ScoreEntry, OutboxItem)] == [0, 0, 0]


def test_the_same_file_twice_changes_nothing(database, now, tmp_path):
    write_contacts(tmp_path / "c.csv", 400)
    first = import_contacts_file(database, tmp_path / "c.csv", now)
    before = everything(database)
    again = import_contacts_file(database, tmp_path / "c.csv", now)
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)
    assert everything(database) == before


CELL = st.sampled_from(["", "Jane", "Doe", "O'Neill", "José"])
HOSTILE = st.lists(
    st.tuples(
        CELL,
        CELL,
        st.sampled_from(["", "j@umber.example", "J@umber.example", "j@quill.example", "j@gmail.com", "nonsense"]),
        st.sampled_from(["", "Umber", "Umber Inc.", "Quill", "=1+1", "!!!"]),
        st.sampled_from(["", "umber.example", "https://quill.example/x", "gmail.com"]),
        st.sampled_from(["", "+14155550132", "4.1E9"]),
        st.sampled_from(["", "12", "1,000", "51-200"]),
        st.sampled_from(["", "yes"]),
    ),
    max_size=12,
)


def test_whatever_rows_a_file_has_its_second_run_changes_nothing(database, now):
    headings = ("First Name", "Last Name", "Email", "Company", "Website", "Phone", "Employees", "Do Not Call")

    @settings(max_examples=25)
    @given(HOSTILE)
    def holds(lines):
        database.write_now(lambda session: [session.execute(delete(table)) for table in reversed(TABLES)])
        text = io.StringIO()
        csv.writer(text).writerows([headings, *lines])
        first, again = (import_contacts_file(database, text.getvalue().encode(), now) for _ in range(2))
        assert first.rows == again.rows == sum(any(line) for line in lines)
        assert (again.added, again.changed) == (0, 0)

    holds()


def test_only_what_a_row_says_is_changed(database, now):
    import_contacts_file(database, APOLLO.encode(), now)
    report = import_contacts_file(
        database, b"Email,Title,First Name,Phone\nsiobhan@umber.example,CEO,,\nnew@umber.example,,,\n", now
    )
    assert (report.added, report.changed) == (1, 1)
    after = contact(database, "siobhan@umber.example")
    assert (after.title, after.first_name, after.phone) == ("CEO", "Siobhán", "+35314431234")
    assert after.extra["City"] == "Dublin"
    assert contact(database, "new@umber.example").account_id == after.account_id


def test_a_stage_that_was_won_is_not_lost_to_a_list(database, now):
    import_contacts_file(database, HUBSPOT.encode(), now)
    database.write_now(lambda session: session.execute(update(Contact).values(stage=Stage.CLIENT)))
    import_contacts_file(database, APOLLO.encode(), now)
    assert contact(database, "siobhan@umber.example").stage is Stage.CLIENT


def test_who_is_renamed_is_found_by_the_new_name_only(database, now):
    import_contacts_file(database, b"Email,First Name,Last Name\nj@umber.example,Jane,Thorne\n", now)
    import_contacts_file(database, b"Email,Last Name\nj@umber.example,Whitfield\n", now)
    found = database.read_now(lambda session: find_contacts(session, "Whitfield", None))
    assert [one.email for one in found] == ["j@umber.example"]
    assert database.read_now(lambda session: find_contacts(session, "Thorne", None)) == []


def test_imported_people_are_found_by_name_company_and_accentless(database, now):
    import_contacts_file(database, APOLLO.encode(), now)
    for typed in ("siobhan", "obrien", "umber", "Siobhán O’Brien", "siobhan@umber.example"):
        found = database.read_now(lambda session, typed=typed: find_contacts(session, typed, None))
        assert [one.email for one in found] == ["siobhan@umber.example"], typed


def test_companies_meet_by_domain_then_by_name_and_free_mail_is_none(database, now):
    text = (
        "Email,First Name,Company,Website\n"
        "a@umber.example,A,Umber GmbH,\n"
        "b@mail.umber.example,B,,\n"
        "c@gmail.com,C,Umber,\n"
        "d@gmail.com,D,,\n"
        "e@quill.example,E,Umber,https://quill.example\n"
    )
    report = import_contacts_file(database, text.encode(), now)
    assert report.accounts_added == 2
    homes = {who: contact(database, who).account_id for who in ("a@umber.example", "c@gmail.com", "d@gmail.com")}
    assert homes["a@umber.example"] == homes["c@gmail.com"]
    assert homes["d@gmail.com"] is None
    assert contact(database, "b@mail.umber.example").account_id == homes["a@umber.example"]
    assert account(database, contact(database, "e@quill.example")).domain == "quill.example"


def test_a_company_without_a_domain_gets_it_from_a_later_row(database, now):
    import_contacts_file(database, b"Name,Company,Phone\nAda Roe,Umber,+14155550132\n", now)
    import_contacts_file(database, b"Email,Company\nb@umber.example,Umber Inc.\n", now)
    assert count(database, Account) == 1
    assert account(database, contact(database, "b@umber.example")).domain == "umber.example"


def test_of_rows_that_disagree_on_their_company_the_first_counts(database, now):
    text = b"Email,Employees,Industry\na@umber.example,100,\nb@umber.example,120,Retail\nc@umber.example,,Pumps\n"
    import_contacts_file(database, text, now)
    home = account(database, contact(database, "a@umber.example"))
    assert (home.employees, home.industry) == (100, "Retail")
    import_contacts_file(database, b"Email,Employees\nc@umber.example,150\n", now)
    assert account(database, contact(database, "a@umber.example")).employees == 150


def test_a_row_that_repeats_somebody_is_told_apart_from_a_bad_one(database, now):
    text = b"Email,Title\na@umber.example,CEO\nA@Umber.example,Clerk\n"
    report = import_contacts_file(database, text, now)
    assert [str(one) for one in report.duplicates] == ["line 3: the same person as on line 2"]
    assert report.clean
    assert contact(database, "a@umber.example").title == "CEO"


def test_people_of_one_name_without_addresses_are_told_apart_by_company_only(database, now):
    text = b"Name,Company,Title\nJane Doe,Umber,CEO\nJane Doe,Umber Inc.,Clerk\nJane Doe,Quill,CFO\n"
    report = import_contacts_file(database, text, now)
    assert (report.added, [one.line for one in report.duplicates]) == (2, [3])
    again = import_contacts_file(database, text, now)
    assert (again.added, again.changed, again.unchanged, len(again.duplicates)) == (0, 0, 2, 1)


def test_rows_with_contradicting_companies_settle_at_once(database, now):
    text = (
        b"Email,Name,Website\nj@quill.example,,umber.example\nj@umber.example,,https://quill.example\n"
        b",Jane,https://quill.example\n"
    )
    import_contacts_file(database, text, now)
    before = everything(database)
    import_contacts_file(database, text, now)
    assert everything(database) == before


def test_an_address_found_later_joins_the_person_known_by_name(database, now):
    import_contacts_file(database, b"Name,Company\nJane Doe,Umber\nJane Roe,Umber\n", now)
    report = import_contacts_file(database, b"Name,Company,Email\nJane Doe,Umber,jane@umber.example\n", now)
    assert (report.added, report.changed) == (0, 1)
    assert count(database, Contact) == 2


def test_do_not_call_is_a_suppression_at_once(database, now):
    text = b"Email,Phone,Do Not Call,Email Opt Out\na@umber.example,+14155550132,Yes,no\nb@umber.example,,,1\n"
    import_contacts_file(database, text, now)
    stored = database.read_now(lambda session: set(session.execute(select(Suppression.value_hash, Suppression.covers))))
    assert stored == {
        (key_hash("email", "a@umber.example"), "call"),
        (key_hash("phone", "+14155550132"), "call"),
        (key_hash("email", "b@umber.example"), "email"),
    }


def test_nobody_who_asked_to_be_left_alone_comes_back_by_a_list(database, now):
    wish = {"kind": "email", "value_hash": key_hash("email", "gone@umber.example"), "covers": "all"}
    database.write_now(lambda session: session.add(Suppression(**wish, reason="erased", created_at=now())))
    report = import_contacts_file(database, b"Email\ngone@umber.example\nhere@umber.example\n", now)
    assert report.added == 1
    assert "left alone" in report.refused[0].reason
    assert count(database, Contact) == 1


def test_owners_are_ours_by_address_or_name(database, now):
    def hire(session):
        for email, name in (("ada@us.example", "Ada Lindqvist"), ("sam@us.example", "Sam Boone")):
            session.add(new_person(email, name, "UTC", now()))

    database.write_now(hire)
    text = (
        "Email,Contact Owner\na@umber.example,ada lindqvist\nb@umber.example,SAM@us.example\nc@umber.example,Nobody\n"
        "d@umber.example,\n"
    )
    report = import_contacts_file(database, text.encode(), now)
    owners = database.read_now(
        lambda session: dict(
            session.execute(select(Contact.email, Person.name).outerjoin(Person, Person.id == Contact.owner_id)).all()
        )
    )
    assert list(dict(sorted(owners.items())).values()) == ["Ada Lindqvist", "Sam Boone", None, None]
    assert [str(note) for note in report.notes] == ["line 4: the owner “Nobody” is none of us"]


def test_two_imports_of_one_file_at_once_make_everybody_once(database, now, tmp_path):
    companies = write_contacts(tmp_path / "c.csv", 150)
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(lambda _: import_contacts_file(database, tmp_path / "c.csv", now), range(2)))
    assert [report.refused for report in reports] == [[], []]
    assert sum(report.added for report in reports) == 150
    assert (count(database, Contact), count(database, Account)) == (150, companies)


def test_a_dry_run_counts_and_saves_nothing(database, now, tmp_path):
    write_contacts(tmp_path / "c.csv", 120)
    before = everything(database)
    report = import_contacts_file(database, tmp_path / "c.csv", now, dry_run=True)
    assert report.added == 120
    assert str(report).startswith("Nothing was saved")
    assert everything(database) == before


def test_hostile_cells_come_in_as_text(database, now):
    cells = [
        '=HYPERLINK("http://evil.example")',
        "<!channel> *bold*",
        "x" * 255,
        "Robert'); DROP TABLE contacts;--",
        "‮txet",
    ]
    text = io.StringIO()
    csv.writer(text).writerows(
        [("First Name", "Email"), *((cell, f"h{n}@umber.example") for n, cell in enumerate(cells))]
    )
    report = import_contacts_file(database, text.getvalue().encode(), now)
    assert report.added == len(cells)
    assert [contact(database, f"h{n}@umber.example").first_name for n in range(len(cells))] == cells


def test_an_import_is_in_the_audit_log_once(database, now):
    import_contacts_file(database, HUBSPOT.encode(), now)
    import_contacts_file(database, HUBSPOT.encode(), now)
    details = database.read_now(
        lambda session: session.scalars(select(AuditEntry.detail).where(AuditEntry.command == "import_contacts")).all()
    )
    assert details == [{"file": "", "added": 1, "changed": 0, "refused": 0}]


def test_a_file_without_people_says_so(database, now):
    with pytest.raises(UserError, match="No column holds"):
        import_contacts_file(database, b"Company,Website\nUmber,umber.example\n", now)
