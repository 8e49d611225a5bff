"""Enrolling: who may be, who is left out and why, on which day it begins; taking it back (process §3, §4, §10)."""

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.db.base import new_id
from bot.db.models import Account, Contact, Enrolment, Opportunity, Person, Suppression, TouchList
from bot.domain.business_time import work_week
from bot.domain.cadence import Step, ahead, begin, cadence_shape
from bot.domain.cadence_days import days_of
from bot.domain.commands import Undo
from bot.domain.compliance import email_key, key_hash
from bot.domain.enrolling import Why
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Channel, Outcome, Role, Stage
from bot.service.enrolments import take_back_enrolled
from tests.cadence.desk import MONDAY, NOW, DeskHouse, at
from tests.touches.house import add_person


def reasons(desk: DeskHouse, *contacts, **more) -> list[Why]:
    return [one.why for one in desk.enrolls(*contacts, **more).left_out]


def test_a_person_begins_with_an_email_on_the_first_working_day(desk: DeskHouse) -> None:
    (begun,) = desk.enrolls(reason="They hired three", fact="Spoke at a fair").begun
    assert (begun.name, begun.company, begun.starts_on) == ("Jane Doe", "Acme", MONDAY)
    plan = desk.plan()
    assert (plan.step, plan.cycle, plan.next_due_on, plan.round) == ("email", 1, MONDAY, 1)
    assert (plan.reason, plan.fact, plan.person_id) == ("They hired three", "Spoke at a fair", desk.sam.person_id)


def test_after_the_working_day_it_begins_on_the_next_one(desk: DeskHouse) -> None:
    friday = date(2026, 3, 6)
    assert desk.enrolls(now=at(friday, 18)).begun[0].starts_on == date(2026, 3, 9)


def test_once_the_days_list_is_made_it_begins_on_the_next_working_day(desk: DeskHouse) -> None:
    made = {"local_date": MONDAY, "wave": "morning", "built_at": NOW, "page": 0, "held": {}, "version": 1}
    desk.write(lambda session: session.add(TouchList(id=new_id(), person_id=desk.sam.person_id, **made)))
    assert desk.enrolls().begun[0].starts_on == MONDAY + timedelta(days=1)


def test_twice_is_told_and_changes_nothing(desk: DeskHouse) -> None:
    desk.enrolls()
    (left_out,) = desk.enrolls().left_out
    assert (left_out.why, left_out.sentence) == (Why.ENROLLED, "is in one of your plans already")


def test_never_two_reps_on_one_account(desk: DeskHouse) -> None:
    desk.enrolls()
    (left_out,) = desk.enrolls(desk.knows("Tim", account=desk.acme), by=desk.ada).left_out
    assert (left_out.why, left_out.sentence) == (Why.COLLEAGUE, "works at Acme, and Sam is working there")


def test_a_colleagues_open_lead_keeps_the_account_theirs(desk: DeskHouse) -> None:
    desk.opens_lead(owner=desk.ada)
    assert reasons(desk) == [Why.LEAD]
    assert reasons(desk, desk.knows("Tim", account=desk.acme)) == [Why.COLLEAGUE]


def test_no_more_people_of_an_account_than_the_playbook_says_but_with_a_reason(desk: DeskHouse) -> None:
    most = desk.database.playbook.pool.max_contacts_per_account
    people = [desk.knows(f"P{number}", account=desk.acme, country="US") for number in range(most + 2)]
    done = desk.enrolls(*people)
    assert len(done.begun) == most
    assert [one.why for one in done.left_out] == [Why.ENOUGH, Why.ENOUGH]
    assert len(desk.enrolls(people[-1], override="They asked for two more").begun) == 1


def test_one_of_an_account_at_a_time(desk: DeskHouse) -> None:
    people = [desk.knows(f"P{number}", account=desk.acme, country="US") for number in range(3)]
    days = [one.starts_on for one in desk.enrolls(*people).begun]
    assert days == [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)]


@pytest.mark.parametrize("stage", [Stage.CLIENT, Stage.CHAMPION])
def test_clients_are_not_put_into_a_cadence(desk: DeskHouse, stage: Stage) -> None:
    desk.sets(Account, desk.acme, stage=stage)
    assert reasons(desk) == [Why.CLIENT]


def test_an_open_deal_keeps_everybody_of_the_account_out(desk: DeskHouse) -> None:
    deal = Opportunity(
        account_id=desk.acme, ae_id=desk.ada.person_id, amount_cents=1, qualified_at=at(MONDAY), state="qualified"
    )
    desk.write(lambda session: session.add(deal))
    assert reasons(desk) == [Why.DEAL]


def test_nobody_who_is_suppressed_or_needs_consent(desk: DeskHouse) -> None:
    german = desk.knows("Gerd", country="DE")
    no = Suppression(
        kind="email",
        value_hash=key_hash("email", email_key("jane@acme.com")),
        reason="opted out",
        created_at=at(MONDAY),
    )
    desk.write(lambda session: session.add(no))
    done = desk.enrolls(desk.jane, german)
    assert [one.why for one in done.left_out] == [Why.MAY_NOT_WRITE, Why.MAY_NOT_WRITE]
    assert "opted out" in done.left_out[0].sentence
    assert "consent" in done.left_out[1].sentence


def test_nobody_without_an_address_and_nobody_unknown(desk: DeskHouse) -> None:
    desk.sets(Contact, desk.jane, email=None)
    assert reasons(desk, desk.jane, new_id()) == [Why.NO_EMAIL, Why.UNKNOWN]


def test_a_no_is_kept_even_with_a_reason(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.logs(Outcome.NOT_INTERESTED, now=at(date(2026, 3, 3)))
    (left_out,) = desk.enrolls(override="New job").left_out
    assert (left_out.why, left_out.sentence) == (Why.SAID_NO, "said no on 3 Mar 2026")


def test_a_rest_is_kept_but_with_a_reason(desk: DeskHouse) -> None:
    desk.enrolls()
    desk.logs(Outcome.NOT_NOW, now=at(date(2026, 3, 3)), follow_up_at=at(date(2026, 6, 1)))
    later = at(date(2026, 5, 4))
    (left_out,) = desk.enrolls(now=later).left_out
    assert (left_out.why, left_out.sentence) == (Why.RESTS, "rests until 1 Jun 2026")
    assert desk.enrolls(now=later, override="She called").begun
    assert desk.plan().round == 1


def test_after_three_rounds_it_is_enough(desk: DeskHouse) -> None:
    rounds = desk.database.playbook.cadence.recycle_rounds
    day = MONDAY
    for number in range(1, rounds + 1):
        assert desk.enrolls(now=at(day)).begun
        assert desk.plan().round == number
        desk.closes(day + timedelta(days=24))
        rests = desk.plan().rests_until
        assert rests is not None
        assert reasons(desk, now=at(rests - timedelta(days=1))) == [Why.RESTS]
        day = rests
    assert reasons(desk, now=at(day)) == [Why.ROUNDS]


def test_leads_come_before_cold_contacts(desk: DeskHouse) -> None:
    desk.opens_lead(desk.knows("Tim"), account_id=None, response_due_at=at(MONDAY, 8))
    with pytest.raises(UserError, match="1 lead is overdue on Sam's list"):
        desk.enrolls()
    assert desk.enrolls(override="Lena said so").begun


def test_a_rep_fills_their_own_list_a_manager_anybodys(desk: DeskHouse) -> None:
    with pytest.raises(NotAllowed, match="your own list"):
        desk.enrolls(rep_id=desk.ada.person_id)
    assert desk.enrolls(by=desk.lena, rep_id=desk.ada.person_id).rep_name == "Ada"
    with pytest.raises(UserError, match="no touch list"):
        desk.enrolls(by=desk.lena)
    mark = desk.write(lambda session: add_person(session, "Mark", Role.MARKETING))
    with pytest.raises(NotAllowed, match="such a role"):
        desk.enrolls(by=mark)
    with pytest.raises(NotFound):
        desk.enrolls(by=desk.lena, rep_id=new_id())


def test_many_are_spread_so_that_no_day_is_flooded(desk: DeskHouse) -> None:
    rules = desk.database.playbook
    band, cycles = rules.touch_list, rules.cadence.cycles
    people = [desk.knows(f"P{n}", f"N{n}", country="US") for n in range(4 * band.target_emails_per_day)]
    done = desk.enrolls(*people)
    assert len(done.begun) == len(people)
    assert max(Counter(one.starts_on for one in done.begun).values()) == band.target_emails_per_day // cycles
    shape, days = cadence_shape(rules), days_of(work_week("mon-fri 8:00-17:00", "Europe/Berlin"), (), 3)
    emails = Counter(
        day
        for one in done.begun
        for step, _, day in ahead(shape, days, begin(shape, days, one.starts_on))
        if step is Step.EMAIL
    )
    assert max(emails.values()) <= band.max_emails_per_day
    third_week = [emails[MONDAY + timedelta(days=14 + day)] for day in range(5)]
    assert sum(third_week) >= 5 * band.min_emails_per_day, third_week


def test_a_new_mailbox_begins_with_few(desk: DeskHouse) -> None:
    desk.sets(Person, desk.sam.person_id, mailbox_began_on=MONDAY)
    people = [desk.knows(f"P{n}", f"N{n}", country="US") for n in range(30)]
    starts = Counter(one.starts_on for one in desk.enrolls(*people).begun)
    ramp = desk.database.playbook.touch_list
    assert starts[MONDAY] == ramp.ramp_from
    assert starts[MONDAY + timedelta(days=1)] == ramp.ramp_from + ramp.ramp_step


def test_taken_back_they_are_as_if_never_enrolled(desk: DeskHouse) -> None:
    done = desk.enrolls()
    undo = Undo(desk.sam, done.causation_id)
    said = desk.write(lambda session: take_back_enrolled(session, undo, at(MONDAY)))
    assert said == "Taken back: 1 person is not in the cadence."
    assert desk.plan().end_reason == "taken_back"
    with pytest.raises(Gone, match="already"):
        desk.write(lambda session: take_back_enrolled(session, undo, at(MONDAY)))
    assert desk.enrolls().begun


def test_it_is_not_taken_back_once_a_step_was_made_or_by_others(desk: DeskHouse) -> None:
    done = desk.enrolls()
    with pytest.raises(NotAllowed):
        desk.write(lambda session: take_back_enrolled(session, Undo(desk.ada, done.causation_id), at(MONDAY)))
    desk.logs(Outcome.SENT, Channel.EMAIL)
    with pytest.raises(Gone, match="moved on"):
        desk.write(lambda session: take_back_enrolled(session, Undo(desk.sam, done.causation_id), at(MONDAY)))
    with pytest.raises(Gone, match="too late"):
        desk.write(lambda session: take_back_enrolled(session, Undo(desk.sam, done.causation_id), at(MONDAY, 12)))
    assert desk.plan().ended_at is None
    assert isinstance(desk.plan(), Enrolment)


def test_an_enrolment_keeps_the_segment_of_the_account_and_a_variant(desk: DeskHouse) -> None:
    desk.sets(Account, desk.acme, industry="Casting", employees=200)
    desk.enrolls()
    assert (desk.plan().segment, desk.plan().variant) == ("core", "a")
    small = desk.knows_account("Tiny")
    desk.sets(Account, small, employees=3)
    tim = desk.knows("Tim", account=small)
    desk.enrolls(tim)
    assert (desk.plan(tim).segment, desk.plan(tim).variant) == (None, "a")
