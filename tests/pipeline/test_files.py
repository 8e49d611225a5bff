"""The CSV of rows: adds up, and no cell begins a formula."""

import csv
import io
from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.metrics import Number, Row, Scope, Value
from bot.domain.metrics_defined import DEFINITIONS, value_of
from bot.domain.money import Money
from bot.slack.csv_file import COLUMNS, rows_csv, safe

texts = st.text(max_size=20) | st.builds(
    "".join, st.tuples(st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "＝"]), st.text(max_size=10))
)
rows = st.lists(
    st.builds(
        Row,
        id=st.uuids(),
        at=st.dates() | st.datetimes(timezones=st.just(UTC)),
        name=texts,
        company=texts,
        rep=texts,
        ae=texts,
        source=texts,
        what=texts,
        counts=st.booleans(),
        cents=st.integers(0, 10**12),
        currency=st.sampled_from(["EUR", "USD"]),
        seconds=st.none() | st.integers(0, 10**6),
        shift_seconds=st.none(),
    ),
    max_size=8,
)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(rows)
def test_a_file_adds_up_to_its_number_and_holds_no_formula(made: list[Row]) -> None:
    lines = read(rows_csv(made))
    assert len(lines) == len(made)
    sums: dict[str, int] = {}
    for line in lines:
        sums[line["currency"]] = sums.get(line["currency"], 0) + round(float(line["amount"]) * 100)
        for column in ("name", "company", "rep", "account_executive", "source", "what"):
            assert not line[column].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    value = value_of(DEFINITIONS[Number.CLOSED], made)
    assert value == Value(len(made), money=tuple(Money(cents, code) for code, cents in sorted(sums.items())))


def test_what_looks_like_a_formula_is_text() -> None:
    assert safe("=1+1") == "'=1+1"
    assert safe("  @SUM(A1)") == "'  @SUM(A1)"
    assert safe("Jane - Acme") == "Jane - Acme"


def test_days_and_moments_are_written_in_one_way() -> None:
    at = datetime(2027, 3, 17, 9, 30, tzinfo=UTC)
    made = [_row(at), _row(date(2027, 3, 17))]
    assert [line["at"] for line in read(rows_csv(made))] == ["2027-03-17T09:30:00+00:00", "2027-03-17"]
    assert tuple(read(rows_csv(made))[0]) == COLUMNS


def _row(at: datetime | date) -> Row:
    return Row(UUID(int=1), at, "Jane", "", "", "", "", "", counts=False)


@given(st.lists(st.uuids(), max_size=3), st.lists(st.uuids(), max_size=3))
def test_a_scope_is_carried_whole(people: list[object], teams: list[object]) -> None:
    scope = Scope(people=tuple(people), teams=tuple(teams))  # type: ignore[arg-type]
    assert Scope.decode(scope.encode()) == scope
    assert Scope.decode(Scope(everyone=True).encode()) == Scope(everyone=True)
