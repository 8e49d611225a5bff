"""A contacts file whose people go into a cadence: an option, a column, who is left out, a second run."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db.models import Enrolment, Person
from bot.domain.errors import UserError
from bot.intake.csv_contacts import import_contacts_file
from tests.cadence.desk import MONDAY, NOW, DeskHouse, at

FILE = b"""Email,First Name,Last Name,Company,Country
ann@one.example,Ann,One,One Inc,US
bob@two.example,Bob,Two,Two Inc,US
,Cid,Three,Three Inc,US
"""


def imports(desk: DeskHouse, file: bytes = FILE, now: datetime = NOW, **more: Any) -> Any:
    return import_contacts_file(desk.database, file, lambda: now, **more)


def live(desk: DeskHouse) -> int:
    count = select(func.count()).select_from(Enrolment).where(Enrolment.ended_at.is_(None))
    return desk.database.read_now(lambda session: session.scalar(count))


def test_everybody_of_a_file_goes_into_a_reps_cadence(desk: DeskHouse) -> None:
    report = imports(desk, enroll="sam@us.example")
    assert (report.added, report.enrolled, live(desk)) == (3, 2, 2)
    assert [str(one) for one in report.not_enrolled] == ["line 4: has no e-mail address"]
    assert "2 people enrolled, 1 not." in str(report)


def test_a_second_run_enrols_nobody_twice(desk: DeskHouse) -> None:
    imports(desk, enroll="Sam")
    report = imports(desk, enroll="Sam")
    assert (report.added, report.enrolled, live(desk)) == (0, 0, 2)
    assert str(report.not_enrolled[0]) == "line 2: is in a plan already, Sam's"


def test_a_column_names_the_rep_or_says_yes_for_the_owner(desk: DeskHouse) -> None:
    file = b"""Email,First Name,Company,Country,Owner,Enroll
ann@one.example,Ann,One Inc,US,Ada,yes
bob@two.example,Bob,Two Inc,US,Ada,sam@us.example
cid@three.example,Cid,Three Inc,US,Ada,
dan@four.example,Dan,Four Inc,US,Ada,nobody@us.example
"""
    report = imports(desk, file)
    rows = select(Person.name).join(Enrolment, Enrolment.person_id == Person.id).order_by(Person.name)
    assert desk.database.read_now(lambda session: session.scalars(rows).all()) == ["Ada", "Sam"]
    assert report.warnings == ["Nobody was enrolled for nobody@us.example: “nobody@us.example” is none of us."]


def test_without_being_asked_nobody_is_enrolled(desk: DeskHouse) -> None:
    imports(desk)
    assert live(desk) == 0


def test_a_dry_run_only_counts(desk: DeskHouse) -> None:
    report = imports(desk, enroll="sam@us.example", dry_run=True)
    assert (report.enrolled, live(desk)) == (3, 0)


def test_a_wrong_rep_is_told_before_anything_is_read(desk: DeskHouse) -> None:
    with pytest.raises(UserError, match="none of us"):
        imports(desk, enroll="sma@us.example")


def test_a_long_list_is_spread_over_the_days_ahead(desk: DeskHouse) -> None:
    rows = [f"p{n}@c{n}.example,P,N{n},Company {n},US" for n in range(130)]
    file = "\n".join(["Email,First Name,Last Name,Company,Country", *rows]).encode()
    report = imports(desk, file, at(MONDAY), enroll="sam@us.example")
    assert report.enrolled == 130
    starts = select(Enrolment.started_on, func.count()).group_by(Enrolment.started_on)
    counts = dict(desk.database.read_now(lambda session: session.execute(starts).all()))
    assert max(counts.values()) == 15, "a quarter of the day's sixty e-mails are first ones"
    assert len(counts) >= 9


def test_somebody_in_a_country_of_consent_is_enrolled_once_the_file_says_they_agreed(desk: DeskHouse) -> None:
    bare = b"Email,First Name,Last Name,Company,Country\nann@one.example,Ann,One,One Inc,DE\n"
    report = imports(desk, bare, enroll="Sam")
    assert (report.enrolled, live(desk)) == (0, 0)
    assert "needs their consent first" in str(report.not_enrolled[0])
    agreed = (
        b"Email,First Name,Last Name,Company,Country,Consent Basis,Consent Given On\n"
        b"ann@one.example,Ann,One,One Inc,DE,opt_in,2026-02-01\n"
    )
    report = imports(desk, agreed, enroll="Sam")
    assert (report.enrolled, live(desk)) == (1, 1)
