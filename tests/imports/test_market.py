import csv
import re

from bot.domain.import_rows import ContactRow
from bot.domain.matching import company_domain
from bot.intake.contact_columns import MEANING, Columns
from bot.intake.contact_rows import ContactReader
from bot.intake.csv_reading import open_csv
from sandbox.market import APOLLO, somebodies, write_contacts


def test_a_seed_gives_the_same_market(tmp_path):
    write_contacts(tmp_path / "a.csv", 500, seed=3)
    write_contacts(tmp_path / "b.csv", 500, seed=3)
    write_contacts(tmp_path / "c.csv", 500, seed=4)
    same, other = ((tmp_path / name).read_bytes() for name in ("b.csv", "c.csv"))
    assert (tmp_path / "a.csv").read_bytes() == same != other


def test_the_market_is_as_large_and_varied_as_it_should_be(tmp_path):
    companies = write_contacts(tmp_path / "c.csv", 5000)
    assert 1300 <= companies <= 1700
    people = list(somebodies(5000))
    assert len({one.email for one in people}) == 5000
    lasts = {one.last for one in people}
    assert any("'" in name for name in lasts)
    assert any(not name.isascii() for name in lasts)
    assert sum(one.last == "Müller" for one in people) > 5


def test_nothing_of_the_market_is_of_this_world():
    for one in somebodies(2000):
        assert re.fullmatch(r"[a-z0-9.]+@[a-z0-9-]+\.example", one.email), one.email
        assert company_domain(one.email) == one.company.domain


def test_every_row_of_the_market_is_read_without_a_remark(tmp_path):
    write_contacts(tmp_path / "c.csv", 1000)
    with (tmp_path / "c.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(APOLLO)
    with open_csv(tmp_path / "c.csv", MEANING.__contains__) as file:
        reader = ContactReader(Columns(file.headings), "US")
        rows = [reader.read(row) for row in file.rows]
    assert len(rows) == 1000
    assert all(isinstance(row, ContactRow) for row in rows)
    assert [note for row in rows for note in row.notes] == []
    assert sum(row.person.phone is not None for row in rows) > 400
    assert all(row.person.country for row in rows)
