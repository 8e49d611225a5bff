"""What a day's list holds and says: leads first, who replied, its drafts, its pages, its end (process §5)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from bot.db.models import Account, Contact, Enrolment, Lead, Touch, TouchItem
from bot.db.queries.home_team_lines import lists_today
from bot.db.queries.touch_item import item_card
from bot.db.queries.touch_list_walk import next_line
from bot.db.session import PlaybookInForce
from bot.domain.commands import Undo
from bot.domain.errors import UserError
from bot.domain.terms import Channel, Intent, Outcome, Role
from bot.playbook.load import default_playbook
from bot.service.enrolment_changes import ChangePlan, end_enrolment, pause, resume
from bot.service.touch_items import (
    keep_draft_of,
    turn_page,
    who_replied,
)
from bot.service.touch_list_days import todays_list
from bot.service.touch_list_drafts import approve_ahead, drafts_ahead, note_fact
from bot.service.undo import undo
from bot.slack.views.touch_list import touch_list_post
from tests.touch_list.office import MONDAY, Office, berlin, does, said

TUESDAY = MONDAY + timedelta(days=1)
REASON = "Left the company"
BUSY = Outcome.NOT_INTERESTED
RULES = default_playbook()


def test_who_replied_is_asked_first_and_known_then(office: Office) -> None:
    friday = MONDAY - timedelta(days=3)
    people = office.planned("Ann", "Bob", "Cid", step="call")
    for contact in people[:2]:
        office.wrote(contact, berlin(friday, "10:00"))
    list_id = office.morning()
    assert office.names(kind="reply") == ["Ann", "Bob"]
    assert office.state().progress.total == 4
    assert "Who replied? (2)" in str(touch_list_post(office.state()).blocks)
    assert "done, “Who replied?” is one of them." in str(touch_list_post(office.state()).blocks)
    ann = next(item.id for item in office.items() if item.kind == "reply")
    asked = does(office, who_replied, list_id, [ann])
    assert asked.sentence == "1 person replied, 1 did not."
    assert office.floor.read(lambda session: next_line(session, list_id, 0, office.floor.now)) == ann
    assert office.state().progress.done == 0
    office.logs(people[0], Outcome.REPLY_POSITIVE, Channel.EMAIL)
    assert office.names("done") == ["Ann", "Bob", "Ann"]
    assert office.state().progress.done == 2


def test_the_manager_counts_the_list_as_the_rep_does(office: Office) -> None:
    people = office.planned("Ann", "Bob", "Cid", step="call")
    office.wrote(people[0], berlin(MONDAY - timedelta(days=3), "10:00"))
    list_id = office.morning()
    for step in (lambda: None, lambda: does(office, who_replied, list_id, []), lambda: office.logs(people[1], BUSY)):
        step()
        of_team = office.floor.read(lambda session: lists_today(session, [office.sam], office.floor.now))
        own = office.state().progress
        assert of_team == {office.sam: (own.done, own.total)}
    assert (own.done, own.total) == (2, 4)


def test_nobody_is_asked_about_twice(office: Office) -> None:
    (ann,) = office.planned("Ann", step="call")
    office.wrote(ann, berlin(MONDAY - timedelta(days=3), "10:00"))
    office.morning()
    office.morning(TUESDAY)
    assert office.names(kind="reply") == []


def test_all_done_says_so_with_tomorrows_number(office: Office) -> None:
    ann, bob = office.planned("Ann", "Bob", step="call")
    office.planned("Cid", "Dan", due=TUESDAY)
    office.morning()
    assert "0 of 2" in said(office)
    office.logs(ann, Outcome.NOT_INTERESTED)
    assert office.lists()[0].finished_at is None
    logged = office.logs(bob, Outcome.NOT_INTERESTED)
    assert office.lists()[0].finished_at == office.floor.now
    assert "Done. Tomorrow: 2." in said(office)
    office.floor.does(undo, Undo(office.floor.actor("Sam"), logged.causation_id))
    assert office.lists()[0].finished_at is None


def test_an_empty_day_says_so(office: Office) -> None:
    office.morning()
    assert "Nothing is due today." in said(office)
    assert office.lists()[0].finished_at is not None


def test_a_hot_lead_and_a_promise_stand_before_the_plans(office: Office) -> None:
    office.planned("Eve", step="call", zone="Europe/Berlin")
    late = office.person("Cal")
    office.owes(late, berlin(MONDAY, "15:00"), text="After lunch.")
    office.floor.hires("Max", Role.MRR, timezone="Europe/Berlin", hours="mon-fri 8:00-17:00")
    office.floor.now = berlin(MONDAY, "05:00")
    raised = office.floor.raises("hot@acme.example", intent=Intent.CONTACT_ME, first_name="Hot")
    mine = update(Lead).where(Lead.id == raised.lead_id).values(owner_id=office.sam, shift_held=False)
    office.floor.write(lambda session: session.execute(mine))
    office.morning()
    assert office.names() == ["Hot", "Cal", "Eve"]
    assert [item.kind for item in office.items()] == ["hot", "callback", "call"]
    assert office.items()[1].why == "You promised to get back to them. After lunch."


def test_while_a_lead_is_overdue_nobody_new_is_begun(office: Office) -> None:
    new, known = office.person("New"), office.person("Old")
    office.plan(new, cycle=1, last_email_on=None)
    office.plan(known)
    lead = office.person("Led")
    office.floor.raises("led@ledco.example", first_name="Led", intent=Intent.DOWNLOAD)
    overdue = {"owner_id": office.sam, "response_due_at": berlin(MONDAY, "01:00"), "shift_held": False}
    office.floor.write(lambda session: session.execute(update(Lead).values(**overdue)))
    office.morning()
    assert lead
    assert "New" not in office.names()
    assert "Old" in office.names()
    assert office.lists()[0].held == {"leads_first": 1}
    assert "1 first e-mails, until your overdue leads are answered" in said(office)


def test_a_hundred_and_twenty_lines_are_turned_page_by_page(office: Office) -> None:
    office.planned(*(f"P{number:03}" for number in range(60)))
    office.planned(*(f"Q{number:03}" for number in range(60)), step="call")
    list_id = office.morning()
    assert len(office.items()) == 120
    seen: list[str] = []
    for page in range(6):
        does(office, turn_page, list_id, page)
        state = office.state()
        posted = touch_list_post(state)
        assert len(posted.blocks) <= 50
        assert len(posted.text) <= 4000
        assert (state.page, state.pages) == (page, 6)
        seen += [line.name for line in state.lines]
    assert len(set(seen)) == 120
    does(office, turn_page, list_id, 99)
    assert office.state().page == 5


def test_the_card_of_a_first_touch_asks_for_a_fact_and_takes_it_into_the_draft(office: Office) -> None:
    ann = office.person("Ann")
    office.plan(ann, cycle=1, last_email_on=None, fact="")
    office.morning()
    item = office.items()[0].id
    card = office.floor.read(lambda session: item_card(session, item, office.floor.now))
    assert card.wants_fact
    assert card.mail is not None
    assert card.mail.missing == ("fact",)
    assert does(office, note_fact, item, "You hire engineers.")
    card = office.floor.read(lambda session: item_card(session, item, office.floor.now))
    assert not card.wants_fact
    assert card.mail is not None
    assert "You hire engineers." in card.mail.body


def test_a_draft_of_ones_own_stays_word_for_word(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    item = office.items()[0].id
    does(office, keep_draft_of, item, "My subject", "My own words.\n\nSam")
    card = office.floor.read(lambda session: item_card(session, item, office.floor.now))
    assert card.mail is not None
    assert (card.mail.subject, card.mail.body, card.mail.own) == ("My subject", "My own words.\n\nSam", True)
    with pytest.raises(UserError):
        does(office, keep_draft_of, item, "My subject", "  ")


def test_the_card_counts_todays_e_mails_to_the_company(office: Office) -> None:
    people = [office.person(name, "Acme") for name in ("Ann", "Bob", "Cid", "Dan")]
    for one in people:
        office.plan(one)
    office.morning()
    assert len(office.items()) == 3
    assert office.lists()[0].held == {"company": 1}
    open_line = office.items()[2]
    for item in office.items()[:2]:
        office.logs(item.contact_id, Outcome.SENT, Channel.EMAIL)
    late = office.person("Eve", "Acme")
    office.wrote(late, office.floor.now)
    account = update(Touch).where(Touch.contact_id == late).values(account_id=office.companies["Acme"])
    office.floor.write(lambda session: session.execute(account))
    card = office.floor.read(lambda session: item_card(session, open_line.id, office.floor.now))
    assert "e-mails to this company's domain are sent" in str(card.may_write)


def test_tomorrows_drafts_are_approved_in_a_sitting_and_stand_on_the_list(office: Office) -> None:
    ann, bob = office.planned("Ann", "Bob", due=TUESDAY)
    office.morning()
    office.floor.now = berlin(MONDAY, "13:00")
    assert does(office, drafts_ahead, 1).opens_at == "14:00"
    office.floor.now = berlin(MONDAY, "15:00")
    first = does(office, drafts_ahead, 1)
    assert (first.day, first.total, first.approved, first.one.number) == (TUESDAY, 2, 0, 1)
    does(office, approve_ahead, first.one.enrolment_id, "Ready", "Approved words.")
    assert does(office, drafts_ahead, 1).approved == 1
    assert does(office, drafts_ahead, 2).one.number == 2
    assert does(office, drafts_ahead, 3).one is None
    office.morning(TUESDAY)
    bodies = set()
    for item in office.items():
        card = office.floor.read(lambda session, item=item: item_card(session, item.id, office.floor.now))
        assert card.mail is not None
        bodies.add(card.mail.body)
    assert "Approved words." in bodies
    assert len(bodies) == 2
    assert {ann, bob} == {item.contact_id for item in office.items() if item.kind == "email"}


def test_today_makes_the_list_early_and_it_stays_the_only_one(office: Office) -> None:
    office.planned("Ann")
    office.floor.now = berlin(MONDAY, "06:00")
    office.arms()
    made = does(office, todays_list)
    assert does(office, todays_list) == made
    office.floor.until(berlin(MONDAY, "08:00"))
    assert office.days() == [MONDAY]


def test_costs_do_not_grow_with_the_list_or_with_what_nobody_owes(office: Office) -> None:
    """Statements of building a list are counted for the list, never for its lines."""
    counts = []
    for number, people in enumerate((5, 60)):
        day = MONDAY + timedelta(days=7 * number)
        office.floor.write(
            lambda session: session.execute(
                update(Enrolment).values(ended_at=berlin(MONDAY, "01:00"), end_reason="by_hand")
            )
        )
        office.planned(*(f"R{number}x{one}" for one in range(people)), due=day)
        office.floor.now = berlin(day, "06:00")
        office.arms()
        office.floor.until(berlin(day, "07:29"))
        seen: list[str] = []

        def count(_c: Any, _cur: Any, statement: str, *_rest: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(office.floor.database.writer, "before_cursor_execute", count)
        office.floor.until(berlin(day, "07:30"))
        event.remove(office.floor.database.writer, "before_cursor_execute", count)
        assert len(office.items()) >= people
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_one_who_is_touched_is_named(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    (line,) = office.state().lines
    assert (line.name, line.company, line.step) == ("Ann Doe", "Annco", "cycle 2 of 4, day 6 of 21")
    assert office.floor.count(Contact) == 1
    assert office.floor.count(TouchItem) == 1


def test_a_callback_for_later_today_is_a_line_and_goes_with_its_touch(office: Office) -> None:
    (ann,) = office.planned("Ann", step="call", zone="Europe/Berlin")
    office.morning()
    office.floor.now = berlin(MONDAY, "10:00")
    logged = office.logs(ann, Outcome.CALLBACK, follow_up_at=berlin(MONDAY, "15:00"))
    assert [(item.kind, item.state) for item in office.items()] == [("call", "done"), ("callback", "open")]
    assert office.state().lines[0].later == berlin(MONDAY, "15:00")
    office.logs(ann, Outcome.VOICEMAIL)
    assert [item.state for item in office.items()] == ["done", "open"]
    office.floor.now = berlin(MONDAY, "10:05")
    office.logs(ann, Outcome.CONNECTED)
    assert [item.state for item in office.items()] == ["done", "done"]
    bob = office.person("Bob")
    promised = office.logs(bob, Outcome.CALLBACK, follow_up_at=berlin(MONDAY, "16:00"))
    assert len(office.items()) == 3
    office.floor.does(undo, Undo(office.floor.actor("Sam"), promised.causation_id))
    assert len(office.items()) == 2
    assert logged.contact_id == ann


def test_a_plan_that_waits_leaves_the_list_and_comes_back_when_it_is_resumed(office: Office) -> None:
    office.planned("Ann", "Bob")
    office.morning()
    (enrolment_id,) = [item.enrolment_id for item in office.items() if item.position == 1]
    assert enrolment_id is not None
    plan = ChangePlan(office.floor.actor("Sam"), enrolment_id, until=TUESDAY)
    office.floor.does(pause, plan)
    assert [item.state for item in office.items()] == ["gone", "open"]
    assert "1 of 2" in said(office)
    office.floor.does(resume, plan)
    assert [item.state for item in office.items()] == ["open", "open"]
    office.floor.does(end_enrolment, plan)
    assert [item.state for item in office.items()] == ["gone", "open"]


def test_the_draft_is_of_the_segment_and_the_variant_of_the_plan(office: Office) -> None:
    database = office.floor.database
    assert database.in_force is not None
    opening = next(one for one in RULES.mail.templates.values() if one.step == 2 and one.purpose != "reply")
    made = {
        f"{segment}_{variant}": opening.model_copy(update={"segment": segment, "variant": variant})
        for segment in ("any", "core")
        for variant in ("a", "b")
    }
    mail = RULES.mail.model_copy(update={"templates": made})
    database.in_force = PlaybookInForce(database.in_force.number, RULES.model_copy(update={"mail": mail}))
    office.planned("Ann", segment="core", variant="b")
    office.planned("Bob", variant="a")
    office.plan(office.person("Cid", "Tiny"), variant="b")
    office.floor.write(
        lambda session: session.execute(update(Account).where(Account.name == "Tiny").values(employees=3))
    )
    office.morning()
    drafts = [
        office.floor.read(lambda session, one=one: item_card(session, one.id, office.floor.now))
        for one in office.items()
    ]
    assert {card.name: card.mail.template for card in drafts} == {
        "Ann Doe": "core_b", "Bob Doe": "core_a", "Cid Doe": "any_b",
    }  # fmt: skip
