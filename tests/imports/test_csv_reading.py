import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import UserError
from bot.domain.import_rows import Refused
from bot.intake.csv_reading import DELIMITERS, Row, clean, heading_key, open_csv

KNOWN = {"email", "firstname", "lastname", "company", "phone"}


def read(data: bytes) -> tuple[list[str], list[Row | Refused], list[str]]:
    with open_csv(data, KNOWN.__contains__) as file:
        return file.headings, list(file.rows), file.warnings


def cells(data: bytes) -> list[list[str]]:
    return [row.cells for row in read(data)[1] if isinstance(row, Row)]


@pytest.mark.parametrize("heading", ["First Name", "first_name", "FIRST NAME", "FirstName", " first-name "])
def test_headings_are_one_however_they_are_written(heading):
    assert heading_key(heading) == "firstname"


@pytest.mark.parametrize("mark", DELIMITERS)
def test_the_delimiter_is_found(mark):
    lines = [("First Name", "Last Name", "Email"), ("Jane", "Doe", "jane@acme.example"), ("Zoé", "", "z@acme.example")]
    text = "\r\n".join(mark.join(line) for line in lines)
    assert cells(text.encode()) == [["Jane", "Doe", "jane@acme.example"], ["Zoé", "", "z@acme.example"]]


def test_commas_in_quotes_do_not_hide_a_semicolon():
    data = b'Email;Company\n"a@b.example";"Doe, Roe, Poe, Moe"\n"c@b.example";"One, two, three"\n'
    assert cells(data) == [["a@b.example", "Doe, Roe, Poe, Moe"], ["c@b.example", "One, two, three"]]


def test_a_first_line_may_name_the_separator():
    assert cells(b"sep=;\r\nEmail;Company\r\na@b.example;Acme\r\n") == [["a@b.example", "Acme"]]


@pytest.mark.parametrize(
    "data",
    [
        "Email,Company\nj@a.example,Größe\n".encode("utf-8-sig"),
        "Email,Company\nj@a.example,Größe\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Email,Company\nj@a.example,Größe\n".encode("utf-16-be"),
        "Email,Company\nj@a.example,Größe\n".encode("utf-32"),
        "Email,Company\rj@a.example,Größe\r".encode(),
    ],
)
def test_encodings_with_a_mark_are_read(data):
    assert read(data)[::2] == (["Email", "Company"], [])
    assert cells(data) == [["j@a.example", "Größe"]]


def test_an_old_windows_file_is_read_with_a_warning():
    _, rows, warnings = read("Email,Company\nj@a.example,Größe – „gut“\n".encode("cp1252"))
    assert rows == [Row(2, ["j@a.example", "Größe – „gut“"])]
    assert "Windows-1252" in warnings[0]


def test_accents_far_into_the_file_still_decide_the_encoding():
    data = b"Email,Company\n" + b"j@a.example,Acme\n" * 20_000 + "k@a.example,Größe\n".encode()
    assert cells(data)[-1] == ["k@a.example", "Größe"]


def test_lines_in_quotes_keep_the_row_together_and_the_numbers_right():
    data = b'Email,Company\n"a@b.example","Acme\r\nand Sons"\nc@d.example,Umber\n'
    assert read(data)[1] == [Row(2, ["a@b.example", "Acme and Sons"]), Row(4, ["c@d.example", "Umber"])]


def test_a_quote_that_never_closes_costs_its_row_and_none_after_it():
    data = b'Email,Company\n"a@b.example,Acme\n' + b"c@d.example,Umber\n" * 3
    rows = read(data)[1]
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert isinstance(rows[0], Refused)
    assert "quotation mark" in rows[0].reason
    assert all(isinstance(row, Row) for row in rows[1:])


def test_a_quote_that_never_closes_in_a_long_file_costs_one_row():
    data = b'Email,Company\n"a@b.example,Acme\n' + b"c@d.example,Umber\n" * 5_000
    rows = read(data)[1]
    assert len(rows) == 5_001
    assert sum(isinstance(row, Refused) for row in rows) == 1


def test_an_endless_cell_is_refused_and_the_next_row_is_read():
    data = b"Email,Company\na@b.example," + b"x" * 200_000 + b"\nc@d.example,Umber\n"
    rows = read(data)[1]
    assert isinstance(rows[0], Refused)
    assert rows[1] == Row(3, ["c@d.example", "Umber"])


def test_an_endless_line_is_refused_and_the_next_row_is_read():
    data = b"Email,Company\n" + b"a," * 1_500_000 + b"\nc@d.example,Umber\n"
    rows = read(data)[1]
    assert isinstance(rows[0], Refused)
    assert rows[1] == Row(3, ["c@d.example", "Umber"])


def test_too_many_cells_are_refused_but_empty_ones_are_not():
    data = b"Email,Company\na@b.example,Acme,,\nc@d.example,Umber, Inc\ne@f.example\n,,\n"
    rows = read(data)[1]
    assert rows[0] == Row(2, ["a@b.example", "Acme"])
    assert isinstance(rows[1], Refused)
    assert rows[2] == Row(4, ["e@f.example", ""])
    assert len(rows) == 3


def test_a_formula_stays_the_text_it_is():
    data = b'Email,Company\na@b.example,"=HYPERLINK(""http://evil.example"",""x"")"\n'
    assert cells(data) == [["a@b.example", '=HYPERLINK("http://evil.example","x")']]


def test_control_characters_are_gone_and_letters_are_composed():
    assert clean(" Jo\x00hn\x1b[31m\tDoe ") == "Jo hn [31m Doe"
    assert clean("Jose\u0301") == "José"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n\n", b"PK\x03\x04rest", b"Alpha,Beta\n1,2\n", b'"'])
def test_a_file_with_nothing_to_read_says_so(data):
    with pytest.raises(UserError) as error:
        read(data)
    assert error.value.sentence.endswith(".")


def test_a_file_that_is_not_there_says_so(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path, str(tmp_path) + "/a\0b"):
        with pytest.raises(UserError, match="can't read"), open_csv(path, KNOWN.__contains__):
            pass


MESS = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=200).map(lambda tail: b"Email,Company\n" + tail),
    st.text(alphabet='aé",;\n\r\x00\ufeff\u2028=@.', max_size=300).map(
        lambda tail: ("Email;Company\n" + tail).encode()
    ),
    st.text(max_size=100).map(lambda tail: ("email\t" + tail).encode("utf-16", "surrogatepass")),
)


@given(MESS)
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\x00\x01")
@example(b"\xef\xbb\xbfemail\n\xff\xfe")
def test_any_bytes_are_rows_or_one_sentence(data):
    try:
        headings, rows, _ = read(data)
    except UserError:
        return
    for row in rows:
        assert isinstance(row, Refused) or len(row.cells) == len(headings)
        if isinstance(row, Row):
            assert "\x00" not in "".join(row.cells)
            "".join(row.cells).encode()


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=20), st.sampled_from(DELIMITERS))
def test_what_a_csv_writer_wrote_is_read_back(pairs, mark):
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([("Email", "Company"), *pairs])
    assert cells(text.getvalue().encode()) == [[clean(one), clean(two)] for one, two in pairs if clean(one + two)]
