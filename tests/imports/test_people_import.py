from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.db.models import Alignment, AuditEntry, Person, PersonRole, Team, TeamMember
from bot.domain.errors import UserError
from bot.domain.import_rows import KnownPerson, PersonRow, Refused
from bot.domain.people_checks import check_people
from bot.domain.terms import Role
from bot.intake.csv_people import import_people_file
from bot.intake.csv_reading import Row, open_csv
from bot.intake.people_rows import HEADINGS, MEANING, read_person
from sandbox.market import PEOPLE_FILE

TABLES = (Person, PersonRole, Team, TeamMember, Alignment, AuditEntry)
HEAD = "email,name,roles,team,timezone,country,hours,weight,aligned_aes,channel,manager\n"
THREE = (
    "sam@us.example,Sam,mrr,Inbound,,,,,erik@us.example;farah@us.example,,\n"
    "erik@us.example,Erik,ae,Closing,,,,,,#ae-erik,\n"
    "farah@us.example,Farah,ae,Closing,,,,,,,\n"
)


def everything(database):
    with database.reader.connect() as connection:
        return {table.__tablename__: sorted(map(repr, connection.execute(select(table.__table__)))) for table in TABLES}


def person(database, email):
    return database.read_now(lambda session: session.scalars(select(Person).where(Person.email == email)).one())


def roles(database, email):
    return {one.role.value for one in person(database, email).roles}


def teams(database, email):
    def read(session):
        found = session.execute(
            select(Team.name, TeamMember.manages)
            .join(TeamMember, TeamMember.team_id == Team.id)
            .join(Person, Person.id == TeamMember.person_id)
            .where(Person.email == email)
        )
        return dict(found.all())

    return database.read_now(read)


def aligned(database, email):
    def read(session):
        rep = select(Person.id).where(Person.email == email).scalar_subquery()
        return session.scalars(
            select(Person.email)
            .join(Alignment, Alignment.ae_id == Person.id)
            .where(Alignment.rep_id == rep)
            .order_by(Alignment.position)
        ).all()

    return database.read_now(read)


def load(database, now, lines, **options):
    return import_people_file(database, (HEAD + lines).encode(), now, **options)


def test_the_demo_company_comes_in_without_a_remark_and_twice_changes_nothing(database, now):
    report = import_people_file(database, PEOPLE_FILE, now)
    assert (report.added, report.refused, report.warnings, report.notes) == (12, [], [], [])
    assert roles(database, "bea@brightpath.example") == {"mrr", "sdr"}
    assert person(database, "ada@brightpath.example").hours.startswith("mon-thu 8:00-12:00,13:00")
    assert person(database, "bea@brightpath.example").weight == Decimal("0.5")
    assert teams(database, "lena@brightpath.example") == {"Inbound": True, "Outbound": True, "Closing": True}
    assert teams(database, "sam@brightpath.example") == {"Inbound": False}
    assert len(aligned(database, "lin@brightpath.example")) == 3
    before = everything(database)
    again = import_people_file(database, PEOPLE_FILE, now)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 12)
    assert everything(database) == before


def test_an_ae_may_come_later_in_the_file(database, now):
    report = load(database, now, THREE)
    assert report.added == 3
    assert aligned(database, "sam@us.example") == ["erik@us.example", "farah@us.example"]


@pytest.mark.parametrize("mark", [";", "|", " ", " ; "])
def test_several_roles_may_be_separated_as_one_likes(database, now, mark):
    load(database, now, f"bea@us.example,Bea,MRR{mark}Sdr,Inbound,,,,,,,\n")
    assert roles(database, "bea@us.example") == {"mrr", "sdr"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",Sam,mrr,,,,,,,,", "there is no e-mail address"),
        ("sam at us,Sam,mrr,,,,,,,,", "“sam at us” is not an e-mail address"),
        ("sam@us.example,Sam,mmr,,,,,,,,", "“mmr” is not a role; did you mean mrr?"),
        ("sam@us.example,Sam,pilot,,,,,,,,", "use mrr, sdr, ae"),
        ("sam@us.example,Sam,,,,,,,,,", "somebody new needs a role"),
        ("sam@us.example,Sam,mrr,,Europe/Berln,,,,,,", "Did you mean Europe/Berlin?"),
        ("sam@us.example,Sam,mrr,,,Atlantis,,,,,", "not a country"),
        ("sam@us.example,Sam,mrr,,,,mon-fri 9-25,,,,", "not a time of day"),
        ("sam@us.example,Sam,mrr,,,,whenever,,,,", "needs days and times"),
        ("sam@us.example,Sam,mrr,,,,,0,,,", "a weight is between"),
        ("sam@us.example,Sam,mrr,,,,,-1,,,", "a weight is between"),
        ("sam@us.example,Sam,mrr,,,,,NaN,,,", "weight"),
        ("sam@us.example,Sam,mrr,,,,,1e999,,,", "weight"),
        ("sam@us.example,Sam,mrr,,,,,much,,,", "not a weight"),
        ("sam@us.example,Sam,mrr,,,,,,erik@us.example,,", "names 1; the playbook asks for 2 to 5"),
        ("sam@us.example,Sam,mrr,,,,,,erik@us.example farah@us.exampl,,", "did you mean farah@us.example?"),
        ("sam@us.example,Sam,mrr,,,,,,erik@us.example bea@us.example,,", "does not hold the role ae"),
        ("sam@us.example,Sam,mrr,,,,,,erik@us.example sam@us.example,,", "themself"),
        ("sam@us.example,Sam,mrr,,,,,,,,maybe", "write yes, no, or the manager's e-mail"),
        ("sam@us.example,Sam,mrr,,,,,,,,yes", "no team is named"),
        ("sam@us.example,Sam,mrr,Inbound,,,,,,,erik@us.example", "does not hold the role manager"),
        ("sam@us.example,Sam,mrr,Inbound,,,,,,,zoe@us.example", "neither in this file nor set up"),
        ("sam@us.example," + "S" * 300 + ",mrr,,,,,,,,", "300 characters"),
    ],
)
def test_a_bad_row_says_what_to_write_instead(line, reason):
    text = HEAD + "erik@us.example,Erik,ae,,,,,,,,\nfarah@us.example,Farah,ae,,,,,,,,\nbea@us.example,Bea,mrr,,,,,,,,\n"
    with open_csv((text + line + "\n").encode(), MEANING.__contains__) as file:
        places = HEADINGS.places(file.headings)
        read = [row if isinstance(row, Refused) else read_person(row, places) for row in file.rows]
    checked = check_people([row for row in read if isinstance(row, PersonRow)], {}, 2, 5)
    refused = [*checked.refused, *(row for row in read if isinstance(row, Refused))]
    assert [one.line for one in refused] == [5]
    assert reason in refused[0].reason
    assert len(checked.rows) == 3


def test_a_row_that_leans_on_a_refused_one_is_refused_too(database, now):
    report = load(database, now, THREE.replace("Farah,ae", "Farah,aee"))
    assert [one.line for one in report.refused] == [2, 4]
    assert report.added == 1


def test_an_empty_cell_keeps_and_a_dash_clears(database, now):
    load(database, now, THREE)
    load(database, now, "erik@us.example,,,,Europe/Oslo,NO,mon-fri 8-16,2,,,\n")
    load(database, now, "erik@us.example,,,,,,,,,,\n")
    erik = person(database, "erik@us.example")
    assert (erik.name, erik.timezone, erik.country, erik.hours, erik.weight, erik.channel) == (
        "Erik",
        "Europe/Oslo",
        "NO",
        "mon-fri 8-16",
        Decimal(2),
        "#ae-erik",
    )
    assert erik.timezone_overridden
    load(database, now, "erik@us.example,,,,,,-,,,-,\nsam@us.example,,,,,,,,-,,\n")
    erik = person(database, "erik@us.example")
    assert (erik.hours, erik.channel) == (None, None)
    assert aligned(database, "sam@us.example") == []


def test_a_manager_is_named_by_address_or_says_yes(database, now):
    load(
        database,
        now,
        "lea@us.example,Lea,admin,Inbound,,,,,,,yes\nsam@us.example,Sam,mrr,Inbound,,,,,,,\n"
        "max@us.example,Max,manager,,,,,,,,no\nlin@us.example,Lin,sdr,Outbound;West,,,,,,,max@us.example\n",
    )
    assert roles(database, "lea@us.example") == {"admin", "manager"}
    assert teams(database, "lea@us.example") == {"Inbound": True}
    assert teams(database, "max@us.example") == {"Outbound": True, "West": True}
    assert teams(database, "lin@us.example") == {"Outbound": False, "West": False}


def test_who_moves_to_another_team_leaves_the_first_and_keeps_what_they_lead(database, now):
    load(database, now, "lea@us.example,Lea,manager,Inbound,,,,,,,yes\nsam@us.example,Sam,mrr,Inbound,,,,,,,\n")
    report = load(database, now, "lea@us.example,,,Outbound,,,,,,,\nsam@us.example,,,Outbound,,,,,,,\n")
    assert report.changed == 2
    assert teams(database, "sam@us.example") == {"Outbound": False}
    assert teams(database, "lea@us.example") == {"Inbound": True, "Outbound": False}
    load(database, now, "lea@us.example,,,Outbound,,,,,,,no\n")
    assert teams(database, "lea@us.example") == {"Outbound": False}


def test_roles_in_the_file_replace_those_held(database, now):
    load(database, now, THREE)
    load(database, now, "erik@us.example,,csm,,,,,,,,\n")
    assert roles(database, "erik@us.example") == {"csm"}


def test_nobody_is_removed_but_who_is_missing_is_told(database, now):
    load(database, now, THREE)
    report = load(database, now, "sam@us.example,,,,,,,,,,\n")
    assert "Not in this file, left as they are: Erik, Farah." in report.warnings
    assert person(database, "erik@us.example").active


def test_who_was_deactivated_is_active_again_when_listed(database, now):
    load(database, now, THREE)
    database.write_now(lambda session: session.execute(update(Person).values(active=False)))
    assert load(database, now, THREE).changed == 3
    assert person(database, "sam@us.example").active


def test_a_dry_run_of_people_saves_nothing(database, now):
    before = everything(database)
    report = load(database, now, THREE, dry_run=True)
    assert report.added == 3
    assert everything(database) == before


def test_a_person_twice_in_the_file_counts_once(database, now):
    report = load(database, now, "sam@us.example,Sam,mrr,,,,,,,,\nSAM@us.example,Samuel,mrr,,,,,,,,\n")
    assert [one.line for one in report.duplicates] == [3]
    assert person(database, "sam@us.example").name == "Sam"


def test_a_missing_admin_is_told(database, now):
    assert any("role admin" in warning for warning in load(database, now, THREE).warnings)


def test_unknown_columns_are_named(database, now):
    report = import_people_file(database, b"email;roles;shoe size\nsam@us.example;mrr;43\n", now)
    assert report.added == 1
    assert "shoe size" in report.warnings[0]


def test_a_file_of_contacts_is_not_taken_for_people(database, now):
    lines = "".join(f"p{number}@us.example,,mrr,,,,,,,,\n" for number in range(5_001))
    with pytest.raises(UserError, match="looks like a file of contacts"):
        load(database, now, lines)


@given(st.lists(st.text(max_size=20), min_size=11, max_size=11))
def test_any_cells_are_a_person_or_a_reason(cells):
    places = HEADINGS.places(HEAD.strip().split(","))
    assert isinstance(read_person(Row(2, cells), places), PersonRow | Refused)


EMAILS = st.sampled_from([f"{name}@us.example" for name in "abcde"])
ROWS = st.lists(
    st.builds(
        PersonRow,
        line=st.integers(2, 99),
        email=EMAILS,
        roles=st.none() | st.frozensets(st.sampled_from([Role.AE, Role.MRR, Role.MANAGER]), min_size=1),
        teams=st.none() | st.just(("Inbound",)),
        aligned_aes=st.none() | st.lists(EMAILS, min_size=1, max_size=3, unique=True).map(tuple),
        led_by=st.none() | EMAILS,
        leads_own_teams=st.none() | st.booleans(),
    ),
    max_size=6,
)
KNOWN = st.dictionaries(
    EMAILS, st.builds(KnownPerson, name=st.just("X"), roles=st.frozensets(st.sampled_from([Role.AE, Role.MRR])))
)


@given(ROWS, KNOWN)
def test_what_passes_the_check_stands_on_its_own(rows, known):
    checked = check_people(rows, known, 1, 2)
    assert len(checked.rows) + len(checked.refused) + len(checked.duplicates) == len(rows)
    held = {email: one.roles for email, one in known.items()}
    held |= {row.email: row.roles for row in checked.rows if row.roles is not None}
    for row in checked.rows:
        assert all(Role.AE in held[email] for email in row.aligned_aes or ())
    again = check_people(list(checked.rows), known, 1, 2)
    assert again.rows == checked.rows
    assert not again.refused
