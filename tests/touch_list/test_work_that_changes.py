"""A list while the work it is about changes: colleagues, raised hands, touches that were not due (process §4, §5)."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from bot.db.base import new_id
from bot.db.models import Contact, Lead, Suppression
from bot.db.queries.touch_list_walk import opened_drafts
from bot.domain.cadence import EndReason
from bot.domain.commands import LogTouch, Undo
from bot.domain.compliance import email_key, key_hash
from bot.domain.errors import Gone
from bot.domain.terms import Channel, Outcome, Role
from bot.service.enrolment_ends import end_for_contact
from bot.service.touch_batch import mark_sent
from bot.service.touch_items import open_draft, skip_line, snooze_line, touch_line, who_replied
from bot.service.touch_list_undo import take_back
from bot.service.touches import Logged, log_touch
from bot.service.undo import undo
from tests.touch_list.office import MONDAY, Office, berlin, does

TUESDAY = MONDAY + timedelta(days=1)
REASON = "Left the company"


def ada_logs(office: Office, contact: UUID, outcome: Outcome, channel: Channel = Channel.CALL) -> Logged:
    """Ada, a colleague, touches somebody who stands on Sam's list."""
    if "Ada" not in office.floor.people:
        office.floor.hires("Ada", Role.SDR)
    command = LogTouch(office.floor.actor("Ada"), contact, channel, outcome, office.floor.now)
    logged: Logged = office.floor.does(log_touch, command)
    return logged


def raised_to_sam(office: Office) -> UUID:
    """Rae raises a hand, and Sam has the lead."""
    raised = office.floor.raises("rae@raeco.example", first_name="Rae", phone="+12125550199")
    mine = update(Lead).where(Lead.id == raised.lead_id).values(owner_id=office.sam, shift_held=False)
    office.floor.write(lambda session: session.execute(mine))
    contact: UUID = office.floor.contact("rae@raeco.example").id
    return contact


def puts_off_to(office: Office, name: str, days: int) -> None:
    item = next(one.id for one, who in zip(office.items(), office.names(), strict=True) if who == name)
    now = office.floor.now
    does(office, snooze_line, item, now + timedelta(days=days), now + timedelta(hours=12))


def test_following_somebody_does_not_settle_the_email_that_is_due(office: Office) -> None:
    (ann,) = office.planned("Ann")
    office.morning()
    office.logs(ann, Outcome.FOLLOWED, Channel.SOCIAL)
    assert office.names("open", kind="email") == ["Ann"]
    office.logs(ann, Outcome.SENT, Channel.EMAIL)
    assert office.names("done", kind="email") == ["Ann"]


def test_a_touch_that_is_no_first_response_leaves_the_lead_on_the_list(office: Office) -> None:
    contact = raised_to_sam(office)
    office.morning()
    assert office.names("open") == ["Rae"]
    office.logs(contact, Outcome.FOLLOWED, Channel.SOCIAL)
    office.logs(contact, Outcome.WRONG_NUMBER)
    assert office.names("open") == ["Rae"]
    office.logs(contact, Outcome.SENT, Channel.EMAIL)
    assert office.names("done") == ["Rae"]


def test_an_answer_that_a_colleague_logs_takes_the_line_off_the_list(office: Office) -> None:
    ann, _ = office.planned("Ann", "Bob")
    list_id = office.morning()
    does(office, open_draft, office.items()[0].id)
    logged = ada_logs(office, ann, Outcome.NOT_INTERESTED)
    assert office.names("open") == ["Bob"]
    assert office.floor.read(lambda session: opened_drafts(session, list_id)) == ()
    office.floor.does(undo, Undo(office.floor.actor("Ada"), logged.causation_id))
    assert sorted(office.names("open", "opened")) == ["Ann", "Bob"]


def test_a_step_that_a_colleague_made_takes_the_line_off_the_list(office: Office) -> None:
    ann, _ = office.planned("Ann", "Bob")
    office.morning()
    ada_logs(office, ann, Outcome.SENT, Channel.EMAIL)
    assert office.names("open") == ["Bob"]


def test_a_raised_hand_takes_the_cold_line_off_the_list(office: Office) -> None:
    ann, _ = office.planned("Ann", "Bob")
    office.morning()
    now = office.floor.now
    office.floor.write(lambda session: end_for_contact(session, ann, EndReason.RAISED_HAND, now))
    assert office.names("open") == ["Bob"]


def test_a_line_that_was_put_off_hides_nothing_else_about_that_person(office: Office) -> None:
    (ann,) = office.planned("Ann")
    office.morning()
    puts_off_to(office, "Ann", 20)
    office.owes(ann, berlin(TUESDAY, "10:00"))
    office.morning(TUESDAY)
    assert office.names(kind="callback") == ["Ann"]


def test_a_step_that_was_made_after_all_lets_the_next_one_come(office: Office) -> None:
    (ann,) = office.planned("Ann")
    office.morning()
    puts_off_to(office, "Ann", 4)
    office.morning(TUESDAY)
    assert office.names() == []
    office.floor.now = berlin(TUESDAY, "11:00")
    office.logs(ann, Outcome.SENT, Channel.EMAIL)
    office.morning(TUESDAY + timedelta(days=1))
    assert office.names(kind="call") == ["Ann"]


def test_asking_again_closes_no_reply_that_waits_to_be_noted(office: Office) -> None:
    people = office.planned("Ann", "Bob", step="call")
    for contact in people:
        office.wrote(contact, berlin(MONDAY - timedelta(days=3), "10:00"))
    list_id = office.morning()
    ann = next(item.id for item in office.items() if item.kind == "reply")
    does(office, who_replied, list_id, [ann])
    does(office, who_replied, list_id, [])  # the question stood open twice
    assert office.names("opened", kind="reply") == ["Ann"]


def test_taking_back_a_reply_shows_that_reply_again(office: Office) -> None:
    people = office.planned("Ann", "Bob", step="call")
    for contact in people:
        office.wrote(contact, berlin(MONDAY - timedelta(days=3), "10:00"))
    list_id = office.morning()
    ann = next(item.id for item in office.items() if item.kind == "reply")
    does(office, who_replied, list_id, [ann])
    logged = does(office, partial(touch_line, item_id=ann, channel=Channel.EMAIL, outcome=Outcome.REPLY_POSITIVE))
    office.floor.does(undo, Undo(office.floor.actor("Sam"), logged.causation_id))
    assert office.names("opened", kind="reply") == ["Ann"]


def test_taking_back_the_touch_of_a_line_that_was_put_off_leaves_it_put_off(office: Office) -> None:
    (ann,) = office.planned("Ann")
    office.morning()
    puts_off_to(office, "Ann", 3)
    until = office.items()[0].snoozed_until
    logged = office.logs(ann, Outcome.SENT, Channel.EMAIL)
    office.floor.does(undo, Undo(office.floor.actor("Sam"), logged.causation_id))
    assert [(one.state, one.snoozed_until) for one in office.items()] == [("snoozed", until)]


def test_a_batch_that_was_taken_back_waits_to_be_marked_again(office: Office) -> None:
    office.planned("Ann", "Bob", "Cid")
    list_id = office.morning()
    items = [item.id for item in office.items()]
    for item in items[:2]:
        does(office, open_draft, item)
    sent = does(office, mark_sent, list_id, items)
    command = Undo(office.floor.actor("Sam"), sent.causation_id)
    office.floor.write(lambda session: take_back(session, command, office.floor.now))
    assert office.names("opened") == ["Ann", "Bob"]


def test_a_list_that_is_over_is_not_worked_any_more(office: Office) -> None:
    office.planned("Ann", "Bob")
    office.morning()
    yesterdays = office.items()[0].id
    office.morning(TUESDAY)
    with pytest.raises(Gone, match="/today"):
        does(office, skip_line, yesterdays, REASON)
    assert office.names("open") == ["Ann", "Bob"]


def test_two_touches_at_one_moment_make_one_line(office: Office) -> None:
    (ann,) = office.planned("Ann")
    at = berlin(MONDAY - timedelta(days=1), "10:00")
    office.wrote(ann, at)
    office.wrote(ann, at)
    newest = update(Contact).where(Contact.id == ann).values(last_touched_at=at)
    office.floor.write(lambda session: session.execute(newest))
    office.morning()
    assert [line.name for line in office.state().lines] == ["Ann Doe"]


def test_a_lead_who_must_not_be_called_is_still_to_be_answered(office: Office) -> None:
    raised_to_sam(office)
    key = key_hash("email", email_key("rae@raeco.example"))
    wish = {"id": new_id(), "kind": "email", "value_hash": key, "covers": "call", "reason": "asked for mail only"}
    office.floor.write(lambda session: session.execute(insert(Suppression).values(**wish, created_at=office.floor.now)))
    office.morning()
    assert office.names("open") == ["Rae"]


def test_plans_that_only_wait_for_their_end_are_not_tomorrows_work(office: Office) -> None:
    (ann,) = office.planned("Ann", step="call")
    office.planned("Bob", step="close", due=TUESDAY)
    office.morning()
    office.logs(ann, Outcome.NOT_INTERESTED)
    assert office.state().tomorrow == 0


def test_what_was_sent_yesterday_can_be_marked_today(office: Office) -> None:
    office.planned("Ann")
    yesterdays = office.morning()
    item = office.items()[0].id
    does(office, open_draft, item)
    office.morning(TUESDAY)
    assert does(office, mark_sent, yesterdays, [item]).sentence == "1 e-mail marked sent."
    assert office.names("done") == ["Ann"]
    assert office.names("done", list_id=yesterdays) == ["Ann"]
    assert does(office, mark_sent, yesterdays, [item]).already


def test_a_draft_whose_plan_ended_meanwhile_is_not_in_the_batch(office: Office) -> None:
    ann, _ = office.planned("Ann", "Bob")
    list_id = office.morning()
    items = [item.id for item in office.items()]
    for item in items:
        does(office, open_draft, item)
    ada_logs(office, ann, Outcome.OPTED_OUT, Channel.EMAIL)
    sent = does(office, mark_sent, list_id, items)
    assert sent.sentence.startswith("1 e-mail marked sent. 1 line was settled meanwhile")
    assert office.names("done") == ["Bob"]
