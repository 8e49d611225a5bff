"""Consent in a contacts file: kept with its basis and days, refused where it is unclear, and what it allows."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.db.models import Consent, Contact
from bot.intake.contact_consent import ConsentRules, read_consent
from bot.intake.csv_contacts import import_contacts_file
from bot.intake.csv_days import CellError

HEAD = "Email,First Name,Country,Consent Basis,Consent Given On,Consent Expires On,Consent Text\n"
ADA = "ada@umber.example,Ada,DE,Opt-in,2026-02-01,2026-08-31,News by mail\n"
RULES = ConsentRules(("opt_in", "contract"), datetime(2026, 3, 2, 9, tzinfo=UTC))


def consents(database):
    return database.read_now(lambda session: session.scalars(select(Consent).order_by(Consent.given_at)).all())


def test_a_consent_of_a_file_is_kept_and_the_same_file_changes_nothing(database, now):
    report = import_contacts_file(database, (HEAD + ADA).encode(), now)
    assert (report.added, report.clean) == (1, True)
    (kept,) = consents(database)
    assert (kept.basis, kept.text, kept.withdrawn_at) == ("opt_in", "News by mail", None)
    assert kept.given_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert kept.expires_at == datetime(2026, 9, 1, tzinfo=UTC)  # it holds through its last day
    again = import_contacts_file(database, (HEAD + ADA).encode(), now)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert len(consents(database)) == 1


def test_a_later_file_moves_the_end_and_adds_another_consent(database, now):
    import_contacts_file(database, (HEAD + ADA).encode(), now)
    longer = import_contacts_file(database, (HEAD + ADA.replace("2026-08-31", "2027-08-31")).encode(), now)
    assert (longer.changed, [kept.expires_at.year for kept in consents(database)]) == (1, [2027])
    other = import_contacts_file(database, (HEAD + ADA.replace("2026-02-01", "2026-02-20")).encode(), now)
    assert (other.changed, len(consents(database))) == (1, 2)


def test_a_consent_that_was_withdrawn_is_not_given_again_by_its_file(database, now):
    import_contacts_file(database, (HEAD + ADA).encode(), now)
    database.write_now(lambda session: session.execute(update(Consent).values(withdrawn_at=now())))
    report = import_contacts_file(database, (HEAD + ADA.replace("2026-08-31", "2027-08-31")).encode(), now)
    assert report.unchanged == 1
    assert [kept.withdrawn_at for kept in consents(database)] == [now()]


def test_a_raised_hand_of_a_file_ends_when_the_playbook_says(database, now):
    row = "ada@umber.example,Ada,DE,raised hand,2026-02-01,,\n"
    import_contacts_file(database, (HEAD + row).encode(), now)
    days = database.playbook.compliance.implied_consent_days
    assert consents(database)[0].expires_at == datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=days)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            "guess,2026-02-01,,",
            "“guess” is no basis of consent that the playbook knows; it knows consent, opt_in, double_opt",
        ),
        ("opt_in,,,", "a consent needs the day it was given"),
        ("opt_in,soon,,", "I can't tell which day “soon” is; write it like 2026-06-30"),
        ("opt_in,2027-02-01,,", "the day the consent was given is still to come"),
        ("opt_in,2026-02-01,2026-01-01,", "the consent ends before it was given"),
    ],
)
def test_an_unclear_consent_refuses_its_row_with_the_reason(database, now, cells, reason):
    text = f"{HEAD}ada@umber.example,Ada,DE,{cells}\n{ADA.replace('ada', 'bea')}"
    report = import_contacts_file(database, text.encode(), now)
    assert report.added == 1
    (refused,) = report.refused
    assert refused.line == 2
    assert refused.reason.startswith(reason)


def test_days_without_a_basis_are_kept_as_text_and_noted(database, now):
    report = import_contacts_file(database, f"{HEAD}ada@umber.example,Ada,DE,,2026-02-01,,\n".encode(), now)
    assert [str(note) for note in report.notes] == [
        "line 2: what it says of a consent has no basis and was kept as text"
    ]
    assert consents(database) == []
    extra = database.read_now(lambda session: session.scalar(select(Contact.extra)))
    assert extra == {"Consent Given On": "2026-02-01"}


@given(basis=st.text(max_size=12), given_on=st.text(max_size=12), expires=st.text(max_size=12), text=st.text())
def test_any_cells_are_a_consent_of_the_playbook_or_a_reason(basis, given_on, expires, text):
    try:
        read = read_consent(basis, given_on, expires, text, RULES)
    except CellError:
        assert basis
        return
    assert (read is None) == (not basis)
    assert read is None or read.basis in RULES.bases


@given(day=st.dates(date(2000, 1, 1), date(2026, 3, 2)), runs=st.integers(0, 4000))
def test_every_day_that_is_written_is_the_day_that_is_kept(day, runs):
    end = day + timedelta(days=runs)
    read = read_consent("Opt In", day.isoformat(), end.isoformat(), "", RULES)
    assert read.given_at == datetime.combine(day, time(), UTC)
    assert read.expires_at == datetime.combine(end + timedelta(days=1), time(), UTC)
