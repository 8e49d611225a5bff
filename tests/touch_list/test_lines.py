"""A list while it is worked: lines done, put off, skipped, taken back; the batch; the end (process §5)."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.db.models import Contact, Enrolment, OutboxItem, Task, Touch, TouchItem
from bot.db.queries.touch_item import item_card, later_line, next_line
from bot.domain.commands import Undo
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.terms import Channel, Intent, Outcome, Role
from bot.domain.touch_list_windows import local_day
from bot.service.touch_items import (
    keep_draft_of,
    mark_sent,
    open_draft,
    skip_line,
    snooze_line,
    touch_line,
    turn_page,
    who_replied,
)
from bot.service.touch_list_days import todays_list
from bot.service.touch_list_drafts import approve_ahead, drafts_ahead, note_fact
from bot.service.touch_list_state import drop_settled
from bot.service.touch_list_undo import take_back
from bot.service.undo import undo
from bot.slack.views.touch_list import touch_list_post
from tests.touch_list.office import MONDAY, Office, berlin

TUESDAY = MONDAY + timedelta(days=1)
REASON = "Left the company"


def does(office: Office, function: Any, *given: Any) -> Any:
    """Sam does something with his list, now."""
    actor, now = office.floor.actor("Sam"), office.floor.now
    return office.floor.write(lambda session: function(session, actor, *given, now=now))


def puts_off(office: Office, item: UUID, **later: float) -> Any:
    ends = local_day("Europe/Berlin", office.floor.now.date())[1]
    return does(office, snooze_line, item, office.floor.now + timedelta(**later), ends)


def takes_back(office: Office, causation: UUID) -> str:
    command = Undo(office.floor.actor("Sam"), causation)
    return office.floor.write(lambda session: take_back(session, command, office.floor.now))


def said(office: Office) -> str:
    return touch_list_post(office.state()).text


def test_a_logged_touch_settles_the_line_and_its_undo_opens_it(office: Office) -> None:
    ann, _ = office.planned("Ann", "Bob", step="call")
    office.morning()
    logged = office.logs(ann, Outcome.VOICEMAIL)
    assert office.names("done") == ["Ann"]
    assert office.state().progress.done == 1
    command = Undo(office.floor.actor("Sam"), logged.causation_id)
    office.floor.does(undo, command)
    assert office.names("open") == ["Ann", "Bob"]
    assert office.state().progress.done == 0


def test_somebody_elses_touch_leaves_the_line_alone(office: Office) -> None:
    (ann,) = office.planned("Ann", step="call")
    office.floor.hires("Ada", Role.SDR)
    office.morning()
    from bot.domain.commands import LogTouch
    from bot.service.touches import log_touch

    command = LogTouch(office.floor.actor("Ada"), ann, Channel.CALL, Outcome.VOICEMAIL, office.floor.now)
    office.floor.does(log_touch, command)
    assert office.names("open") == ["Ann"]


def test_the_same_line_is_logged_once(office: Office) -> None:
    office.planned("Ann", "Bob", step="call")
    office.morning()
    item = office.items()[0].id
    does(office, partial(touch_line, item_id=item, channel=Channel.CALL, outcome=Outcome.NO_ANSWER))
    again = does(office, partial(touch_line, item_id=item, channel=Channel.CALL, outcome=Outcome.BUSY))
    assert again.already
    assert office.floor.count(Touch) == 1


def test_a_list_is_only_its_reps_to_work(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    office.floor.hires("Ada", Role.SDR)
    ada, item = office.floor.actor("Ada"), office.items()[0]
    for work in (
        lambda session: skip_line(session, ada, item.id, REASON, office.floor.now),
        lambda session: turn_page(session, ada, item.list_id, 1, office.floor.now),
        lambda session: mark_sent(session, ada, item.list_id, [item.id], office.floor.now),
    ):
        with pytest.raises(NotAllowed):
            office.floor.write(work)


def test_skipping_needs_a_reason_of_the_playbook_and_moves_the_plan_on(office: Office) -> None:
    (ann,) = office.planned("Ann")
    office.morning()
    item = office.items()[0].id
    with pytest.raises(UserError):
        does(office, skip_line, item, "Because")
    skipped = does(office, skip_line, item, REASON)
    assert [(one.state, one.skip_reason) for one in office.items()] == [("skipped", REASON)]
    assert office.state().progress.skipped == 1
    which = select(Enrolment.next_due_on).where(Enrolment.contact_id == ann)
    assert office.floor.read(lambda session: session.scalar(which)) > MONDAY
    takes_back(office, skipped.causation_id)
    assert office.names("open") == ["Ann"]
    assert office.floor.read(lambda session: session.scalar(which)) == MONDAY


def test_later_today_waits_on_this_list_and_undo_brings_it_back(office: Office) -> None:
    office.planned("Ann", "Bob", step="call", zone="Europe/Berlin")
    list_id = office.morning()
    office.floor.now = berlin(MONDAY, "10:00")
    item = office.items()[0].id
    put_off = puts_off(office, item, hours=2)
    state = office.state()
    assert [(line.name, line.later is not None) for line in state.lines] == [("Bob Doe", False), ("Ann Doe", True)]
    assert state.progress.put_off == 0
    following = office.floor.read(lambda session: next_line(session, list_id, 0, office.floor.now))
    assert following == office.items()[1].id
    assert office.floor.read(lambda session: later_line(session, list_id, office.floor.now)) == item
    noon = berlin(MONDAY, "12:00")
    assert office.floor.read(lambda session: next_line(session, list_id, 0, noon)) == item
    takes_back(office, put_off.causation_id)
    assert [line.later for line in office.state().lines] == [None, None]


def test_tomorrow_comes_back_tomorrow_and_a_date_on_its_day(office: Office) -> None:
    office.planned("Ann", "Bob", step="call", zone="Europe/Berlin")
    office.morning()
    office.floor.now = berlin(MONDAY, "10:00")
    first, second = (item.id for item in office.items())
    puts_off(office, first, hours=14)
    puts_off(office, second, hours=14 + 24)
    assert office.state().progress.put_off == 2
    office.morning(TUESDAY)
    assert office.names() == ["Ann"]
    office.morning(TUESDAY + timedelta(days=1))
    assert "Bob" in office.names()


def test_putting_off_into_the_past_is_refused(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    with pytest.raises(UserError, match="passed"):
        puts_off(office, office.items()[0].id, hours=-1)


def test_drafts_opened_are_marked_sent_together_and_taken_back_together(office: Office) -> None:
    office.planned("Ann", "Bob", "Cid")
    list_id = office.morning()
    items = [item.id for item in office.items()]
    for item in items[:2]:
        does(office, open_draft, item)
    assert office.state().progress.opened == 2
    sent = does(office, mark_sent, list_id, items)
    assert sent.sentence == "2 e-mails marked sent."
    assert office.names("done") == ["Ann", "Bob"]
    assert office.floor.count(Touch, Touch.undone_at.is_(None)) == 2
    again = does(office, mark_sent, list_id, items)
    assert again.already
    told = takes_back(office, sent.causation_id)
    assert "2 e-mails" in told
    assert office.names("open") == ["Ann", "Bob", "Cid"]
    with pytest.raises(Gone):
        takes_back(office, sent.causation_id)


def test_undo_has_its_time(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    skipped = does(office, skip_line, office.items()[0].id, REASON)
    office.floor.now += timedelta(minutes=11)
    with pytest.raises(Gone):
        takes_back(office, skipped.causation_id)


def test_who_replied_is_asked_first_and_known_then(office: Office) -> None:
    friday = MONDAY - timedelta(days=3)
    people = office.planned("Ann", "Bob", "Cid", step="call")
    for contact in people[:2]:
        office.wrote(contact, berlin(friday, "10:00"))
    list_id = office.morning()
    assert office.names(kind="reply") == ["Ann", "Bob"]
    assert office.state().progress.total == 4
    assert "Who replied? (2)" in str(touch_list_post(office.state()).blocks)
    ann = next(item.id for item in office.items() if item.kind == "reply")
    asked = does(office, who_replied, list_id, [ann])
    assert asked.sentence == "1 person replied, 1 did not."
    assert office.floor.read(lambda session: next_line(session, list_id, 0, office.floor.now)) == ann
    assert office.state().progress.done == 0
    office.logs(people[0], Outcome.REPLY_POSITIVE, Channel.EMAIL)
    assert office.names("done") == ["Ann", "Bob", "Ann"]
    assert office.state().progress.done == 2


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


def test_what_was_settled_elsewhere_goes(office: Office) -> None:
    ann, bob, cid = (office.person(name) for name in ("Ann", "Bob", "Cid"))
    plan = office.plan(ann, "call")
    task = office.owes(bob, berlin(MONDAY, "09:00"))
    office.plan(cid, "call")
    list_id = office.morning()
    now = office.floor.now
    ended = update(Enrolment).where(Enrolment.id == plan).values(ended_at=now, end_reason="by_hand")
    office.floor.write(lambda session: session.execute(ended))
    office.floor.write(lambda session: session.execute(update(Task).where(Task.id == task).values(done_at=now)))
    office.floor.write(lambda session: drop_settled(session, office.sam, list_id, now))
    assert office.names("gone") == ["Bob", "Ann"]
    assert office.names("open") == ["Cid"]


def test_a_hot_lead_and_a_promise_stand_before_the_plans(office: Office) -> None:
    office.planned("Eve", step="call", zone="Europe/Berlin")
    late = office.person("Cal")
    office.owes(late, berlin(MONDAY, "15:00"), text="After lunch.")
    office.floor.hires("Max", Role.MRR, timezone="Europe/Berlin", hours="mon-fri 8:00-17:00")
    office.floor.now = berlin(MONDAY, "05:00")
    raised = office.floor.raises("hot@acme.example", intent=Intent.CONTACT_ME, first_name="Hot")
    from bot.db.models import Lead

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
    from bot.db.models import Lead

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


def test_one_change_many_times_is_one_message_waiting(office: Office) -> None:
    office.planned("Ann", "Bob", "Cid", step="call")
    office.morning()
    for item in office.items():
        does(office, skip_line, item.id, REASON)
    waiting = (OutboxItem.kind == "touch_list", OutboxItem.state == "ready")
    assert office.floor.count(OutboxItem, *waiting) == 1


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
    from sqlalchemy import event

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
