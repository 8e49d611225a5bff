"""``handraiser import --steps``: cadences under way go on where they stand; the same file twice; rows left out."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.db.models import Account, Contact, Enrolment, Lead, Suppression, Touch
from bot.domain.business_time import work_week
from bot.domain.cadence import Course, Step, begin, cadence_shape, touched
from bot.domain.cadence_days import Absence, Days, days_of
from bot.domain.cadence_underway import SoFar, take_up
from bot.domain.compliance import email_key, key_hash
from bot.domain.errors import UserError
from bot.domain.import_rows import ImportReport
from bot.domain.terms import Channel, Outcome, Stage
from bot.intake.csv_steps import import_steps_file
from bot.playbook.load import default_playbook
from tests.cadence.desk import MONDAY, NOW, DeskHouse, at

HEAD = "Contact email,Rep,Started on,Cycle,Last e-mail sent on,Last call,Outcome,Notes\n"
ANN = "ann@one.example,sam@us.example,2026-02-23,1,2026-02-23,2026-02-24,left vm,asked for Tim\n"
BOB = "bob@two.example,ada@us.example,23.02.2026,2,2026-02-28,,,\n"


def imports(desk: DeskHouse, text: str, now: datetime = NOW, **more: bool) -> ImportReport:
    return import_steps_file(desk.database, text.encode(), lambda: now, **more)


def plan_of(desk: DeskHouse, email: str) -> Enrolment:
    return desk.plan(contact_of(desk, email).id)


def contact_of(desk: DeskHouse, email: str) -> Contact:
    return next(one for one in every(desk, Contact) if one.email == email)


def every(desk: DeskHouse, model: Any) -> list[Any]:
    return desk.database.read_now(lambda session: list(session.query(model).order_by(model.id)))


def test_plans_go_on_where_they_stand(desk: DeskHouse) -> None:
    report = imports(desk, HEAD + ANN + BOB)
    assert (report.added, report.refused) == (2, [])
    ann, bob = plan_of(desk, "ann@one.example"), plan_of(desk, "bob@two.example")
    # Ann was called in cycle 1: e-mail 2 is planned for day 6, Saturday, and falls on Monday.
    assert (ann.step, ann.cycle, ann.next_due_on, ann.person_id) == ("email", 2, MONDAY, desk.sam.person_id)
    # Bob was written to on a Saturday: the call is due on the working day after.
    assert (bob.step, bob.cycle, bob.next_due_on, bob.person_id) == ("call", 2, MONDAY, desk.ada.person_id)
    assert [(item.step, item.overdue_days) for item in desk.due(MONDAY)] == [("cycle 2 of 4, day 8 of 21", 0)]


def test_what_was_done_before_stands_in_the_history(desk: DeskHouse) -> None:
    imports(desk, HEAD + ANN)
    email, call = every(desk, Touch)
    assert (email.channel, email.outcome, email.local_date) == (Channel.EMAIL, Outcome.SENT, date(2026, 2, 23))
    assert (call.channel, call.outcome, call.local_date) == (Channel.CALL, Outcome.VOICEMAIL, date(2026, 2, 24))
    assert (email.note, call.note) == ("", "asked for Tim")
    assert contact_of(desk, "ann@one.example").last_touched_at == at(date(2026, 2, 24), 12)


def test_the_same_file_twice_changes_nothing_also_after_a_step_here(desk: DeskHouse) -> None:
    imports(desk, HEAD + ANN + BOB)
    desk.logs(Outcome.SENT, Channel.EMAIL, contact=contact_of(desk, "ann@one.example").id)
    before = [(one.id, one.version, one.step, one.next_due_on) for one in every(desk, Enrolment)]
    touches = len(every(desk, Touch))
    report = imports(desk, HEAD + ANN + BOB, at(MONDAY + timedelta(days=1)))
    assert (report.added, report.changed, report.unchanged, report.refused) == (0, 0, 2, [])
    assert [(one.id, one.version, one.step, one.next_due_on) for one in every(desk, Enrolment)] == before
    assert len(every(desk, Touch)) == touches


def test_a_mended_row_puts_its_plan_right_while_nobody_moved_it(desk: DeskHouse) -> None:
    imports(desk, HEAD + BOB)
    report = imports(desk, HEAD + BOB.replace(",2,2026-02-28,,,", ",2,2026-02-28,2026-03-01,no answer,"))
    assert (report.changed, report.unchanged) == (1, 0)
    plan = plan_of(desk, "bob@two.example")
    assert (plan.step, plan.cycle, plan.next_due_on) == ("email", 3, date(2026, 3, 5))
    assert len(every(desk, Touch)) == 2


def test_an_ended_plan_does_not_come_back_by_the_file(desk: DeskHouse) -> None:
    imports(desk, HEAD + ANN)
    desk.logs(Outcome.CONNECTED, contact=contact_of(desk, "ann@one.example").id)
    report = imports(desk, HEAD + ANN)
    assert (report.added, report.unchanged) == (0, 1)
    assert plan_of(desk, "ann@one.example").ended_at is not None


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nonsense,sam@us.example,2026-02-23,1,,,,", "there is no valid e-mail address of the contact"),
        ("a@b.example,sam,2026-02-23,1,,,,", "there is no valid e-mail address of the rep"),
        ("a@b.example,eve@us.example,2026-02-23,1,,,,", "eve@us.example is no rep here"),
        ("a@b.example,lena@us.example,2026-02-23,1,,,,", "lena@us.example is no rep here"),
        ("a@b.example,sam@us.example,,1,,,,", "it has no day on which the cadence began"),
        ("a@b.example,sam@us.example,02/03/2026,1,,,,", "I can't tell which day “02/03/2026” is"),
        ("a@b.example,sam@us.example,2026-02-30,1,,,,", "there is no day 2026-02-30"),
        ("a@b.example,sam@us.example,2026-02-23,9,,,,", "there is no cycle 9: the playbook has 4"),
        ("a@b.example,sam@us.example,2026-02-23,two,,,,", "“two” is no cycle"),
        ("a@b.example,sam@us.example,2026-01-05,4,2026-01-20,,,", "its time was over on 25 Jan 2026"),
        ("a@b.example,sam@us.example,2026-03-20,1,,,,", "the day it began is still to come"),
        ("a@b.example,sam@us.example,2026-02-23,1,2026-02-20,,,", "the last e-mail lies before the day it began"),
        ("a@b.example,sam@us.example,2026-02-23,1,,,busy,", "no day of it"),
        ("a@b.example,sam@us.example,2026-02-23,1,,2026-02-24,moonwalk,", "“moonwalk” is no outcome of a call"),
        ("a@b.example,sam@us.example,2026-02-23,1,,2026-02-24,spoke,", "their last call ended it (connected)"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_costs_no_other(desk: DeskHouse, row: str, why: str) -> None:
    report = imports(desk, HEAD + row + "\n" + ANN)
    assert report.added == 1
    (refused,) = report.refused
    assert refused.line == 2
    assert why in refused.reason


def test_who_may_not_be_worked_is_left_out_with_the_reason(desk: DeskHouse) -> None:
    lead = desk.opens_lead(owner=desk.ada)
    client = desk.knows_account("Clientco", stage=Stage.CLIENT)
    desk.knows("Cleo", email="cleo@clientco.example", account=client)
    rows = "jane@acme.com,sam@us.example,2026-02-23,1,,,,\ncleo@clientco.example,sam@us.example,2026-02-23,1,,,,\n"
    report = imports(desk, HEAD + rows)
    assert [str(one) for one in report.refused] == [
        "line 2: the person has an open lead with Ada",
        "line 3: the person is a client; clients are not put into a cadence",
    ]
    assert desk.database.read_now(lambda session: session.get_one(Lead, lead)).closed_at is None
    assert every(desk, Enrolment) == []


@pytest.mark.parametrize("covers", ["all", "email"])
def test_nobody_who_is_suppressed_goes_on_by_a_file(desk: DeskHouse, covers: str) -> None:
    no = {"kind": "email", "value_hash": key_hash("email", email_key("ann@one.example")), "covers": covers}
    desk.write(lambda session: session.add(Suppression(**no, reason="opted out", created_at=NOW)))
    report = imports(desk, HEAD + ANN + BOB)
    (refused,) = report.refused
    assert (report.added, refused.line) == (1, 2)
    assert any(word in refused.reason for word in ("opted out", "left alone"))
    assert [one.contact_id for one in every(desk, Enrolment)] == [contact_of(desk, "bob@two.example").id]


def test_two_reps_never_come_onto_one_account_by_a_file(desk: DeskHouse) -> None:
    head = "email,company,rep,started on\n"
    rows = "a@one.example,One,sam@us.example,2026-02-23\nb@one.example,One,ada@us.example,2026-02-23\n"
    report = imports(desk, head + rows)
    assert [str(one) for one in report.refused] == ["line 3: the person works at One, and Sam is working there"]


def test_a_plan_of_a_colleague_is_not_taken_over(desk: DeskHouse) -> None:
    desk.enrolls(by=desk.ada)
    report = imports(desk, HEAD + "jane@acme.com,sam@us.example,2026-02-23,1,,,,\n")
    assert [str(one) for one in report.refused] == ["line 2: the person is in a plan already, Ada's"]


def test_columns_are_known_by_many_names_and_a_cell_may_hold_day_and_outcome(desk: DeskHouse) -> None:
    text = "Work Email;Name;Company Name;Owner Email;Start date;Step;Last sent;Last call/outcome;Mood\n"
    text += "ann@one.example;Ann Other;One;SAM@us.example;23.02.2026;cycle 1 of 4;23.02.2026;24.02.2026 no answer;ok\n"
    report = imports(desk, text)
    assert (report.added, report.refused) == (1, [])
    assert report.warnings == ["Columns that are not used: Mood."]
    ann = contact_of(desk, "ann@one.example")
    assert (ann.first_name, ann.last_name) == ("Ann", "Other")
    assert [one.name for one in every(desk, Account) if one.id == ann.account_id] == ["One"]
    assert plan_of(desk, "ann@one.example").cycle == 2


def test_without_a_cycle_the_days_say_it_and_the_report_too(desk: DeskHouse) -> None:
    report = imports(desk, HEAD + "a@b.example,sam@us.example,2026-02-20,,2026-02-26,2026-02-27,,\n")
    assert [str(one) for one in report.notes] == [
        "line 2: no cycle is given; by its days it is cycle 2",
        "line 2: the call has no outcome, so the plan counts it and the history does not",
    ]
    assert (plan_of(desk, "a@b.example").cycle, len(every(desk, Touch))) == (3, 1)


def test_a_file_without_the_columns_it_needs_says_which(desk: DeskHouse) -> None:
    with pytest.raises(UserError, match="No column holds the rep's e-mail"):
        imports(desk, "email,started on\na@b.example,2026-02-23\n")


def test_a_dry_run_changes_nothing(desk: DeskHouse) -> None:
    contacts = len(every(desk, Contact))
    report = imports(desk, HEAD + ANN + BOB, dry_run=True)
    assert report.added == 2
    assert (every(desk, Enrolment), every(desk, Touch), len(every(desk, Contact))) == ([], [], contacts)


def test_a_thousand_rows_go_in_by_slices(desk: DeskHouse) -> None:
    rows = [f"p{n}@c{n}.example,sam@us.example,2026-02-23,1,2026-02-23,,," for n in range(1000)]
    report = imports(desk, HEAD + "\n".join(rows))
    assert (report.added, report.refused, len(every(desk, Touch))) == (1000, [], 1000)


SHAPE = cadence_shape(default_playbook())


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    away=st.lists(st.tuples(st.integers(0, 25), st.integers(0, 9), st.booleans()), max_size=2),
    late=st.lists(st.integers(0, 4), min_size=8, max_size=8),
    steps=st.integers(0, 8),
)
def test_a_plan_taken_up_stands_where_it_would_had_it_been_run_here(
    start: date, away: list[tuple[int, int, bool]], late: list[int], steps: int
) -> None:
    absences = [Absence(start + timedelta(a), start + timedelta(a + b), c) for a, b, c in away]
    days: Days = days_of(work_week("mon-fri 9:00-17:00", "Europe/Berlin", "DE"), absences, 3, "US")
    run: Course = begin(SHAPE, days, start)
    emailed: date | None = None
    called: date | None = None
    cycle = 1
    for delay in late[:steps]:
        if run.step is Step.CLOSE:
            break
        on = run.due_on + timedelta(delay)
        if run.step is Step.EMAIL:
            emailed, cycle, called = on, run.cycle, None
        else:
            called = on
        run = touched(SHAPE, days, run, run.step, on)
    so_far = SoFar(start, cycle if emailed else None, emailed, called, Outcome.NO_ANSWER if called else None)
    taken = take_up(SHAPE, days, so_far)
    assert isinstance(taken, Course)
    assert (taken.step, taken.cycle, taken.due_on) == (run.step, run.cycle, run.due_on)
