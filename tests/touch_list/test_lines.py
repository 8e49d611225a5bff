"""A list while it is worked: lines done, put off, skipped, taken back; the batch; the end (process §5)."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.db.models import Enrolment, OutboxItem, Suppression, Task, Touch
from bot.db.queries.touch_list_walk import later_line, next_line
from bot.domain.commands import LogTouch, Undo
from bot.domain.compliance import key_hash
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.terms import Channel, Outcome, Role
from bot.domain.touch_list_windows import local_day
from bot.service.touch_batch import mark_sent
from bot.service.touch_items import (
    open_draft,
    skip_line,
    snooze_line,
    touch_line,
    turn_page,
)
from bot.service.touch_list_refused import drop_refused
from bot.service.touch_list_state import drop_settled
from bot.service.touch_list_undo import take_back
from bot.service.touches import log_touch
from bot.service.undo import undo
from tests.touch_list.office import MONDAY, Office, berlin, does

TUESDAY = MONDAY + timedelta(days=1)
REASON = "Left the company"


def puts_off(office: Office, item: UUID, **later: float) -> Any:
    ends = local_day("Europe/Berlin", office.floor.now.date())[1]
    return does(office, snooze_line, item, office.floor.now + timedelta(**later), ends)


def takes_back(office: Office, causation: UUID) -> str:
    command = Undo(office.floor.actor("Sam"), causation)
    return office.floor.write(lambda session: take_back(session, command, office.floor.now))


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


def test_somebody_elses_touch_leaves_a_promise_alone(office: Office) -> None:
    ann = office.person("Ann")
    office.owes(ann, berlin(MONDAY, "09:00"))
    office.floor.hires("Ada", Role.SDR)
    office.morning()
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
    sent = does(office, mark_sent, list_id, items[:2])
    assert sent.sentence == "2 e-mails marked sent."
    assert office.names("done") == ["Ann", "Bob"]
    assert office.floor.count(Touch, Touch.undone_at.is_(None)) == 2
    again = does(office, mark_sent, list_id, items)
    assert again.already
    told = takes_back(office, sent.causation_id)
    assert "2 e-mails" in told
    assert office.names("open", "opened") == ["Ann", "Bob", "Cid"]
    with pytest.raises(Gone):
        takes_back(office, sent.causation_id)


def test_undo_has_its_time(office: Office) -> None:
    office.planned("Ann")
    office.morning()
    skipped = does(office, skip_line, office.items()[0].id, REASON)
    office.floor.now += timedelta(minutes=11)
    with pytest.raises(Gone):
        takes_back(office, skipped.causation_id)


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


def suppressed(office: Office, key: str, covers: str = "call") -> None:
    kind = "email" if "@" in key else "phone"
    row = Suppression(
        kind=kind, value_hash=key_hash(kind, key), covers=covers, reason="on a list", created_at=office.floor.now
    )
    office.floor.write(lambda session: session.add(row))


def test_who_went_by_a_mistaken_no_comes_back_when_that_is_taken_back(office: Office) -> None:
    ann, bob = (
        office.person(name, phone=number) for name, number in (("Ann", "+12125550101"), ("Bob", "+12125550102"))
    )
    for one in (ann, bob):
        office.owes(one, berlin(MONDAY, "09:00"))
    office.floor.hires("Ada", Role.SDR)
    ada, list_id = office.floor.actor("Ada"), office.morning()
    command = LogTouch(ada, ann, Channel.CALL, Outcome.DO_NOT_CALL, office.floor.now)
    mistaken = office.floor.does(log_touch, command)
    does(office, skip_line, next(one.id for one in office.items() if one.contact_id == bob), REASON)
    office.floor.write(lambda session: drop_refused(session, list_id, office.floor.now))
    assert (office.names("gone"), office.names("skipped")) == (["Ann"], ["Bob"])
    office.floor.does(undo, Undo(ada, mistaken.causation_id))
    office.floor.write(lambda session: drop_refused(session, list_id, office.floor.now))
    assert (office.names("open"), office.names("skipped")) == (["Ann"], ["Bob"])


def test_whom_somebody_else_says_not_to_call_goes_from_the_list(office: Office) -> None:
    numbers = {"Ann": "+12125550101", "Bob": "+12125550102", "Cid": "+12125550103", "Dan": "+12125550104"}
    ann, bob, cid, dan = (office.person(name, phone=number) for name, number in numbers.items())
    office.owes(ann, berlin(MONDAY, "09:00"))
    office.owes(bob, berlin(MONDAY, "10:00"))
    office.plan(cid, "email")
    office.plan(dan, "email")
    list_id = office.morning()
    for name in ("Ann", "Cid"):
        suppressed(office, numbers[name])
    suppressed(office, "dan@danco.example", "email")
    does(office, open_draft, next(one.id for one in office.items() if one.contact_id == dan))
    office.floor.write(lambda session: drop_refused(session, list_id, office.floor.now))
    assert office.names("gone") == ["Ann"]
    assert sorted(office.names("open", "opened")) == ["Bob", "Cid", "Dan"]
    suppressed(office, "cid@cidco.example", "all")
    office.floor.write(lambda session: drop_refused(session, list_id, office.floor.now))
    assert sorted(office.names("gone")) == ["Ann", "Cid"]


def test_one_change_many_times_is_one_message_waiting(office: Office) -> None:
    office.planned("Ann", "Bob", "Cid", step="call")
    office.morning()
    for item in office.items():
        does(office, skip_line, item.id, REASON)
    waiting = (OutboxItem.kind == "touch_list", OutboxItem.state == "ready")
    assert office.floor.count(OutboxItem, *waiting) == 1
