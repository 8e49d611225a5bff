"""Sentences that are put together from parts: each reads right, and each example works as it is written."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from bot.domain.commands import Actor
from bot.domain.enrolling import NotEnrolled, Why
from bot.domain.errors import NotAllowed
from bot.domain.handoff import Slots
from bot.domain.names import Candidate
from bot.domain.terms import Role
from bot.domain.touch_line import read_line
from bot.service.reassign import may_reassign
from bot.slack.views import enroll
from bot.slack.views.handoff_form import slot_label
from bot.slack.views.touch import EXAMPLES

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
LOGGED = [line for line, _ in EXAMPLES if line not in ("/touch", "/touch undo")]


@pytest.mark.parametrize("line", LOGGED)
def test_every_example_of_touch_help_is_logged_without_a_question(line):
    draft = read_line(line.removeprefix("/touch "), NOW, "Europe/Berlin")
    assert draft.complete, draft.questions


def test_somebody_left_out_is_told_in_one_sentence_with_one_full_stop():
    whole = NotEnrolled(uuid4(), "Jane", Why.MAY_NOT_WRITE, "needs their consent first.")
    part = NotEnrolled(uuid4(), "Tim", Why.MAY_NOT_WRITE, "rests until 3 Jun")
    assert enroll._left_out([whole, part]) == ["• *Jane* needs their consent first.", "• *Tim* rests until 3 Jun."]


@pytest.mark.parametrize(("zones", "tail"), [(1, ""), (2, " (or 1 other zone)"), (3, " (or 2 other zones)")])
def test_a_slot_counts_the_other_zones(zones, tail):
    theirs = ("America/New_York", "America/Chicago", "America/Denver")[:zones]
    label = slot_label(NOW, Slots((NOW,), 30, "Europe/Berlin", theirs))
    assert label == f"Tue 10 Mar 11:00 Berlin · 06:00 New York{tail}"


@pytest.mark.parametrize(("many", "label"), [(2, "Both"), (3, "All 3 of them"), (4, "The first 3")])
def test_two_people_are_both(many, label):
    people = [Candidate(uuid4(), "Jane", f"Doe{n}", company="Acme") for n in range(many)]
    assert enroll._together(people, 3, "").text.text == label


def test_the_button_to_give_back_is_called_by_its_name():
    actor = Actor(uuid4(), "Sam", "UTC", frozenset({Role.SDR}))
    with pytest.raises(NotAllowed, match=r"“Give back…”\."):
        may_reassign(actor)
