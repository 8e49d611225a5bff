"""Rows of a file of contacts: what a cell means, and which rows are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.import_rows import ContactRow, Refused
from bot.intake.contact_columns import MEANING, Columns
from bot.intake.contact_rows import ContactReader
from bot.intake.csv_reading import Row, open_csv
from tests.imports.exports import APOLLO, HUBSPOT, OURS, REPORT, SALESFORCE


def rows_of(text: str, country: str = "US") -> list[ContactRow | Refused]:
    with open_csv(text.encode(), MEANING.__contains__) as file:
        reader = ContactReader(Columns(file.headings), country)
        return [row if isinstance(row, Refused) else reader.read(row) for row in file.rows]


@pytest.mark.parametrize("text", [APOLLO, HUBSPOT, SALESFORCE, REPORT, OURS])
def test_the_same_person_is_read_from_every_export(text):
    (row,) = rows_of(text)
    assert isinstance(row, ContactRow)
    assert (row.person.first_name, row.person.last_name) == ("Siobhán", "O'Brien")
    assert row.person.email == "siobhan@umber.example"
    assert row.person.phone == "+35314431234"
    assert row.company.name.startswith("Umber")


def test_what_apollo_says_is_kept_whole():
    (row,) = rows_of(APOLLO)
    assert row.person.country == "IE"
    assert row.company.domain == "umber.example"
    assert row.company.employees == 1200
    assert row.external_ids == {"apollo": "ap1"}
    assert row.extra["Corporate Phone"] == "+1 415 555 0100"
    assert row.extra["# Employees"] == "1,200"
    assert row.extra["City"] == "Dublin"
    assert row.extra["Stage"] == "Cold"


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("+49 30 901820", "+4930901820"),
        ("(415) 555-0132", "+14155550132"),
        ("4.930901820123E12", "+4930901820123"),
        ("3.01E9", None),
        ("4.15555E+09", None),
        ("4.155550132E9", "+14155550132"),
        ('="4155550132"', "+14155550132"),
        ("'+4930901820", "+4930901820"),
        ("ask at the desk", None),
        ("", None),
    ],
)
def test_a_phone_is_a_number_or_stays_text(cell, phone):
    quoted = '"' + cell.replace('"', '""') + '"'
    (row,) = rows_of(f"Email,Phone\na@b.example,{quoted}\n")
    assert row.person.phone == phone
    if cell and phone is None:
        assert row.extra["Phone"] == cell
        assert len(row.notes) == 1
        assert cell not in row.notes[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",,,", None),
        (",,,Acme", "neither a name nor"),
        ("Jane,Doe,,", "only a name"),
        ("Jane,Doe,,!!!", "only a name"),
        ("Jane,Doe,jane at acme,Acme", "not valid"),
        ("Jane,Doe,@,Acme", "not valid"),
        ("J" * 300 + ",Doe,j@acme.example,Acme", "300 characters"),
        ("Jane,Doe,j@acme.example,Acme,extra,cells", "6 cells"),
    ],
)
def test_a_bad_row_says_why(line, reason):
    rows = rows_of(f"First Name,Last Name,Email,Company\n{line}\n")
    if reason is None:
        assert rows == []
        return
    assert isinstance(rows[0], Refused)
    assert reason in rows[0].reason
    assert rows[0].line == 2
    assert "j@acme" not in rows[0].reason


@pytest.mark.parametrize(("cell", "said"), [("Yes", True), ("TRUE", True), ("1", True), ("please!", True)])
def test_anything_but_a_no_is_a_wish_to_be_left_alone(cell, said):
    assert rows_of(f"Email,Do Not Call\na@b.example,{cell}\n")[0].do_not_call is said


@pytest.mark.parametrize("cell", ["", "No", "false", "0", "-"])
def test_a_no_is_a_no(cell):
    assert rows_of(f"Email,Do Not Call\na@b.example,{cell}\n")[0].do_not_call is False


@given(st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_any_cells_are_a_row_or_a_reason(cells):
    columns = Columns(["Email", "Name", "Company", "Phone", "Employees", "Country"])
    assert isinstance(ContactReader(columns, "US").read(Row(2, cells)), ContactRow | Refused)
